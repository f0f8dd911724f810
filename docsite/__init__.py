"""The documentation as a site, and the reference that is made of the code's own docstrings."""
