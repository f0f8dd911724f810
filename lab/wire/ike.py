"""What the two ends hold, as strongSwan's own configuration (the dictionaries that its vici protocol takes)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from lab.ends import AwsEnd, RouterEnd

ENCRYPTION: Mapping[str, str] = {
    "AES128": "aes128",
    "AES192": "aes192",
    "AES256": "aes256",
    "AES128-GCM-16": "aes128gcm16",
    "AES256-GCM-16": "aes256gcm16",
    "3DES": "3des",
}
INTEGRITY: Mapping[str, str] = {
    "SHA1": "sha1",
    "SHA2-256": "sha256",
    "SHA2-384": "sha384",
    "SHA2-512": "sha512",
    "MD5": "md5",
}
DH_GROUP: Mapping[int, str] = {
    1: "modp768",
    2: "modp1024",
    5: "modp1536",
    14: "modp2048",
    15: "modp3072",
    16: "modp4096",
    17: "modp6144",
    18: "modp8192",
    19: "ecp256",
    20: "ecp384",
    21: "ecp521",
    22: "modp1024s160",
    23: "modp2048s224",
    24: "modp2048s256",
}
CHILD = "tunnel"
# AWS probes a peer that has been silent for 10 s (an assumption: only the timeout is documented); IOS retries a probe
# five times.
AWS_DPD_DELAY = 10
IOS_DPD_RETRIES = 5
# IOS begins 30 s before the end; of a lifetime so short as only a test's, a tenth.
IOS_REKEY_MARGIN = 30


class UntranslatableError(ValueError):
    """Something an end holds has no counterpart in strongSwan; never ignored."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long an SA may live, and when its end is prepared for: `margin` before it, and up to `spread` earlier; seconds."""

    seconds: int
    margin: int
    spread: int = 0

    def strongswan(self, hard: str) -> dict[str, object]:
        """Return strongSwan's three settings; `hard` is the name of the one that ends the SA."""
        rekey = self.seconds - self.margin
        # `life_time` is an age, `over_time` what is added to the rekeying's. A spread that reached back to the start would be none.
        end = self.seconds if hard == "life_time" else self.margin
        return {"rekey_time": f"{rekey}s", hard: f"{end}s", "rand_time": f"{min(self.spread, rekey - 1)}s"}


@dataclass(frozen=True, slots=True)
class Peering:
    """One side of one tunnel: strongSwan's connection and the key it goes with."""

    connection: Mapping[str, object]
    preshared_key: str


def _word(table: Mapping[str, str] | Mapping[int, str], value: object, what: str) -> str:
    try:
        return table[value]  # type: ignore[index]  # a table of either key type; a foreign key is the error below
    except KeyError:
        raise UntranslatableError(f"{what} {value!r} has no strongSwan word") from None


def phase1_proposal(encryption: str, integrity: str, dh_group: int) -> str:
    """Return one IKE proposal; with GCM the integrity is the PRF."""
    cipher = _word(ENCRYPTION, encryption, "phase 1 encryption")
    digest = _word(INTEGRITY, integrity, "phase 1 integrity")
    group = _word(DH_GROUP, dh_group, "phase 1 DH group")
    return f"{cipher}-prf{digest}-{group}" if "GCM" in encryption else f"{cipher}-{digest}-{group}"


def phase2_proposal(encryption: str, integrity: str, pfs: int | None) -> str:
    """Return one ESP proposal."""
    parts = [_word(ENCRYPTION, encryption, "phase 2 encryption")]
    if "GCM" not in encryption:
        parts.append(_word(INTEGRITY, integrity, "phase 2 integrity"))
    if pfs is not None:
        parts.append(_word(DH_GROUP, pfs, "phase 2 DH group"))
    return "-".join(parts)


