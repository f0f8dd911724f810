"""`show` commands about the router itself and its interfaces."""

from ipaddress import IPv4Interface

from .document import Entry
from .ends import router_ends
from .grammar import Match
from .interface import address_of
from .line import Reply
from .shell import ExecLine, Output, Shell


def uptime(seconds: int) -> str:
    """Word a time as `show version` does."""
    minutes = seconds // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, "day"), (hours, "hour"), (minutes, "minute")]
    words = [f"{n} {name}{'' if n == 1 else 's'}" for n, name in parts if n]
    return ", ".join(words) or "0 minutes"


def age(seconds: int) -> str:
    """Word an age as most other commands do: 00:54:21, 1d02h, 7w0d."""
    if seconds < 86400:
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    days, hours = seconds // 86400, seconds // 3600 % 24
    return f"{days}d{hours:02}h" if days < 7 else f"{days // 7}w{days % 7}d"


def version(shell: Shell, _match: Match[ExecLine]) -> Output:
    """Return `show version`."""
    router = shell.router
    seconds = int((router.clock.now() - router.booted).total_seconds())
    text = router.release.show_version.format(
        hostname=router.hostname, uptime=uptime(seconds), reason=router.reload_reason
    )
    return Output(tuple(text.split("\n")), is_paged=True)


def privilege(shell: Shell, _match: Match[ExecLine]) -> Reply:
    """Return `show privilege`."""
    return (f"Current privilege level is {shell.privilege}",)


def clock(shell: Shell, _match: Match[ExecLine]) -> Reply:
    """Return `show clock`; the asterisk says that the time is not authoritative."""
    now = shell.router.clock.now()
    return (f"*{now:%H:%M:%S}.{now.microsecond // 1000:03d} UTC {now:%a %b} {now.day} {now:%Y}",)


def is_protocol_up(entry: Entry, up: dict[int, bool]) -> bool:
    """A tunnel's line protocol follows its IPsec; any other interface is up unless shut down."""
    if entry.find("shutdown"):
        return False
    if entry.key.startswith("interface Tunnel"):
        return up.get(int(entry.key.removeprefix("interface Tunnel")), False)
    return True


def tunnels_up(shell: Shell) -> dict[int, bool]:
    """Return by tunnel number whether its line protocol is up."""
    outcomes = shell.router.outcomes()
    state = {}
    for end in router_ends(shell.router):
        needs_ipsec = end.mode.startswith("ipsec") or end.has_protection
        has_ends = end.source is not None and end.destination is not None
        state[end.number] = end.is_interface_up and (outcomes[end.number].is_ipsec_up if needs_ipsec else has_ends)
    return state


def brief(shell: Shell, _match: Match[ExecLine]) -> Output:
    """Return `show ip interface brief`."""
    up = tunnels_up(shell)
    rows = ["Interface              IP-Address      OK? Method Status                Protocol"]
    for entry in shell.router.document.root.starting("interface"):
        address = address_of(entry)
        status = "administratively down" if entry.find("shutdown") else "up"
        protocol = "up" if is_protocol_up(entry, up) else "down"
        ip = str(address.ip) if address else "unassigned"
        rows.append(f"{entry.key.removeprefix('interface '):<22} {ip:<15} YES NVRAM  {status:<21} {protocol:<8}")
    return Output(tuple(rows), is_paged=True)


def _tunnel_lines(entry: Entry, *, is_up: bool) -> list[str]:
    source, protection = entry.value("tunnel source") or "UNKNOWN", entry.value("tunnel protection").split()
    mode = "IPSEC/IP" if entry.value("tunnel mode").startswith("ipsec") else "GRE/IP"
    lines = [
        "  Encapsulation TUNNEL, loopback not set",
        "  Keepalive not set",
        f"  Tunnel source {source}, destination {entry.value('tunnel destination') or 'UNKNOWN'}",
        f"  Tunnel protocol/transport {mode}",
        "  Tunnel TTL 255",
        # The MTU before the SAs are up is the path's; with them it leaves room for ESP (captures: 1427 and 1500).
        f"  Tunnel transport MTU {1427 if is_up else 1500} bytes",
        "  Tunnel transmit bandwidth 8000 (kbps)",
        "  Tunnel receive bandwidth 8000 (kbps)",
    ]
    if len(protection) > 2:
        lines.append(f'  Tunnel protection via IPSec (profile "{protection[2]}")')
    return lines


def interfaces(shell: Shell, match: Match[ExecLine]) -> Output:
    """Return `show interfaces` for one or all."""
    up = tunnels_up(shell)
    lines: list[str] = []
    entries = shell.router.document.root.starting("interface")
    for entry in [e for e in entries if match["interface"] in ("", e.key.removeprefix("interface "))]:
        lines += _interface(entry, address_of(entry), is_up=is_protocol_up(entry, up))
    return Output(tuple(lines) or ("% Invalid input detected at '^' marker.", ""), is_paged=True)


def _interface(entry: Entry, address: IPv4Interface | None, *, is_up: bool) -> list[str]:
    name = entry.key.removeprefix("interface ")
    is_tunnel = name.startswith("Tunnel")
    admin = "administratively down" if entry.find("shutdown") else "up"
    description = entry.value("description")
    return [
        f"{name} is {admin}, line protocol is {'up' if is_up else 'down'} ",
        f"  Hardware is {'Tunnel' if is_tunnel else 'CSR vNIC, address is 0050.56a1.0001 (bia 0050.56a1.0001)'}",
        *([f"  Description: {description}"] if description else []),
        *([f"  Internet address is {address}"] if address else []),
        f"  MTU {17867 if is_tunnel else 1500} bytes, BW 100 Kbit/sec, DLY 50000 usec, ",
        "     reliability 255/255, txload 1/255, rxload 1/255",
        *(_tunnel_lines(entry, is_up=is_up) if is_tunnel else ["  Encapsulation ARPA, loopback not set"]),
        "  Last input never, output never, output hang never",
        '  Last clearing of "show interface" counters never',
        "  Input queue: 0/75/0/0 (size/max/drops/flushes); Total output drops: 0",
        "  Queueing strategy: fifo",
        "  Output queue: 0/0 (size/max)",
        "  5 minute input rate 0 bits/sec, 0 packets/sec",
        "  5 minute output rate 0 bits/sec, 0 packets/sec",
    ]


def users(shell: Shell, _match: Match[ExecLine]) -> Reply:
    """Return `show users`."""
    rows = [
        f"*{shell.terminal.number + 2:3} vty {shell.terminal.number:<5} {shell.user.name:<10} idle                 00:00:00 "
    ]
    return ("    Line       User       Host(s)              Idle       Location", *rows, "")


def file_systems(shell: Shell, _match: Match[ExecLine]) -> Reply:
    """Return `show file systems`."""
    flash, size = shell.router.release.flash, shell.router.nvram_size
    return (
        "File Systems:",
        "",
        "       Size(b)       Free(b)      Type  Flags  Prefixes",
        f"*   6188032000    {shell.router.flash_free:>10}      disk     rw   {flash}:",
        f"{size:>14}    {size - len(shell.router.startup):>10}     nvram     rw   nvram:",
        "",
    )


EXEC = (
    ExecLine("show version", version, privilege=1),
    ExecLine("show privilege", privilege, privilege=1),
    ExecLine("show clock", clock, privilege=1),
    ExecLine("show users", users, privilege=1),
    ExecLine("show ip interface brief", brief, privilege=1),
    ExecLine("show interfaces [interface:IFACE]", interfaces, privilege=1),
    ExecLine("show file systems", file_systems),
)
