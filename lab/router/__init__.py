"""A router that answers over SSH as Cisco IOS does: modes, running-config, references, revert timer, faults."""
