"""Why a tunnel is down, read from what strongSwan logged since the connection was last loaded."""

# Patterns in the order in which the daemon would meet them; the last match in the log wins.
_SIGNS: tuple[tuple[str, str], ...] = (
    ("no IKE config found", "peer address mismatch: no connection is configured for this pair of addresses"),
    ("received NO_PROPOSAL_CHOSEN error notify", "no proposal chosen"),
    ("no matching proposal found", "no proposal chosen"),
    ("received proposals unacceptable", "no proposal chosen"),
    ("no acceptable proposal found", "no proposal chosen"),
    ("received AUTHENTICATION_FAILED notify error", "authentication failed: the pre-shared keys differ"),
    ("tried 1 shared key for", "authentication failed: the pre-shared keys differ"),
    ("could not decrypt payloads", "authentication failed: the pre-shared keys differ"),
    ("calculated HASH does not match", "authentication failed: the pre-shared keys differ"),
    ("no shared key found", "authentication failed: no pre-shared key for the peer"),
    ("received TS_UNACCEPTABLE", "traffic selectors mismatch"),
    ("giving up after", "no answer from the peer"),
)


def reason_from_log(log: str) -> str | None:
    """Return the last failure that the daemon met; None when it met none."""
    found: tuple[int, str] | None = None
    for sign, reason in _SIGNS:
        at = log.rfind(sign)
        if at >= 0 and (found is None or at > found[0]):
            found = (at, reason)
    return found[1] if found else None
