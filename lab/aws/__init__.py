"""A fake AWS: a moto server, and the Site-to-Site VPN behaviour that moto lacks."""

import os

# Half a second at every start for machine images that no VPN needs; set it to true to have them.
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
