"""The AWS plugin's stand-in: the part of pulumi-aws that a Site-to-Site VPN needs, over boto3."""
