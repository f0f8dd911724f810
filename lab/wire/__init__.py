"""The link on real daemons: strongSwan and FRR in network namespaces negotiate what the two ends were told."""
