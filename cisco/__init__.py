"""The router's side of the link: an agent that needs no Pulumi. `python -m cisco` runs it."""
