"""What the ends' settings become in strongSwan: an SA is rekeyed before its end, and who begins."""

from lab.wire.ike import Lifetime


def test_an_sa_is_rekeyed_its_margin_before_its_end_and_up_to_the_spread_earlier() -> None:
    aws = Lifetime(3600, margin=270, spread=270)
    assert aws.strongswan("life_time") == {"rekey_time": "3330s", "life_time": "3600s", "rand_time": "270s"}
    assert aws.strongswan("over_time") == {"rekey_time": "3330s", "over_time": "270s", "rand_time": "270s"}


def test_a_spread_never_reaches_back_to_the_beginning() -> None:
    assert Lifetime(900, margin=450, spread=450).strongswan("life_time")["rand_time"] == "449s"
