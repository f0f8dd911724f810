"""What `make setup` does, in plain Python: the virtual environment is one of the things it makes."""
