"""What the ends' settings become in strongSwan: an SA is rekeyed before its end, and who begins."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface

from lab.ends import AwsEnd
from lab.wire.ike import CHILD, Lifetime, aws_peering

AWS = AwsEnd(
    "vpn-1",
    IPv4Address("198.51.100.10"),
    IPv4Address("203.0.113.100"),
    IPv4Interface("169.254.255.1/30"),
    IPv4Interface("169.254.255.2/30"),
    "plainly.fake",
    ike_versions=("ikev2",),
    phase1_encryption=("AES256",),
    phase1_integrity=("SHA2-256",),
    phase1_dh_groups=(14,),
    phase2_encryption=("AES256",),
    phase2_integrity=("SHA2-256",),
    phase2_dh_groups=(14,),
)


def _child(end: AwsEnd) -> dict[str, object]:
    children = aws_peering(end).connection["children"]
    assert isinstance(children, dict)
    return dict(children[CHILD])


def test_an_sa_is_rekeyed_its_margin_before_its_end_and_up_to_the_spread_earlier() -> None:
    aws = Lifetime(3600, margin=270, spread=270)
    assert aws.strongswan("life_time") == {"rekey_time": "3330s", "life_time": "3600s", "rand_time": "270s"}
    assert aws.strongswan("over_time") == {"rekey_time": "3330s", "over_time": "270s", "rand_time": "270s"}


def test_a_spread_never_reaches_back_to_the_beginning() -> None:
    assert Lifetime(900, margin=450, spread=450).strongswan("life_time")["rand_time"] == "449s"


def test_aws_rekeys_with_its_own_margin_and_fuzz_and_restarts_only_where_told() -> None:
    child = _child(replace(AWS, rekey_margin=100, rekey_fuzz=50))
    assert (child["rekey_time"], child["life_time"], child["rand_time"]) == ("3500s", "3600s", "50s")
    assert child["dpd_action"] == "clear"
    assert _child(replace(AWS, restarts=True))["dpd_action"] == "restart"
