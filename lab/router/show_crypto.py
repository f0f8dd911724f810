"""`show crypto`: security associations, in the formats of captured routers."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from lab.ends import RouterEnd
from lab.negotiation import Outcome

from .document import Entry
from .ends import router_ends
from .grammar import Match
from .interface import vrf_of
from .line import Reply
from .shell import ExecLine, Output, Shell
from .show_system import age

_DETAIL_CODES = (
    "Code: C - IKE Configuration mode, D - Dead Peer Detection     ",
    "K - Keepalives, N - NAT-traversal, T - cTCP encapsulation     ",
    "X - IKE Extended Authentication, F - IKE Fragmentation",
    "R - IKE Auto Reconnect, U - IKE Dynamic Route Update",
    "S - SIP VPN ",
    "",
)
_TRANSFORM_CIPHERS = {
    "AES128": "esp-aes", "AES192": "esp-192-aes", "AES256": "esp-256-aes", "AES128-GCM-16": "esp-gcm",
    "AES192-GCM-16": "esp-gcm 192", "AES256-GCM-16": "esp-gcm 256", "3DES": "esp-3des", "DES": "esp-des",
}  # fmt: skip
_TRANSFORM_HASHES = {
    "SHA1": "esp-sha-hmac",
    "SHA2-256": "esp-sha256-hmac",
    "SHA2-384": "esp-sha384-hmac",
    "SHA2-512": "esp-sha512-hmac",
}
_HASH_WORDS = {"SHA1": "SHA96", "SHA2-256": "SHA256", "SHA2-384": "SHA384", "SHA2-512": "SHA512", "MD5": "MD596"}
_CIPHER_WORDS = {
    "AES128": ("AES-CBC", 128), "AES192": ("AES-CBC", 192), "AES256": ("AES-CBC", 256),
    "AES128-GCM-16": ("AES-GCM", 128), "AES256-GCM-16": ("AES-GCM", 256), "3DES": ("3DES", 192), "DES": ("DES", 64),
}  # fmt: skip
_SIGNED = "Auth sign: PSK, Auth verify: PSK"
_KILOBYTES = 4608000


@dataclass(frozen=True, slots=True)
class _Tunnel:
    """A protected tunnel with what has come of it."""

    end: RouterEnd
    outcome: Outcome
    age: int

    @property
    def port(self) -> int:
        return 4500 if self.outcome.is_behind_nat else 500

    def remaining(self, lifetime: int | None, default: int) -> int:
        """Seconds until the SA is rekeyed; it is renewed in time, so this never ends."""
        whole = lifetime or default
        return whole - self.age % whole

    @property
    def phase1_remaining(self) -> int:
        """Seconds until the IKE SA is rekeyed."""
        measured = self.outcome.measured
        lifetime = self.outcome.phase1.lifetime if self.outcome.phase1 else None
        return measured.phase1_remaining if measured else self.remaining(lifetime, 86400)

    @property
    def phase2_remaining(self) -> int:
        """Seconds until the IPsec SAs are rekeyed."""
        measured = self.outcome.measured
        return measured.phase2_remaining if measured else self.remaining(self.outcome.phase2_lifetime, 3600)

    def packets(self, direction: str) -> int:
        """How many packets have passed `in` or `out`; without real traffic, as many as BGP alone would make."""
        measured = self.outcome.measured
        if not self.outcome.is_ipsec_up:
            return 0
        if measured is None:
            return self.age // 10
        return measured.packets_in if direction == "in" else measured.packets_out

    def spi(self, direction: str) -> int:
        """A security parameter index that stays the same for one SA."""
        measured = self.outcome.measured
        if measured is not None:
            return measured.spi_in if direction == "in" else measured.spi_out
        return zlib.crc32(f"{self.end.number} {self.end.destination} {direction}".encode()) | 0x80000000


def _tunnels(shell: Shell) -> Iterator[_Tunnel]:
    outcomes = shell.router.outcomes()
    for end in router_ends(shell.router):
        if end.has_protection and end.source and end.destination and end.is_interface_up:
            outcome = outcomes[end.number]
            made_up = shell.router.associations.age(str(end.destination))
            yield _Tunnel(end, outcome, outcome.measured.ike_age if outcome.measured else made_up)


def isakmp_sa(shell: Shell, _match: Match[ExecLine]) -> Reply:
    """Return `show crypto isakmp sa`; older releases have a column more."""
    slot = shell.router.release.sa_slot_column
    lines = [
        "IPv4 Crypto ISAKMP SA",
        f"dst             src             state          conn-id {'slot ' if slot else ''}status",
    ]
    for tunnel in _tunnels(shell):
        end = tunnel.end
        if end.ike_version != "ikev1":
            continue
        is_up = tunnel.outcome.is_ike_up
        state, status = ("QM_IDLE", "ACTIVE") if is_up else ("MM_NO_STATE", "ACTIVE (deleted)")
        connection = 2000 + end.number if is_up else 0
        lines.append(
            f"{end.destination!s:<15} {end.source!s:<15} {state:<14} {connection:>7} {'   0 ' if slot else ''}{status}"
        )
    return (*lines, "", "IPv6 Crypto ISAKMP SA", "")


def ikev2_sa(shell: Shell, _match: Match[ExecLine]) -> Reply:
    """Return `show crypto ikev2 sa`; a tunnel without an SA does not stand in it."""
    lines = [" IPv4 Crypto IKEv2  SA ", ""]
    for tunnel in _tunnels(shell):
        phase1, end = tunnel.outcome.phase1, tunnel.end
        if end.ike_version != "ikev2" or phase1 is None:
            continue
        vrfs = f"{_front_door(shell, end) or 'none'}/{_inside(shell, end) or 'none'}"
        cipher, size = _CIPHER_WORDS.get(phase1.encryption, (phase1.encryption, 0))
        digest = "None" if cipher == "AES-GCM" else _HASH_WORDS.get(phase1.integrity, phase1.integrity)
        prf = phase1.integrity.replace("SHA2-", "SHA")
        local, remote = f"{end.source}/{tunnel.port}", f"{end.destination}/{tunnel.port}"
        lines += [
            "Tunnel-id Local                 Remote                fvrf/ivrf            Status ",
            f"{end.number:<9} {local:<21} {remote:<21} {vrfs:<20} READY  ",
            f"      Encr: {cipher}, keysize: {size}, PRF: {prf}, Hash: {digest}, DH Grp:{phase1.dh_group}, {_SIGNED}",
            f"      Life/Active Time: {phase1.lifetime}/{tunnel.age} sec",
            "",
        ]
    return (*lines, " IPv6 Crypto IKEv2  SA ", "")


def session(shell: Shell, match: Match[ExecLine]) -> Output:
    """Return `show crypto session`, with `detail` the longer form."""
    is_detailed = "detail" in match.words
    lines = ["Crypto session current status", "", *(_DETAIL_CODES if is_detailed else ())]
    for tunnel in _tunnels(shell):
        if match["interface"] in ("", f"Tunnel{tunnel.end.number}") and match["peer"] in (
            "",
            str(tunnel.end.destination),
        ):
            lines += _session(shell, tunnel, is_detailed=is_detailed)
    return Output(tuple(lines), is_paged=True)


def _front_door(shell: Shell, end: RouterEnd) -> str:
    tunnel = shell.router.document.root.find(f"interface Tunnel{end.number}")
    return tunnel.value("tunnel vrf") if tunnel else ""


def _inside(shell: Shell, end: RouterEnd) -> str:
    tunnel = shell.router.document.root.find(f"interface Tunnel{end.number}")
    return vrf_of(tunnel) if tunnel else ""


def _vrfs(shell: Shell, end: RouterEnd) -> str:
    return f"fvrf: {_front_door(shell, end) or '(none)'} ivrf: {_inside(shell, end) or '(none)'}"


def _status(tunnel: _Tunnel) -> str:
    if tunnel.outcome.is_ipsec_up:
        return "UP-ACTIVE     "
    return "UP-IDLE" if tunnel.outcome.is_ike_up else "DOWN-NEGOTIATING"


def _session(shell: Shell, tunnel: _Tunnel, *, is_detailed: bool) -> list[str]:
    end, port = tunnel.end, tunnel.port
    is_ike_up, is_up = tunnel.outcome.is_ike_up, tunnel.outcome.is_ipsec_up
    version = "IKEv2" if end.ike_version == "ikev2" else "IKEv1"
    lines = [f"Interface: Tunnel{end.number}"]
    if profile := _profile(shell, end):
        lines.append(f"Profile: {profile}")
    if is_detailed and is_up:
        lines.append(f"Uptime: {age(tunnel.age)}")
    lines += [f"Session status: {_status(tunnel)}"]
    lines.append(f"Peer: {end.destination} port {port} " + (_vrfs(shell, end) if is_detailed else ""))
    if is_detailed:
        lines += [f"      Phase1_id: {end.destination if is_ike_up else '(none)'}", "      Desc: (none)"]
    lines += [
        "  Session ID: 0  ",
        f"  {version} SA: local {end.source}/{port} remote {end.destination}/{port} "
        + ("Active " if is_ike_up else "Inactive "),
    ]
    if is_detailed:
        capabilities = ("DN" if tunnel.outcome.is_behind_nat else "D") if is_ike_up else "(none)"
        life = age(tunnel.phase1_remaining) if is_ike_up else "0"
        lines.append(
            f"          Capabilities:{capabilities} connid:{1000 + end.number if is_ike_up else 0} lifetime:{life}"
        )
    lines += [
        "  IPSEC FLOW: permit ip 0.0.0.0/0.0.0.0 0.0.0.0/0.0.0.0 ",
        f"        Active SAs: {2 if is_up else 0}, origin: crypto map",
    ]
    if is_detailed:
        life = f"{_KILOBYTES - 1}/{tunnel.phase2_remaining}" if is_up else "0/0"
        lines += [
            f"        Inbound:  #pkts dec'ed {tunnel.packets('in')} drop 0 life (KB/Sec) {life}",
            f"        Outbound: #pkts enc'ed {tunnel.packets('out')} drop 0 life (KB/Sec) {life}",
        ]
    return [*lines, ""]


def _protection(shell: Shell, end: RouterEnd) -> Entry | None:
    root = shell.router.document.root
    tunnel = root.find(f"interface Tunnel{end.number}")
    words = tunnel.value("tunnel protection").split() if tunnel else []
    return root.find(f"crypto ipsec profile {words[2]}") if len(words) > 2 else None


def _profile(shell: Shell, end: RouterEnd) -> str:
    entry = _protection(shell, end)
    return (entry.value("set ikev2-profile") or entry.value("set isakmp-profile")) if entry else ""


def ipsec_sa(shell: Shell, match: Match[ExecLine]) -> Output:
    """Return `show crypto ipsec sa`."""
    lines: list[str] = []
    for tunnel in _tunnels(shell):
        # A peer alone is looked for in the global table.
        is_peer = match["peer"] == str(tunnel.end.destination) and match["vrf"] == _front_door(shell, tunnel.end)
        if match["interface"] in ("", f"Tunnel{tunnel.end.number}") and (is_peer or not match["peer"]):
            lines += _ipsec(shell, tunnel)
    return Output(tuple(lines), is_paged=True)


def _ipsec(shell: Shell, tunnel: _Tunnel) -> list[str]:
    end, is_up, tag = tunnel.end, tunnel.outcome.is_ipsec_up, f"Tunnel{tunnel.end.number}-head-0"
    sent, received = tunnel.packets("out"), tunnel.packets("in")
    spi = tunnel.spi("out") if is_up else 0
    pfs = f"Y, DH group: group{tunnel.outcome.pfs}" if is_up and tunnel.outcome.pfs else "N, DH group: none"
    return [
        "",
        f"interface: Tunnel{end.number}",
        f"    Crypto map tag: {tag}, local addr {end.source}",
        "",
        f"   protected vrf: {_inside(shell, end) or '(none)'}",
        "   local  ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/0/0)",
        "   remote ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/0/0)",
        f"   current_peer {end.destination} port {tunnel.port}",
        "     PERMIT, flags={origin_is_acl,}",
        f"    #pkts encaps: {sent}, #pkts encrypt: {sent}, #pkts digest: {sent}",
        f"    #pkts decaps: {received}, #pkts decrypt: {received}, #pkts verify: {received}",
        "    #pkts compressed: 0, #pkts decompressed: 0",
        "    #pkts not compressed: 0, #pkts compr. failed: 0",
        "    #pkts not decompressed: 0, #pkts decompress failed: 0",
        "    #send errors 0, #recv errors 0",
        "",
        f"     local crypto endpt.: {end.source}, remote crypto endpt.: {end.destination}",
        f"     plaintext mtu {1438 if is_up else 1500}, path mtu 1500, ip mtu 1500, ip mtu idb {shell.router.release.wan}",
        f"     current outbound spi: 0x{spi:X}({spi})",
        f"     PFS (Y/N): {pfs}",
        "",
        *_direction(shell, tunnel, "inbound"),
        *_direction(shell, tunnel, "outbound"),
    ]


def _direction(shell: Shell, tunnel: _Tunnel, direction: str) -> list[str]:
    lines = [f"     {direction} esp sas:"]
    if tunnel.outcome.phase2 is not None:
        offer, spi = tunnel.outcome.phase2, tunnel.spi("out" if direction == "outbound" else "in")
        transform = _TRANSFORM_CIPHERS.get(offer.encryption, offer.encryption)
        if offer.integrity:
            transform += f" {_TRANSFORM_HASHES.get(offer.integrity, offer.integrity)}"
        encapsulation = "Tunnel UDP-Encaps" if tunnel.outcome.is_behind_nat else "Tunnel"
        connection = 2 * tunnel.end.number - (direction == "inbound")
        tag, remaining = f"Tunnel{tunnel.end.number}-head-0", tunnel.phase2_remaining
        lines += [
            f"      spi: 0x{spi:X}({spi})",
            f"        transform: {transform} ,",
            f"        in use settings ={{{encapsulation}, }}",
            f"        conn id: {connection}, flow_id: CSR:{connection}, sibling_flags FFFFFFFF80004048, crypto map: {tag}",
            f"        sa timing: remaining key lifetime (k/sec): ({_KILOBYTES - 1}/{remaining})",
            "        IV size: 16 bytes",
            f"        replay detection support: Y  replay window size: {_window(shell, tunnel.end)}",
            "        Status: ACTIVE(ACTIVE)",
        ]
    return [*lines, "", f"     {direction} ah sas:", "", f"     {direction} pcp sas:", ""]


def _window(shell: Shell, end: RouterEnd) -> str:
    key = "security-association replay window-size"
    entry = _protection(shell, end)
    own = entry.value(f"set {key}") if entry else ""
    return own or shell.router.document.root.value(f"crypto ipsec {key}") or "64"


EXEC = (
    ExecLine("show crypto isakmp sa [detail]", isakmp_sa),
    ExecLine("show crypto ikev2 sa [(detailed|detail)]", ikev2_sa, when=lambda router: router.release.has_ikev2),
    ExecLine("show crypto session [(remote peer:A.B.C.D|interface interface:IFACE)] [detail]", session),
    ExecLine("show crypto ipsec sa [(peer [vrf vrf:WORD] peer:A.B.C.D|interface interface:IFACE)] [detail]", ipsec_sa),
)
