"""The simulated router keeps its running-config as IOS does: what it prints, and what it refuses."""

from pathlib import Path

import pytest

from lab.router.clock import FakeClock
from lab.router.console import Console
from lab.router.default_config import default_running_config
from lab.router.release import RELEASES
from lab.router.state import RouterState

AWS = Path(__file__).parents[1] / "data" / "aws"
CAPTURED = (AWS / "bgp-behind-nat.running-config.txt").read_text()

# Written in the form of IOS 15's display: blanks behind names, IKEv2's nesting, VRFs, sections we know nothing of.
IKEV2 = (AWS.parent / "ios" / "ikev2.running-config.txt").read_text()


INCOMPLETE = "% A profile is deemed incomplete until it has match identity statements"


def router(release: str = "ios15", text: str = "") -> RouterState:
    played = RELEASES[release]
    return RouterState(text or default_running_config(played, "admin"), played, FakeClock())


def configured(state: RouterState, text: str) -> dict[str, str]:
    """Enter the lines; return what the router said to which."""
    console, said = Console(state), {}
    console.send("configure terminal")
    for line in text.splitlines():
        if reply := console.send(line).strip():
            said[line.strip()] = reply
    console.send("end")
    return said


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("text", [CAPTURED, IKEV2], ids=["captured", "ikev2"])
def test_a_loaded_configuration_prints_byte_for_byte(release: str, text: str) -> None:
    assert router(release, text).running_config() == text


def test_lines_behind_the_headers_of_show_are_no_configuration() -> None:
    text = "Building configuration...\n\nCurrent configuration : 9 bytes\n!\nhostname r\nend\n"
    assert router("ios15", text).running_config() == "\n!\nhostname r\nend\n"


def test_free_text_is_no_configuration_whatever_it_looks_like() -> None:
    text = (
        "macro name SETUP\ninterface Tunnel1\n@\nmenu M title ^C\ninterface Tunnel2\n^C\nbanner motd ^C\nend\n^C\nend\n"
    )
    state = router("ios15", text)
    assert state.running_config() == text
    assert state.document.root.starting("interface") == []


def test_what_is_removed_and_entered_again_prints_as_before() -> None:
    state = router("ios15", CAPTURED)
    tunnel = CAPTURED[CAPTURED.index("interface Tunnel1") : CAPTURED.index("interface Tunnel2")]
    neighbor = [line for line in CAPTURED.splitlines() if "169.254.15.193" in line]
    removed = "no interface Tunnel1\nrouter bgp 65301\nno neighbor 169.254.15.193\n"
    configured(state, removed)
    assert "\ninterface Tunnel1\n" not in state.running_config()
    assert "169.254.15.193" not in state.running_config()

    said = configured(
        state,
        "\n".join(
            (
                tunnel,
                "router bgp 65301",
                *neighbor[:2],
                "address-family ipv4 unicast",
                *neighbor[2:],
                "exit-address-family",
            )
        ),
    )

    assert said == {}
    assert state.running_config() == CAPTURED


def test_the_text_of_aws_is_shown_as_a_router_shows_it() -> None:
    """Display order, hidden defaults, masks and trailing blanks of the IOS 15.2 capture."""
    state = router()
    said = configured(state, (AWS / "bgp-vgw.aws-ios.txt").read_text().partition("\ninterface Ethernet")[0])
    assert set(said.values()) == {INCOMPLETE}
    lines = state.running_config().splitlines()
    vpn = next(line.split()[2].removeprefix("keyring-")[:-2] for line in lines if line.startswith("crypto keyring"))
    policy = lines.index("crypto isakmp policy 200")
    assert lines[policy : policy + 5] == [
        "crypto isakmp policy 200", " encr aes", " authentication pre-share", " group 2", " lifetime 28800",
    ]  # fmt: skip
    assert f"crypto keyring keyring-{vpn}-0  " in lines
    assert lines.index(f"crypto keyring keyring-{vpn}-1  ") < policy
    keepalive = lines.index("crypto isakmp keepalive 10 10")
    assert lines[keepalive + 1] == f"crypto isakmp profile isakmp-{vpn}-0"
    assert lines[keepalive + 2] == f"   keyring keyring-{vpn}-0"
    assert lines[keepalive + 3].startswith("   match identity address ")
    assert lines[keepalive + 3].endswith(" 255.255.255.255 ")
    assert f"crypto ipsec transform-set ipsec-prop-{vpn}-0 esp-aes esp-sha-hmac " in lines
    assert not any("fragmentation before-encryption" in line or "seconds 3600" in line for line in lines)
    tunnel = lines[lines.index("interface Tunnel1") :][:8]
    assert [line.split()[:2] for line in tunnel[1:]] == [
        ["ip", "address"], ["ip", "virtual-reassembly"], ["ip", "tcp"], ["tunnel", "source"], ["tunnel", "mode"],
        ["tunnel", "destination"], ["tunnel", "protection"],
    ]  # fmt: skip