def router_peering(end: RouterEnd) -> Peering | None:
    """Return the router's side of a tunnel; None when it lacks what IOS would need to speak at all."""
    if not (end.is_interface_up and end.has_protection and end.matches_peer and end.phase1 and end.phase2):
        return None
    if end.source is None or end.destination is None or not end.preshared_key:
        return None
    connection = _connection(
        version="1" if end.ike_version == "ikev1" else "2",
        local=str(end.source),
        remote=str(end.destination),
        phase1=_unique(phase1_proposal(o.encryption, o.integrity, o.dh_group) for o in end.phase1),
        phase2=_unique(phase2_proposal(o.encryption, o.integrity, end.pfs) for o in end.phase2),
        lifetimes=(_ios_lifetime(end.phase1[0].lifetime), _ios_lifetime(end.phase2_lifetime)),
        dpd=None if end.dpd is None else (end.dpd[0], end.dpd[0] + IOS_DPD_RETRIES * end.dpd[1]),
    )
    return Peering(connection, end.preshared_key)


def aws_peering(end: AwsEnd) -> Peering:
    """Return AWS's side: every combination of what its tunnel options permit."""
    versions = set(end.ike_versions)
    # GCM in phase 1 exists in IKEv2 only (RFC 5282); strongSwan refuses the whole proposal list otherwise.
    ciphers = [c for c in end.phase1_encryption if "GCM" not in c or "ikev2" in versions]
    phase1 = _unique(
        phase1_proposal(*combination)
        for combination in product(ciphers, end.phase1_integrity, sorted(end.phase1_dh_groups))
    )
    phase2 = _unique(
        phase2_proposal(*combination)
        for combination in product(end.phase2_encryption, end.phase2_integrity, sorted(end.phase2_dh_groups))
    )
    connection = _connection(
        version={"ikev1": "1", "ikev2": "2"}.get(" ".join(sorted(versions)), "0"),
        local=str(end.outside),
        remote=str(end.customer_outside),
        phase1=phase1,
        phase2=phase2,
        lifetimes=(_aws_lifetime(end, end.phase1_lifetime), _aws_lifetime(end, end.phase2_lifetime)),
        selectors=(str(end.remote_cidr), str(end.local_cidr)),
        dpd=(AWS_DPD_DELAY, end.dpd_timeout),
        # Behind NAT the router names itself by its inner address; AWS goes by the address that packets come from.
        remote_identity="%any",
        dpd_action="restart" if end.restarts else "clear",
    )
    return Peering(connection, end.preshared_key)


def _ios_lifetime(seconds: int) -> Lifetime:
    return Lifetime(seconds, max(1, min(IOS_REKEY_MARGIN, seconds // 10)))


def _aws_lifetime(end: AwsEnd, seconds: int) -> Lifetime:
    return Lifetime(seconds, end.rekey_margin, end.rekey_margin * end.rekey_fuzz // 100)


def _unique(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))


def _connection(
    *,
    version: str,
    local: str,
    remote: str,
    phase1: list[str],
    phase2: list[str],
    lifetimes: tuple[Lifetime, Lifetime],
    dpd: tuple[int, int] | None,
    remote_identity: str = "",
    selectors: tuple[str, str] = ("0.0.0.0/0", "0.0.0.0/0"),
    dpd_action: str = "clear",
) -> dict[str, object]:
    return {
        "version": version,
        "local_addrs": [local],
        "remote_addrs": [remote],
        "proposals": phase1,
        "encap": "yes",
        "mobike": "no",
        **lifetimes[0].strongswan("over_time"),
        "dpd_delay": f"{dpd[0] if dpd else 0}s",
        "dpd_timeout": f"{dpd[1] if dpd else 0}s",
        "unique": "replace",
        "local": {"auth": "psk", "id": local},
        "remote": {"auth": "psk", "id": remote_identity or remote},
        "children": {
            CHILD: {
                "local_ts": [selectors[0]],
                "remote_ts": [selectors[1]],
                "esp_proposals": phase2,
                **lifetimes[1].strongswan("life_time"),
                "start_action": "none",
                "dpd_action": dpd_action,
                "close_action": "none",
            }
        },
    }
