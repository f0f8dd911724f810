"""The plugin's process: Pulumi starts it for a stack in any language that makes one of the components."""

import sys
from importlib.metadata import version

import aws_cisco_vpn
from hosting import PACKAGE, HostedComponents, Servicer
from pulumi.provider import server

if __name__ == "__main__":
    server.ProviderServicer = Servicer  # type: ignore[misc]  # its `main` makes one, and takes no other
    server.main(HostedComponents(aws_cisco_vpn, version(PACKAGE)), sys.argv[1:])
