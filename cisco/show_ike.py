"""``show crypto isakmp sa [detail]``, ``show crypto ikev2 sa [detailed]``: who agreed on keys with whom."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address

from .show import address, lines


@dataclass(frozen=True, slots=True)
class IkeSa:
    """One IKE security association between two IPv4 addresses.

    `state` is IOS's word (``QM_IDLE``, ``MM_NO_STATE``, ``READY``, ``IN-NEG``, …; empty where the form shows
    none), `status` the rest of what it says (``ACTIVE (deleted)``). Which end is local can't be told from
    IKEv1's dst and src, which follow the initiator.
    """

    ends: tuple[IPv4Address, IPv4Address]
    state: str
    status: str
    is_established: bool
    seconds: int | None = None

    @property
    def is_deleted(self) -> bool:
        """Whether the router is about to forget it."""
        return "deleted" in self.status.lower() or self.state.startswith("DEL")


# dst src state conn-id [slot] status; 12.4 has the slot column, later releases not.
_ISAKMP = re.compile(
    r"^(?P<dst>\d+\.\d+\.\d+\.\d+) +(?P<src>\d+\.\d+\.\d+\.\d+) +(?P<state>[A-Z]{2}_[A-Z_]+) +\d+(?: +\d+)?"
    r"(?: +(?P<status>[A-Z]+(?: \(\w+\))?))?$"
)
# C-id Local Remote [I-VRF] Status Encr [bits] Hash Auth DH Lifetime [Cap.]
_ISAKMP_DETAIL = re.compile(
    r"^\d+ +(?P<dst>\d+\.\d+\.\d+\.\d+) +(?P<src>\d+\.\d+\.\d+\.\d+) +(?:(?!ACTIVE\b)\S+ +)?"
    r"(?P<status>ACTIVE(?: \(\w+\))?) *(?P<agreed>.*)$"
)
# `aes  sha    psk  14 00:01:47 D`: complete only once the peers are through with phase 1.
_AGREED = re.compile(r"^\w+(?: \d+)? +\w+ +\w+ +\d+ +(?P<lifetime>\d+:\d\d:\d\d|\d+[dw]\w*)\b")

# IPv6 sections come after the IPv4 one; addresses tell them apart, headings are not needed.


def isakmp_sas(text: str) -> tuple[IkeSa, ...]:
    """Read ``show crypto isakmp sa``, with or without ``detail``; IPv4 only."""
    return tuple(sa for line in lines(text) if (sa := _isakmp_sa(line)) is not None)


def _isakmp_sa(line: str) -> IkeSa | None:
    if (match := _ISAKMP.match(line)) is not None:
        ends = address(match["dst"]), address(match["src"])
        state, status = match["state"], match["status"] or ""
        is_established = state == "QM_IDLE" and status == "ACTIVE"
    elif (match := _ISAKMP_DETAIL.match(line)) is not None:
        ends = address(match["dst"]), address(match["src"])
        state, status = "", match["status"]
        is_established = status == "ACTIVE" and _AGREED.match(match["agreed"]) is not None
    else:
        return None
    if ends[0] is None or ends[1] is None:
        return None
    return IkeSa((ends[0], ends[1]), state, status, is_established)


# Tunnel-id Local Remote fvrf/ivrf Status; in narrow columns the last words come on the next line.
_IKEV2 = re.compile(
    r"^\d+ +(?P<local>\d+\.\d+\.\d+\.\d+)/\d+ +(?P<remote>\d+\.\d+\.\d+\.\d+)/\d+"
    r"(?: +[^ /]+/[^ /]+(?: +(?P<status>[A-Z][A-Z-]*))?)?$"
)
# With IPv6 and in some releases: the ends stand on lines of their own below `1  none/none  READY`.
_IKEV2_SHORT = re.compile(r"^\d+ +[^ /]+/[^ /]+ +(?P<status>[A-Z][A-Z-]*)$")
_IKEV2_END = re.compile(r"^(?P<side>Local|Remote) +(?P<address>\d+\.\d+\.\d+\.\d+)/\d+$")
_STATUS_ALONE = re.compile(r"^(?:[^ /]+/[^ /]+ +)?(?P<status>READY|IN-NEG|DELETE|DELETED)$")
_IKEV2_TIME = re.compile(r"^Life/Active Time: \d+/(?P<seconds>\d{1,9}) sec")


def ikev2_sas(text: str) -> tuple[IkeSa, ...]:
    """Read ``show crypto ikev2 sa``, with or without ``detailed``; IPv4 only."""
    return tuple(_ikev2_sas(lines(text)))


@dataclass(slots=True)
class _Ikev2Entry:
    local: str = ""
    remote: str = ""
    status: str = ""
    seconds: int | None = None

    def sa(self) -> IkeSa | None:
        local, remote = address(self.local), address(self.remote)
        if local is None or remote is None:
            return None
        return IkeSa((local, remote), self.status, self.status, self.status == "READY", self.seconds)


def _ikev2_sas(rows: tuple[str, ...]) -> Iterator[IkeSa]:
    entries: list[_Ikev2Entry] = []
    for row in rows:
        if (match := _IKEV2.match(row)) is not None:
            entries.append(_Ikev2Entry(match["local"], match["remote"], match["status"] or ""))
        elif (match := _IKEV2_SHORT.match(row)) is not None:
            entries.append(_Ikev2Entry(status=match["status"]))
        elif entries:
            _complete(entries[-1], row)
    return (sa for entry in entries if (sa := entry.sa()) is not None)


def _complete(entry: _Ikev2Entry, row: str) -> None:
    if (match := _IKEV2_END.match(row)) is not None:
        if match["side"] == "Local":
            entry.local = match["address"]
        else:
            entry.remote = match["address"]
    elif not entry.status and (match := _STATUS_ALONE.match(row)) is not None:
        entry.status = match["status"]
    elif (match := _IKEV2_TIME.match(row)) is not None:
        entry.seconds = int(match["seconds"])
