"""What only real daemons can tell of a tunnel: ages, counters and indexes; the simulator's own are made up."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measured:
    """One end's view, ages in seconds; `bgp_age` and the SLA counters are None where there is no BGP or IP SLA."""

    ike_age: int = 0
    ipsec_age: int = 0
    phase1_remaining: int = 0
    phase2_remaining: int = 0
    packets_in: int = 0
    packets_out: int = 0
    spi_in: int = 0
    spi_out: int = 0
    bgp_age: int | None = None
    sla_successes: int | None = None
    sla_failures: int | None = None
    track_changes: int | None = None
