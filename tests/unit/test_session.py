"""Prompts, echoes, replies and messages of an IOS terminal, without a terminal."""

import pytest

from cisco.replies import Verdict, classify, on_one_line, warnings_in
from cisco.session import Dialogue, Prompt, prompt_in

SYSLOG = "*Nov 24 10:00:00.123: %LINEPROTO-5-UPDOWN: Line protocol on Interface Tunnel1, changed state to up\n"
REVERT_NOTICE = (
    "Rollback Confirmed Change: Rollback will begin in one minute.\n"
    'Enter "configure confirm" if you wish to keep what you\'ve configured\n'
)
# In the form in which Netspoc, which schedules a reload for each of its changes, knows it.
SHUTDOWN = "\r\n\r\n\r\n***\r\n*** --- SHUTDOWN in 0:02:00 ---\r\n***\r\n"


def replies_to(lines: list[str], *pieces: str, hostname: str = "R1") -> list[tuple[str, str, str]]:
    """Return line, text and mode of each reply to `lines`, when `pieces` arrive one after the other."""
    dialogue = Dialogue(hostname)
    for line in lines:
        dialogue.sent(line)
    return [(r.line, r.text, r.prompt.mode) for piece in pieces for r in dialogue.feed(piece)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("R1>", Prompt("R1", "", is_privileged=False)),
        ("banner\nR1# ", Prompt("R1", "", is_privileged=True)),
        ("R1(config)#", Prompt("R1", "config", is_privileged=True)),
        (
            "edge.tokyo-1(config-ikev2-keyring-peer)#",
            Prompt("edge.tokyo-1", "config-ikev2-keyring-peer", is_privileged=True),
        ),
        ("R1(cfg-crypto-trans)#", Prompt("R1", "cfg-crypto-trans", is_privileged=True)),
    ],
)
def test_a_prompt_tells_hostname_mode_and_privilege(text: str, expected: Prompt) -> None:
    assert prompt_in(text) == expected


@pytest.mark.parametrize("text", ["R1#show", "Password:", "", "Building configuration...", "two words#"])
def test_what_is_no_prompt_is_none(text: str) -> None:
    assert prompt_in(text) is None


def test_a_reply_runs_from_the_echo_to_the_next_prompt() -> None:
    arrived = "show privilege\r\nCurrent privilege level is 15\r\nR1#"

    assert replies_to(["show privilege"], arrived) == [("show privilege", "Current privilege level is 15", "")]


def test_a_reply_may_arrive_letter_by_letter() -> None:
    arrived = "hash sha256\r\nR1(config-isakmp)#"

    assert replies_to(["hash sha256"], *arrived) == [("hash sha256", "", "config-isakmp")]


def test_lines_on_their_way_together_get_a_reply_each() -> None:
    prompt = "R1(config-isakmp)#"
    arrived = f"encr aes\r\n{prompt}gruop 2\r\n% Invalid input detected\r\n{prompt}lifetime 28800\r\n{prompt}"

    assert replies_to(["encr aes", "gruop 2", "lifetime 28800"], arrived) == [
        ("encr aes", "", "config-isakmp"),
        ("gruop 2", "% Invalid input detected", "config-isakmp"),
        ("lifetime 28800", "", "config-isakmp"),
    ]


def test_a_hostname_cut_in_configuration_mode_is_still_the_prompt() -> None:
    hostname = "a-router-with-a-very-long-name"
    arrived = f"interface Tunnel1\r\n{hostname[:20]}(config-if)#"

    assert replies_to(["interface Tunnel1"], arrived, hostname=hostname) == [("interface Tunnel1", "", "config-if")]


@pytest.mark.parametrize(
    ("echo", "is_its_own"),
    [
        ("group 1X\b4", True),
        ("group 1\b\b\b\b\b\b\b$oup 14 \b", True),  # scrolled by a terminal that is too narrow
        ("group 1X\b5", False),
        ("group 1\b\b\b\b\b\b\b$oup 15", False),
        ("X\b$", False),
    ],
)
def test_an_echo_that_is_written_over_counts_by_what_stands_there_in_the_end(echo: str, *, is_its_own: bool) -> None:
    replies = replies_to(["group 14"], f"{echo}\nR1(config-isakmp)#")
    assert replies == ([("group 14", "", "config-isakmp")] if is_its_own else [])


def test_a_mode_that_a_long_hostname_cuts_short_is_still_that_mode() -> None:
    # Cisco's own example: "Basement-rtr2(config-service)#" is (config-service-profile).
    assert Prompt("Basement-rtr2", "config-service", is_privileged=True).is_in("config-service-profile")
    assert not Prompt("Basement-rtr2", "config-service", is_privileged=True).is_in("config-if")
    assert not Prompt("R1", "config-router", is_privileged=True).is_in("config-router-af")


