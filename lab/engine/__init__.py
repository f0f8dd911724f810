"""The Pulumi engine for the lab: how it is found or built, and the environment it runs in."""
