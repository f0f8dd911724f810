"""A fake AWS: a moto server, and the Site-to-Site VPN behaviour that moto lacks."""
