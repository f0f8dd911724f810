"""The plugin's process: Pulumi starts it for a stack in any language that makes one of the components."""

import sys
from importlib.metadata import version

import aws_cisco_vpn
from hosting import PACKAGE, HostedComponents
from pulumi.provider import main

if __name__ == "__main__":
    main(HostedComponents(aws_cisco_vpn, version(PACKAGE)), sys.argv[1:])
