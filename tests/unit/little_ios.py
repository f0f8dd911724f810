"""A small IOS for the diff's tests: executes lines, refuses what IOS refuses, displays in a release's own form.

It is written from the facts, not from cisco/: what it shares with the code under test is the English language.
"""

import ipaddress
import re

from tests.unit.little_ios_display import Held
from tests.unit.little_ios_words import (
    MODES,
    ONCE,
    REFERENCES,
    SESSION,
    SETTINGS,
    SINGLE,
    VRF_FAMILY,
    RefusedError,
    Section,
    list_words,
    masked,
    route_words,
    shown_network,
    vrf_in,
)


class LittleIos(Held):
    """One router."""

    def __init__(self, release: str = "xe17", foreign: tuple[str, ...] = ()) -> None:
        super().__init__(release, foreign)
        self.mode = "config"
        self.open: Section | None = None
        self.block: str | None = None

    def type(self, text: str) -> None:
        """Type lines, however indented."""
        for line in text.splitlines():
            self.line(" ".join(line.split()))

    def line(self, line: str) -> None:
        if not line or line.startswith("!"):
            return
        if line in ("exit", "exit-address-family"):
            self._exit()
        elif self.open is None or not self._in_section(line):
            self.open = self.block = None
            self.mode = "config"
            self._global(line)

    def _exit(self) -> None:
        if self.block is not None and self.open is not None:
            self.block, self.mode = None, MODES[self.open.kind]
        elif self.open is not None:
            self.open, self.mode = None, "config"
        else:
            raise RefusedError("exit from configuration mode")

    def _kind(self, line: str) -> str | None:
        return next((k for k in MODES if re.match(rf"{k} ?\S", line) and not line.startswith("ip sla schedule")), None)

    def _global(self, line: str) -> None:
        if line.startswith("no "):
            self._delete(line[3:])
            return
        for setting in SETTINGS:
            if line.startswith(f"{setting} "):
                self.settings[setting] = line.removeprefix(f"{setting} ").removesuffix(" on-demand")
                return
        if line.startswith("ip route "):
            self._route(line)
        elif line.startswith("ip prefix-list "):
            self._list(line)
        elif line.startswith("ip sla schedule "):
            self._schedule(line)
        elif (kind := self._kind(line)) is not None:
            self._enter(kind, line)
        else:
            raise RefusedError(f"{line}: invalid input")

    def _enter(self, kind: str, line: str) -> None:
        rest = line.removeprefix(kind).strip()
        name, _, words = rest.partition(" ")
        if kind == "interface":
            name, words = rest.replace(" ", ""), ""
        if kind == "router bgp" and any(k == kind and n != name for k, n in self.sections):
            raise RefusedError("BGP is already running")
        if kind == "ip sla" and name in self.schedules:
            raise RefusedError("Entry already running and cannot be modified")
        words = re.sub(r"(esp-aes|esp-gcm) 128", r"\1", words)
        if kind == "crypto keyring" and self.sections.get((kind, name), Section(kind, name, words)).words != words:
            raise RefusedError(f"keyring {name} is in another VRF")
        if words.startswith("vrf "):
            self._require_vrf(words[4:])
        known = self.sections.setdefault((kind, name), Section(kind, name, words))
        if kind == "track" and known.words != words:
            raise RefusedError("track of another object")
        if words:
            known.words = words
        self.open, self.mode = known, MODES[kind]

    def _route(self, line: str) -> None:
        vrf, interface, target = route_words(line)
        if interface.startswith("Tunnel"):
            held = self.sections.get(("interface", interface))
            if held is None or vrf_in(held) != vrf:
                raise RefusedError(f"{line}: no such interface in that VRF")
        self.routes = [r for r in self.routes if route_words(r)[2] != target] + [line]

    def _list(self, line: str) -> None:
        name, number, content = list_words(line)
        lines = self.prefix_lists.setdefault(name, {})
        if number in lines or content in lines.values():
            raise RefusedError(f"{line}: Insertion failed - prefix-list entry exists")
        lines[number or max(lines, default=0) // 5 * 5 + 5] = content

    def _unlist(self, what: str) -> None:
        name, number, content = list_words(what)
        lines = self.prefix_lists.get(name, {})
        gone = [n for n, c in lines.items() if (not content or c == content) and (not number or n == number)]
        if not gone:
            raise RefusedError(f"no {what}: there is none")
        for n in gone:
            del lines[n]
        if not lines:
            del self.prefix_lists[name]
            self._require_no_filter("prefix-list", name)

    def _require_no_filter(self, kind: str, name: str) -> None:
        for section in self.sections.values():
            for lines in (section.lines, *section.blocks.values()):
                if any(f" {kind} {name} " in line for line in lines.values()):
                    raise RefusedError(f"no {kind} {name}: a neighbor is filtered by it, and now by nothing")

    def _require_vrf(self, name: str) -> None:
        if name not in self.vrfs:
            raise RefusedError(f"VRF {name} not configured")

    def _schedule(self, line: str) -> None:
        number = line.split(" ")[3]
        probe = self.sections.get(("ip sla", number))
        if probe is None:
            raise RefusedError("no such probe")
        defaults = {"threshold": "5000", "timeout": "5000", "frequency": "60"}
        values = [int(probe.lines.get(k, f"{k} {v}").split(" ")[1]) for k, v in defaults.items()]
        if values[0] > values[1] or values[1] > values[2] * 1000:
            raise RefusedError("Scheduling a probe with threshold greater than timeout is not allowed")
        self.schedules[number] = line

    # -- deleting ----------------------------------------------------------------------------------------------

    def _delete(self, what: str) -> None:
        for setting, default in SETTINGS.items():
            if what.startswith(setting):
                self.settings[setting] = default
                return
        if what.startswith("ip route "):
            if what not in self.routes:
                raise RefusedError(f"no {what}: no matching route")
            self.routes.remove(what)
        elif what.startswith("ip prefix-list "):
            self._unlist(what)
        elif what.startswith("ip sla schedule "):
            del self.schedules[what.split(" ")[3]]
        else:
            kind = self._kind(what)
            name = what.removeprefix(kind or "").strip().split(" ")[0]
            if kind is None or (kind, name) not in self.sections:
                raise RefusedError(f"no {what}: there is none")
            self._require_unused(kind, name)
            del self.sections[(kind, name)]
            if kind == "ip sla":
                self.schedules.pop(name, None)
            if kind == "router bgp":
                self.has_families = False

    def _require_unused(self, kind: str, name: str) -> None:
        for section in self.sections.values():
            for line in section.lines.values():
                for pattern, referred in REFERENCES:
                    found = re.fullmatch(pattern, line)
                    if found and referred == kind and found[1] == name:
                        raise RefusedError(f"no {kind} {name}: in use by {section.kind} {section.name}")
        if kind == "route-map":
            self._require_no_filter(kind, name)
        if kind == "interface" and any(route_words(r)[1] == name for r in self.routes):
            raise RefusedError(f"no interface {name}: routes still point there")

    # -- inside a section --------------------------------------------------------------------------------------

    def _in_section(self, line: str) -> bool:
        section = self.open
        assert section is not None
        if section.kind == "router bgp":
            return self._in_bgp(section, line)
        if section.kind == "crypto ikev2 keyring" and re.match(r"(no )?peer ", line):
            self._peer(section, line)
            return True
        lines = section.blocks[self.block] if self.block else section.lines
        positive = line.removeprefix("no ")
        if self.block is None and not self._fits(section.kind, positive):
            return False
        key, value = self._normal("peer" if self.block else section.kind, positive)
        if section.kind == "ip sla":
            if section.name in self.schedules:
                raise RefusedError("Entry already running and cannot be modified")
            self.mode = "config-ip-sla-echo"
        if key == "shutdown":
            value = "shutdown" if line == "shutdown" else "shutdown no"
        elif line.startswith("no "):
            self._take_off(section, lines, key, line)
            return True
        elif key.endswith("vrf forwarding"):
            if key != self.vrf_word(value.rsplit(" ", maxsplit=1)[-1]):
                raise RefusedError(f"{line}: the other word is wanted")
            self._move(section)
        self._require_acceptable(section, key, value)
        lines[key] = value
        return True

    def _take_off(self, section: Section, lines: dict[str, str], key: str, line: str) -> None:
        if key not in lines and key != "ip address":
            raise RefusedError(f"{line}: not there in {section.kind} {section.name}")
        if key.endswith("vrf forwarding"):
            self._move(section)
        lines.pop(key, None)

    def vrf_word(self, name: str) -> str:
        """Return how an interface names the VRF."""
        self._require_vrf(name)
        return "ip vrf forwarding" if self.vrfs[name] == "ip vrf" else "vrf forwarding"

    def _move(self, interface: Section) -> None:
        """An interface that changes its VRF loses its addresses."""
        if any(route_words(r)[1] == interface.name for r in self.routes):
            raise RefusedError(f"routes still lead through {interface.name}")
        for key in [key for key in interface.lines if key.startswith(("ip address", "vrf f", "ip vrf f"))]:
            del interface.lines[key]

    def _fits(self, kind: str, line: str) -> bool:
        starts = {
            "interface": ("ip ", "no ip", "tunnel ", "description", "shutdown", "bandwidth", "load-interval", "vrf "),
            "crypto keyring": ("local-address", "pre-shared-key", "description"),
            "crypto isakmp profile": ("local-address", "match identity", "keyring", "vrf"),
            "crypto ikev2 policy": ("match ", "proposal "),
            "crypto ikev2 profile": ("match ", "identity ", "authentication ", "keyring ", "lifetime", "dpd"),
            "crypto ipsec profile": ("set ",),
            "track": ("delay ",),
            "route-map": ("match ", "set "),
        }.get(kind, SINGLE.get(kind, ()))
        if kind == "interface" and line.startswith(("ip route ", "ip sla ", "ip prefix-list ")):
            return False
        return line.startswith(starts) or (kind == "crypto isakmp policy" and line.startswith("encr "))

    def _normal(self, kind: str, line: str) -> tuple[str, str]:
        line = re.sub(r"^encr ", "encryption ", line) if kind == "crypto isakmp policy" else line
        line = masked(re.sub(r"^encryption aes 128$", "encryption aes", line))
        line = "ip virtual-reassembly" if line == "ip virtual-reassembly in" else line
        if kind == "crypto keyring" and line.startswith("pre-shared-key address "):
            return " ".join(line.split(" ")[:3]), line
        if line.startswith("ip address") and line.endswith("secondary"):
            return line, line
        for start in SINGLE.get(kind, ()):
            if line == start or line.startswith(f"{start} "):
                return start, line
        return line, line

    def _require_acceptable(self, section: Section, key: str, value: str) -> None:
        if key.startswith("pre-shared-key") and key in (section.blocks[self.block] if self.block else section.lines):
            raise RefusedError("A pre-shared key for address mask already exists!")
        if key == "ip address":
            wanted = ipaddress.ip_interface(value.split(" ")[2] + "/" + value.split(" ")[3]).network
            for other in self.sections.values():
                held = other.lines.get("ip address", "").split(" ")
                is_other = other.kind == "interface" and other.name != section.name and len(held) == 4
                is_other = is_other and vrf_in(other) == vrf_in(section)
                if is_other and ipaddress.ip_interface(f"{held[2]}/{held[3]}").network.overlaps(wanted):
                    raise RefusedError(f"{value} overlaps with {other.name}")
        for pattern, referred in REFERENCES:
            found = re.fullmatch(pattern, value)
            if found and (referred, found[1]) not in self.sections:
                raise RefusedError(f"{value}: no such {referred}")
        if (found := re.fullmatch(r"(?:tunnel vrf|match fvrf|vrf) (?!any$)(\S+)", value)) is not None:
            self._require_vrf(found[1])
        if key == "set ikev2-profile" and "set isakmp-profile" in section.lines:
            raise RefusedError("exclusive with isakmp-profile")
        if key == "tunnel protection ipsec profile" and section.lines.get(key, value) != value:
            raise RefusedError("tunnel protection is configured already")

    def _peer(self, section: Section, line: str) -> None:
        if line.startswith("no "):
            del section.blocks[line[3:]]
            return
        section.blocks.setdefault(line, {})
        self.block, self.mode = line, "config-ikev2-keyring-peer"

    def _in_bgp(self, section: Section, line: str) -> bool:
        if re.fullmatch(r"address-family ipv4( unicast)?", line):
            self.block, self.mode, self.has_families = "ipv4", "config-router-af", True
            return True
        positive = line.removeprefix("no ")
        if positive.startswith(VRF_FAMILY):
            self._vrf_family(section, line)
            return True
        if not positive.startswith(("neighbor ", "network ", "bgp ")):
            return False
        words = positive.split(" ")
        lines = section.blocks[self.block] if self._is_in_vrf() else section.lines  # type: ignore[index]  # said so
        if words[0] == "neighbor" and len(words) == 2:
            self._forget_neighbor(lines, line)
            return True
        if words[0] == "neighbor":
            self._require_session(lines, words)
        else:
            positive = shown_network(words) if words[0] == "network" else positive
        key = " ".join(words[:3]) if words[0] == "neighbor" and words[2] in ONCE else positive
        if words[0] == "neighbor" and words[2] in ("prefix-list", "route-map"):
            key = " ".join((*words[:3], words[4]))
        if not line.startswith("no "):
            self._require_filter(words)
            lines[key] = positive
            if words[0] == "neighbor" and words[2] == "remote-as":
                lines[f"neighbor {words[1]} activate"] = f"neighbor {words[1]} activate"
        elif lines.pop(key, None) is None:
            raise RefusedError(f"{line}: not there")
        return True

    def _is_in_vrf(self) -> bool:
        return (self.block or "").startswith(VRF_FAMILY)

    def _vrf_family(self, section: Section, line: str) -> None:
        name = line.removeprefix("no ")
        if line.startswith("no "):
            if section.blocks.pop(name, None) is None:
                raise RefusedError(f"{line}: not there")
            return
        self._require_vrf(name.removeprefix(VRF_FAMILY))
        section.blocks.setdefault(name, {})
        self.block, self.mode = name, "config-router-af"

    def _require_filter(self, words: list[str]) -> None:
        """IOS would take a filter that does not exist, and then filter nothing: never what we want."""
        if (
            words[0] == "neighbor"
            and "vpn-" in words[-2]
            and (
                (words[2] == "prefix-list" and words[3] not in self.prefix_lists)
                or (words[2] == "route-map" and ("route-map", words[3]) not in self.sections)
            )
        ):
            raise RefusedError(f"{' '.join(words)}: there is no such filter")

    def _forget_neighbor(self, lines: dict[str, str], line: str) -> None:
        gone = [k for k in lines if f"no {' '.join(k.split(' ')[:2])}" == line]
        if not gone:
            raise RefusedError(f"{line}: no such neighbor")
        for key in gone:
            del lines[key]

    def _require_session(self, lines: dict[str, str], words: list[str]) -> None:
        if words[2] in SESSION and self.block and not self._is_in_vrf():
            raise RefusedError("General session commands not allowed under the address family")
        if words[2] != "remote-as" and f"neighbor {words[1]} remote-as" not in lines:
            raise RefusedError("Specify remote-as or peer-group commands first")