@pytest.mark.parametrize(
    "arrived",
    [
        f"ip mtu 1436\r\n{SYSLOG}R1(config-if)#",
        f"ip m\r\n{SYSLOG}tu 1436\r\nR1(config-if)#",
        f"ip m\r\n{SYSLOG}R1(config-if)#ip mtu 1436\r\nR1(config-if)#",
        f"\r\n{SYSLOG}R1(config-if)#ip mtu 1436\r\nR1(config-if)#",
        f"ip mtu 1436\r\nR1(config-if)#\r\n{SYSLOG}",
        f"ip mtu 1436\r\nR1(config-if)#{SYSLOG}",
        f"{REVERT_NOTICE}ip mtu 1436\r\nR1(config-if)#",
        f"ip mtu 1436\r\n{REVERT_NOTICE}R1(config-if)#",
        f"ip mtu 1436{SHUTDOWN}R1(config-if)#",
        f"ip mtu 1436\r\n{SHUTDOWN}R1(config-if)#",
        f"ip m{SHUTDOWN}\r\nR1(config-if)#ip mtu 1436\r\nR1(config-if)#",
        f"{SHUTDOWN}\r\nR1(config-if)#ip mtu 1436\r\nR1(config-if)#",
        f"ip mtu 1436\r\nR1(config-if)#{SHUTDOWN}",
        f"ip mtu 1436\r\nR1(config-if)#{SHUTDOWN}\r\nR1(config-if)#",
    ],
)
def test_messages_in_the_middle_of_a_reply_are_not_part_of_it(arrived: str) -> None:
    assert replies_to(["ip mtu 1436"], arrived) == [("ip mtu 1436", "", "config-if")]


@pytest.mark.parametrize(
    "head",
    [
        "00:00:46: ",
        "000123: 1d02h: ",
        "3w4d: ",
        "1y12w: ",
        "Nov 24 2026 19:00:00.123 JST: ",
        ".Nov 24 10:00:00: ",
        "*Nov  4 10:00:00.123 GMT+1: ",
        "",
    ],
)
def test_a_message_is_known_whatever_its_time_stamp(head: str) -> None:
    message = f"{head}%LINEPROTO-5-UPDOWN: Line protocol on Interface Tunnel1, changed state to up\r\n"

    assert replies_to(["ip mtu 1436"], f"ip m\r\n{message}tu 1436\r\nR1(config-if)#") == [
        ("ip mtu 1436", "", "config-if")
    ]


@pytest.mark.parametrize("source", ["Time source is NTP, 10:00:00.123 UTC", "No time source, *10:00:00.123 UTC"])
def test_what_exec_prompt_timestamp_says_is_no_part_of_a_reply(source: str) -> None:
    load = "Load for five secs: 13%/1%; one minute: 12%; five minutes: 13%"
    pieces = (f"show privilege\r\n{load}\r\n", f"{source} Tue Nov 24 2026\r\n\r\n", "level is 15\r\nR1#")

    assert replies_to(["show privilege"], *pieces) == [("show privilege", "level is 15", "")]


def test_a_prompt_in_a_banner_does_not_end_the_running_config() -> None:
    first = "show running-config\r\nbanner login ^C\r\nR1#"
    rest = "\r\n^C\r\nend\r\n\r\nR1#"

    assert replies_to(["show running-config"], first, rest) == [
        ("show running-config", "banner login ^C\nR1#\n^C\nend", "")
    ]


def test_a_running_config_without_end_is_given_up_when_the_router_is_quiet() -> None:
    dialogue = Dialogue("R1")
    dialogue.sent("show running-config")

    assert dialogue.feed("show running-config\r\nhostname R1\r\nR1#") == ()
    assert [r.text for r in dialogue.feed("", is_quiet=True)] == ["hostname R1"]


def test_a_question_is_told_apart_from_a_reply() -> None:
    dialogue = Dialogue("R1")
    dialogue.sent("write memory")
    dialogue.feed("write memory\r\nOverwrite the previous NVRAM configuration?[confirm]")

    assert dialogue.question() == "Overwrite the previous NVRAM configuration?[confirm]"
    dialogue.answered()
    assert [r.text.endswith("[OK]") for r in dialogue.feed("\r\n[OK]\r\nR1#")] == [True]


def test_a_hundred_thousand_lines_cost_no_more_than_their_length() -> None:
    pieces = [
        "show running-config\r\n",
        *("interface Loopback1\r\n description x\r\n" * 50 for _ in range(1000)),
        "end\r\nR1#",
    ]

    ((_, text, _),) = replies_to(["show running-config"], *pieces)
    assert text.count("\n") == 100_000


