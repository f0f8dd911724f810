"""Secrets that cannot be printed by accident, and the redaction of text that may hold them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .public_words import is_public

MASK = "***"

# Where IOS itself shows a secret, whoever put it there: group 1 is kept, group 2 masked. Foreign keys are masked too.
_SECRET_FORMS = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        r"(\bpre-shared-key\b(?: local| remote)?(?: address \S+(?: \d\S+)?(?: \S+)? key)?(?: hex)?(?: [067])? )(\S+)$",
        r"(\bpre-shared-key\b.* key (?:[06] )?)(\S+)",
        r"(\bcrypto isakmp key (?:[06] )?)(\S+)",
        r"(\b(?:password|secret)(?: [0-9])? )(\S+)$",
        r"(\bkey(?: [0-9])? )(\S+)$",  # of RADIUS, TACACS+, and `authentication … pre-share key`
        r"(\b(?:message-digest|authentication)-key \d+ md5(?: [0-9])? )(\S+)",
        r"(\bsnmp-server community )(\S+)",
        r"(\bsnmp-server host \S+ (?:.+ )?)(\S+)$",
        r"(\bauth (?:md5|sha) )(\S+)",
        r"(\bpriv (?:des|3des|aes \d+) )(\S+)",
        r"(\bkey-string(?: [07])? )(\S+)",
        r"(\w://[^\s:/@]+:)([^\s@]+)(?=@)",
        r"(<pre_shared_key>)([^<]+)",
    )
)


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A pre-shared key or password: equal by value, printed as ``***``; `reveal` is the one way out."""

    _value: str

    def reveal(self) -> str:
        """Return the plain text, for the wire or for ``--show-secrets`` only."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)


class Redactor:
    """Masks every known secret, and whatever stands where IOS shows one, in any text that leaves the agent.

    A secret that is one of our configurations' own words ("router") is masked where IOS shows one only: see
    public_words.py.
    """

    def __init__(self, secrets: Iterable[Secret | None] = ()) -> None:
        plain = {s.reveal() for s in secrets if s is not None and s.reveal()}
        # Longest first, so that a secret that contains another is masked whole.
        self._plain = sorted((text for text in plain if not is_public(text)), key=len, reverse=True)

    def redact(self, text: str) -> str:
        """Return `text` with secrets replaced by ``***``."""
        for plain in self._plain:
            text = text.replace(plain, MASK)
        for form in _SECRET_FORMS:
            text = form.sub(rf"\g<1>{MASK}", text)
        return text
