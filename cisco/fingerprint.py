"""Telling whether a key is another one where the router shows it encrypted.

A router with a master key displays ``key 6`` and a cipher text that differs each time, so that the manifest keeps a
fingerprint of the key that was sent. scrypt with the connection's id as salt makes guessing from it expensive.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from .merge import KeyCheck, peer
from .plan import Owned
from .state import Entry, Ref, Sections

PREFIX = "key="


def fingerprints(intended: Sections, connection_id: str) -> tuple[str, ...]:
    """Return one token per key, such as ``key=192.0.2.1:0f3c…``; they go into the manifest, never into a description."""
    keys = {(peer(entry), entry.value.removeprefix("0 ")) for _, entry in _keys(intended)}
    return tuple(f"{PREFIX}{address}:{_fingerprint(key, connection_id)}" for address, key in sorted(keys))


def check(known: Iterable[str], wanted: Iterable[str]) -> KeyCheck:
    """Return what says of a peer whether its key changed since the manifest; unknown ones count as unchanged."""
    old, new = _by_peer(known), _by_peer(wanted)
    return lambda address: address in old and old[address] != new.get(address)


def unseen(running: Sections, intended: Sections, known: Iterable[str]) -> tuple[str, ...]:
    """Return the peers whose key the router shows encrypted, and of which no manifest tells what was sent."""
    told = _by_peer(known)
    found = {
        peer(entry)
        for ref, entry in _keys(intended)
        if ref in running and running[ref].value(entry.slot) == "6" and peer(entry) not in told
    }
    return tuple(sorted(found))


def with_fingerprints(owned: Owned, sent: Owned) -> Owned:
    """Return the ownership with the keys that were sent meanwhile."""
    others = (token for token in owned.tokens if not token.startswith(PREFIX))
    return replace(owned, tokens=(*others, *(token for token in sent.tokens if token.startswith(PREFIX))))


def fingerprint_peer(token: str) -> str:
    """Return the peer that a token is about."""
    return token.removeprefix(PREFIX).partition(":")[0]


def _by_peer(tokens: Iterable[str]) -> dict[str, str]:
    pairs = (t.removeprefix(PREFIX).partition(":") for t in tokens if t.startswith(PREFIX))
    return {address: digest for address, _, digest in pairs}


def _keys(intended: Sections) -> Iterator[tuple[Ref, Entry]]:
    for ref, section in intended.items():
        yield from ((ref, entry) for entry in section.entries.values() if entry.is_preshared_key)


@lru_cache(maxsize=256)
def _fingerprint(key: str, connection_id: str) -> str:
    return hashlib.scrypt(key.encode(), salt=connection_id.encode(), n=4096, r=8, p=1, dklen=8).hex()