@pytest.mark.parametrize(
    ("line", "reply", "verdict"),
    [
        ("group 14", "", Verdict.ACCEPTED),
        ("group 2", "%Warning: weaker encryption algorithm is deprecated", Verdict.ACCEPTED),
        (
            "no interface Tunnel1",
            "% Not all config may be removed and may reappear after reactivating",
            Verdict.ACCEPTED,
        ),
        ("crypto ikev2 policy p", "IKEv2 policy MUST have atleast one complete proposal attached", Verdict.ACCEPTED),
        ("crypto ikev2 profile p", "IKEv2 profile MUST have:\n   1. A local method.\n   2. A match.", Verdict.ACCEPTED),
        (
            "pre-shared-key k",
            " WARNING: Command has been added to the configuration but Type 0 passwords have been deprecated.\n"
            " Migrate to a supported password type",
            Verdict.ACCEPTED,
        ),
        # As a Catalyst of 17.18 says it of another password.
        (
            "pre-shared-key k",
            " SECURITY WARNING - Module: AAA, Command: enable password *, Reason: Configuration employs an Insecure method for "
            "password storage, Description: configured with weak encryption instead of secure type 6 or 9 encryption, "
            "Remediation: Please consider migrating to a secure alternative such as Type-6 or Type-9",
            Verdict.ACCEPTED,
        ),
        ("proposal p", "% Policy already has same proposal set", Verdict.ACCEPTED),
        (
            "no tunnel protection ipsec profile p",
            "%Shutting down Tunnel1 interface due to IPsec tunnel protection modification.\n"
            '%Please run "no shutdown" after config change to bring up the interface.',
            Verdict.ACCEPTED,
        ),
        (
            "vrf forwarding RED",
            "% Interface Tunnel1 IPv4 disabled and address(es) removed due to VRF change",
            Verdict.ACCEPTED,
        ),
        (
            "crypto isakmp profile p",
            "% A profile is deemed incomplete until it has match identity statements",
            Verdict.ACCEPTED,
        ),
        (
            "ip route 10.0.0.0 255.255.0.0 Tunnel1 track 100",
            "%Default route without gateway, if not a point-to-point interface, may impact performance",
            Verdict.ACCEPTED,
        ),
        (
            "ip virtual-reassembly",
            "% Command accepted but obsolete, unreleased or unsupported; see documentation.",
            Verdict.ACCEPTED,
        ),
        (
            "crypto ikev2 proposal p",
            "% Name length exceeded the recommended length of 31 characters",
            Verdict.ACCEPTED,
        ),
        ("configure terminal", "Enter configuration commands, one per line.  End with CNTL/Z.", Verdict.ACCEPTED),
        (
            "configure terminal revert timer 5",
            "!!\nRollback Confirmed Change: Backing up current running config to\n tftp://192.0.2.9/r1-Nov-24-0\n\n"
            "Enter configuration commands, one per line.  End with CNTL/Z.",
            Verdict.ACCEPTED,
        ),
        (
            "configure terminal revert timer 5",
            "Rollback Confirmed Change: Backing up current running config to flash:r1\n%Error opening flash:r1",
            Verdict.REJECTED,
        ),
        ("group 2", "        ^\n% Invalid input detected at '^' marker.", Verdict.REJECTED),
        ("interface Tunnel1", "Command authorization failed.", Verdict.REJECTED),
        ("pre-shared-key address A key k", "A pre-shared key for address mask A M already exists!", Verdict.REJECTED),
        ("ip address 10.0.0.1 255.255.255.252", "% 10.0.0.0 overlaps with GigabitEthernet1", Verdict.REJECTED),
        ("ip sla schedule 100", "%Scheduling a probe with threshold 5000 ms greater than timeout", Verdict.REJECTED),
        ("frequency 5", "Something that nobody has ever seen", Verdict.REJECTED),
        ("no crypto keyring k", "% Keyring k does not exist", Verdict.ABSENT),
        ("set transform-set t", "% transform-set t does not exist", Verdict.REJECTED),
        ("no track 1", "% Invalid input detected at '^' marker. Track 1 is not configured", Verdict.REJECTED),
        ("no crypto isakmp profile p", "% profile p is in use", Verdict.IN_USE),
        ("crypto isakmp profile p", "% profile p is in use", Verdict.REJECTED),
    ],
)
def test_a_reply_not_known_to_be_harmless_is_a_failure(line: str, reply: str, verdict: Verdict) -> None:
    assert classify(line, reply) is verdict


def test_a_warning_is_passed_on_without_the_word_and_what_stands_around_it() -> None:
    reply = "something\n% Warning: weaker encryption algorithm is deprecated\nWARNING: a second one :\n"
    assert warnings_in(reply) == ("weaker encryption algorithm is deprecated", "a second one")


def test_a_reply_is_quoted_on_one_line() -> None:
    assert on_one_line("  ^\n\n% Invalid input\n") == "^ / % Invalid input"
    assert on_one_line("\n \n") == "nothing"