def test_opening_the_family_moves_bgp_into_it() -> None:
    state = router()
    configured(state, "router bgp 65000\nneighbor 169.254.9.1 remote-as 64512\nneighbor 169.254.9.1 default-originate")
    assert " neighbor 169.254.9.1 default-originate\n" in state.running_config()
    configured(
        state, "router bgp 65000\naddress-family ipv4 unicast\nneighbor 169.254.9.1 soft-reconfiguration inbound"
    )
    shown = state.running_config()
    assert (
        "router bgp 65000\n bgp log-neighbor-changes\n neighbor 169.254.9.1 remote-as 64512\n !\n"
        " address-family ipv4\n  neighbor 169.254.9.1 activate\n  neighbor 169.254.9.1 default-originate\n"
        "  neighbor 169.254.9.1 soft-reconfiguration inbound\n exit-address-family\n"
    ) in shown


def test_session_lines_in_the_family_are_moved_by_old_releases_and_refused_by_recent_ones() -> None:
    text = "router bgp 65000\naddress-family ipv4\nneighbor 169.254.9.1 remote-as 64512"
    old, recent = router("ios15"), router("xe17")
    assert configured(old, text) == {}
    assert "\n neighbor 169.254.9.1 remote-as 64512\n" in old.running_config()
    said = configured(recent, text)
    assert said == {
        "neighbor 169.254.9.1 remote-as 64512": "% General session commands not allowed under the address family"
    }


def test_each_release_prints_an_sla_its_own_way() -> None:
    text = "interface Tunnel1\nip sla 100\nicmp-echo 169.254.9.1 source-interface Tunnel1\nfrequency 5\ntimeout 1000"
    old, recent = router("ios15"), router("xe17")
    configured(old, text)
    configured(recent, text)
    echo = " icmp-echo 169.254.9.1 source-interface Tunnel1\n"
    assert f"ip sla 100\n{echo} timeout 1000\n frequency 5\n" in old.running_config()
    assert f"ip sla 100\n{echo}  timeout 1000\n  frequency 5\n" in recent.running_config()


def test_keys_are_shown_in_type_6_once_passwords_are_encrypted() -> None:
    state = router()
    configured(state, "password encryption aes\ncrypto keyring k\npre-shared-key address 192.0.2.1 key plainly.fake")
    assert "plainly.fake" not in state.running_config()
    assert "  pre-shared-key address 192.0.2.1 key 6 " in state.running_config()


