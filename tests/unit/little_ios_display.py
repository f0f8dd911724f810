"""What the small IOS holds, and its running-config as a release displays it."""

from tests.unit.little_ios_words import HIDDEN, SESSION, SETTINGS, SINGLE, Section


class Held:
    """The configuration of one router. `release` is ios12, ios15, xe16 or xe17 and only changes what `show` prints."""

    def __init__(self, release: str = "xe17", foreign: tuple[str, ...] = ()) -> None:
        self.release = release
        self.foreign = foreign
        self.sections: dict[tuple[str, str], Section] = {}
        self.settings: dict[str, str | None] = dict(SETTINGS)
        self.routes: list[str] = []
        self.schedules: dict[str, str] = {}
        self.vrfs: dict[str, str] = {}
        self.prefix_lists: dict[str, dict[int, str]] = {}
        self.has_families = False

    def show(self) -> str:
        """Return the running-config as this release displays it."""
        out = ["Building configuration...", "", "Current configuration : 4711 bytes", "!", "version 15.2", "!"]
        for name, style in self.vrfs.items():
            deeper = ["!", " address-family ipv4", " exit-address-family"] if style == "vrf definition" else []
            out += [f"{style} {name}", " rd 65001:1", *deeper, "!"]
        out += [*self.foreign, "!"]
        old = self.release == "ios12"
        out += self._headers("crypto keyring", "  ", blanks="  ")
        out += self._headers("crypto ikev2 proposal", " ", blanks=" ")
        out += self._headers("crypto ikev2 policy", " ", blanks=" ")
        for section in self._of("crypto ikev2 keyring"):
            out.append(f"crypto ikev2 keyring {section.name}")
            for peer, lines in sorted(section.blocks.items()):
                out += [f" {peer}", *(f"  {line}" for line in lines.values()), " !"]
        out += self._headers("crypto ikev2 profile", " ")
        if self.release != "ios15":
            out += self._tracks(old=old)
        out += self._headers("crypto isakmp policy", " ")
        out += self._setting("crypto isakmp keepalive")
        out += self._headers("crypto isakmp profile", "   ")
        out += self._setting("crypto ipsec security-association replay window-size")
        for section in self._of("crypto ipsec transform-set"):
            out.append(f"crypto ipsec transform-set {section.name} {section.words} ")
            out += [f" {line}" for line in section.lines.values() if not old or line != "mode tunnel"]
        out += self._setting("crypto ipsec df-bit") + self._setting("crypto ipsec fragmentation")
        out += [*self._headers("crypto ipsec profile", " "), "!", *self._headers("interface", " ")]
        out += [*self._bgp(), "ip forward-protocol nd", "!", *sorted(self.routes), *self._probes()]
        out += [
            f"ip prefix-list {n} seq {i} {c}"
            for n, ls in sorted(self.prefix_lists.items())
            for i, c in sorted(ls.items())
        ]
        out += self._headers("route-map", " ")
        out += self._tracks(old=False) if self.release == "ios15" else []
        return "\n".join([*out, "!", "end", ""])

    def _of(self, kind: str) -> list[Section]:
        return sorted((s for s in self.sections.values() if s.kind == kind), key=lambda s: (len(s.name), s.name))

    def _headers(self, kind: str, indent: str, blanks: str = "") -> list[str]:
        out = []
        for section in self._of(kind):
            words = f" {section.words}" if kind in ("route-map", "crypto keyring") and section.words else blanks
            out.append(f"{kind} {section.name}{words}")
            order = {start: i for i, start in enumerate(SINGLE.get(kind, ()))}
            for key, line in sorted(section.lines.items(), key=lambda kv: (order.get(kv[0], 99), kv[0])):
                shown = line.replace("encryption", "encr") if kind == "crypto isakmp policy" else line
                shown = "ip virtual-reassembly in" if key == "ip virtual-reassembly" else shown
                if line not in HIDDEN.get(kind, set()):
                    tail = " " if key.startswith(("match identity", "set transform-set")) else ""
                    out.append(f"{indent}{shown}{tail}")
            if kind == "interface" and "ip address" not in section.lines:
                out.append(f"{indent}no ip address")
            out += ["!"] if kind != "crypto keyring" else []
        return out

    def _setting(self, name: str) -> list[str]:
        value = self.settings[name]
        return [] if value == SETTINGS[name] else [f"{name} {value}"]

    def _tracks(self, *, old: bool) -> list[str]:
        return [
            f"track {s.name} {s.words.replace('ip sla', 'rtr') if old else s.words}{line}"
            for s in self._of("track")
            for line in ("", *(f"\n {line}" for line in s.lines.values()))
        ]

    def _bgp(self) -> list[str]:
        for section in self._of("router bgp"):
            lines = shown_bgp(section.lines)
            out = [f"router bgp {section.name}", " bgp log-neighbor-changes"]
            lines = [line for line in lines if line != "bgp log-neighbor-changes"]
            vrfs = [
                line
                for name, inner in sorted(section.blocks.items())
                for line in (" !", f" {name}", *(f"  {held}" for held in shown_bgp(inner)), " exit-address-family")
            ]
            if not self.has_families:
                return [*out, *(f" {line}" for line in lines if not line.endswith(" activate")), *vrfs, "!"]
            inner = [w for w in lines if w.startswith("network") or (w[:3] == "nei" and w.split(" ")[2] not in SESSION)]
            outer = [line for line in lines if line not in inner]
            inner.sort(key=lambda line: not line.startswith("network"))
            family = [" !", " address-family ipv4", *(f"  {line}" for line in inner), " exit-address-family"]
            return [*out, *(f" {line}" for line in outer), *family, *vrfs, "!"]
        return []

    def _probes(self) -> list[str]:
        out = []
        for section in self._of("ip sla"):
            deeper = " " if self.release.startswith("xe") else ""
            out.append(f"ip sla {section.name}")
            for key in SINGLE["ip sla"]:
                line = section.lines.get(key)
                if line is not None and line not in HIDDEN["ip sla"]:
                    out.append(f" {deeper if key != 'icmp-echo' else ''}{line}")
            if section.name in self.schedules:
                out.append(self.schedules[section.name])
        return out


def shown_bgp(held: dict[str, str]) -> list[str]:
    """Return BGP's lines as IOS sorts them: a neighbor's AS before everything else of it."""
    lines = sorted(held.values())
    return sorted(lines, key=lambda line: (line.split(" ")[0] != "bgp", line.split(" ")[1], " remote-as " not in line))
