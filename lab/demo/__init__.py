"""The whole life of a link, told on the terminal."""
