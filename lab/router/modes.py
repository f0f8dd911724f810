"""All configuration modes, and which mode a section of the running-config belongs to."""

from collections.abc import Sequence
from functools import cache

from . import bgp, ikev2, interface, ipsec, isakmp, policy, sla, system, vrf
from .document import Entry
from .grammar import Grammar, Rejection
from .line import Line, Mode, grammars
from .release import Release

_SUBJECTS = (system, vrf, interface, isakmp, ikev2, ipsec, policy, bgp, sla)

GLOBAL = Mode("config", tuple(line for subject in _SUBJECTS for line in subject.GLOBAL), parent="")
MODES = {mode.name: mode for mode in (GLOBAL, *(mode for subject in _SUBJECTS for mode in subject.MODES))}

# Sections inside sections, by their first word.
_NESTED = {
    "peer": ("config-ikev2-keyring-peer",),
    "address-family": ("config-router-af",),
    "icmp-echo": ("config-ip-sla-echo",),
    "log": ("config-archive-log-cfg",),
}


class ConfigurationGrammar:
    """The lines of every mode as one release knows them."""

    def __init__(self, release: Release) -> None:
        self._grammars = grammars(MODES, release)

    def of(self, mode: str) -> Grammar[Line]:
        """Return the lines of a mode."""
        return self._grammars[mode]

    def key_of(self, container: Entry, text: str) -> str:
        """Return what identifies a displayed line; one we do not know is its own text."""
        for mode in self.modes_of(container.key):
            try:
                match = self._grammars[mode].match(text)
            except Rejection:
                continue
            if match.is_negated and not match.row.negated:
                return text
            return match.row.key_of(match)
        return text

    def modes_of(self, key: str) -> Sequence[str]:
        """Return the modes whose lines stand in a section; older releases print an SLA's timers beside its echo."""
        if not key:
            return ("config",)
        if nested := _NESTED.get(key.split()[0]):
            return nested
        try:
            opens = self._grammars["config"].match(f"no {key}").row.opens
        except Rejection:
            return ()
        if opens == "config-ip-sla":
            return (opens, "config-ip-sla-echo")
        return (opens,) if opens else ()


@cache
def configuration_grammar(release: Release) -> ConfigurationGrammar:
    """Return a release's grammar, compiled once."""
    return ConfigurationGrammar(release)
