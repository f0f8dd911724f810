"""What a preview's changes cost: no tunnel, one, or both; what is not known counts as both."""

import pytest

from rollout.cost import BOTH, COMMAND, CONNECTION, Change, beyond, cost, words

KEY = Change("update", COMMAND, "dev-tunnel2-key", ("environment.KEY_SERIAL",))
ROUTER = Change("update", COMMAND, "dev", ("stdin",))
TUNNEL2 = Change("update", CONNECTION, "dev", ("tunnel2IkeVersions[0]", "tunnel2PresharedKey"))


@pytest.mark.parametrize(
    ("change", "down"),
    [
        (TUNNEL2, {2}),
        (KEY, {2}),
        (ROUTER, set()),
        (Change("update", CONNECTION, "dev", ("tags.Name",)), set()),
        (Change("update", CONNECTION, "dev", ("tunnel1IkeVersions[0]", "tunnel2IkeVersions[0]")), {1, 2}),
        (Change("update", CONNECTION, "dev", ("customerGatewayId",)), {1, 2}),
        (Change("update", CONNECTION, "dev", ("somethingNew",)), {1, 2}),
        (Change("replace", CONNECTION, "dev"), {1, 2}),
        (Change("delete-replaced", COMMAND, "dev"), {1, 2}),
        (Change("replace", "aws:ec2/customerGateway:CustomerGateway", "dev"), {1, 2}),
        (Change("delete", "aws:ec2/vpnGatewayAttachment:VpnGatewayAttachment", "dev"), {1, 2}),
        (Change("create", CONNECTION, "dev"), set()),
        (Change("create", "aws:cloudwatch/metricAlarm:MetricAlarm", "dev"), set()),
        (Change("same", CONNECTION, "dev", ("tunnel1IkeVersions[0]",)), set()),
    ],
)
def test_a_change_takes_down_what_it_touches(change: Change, down: set[int]) -> None:
    assert cost([change]) == down


def test_changes_of_both_tunnels_in_one_update_cost_both() -> None:
    assert cost([TUNNEL2, Change("replace", COMMAND, "dev-tunnel1-key")]) == BOTH
    assert words(BOTH) == "both tunnels down"


def test_a_step_of_one_tunnel_may_change_its_key_and_options_and_the_router() -> None:
    assert beyond([TUNNEL2, KEY, ROUTER], 2) == ()
    assert beyond([TUNNEL2, KEY, ROUTER], 1) == (TUNNEL2, KEY)


def test_a_component_that_only_remembers_its_arguments_does_not_stand_in_the_way() -> None:
    assert beyond([Change("update", "aws-cisco-vpn:index:SiteToSiteVpn", "dev", ("tunnel1",)), TUNNEL2], 2) == ()


def test_a_step_may_not_bring_along_what_is_not_its_own() -> None:
    route = Change("create", "aws:ec2/route:Route", "dev-0")
    assert beyond([TUNNEL2, route], 2) == (route,)
    assert beyond([ROUTER], None) == ()
