"""What drives stacks through Pulumi's Automation API: staged changes of one link, and a fleet of links from a table.

Works on any project that has this project's settings (`Pulumi.yaml`); it knows neither the components nor the agent.
"""
