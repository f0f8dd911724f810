"""What an IOS reply means, as tables. Default-deny: a reply not known to be harmless is a failure.

Neither "starts with %" nor "contains %" tells success from failure: ``A pre-shared key for address mask
… already exists!`` has none and is a failure, ``% Policy already has same proposal set`` has one and is
harmless. The tables are patterns as text, compiled when a reply is first compared with them: most lines have none.
"""

import re
from collections.abc import Iterable
from enum import Enum


class Verdict(Enum):
    """What a reply to a configuration line means."""

    ACCEPTED = "accepted"
    ABSENT = "absent"  # the line removes what is not there: as good as done
    IN_USE = "in use"  # refused for now, because IOS still holds a session on the object
    REJECTED = "rejected"


_FLAGS = re.IGNORECASE | re.MULTILINE

# Failures that also match a benign form below, so they are looked for first.
FAILURES = (
    r"invalid input detected",
    r"incomplete command",
    r"ambiguous command",
    r"unknown command",
    r"command authorization failed",
    r"command rejected",
    r"^% ?error\b",
    r"will be truncated",
    r"overlaps with",
    r"not allowed",
    r"already exists!",
    r"entry already running",
    r"default ikev2 policy is disabled",
)

# Whole lines (or blocks) that do no harm; what is left after taking them out must be blank.
BENIGN = (
    r"^Enter configuration commands, one per line\.\s+End with CNTL/Z\.?$",
    r"^\s*%?\s?Warning:? .*$(?:\n\s*Migrate to a supported password type\.?$)?",
    # IOS-XE 17.18.2 and later, of what Cisco calls insecure: keys in clear, for one (Cisco, "Resilient Infrastructure").
    r"^\s*SECURITY WARNING - (?:.*\n)*?.*\bRemediation: .*$",
    r"^(?:% ?)?(?:Note|Info):.*$",
    # Cisco's own NSO driver takes these two for harmless.
    r"^.*name length exceeded the recommended length of .*$",
    r"^.*the threshold option has been accepted.*$",
    r"^.* will take effect .*$",
    r"^.*weaker encryption algorithm is deprecated.*$",
    r"^% ?Not all config may be removed and may reappear after .*$",
    r"^% ?(?:tunnel )?interface \S+ .*was deleted.*$",
    r"^% ?tunnel interface was deleted.*$",
    r"^ISAKMP is (?:ON|OFF)$",
    # Of a protection that changes, or goes; the plan brings up again what is to be up.
    r"^%Shutting down \S+ interface due to IPsec tunnel protection modification\.?$",
    r'^%Please run "no shutdown" after config change to bring up the interface\.?$',
    # An interface that changes its VRF loses its addresses; the plan enters ours again.
    r"^% ?Interface \S+ .*removed due to (?:(?:enabling|disabling) VRF \S+|VRF change)\.?$",
    # Of any static route out of an interface, be it point-to-point as a tunnel is.
    r"^% ?Default route without gateway, if not a point-to-point interface, may impact performance\.?$",
    r"^% ?Command accepted but obsolete, unreleased or unsupported.*$",
    r"^.*\bwill be deprecated soon\b.*$",
    # Opened sections that are not complete yet say so; the lines that follow complete them.
    r"^IKEv2 proposal must either have a set of an encryption algorithm.*$(?:\n(?!\s*%).*(?:aes-gcm|prf|configured).*$)*",
    r"^% ?A profile is deemed incomplete until it has .*statements?\.?$",
    r"^IKEv2 policy must have at ?least one complete proposal attached.*$",
    r"^IKEv2 \S+ must have:?.*$(?:\n\s*\d+\..*$)*",
    r"^% Policy already has same proposal set.*$",
    r"^% Already found same 'match identity' statement.*$",
    r"^% Profile already contains this keyring.*$",
    r"^% ?\S* ?profile .*is removed\.?$",
    # A long name of the copy stands on a line of its own; a copy to a server is drawn as it goes.
    r"^Rollback Confirmed Change: (?:Backing up|Rollback will begin|Cleared|Confirmed).*$(?:\n\s*\w+:\S+$)?",
    r"^!+$",
    r'^Enter "configure confirm" if you wish to keep.*$(?:\n\s*(?:what you\'ve )?configured\.?$)?',
)

ABSENT = (
    r"entry not configured",
    r"not found",
    r"does(?: not|n't) exist",
    r"is not configured",
    r"^% ?no such ",
    r"no matching route",
)

IN_USE = (
    r"\bin use\b",
    r"being used",
    r"referred by",
    r"referenced by",
    r"cannot be (?:removed|deleted)",
    r"deletion of RD in progress",
)

# The configuration is held by somebody else; nothing of ours is in yet.
LOCKED = (
    r"configuration mode is locked",
    r"config mode cannot be entered",
    r"configuration mode locked exclusively",
    r"kill that session and continue",
)

ARCHIVE_OFF = (r"turn config archive on", r"archive feature not enabled")

_WARNING = re.compile(r"\s*%?\s?(?:security )?warning\b", re.IGNORECASE)


def matches(table: Iterable[str], text: str) -> bool:
    """Return whether any pattern of the table occurs in the text."""
    return any(re.search(pattern, text, _FLAGS) for pattern in table)


def without_benign(text: str) -> str:
    """Return what is left of a reply when everything known to be harmless is taken out."""
    for pattern in BENIGN:
        text = re.sub(pattern, "", text, flags=_FLAGS)
    return text.strip()


def classify(line: str, reply: str) -> Verdict:
    """Judge the reply to one configuration line."""
    if not reply.strip():
        return Verdict.ACCEPTED
    is_removal = line.lstrip().startswith("no ")
    if is_removal and matches(IN_USE, reply):
        return Verdict.IN_USE
    if is_removal and matches(ABSENT, reply) and not matches(FAILURES, reply):
        return Verdict.ABSENT
    if matches(FAILURES, reply):
        return Verdict.REJECTED
    return Verdict.REJECTED if without_benign(reply) else Verdict.ACCEPTED


def warnings_in(reply: str) -> tuple[str, ...]:
    """Return the router's own warnings in a reply, worth passing on, without the word itself."""
    return tuple(_WARNING.sub("", line).strip(" :%-") for line in reply.splitlines() if _WARNING.match(line))


def on_one_line(reply: str) -> str:
    """Return a reply as a message quotes it."""
    return " / ".join(line.strip() for line in reply.splitlines() if line.strip()) or "nothing"