REFUSED = {
    "a keyring that is not there": (
        "crypto isakmp profile p\nkeyring nowhere",
        "% Keyring nowhere does not exist",
    ),
    "a transform-set that is not there": (
        "crypto ipsec profile p\nset transform-set nowhere",
        'ERROR: transform set with tag "nowhere" does not exist.',
    ),
    "a profile that is not there": (
        "interface Tunnel1\ntunnel protection ipsec profile nowhere",
        "% IPsec profile nowhere does not exist",
    ),
    "an address that overlaps": (
        "interface Tunnel1\nip address 169.254.9.2 255.255.255.252\ninterface Tunnel2\nip address 169.254.9.1 255.255.255.0",
        "% 169.254.9.0 overlaps with Tunnel1",
    ),
    "a network's own address": (
        "interface Tunnel1\nip address 169.254.9.4 255.255.255.252",
        "Bad mask /30 for address 169.254.9.4",
    ),
    "a second key for an address": (
        "crypto keyring k\npre-shared-key address 192.0.2.1 key a\npre-shared-key address 192.0.2.1 key b",
        "A pre-shared key for address mask 192.0.2.1 255.255.255.255 already exists!",
    ),
    "a second BGP process": ("router bgp 65000\nrouter bgp 65001", "BGP is already running; AS is 65000"),
    "a neighbor without an AS": (
        "router bgp 65000\nneighbor 169.254.9.1 timers 10 30 30",
        "% Specify remote-as or peer-group commands first",
    ),
    "AWS's own probe, whose threshold is above its timeout": (
        "ip sla 100\nicmp-echo 192.0.2.1\ntimeout 1000\nfrequency 5\nexit\nip sla schedule 100 life forever start-time now",
        "%Scheduling a probe with threshold 5000 ms greater than timeout 1000 ms is not allowed.",
    ),
    "a probe slower than its period": (
        "ip sla 100\nicmp-echo 192.0.2.1\nfrequency 3\nexit\nip sla schedule 100 life forever start-time now",
        "%Scheduling a probe with timeout 5000 ms greater than frequency 3000 ms is not allowed.",
    ),
    "a route with host bits": ("ip route 10.0.0.1 255.255.0.0 Null0", "%Inconsistent address and mask"),
    "the removal of a route that is not there": (
        "no ip route 10.0.0.0 255.0.0.0 Null0",
        "%No matching route to delete",
    ),
    "the removal of a port": ("no interface GigabitEthernet0/0", "% Removal of physical interfaces is not permitted."),
    "a VRF that is not there": ("interface Tunnel1\nvrf forwarding nowhere", "% VRF nowhere not configured."),
    "a hash beside GCM": (
        "crypto ipsec transform-set t esp-gcm esp-sha-hmac",
        "% Invalid transform combination: esp-gcm and esp-gmac take no authentication transform",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_refuses(case: str) -> None:
    text, reply = REFUSED[case]
    said = configured(router(), text)
    assert list(said.values())[-1:] == [reply]


def test_a_scheduled_probe_cannot_be_edited_until_its_schedule_goes() -> None:
    state = router()
    configured(state, "ip sla 7\nicmp-echo 192.0.2.1\nexit\nip sla schedule 7 life forever start-time now")
    said = configured(state, "ip sla 7\nfrequency 10")
    assert said["ip sla 7"].startswith("Entry already running and cannot be modified")
    assert "Invalid input" in said["frequency 10"]
    assert configured(state, "no ip sla schedule 7\nip sla 7\nfrequency 10") == {}
    assert configured(state, "no ip sla 7") == {}
    assert "ip sla" not in state.running_config()


def test_objects_in_use_stay() -> None:
    state = router("ios15", CAPTURED)
    name = "vpn-ba2e34a8-0"
    said = configured(
        state,
        f"no crypto ipsec profile ipsec-{name}\nno crypto ipsec transform-set ipsec-prop-{name}\n"
        f"no crypto keyring keyring-{name}",
    )
    assert len(said) == 3
    assert all("in use" in reply or "referred by" in reply for reply in said.values())
    assert state.running_config() == CAPTURED


@pytest.mark.parametrize("line", ["group 2", "encryption 3des", "hash md5"])
def test_weak_words_are_taken_warned_of_or_refused_by_release(line: str) -> None:
    text = f"crypto isakmp policy 200\n{line}"
    assert configured(router("xe16"), text) == {}
    assert configured(router("xe17.6"), text) == {line: "%Warning: weaker encryption algorithm is deprecated"}
    assert configured(router("xe17"), text)[line].endswith("% Invalid input detected at '^' marker.")


def test_sha_1_is_not_among_the_weak_words() -> None:
    text = "crypto isakmp policy 200\nhash sha\ncrypto ipsec transform-set t esp-aes 256 esp-sha-hmac"
    assert configured(router("xe17"), text) == {}


def test_incomplete_ikev2_objects_are_taken_with_a_notice() -> None:
    said = configured(router("xe17"), "crypto ikev2 proposal a\ncrypto ikev2 policy b\ncrypto ikev2 profile c")
    assert said["crypto ikev2 proposal a"].startswith(
        "IKEv2 proposal MUST either have a set of an encryption algorithm"
    )
    assert said["crypto ikev2 policy b"] == "IKEv2 policy MUST have atleast one complete proposal attached"
    assert said["crypto ikev2 profile c"].startswith("IKEv2 profile MUST have:")


def test_an_isakmp_profile_is_incomplete_until_it_knows_whom_it_is_for() -> None:
    state = router("xe17")
    said = configured(state, "crypto isakmp profile p\nmatch identity address 198.51.100.1")
    assert said == {"crypto isakmp profile p": INCOMPLETE}
    assert configured(state, "crypto isakmp profile p") == {}


def test_a_route_out_of_an_interface_is_taken_with_a_notice() -> None:
    out, hop = "ip route 10.0.0.0 255.255.0.0 Tunnel1", "ip route 10.1.0.0 255.255.0.0 Tunnel1 169.254.9.1"
    text = f"interface Tunnel1\nexit\n{out}\n{hop}\nip route 10.2.0.0 255.255.0.0 Null0"
    said = configured(router("xe17"), text)
    assert list(said) == [out]
    assert said[out].startswith("%Default route without gateway, if not a point-to-point interface")
    assert configured(router("ios12"), text) == {}


def test_ios_12_knows_no_ikev2() -> None:
    assert "Invalid input" in configured(router("ios12"), "crypto ikev2 proposal a")["crypto ikev2 proposal a"]


def test_removing_a_tunnel_says_that_some_of_it_may_come_back() -> None:
    said = configured(router(), "interface Tunnel1\nexit\nno interface Tunnel1")
    assert said["no interface Tunnel1"].startswith("% Not all config may be removed and may reappear")


def test_with_the_shield_off_weak_words_are_taken_after_a_reload() -> None:
    state = router("xe17")
    configured(state, "crypto engine compliance shield disable")
    weak = "crypto isakmp policy 200\ngroup 2"
    assert "Invalid input" in configured(state, weak)["group 2"]
    Console(state).send("write memory")
    state.reload()
    assert configured(state, weak) == {"group 2": "%Warning: weaker encryption algorithm is deprecated"}


def test_an_archive_path_names_a_file_system() -> None:
    assert "Invalid input" in configured(router(), "archive\npath nowhere")["path nowhere"]


def test_show_says_who_changed_and_who_saved() -> None:
    state = router("ios15", CAPTURED)
    console = Console(state, "alice")
    shown = console.send("show running-config")
    assert CAPTURED in shown
    console.configure(["interface Tunnel9"])
    console.send("write memory")
    shown = console.send("show running-config")
    assert "!\n! Last configuration change at 08:00:00 UTC Tue Nov 24 2026 by alice\n" in shown
    assert "! NVRAM config last updated at 08:00:00 UTC Tue Nov 24 2026 by alice\n" in shown
    assert "Nov 21 2017" not in shown


def test_an_interface_goes_by_its_name_without_the_words_behind_it() -> None:
    """From ciscoconfparse2's sample of an IOS 12.4 router: the line out is a permanent circuit of an ATM interface."""
    line = "interface ATM0/0.32 point-to-point\n description DSL Link\n ip address 192.0.2.1 255.255.255.252\n!\n"
    state = router("ios12", f"hostname r\n!\ninterface ATM0/0\n no ip address\n!\n{line}end\n")
    assert configured(state, "crypto keyring K\n local-address ATM0/0.32\nexit\ninterface atm0/0.32\n mtu 1500") == {}
    assert line.removesuffix("!\n") in state.running_config()
