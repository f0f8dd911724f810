"""Reading IOS text: only indentation carries structure, and nothing inside free text is configuration."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cisco.errors import PreflightError
from cisco.tree import MAX_DEPTH, Config, Line, parse, require_complete

ENTERED = """\
crypto isakmp policy 200
  encryption aes 128
  group 2
exit
!
router bgp 65000
  address-family ipv4 unicast
    network 0.0.0.0
  exit
exit
"""
DISPLAYED = """\
Building configuration...

Current configuration : 1234 bytes
!
! Last configuration change at 05:37:35 UTC Tue Nov 21 2017
crypto isakmp policy 200
 encryption aes 128\x20
 group 2
router bgp 65000
 !
 address-family ipv4 unicast
  network 0.0.0.0
 exit-address-family
!
ntp clock-period 17179738
end
"""


def depth(line: Line) -> int:
    return 1 + max((depth(child) for child in line.children), default=0)


def test_entered_and_displayed_text_have_the_same_tree() -> None:
    assert parse(ENTERED) == parse(DISPLAYED)


def test_what_ios_says_of_a_key_that_it_cannot_encrypt_is_no_line_of_its_section() -> None:
    said = "Can not encrypt password. Please configure a configuration-key with 'key config-key'\n"
    keyring = "crypto keyring K\n  local-address 192.0.2.1\n{}  pre-shared-key address 198.51.100.1 key fakekey_0\n"
    assert parse(keyring.format(said)) == parse(keyring.format(""))


def test_indentation_of_any_width_makes_a_child() -> None:
    one, three = parse("crypto keyring K\n a\n b\n"), parse("crypto keyring K  \n   a\n   b\n")
    assert one == three == Config((Line("crypto keyring K", (Line("a"), Line("b"))),))


def test_carriage_returns_and_a_byte_order_mark_are_no_part_of_a_line() -> None:
    assert parse("\ufeffhostname x\r\nend\r\n") == Config((Line("hostname x"),))


@pytest.mark.parametrize(
    "text",
    [
        "banner motd ^C\ninterface Tunnel1\n shutdown\n^C\nhostname x",
        "banner exec #\nrouter bgp 1\n#\nhostname x",
        "macro name M\ninterface Tunnel1\n@\nhostname x",
        "line vty 0 4\n vacant-message ^C\ninterface Tunnel1\n^C\nhostname x",
        "menu OOB prompt ^C\nrouter bgp 1\n^C\nhostname x",
        "ip admission auth-proxy-banner http ^C\ninterface Tunnel1\n^C\nhostname x",
        "ip admission auth-proxy-banner http flash:banner.txt\nhostname x",
    ],
)
def test_free_text_is_never_configuration(text: str) -> None:
    lines = parse(text).lines
    assert not any(line.text.startswith(("interface", "router")) for line in lines)
    assert lines[-1].text == "hostname x"


def test_a_banner_on_one_line_ends_there() -> None:
    assert parse("banner motd ^C hello ^C\nhostname x").lines[-1] == Line("hostname x")


def test_a_banner_without_an_end_is_refused() -> None:
    with pytest.raises(PreflightError, match="has no closing"):
        parse("banner motd ^C\ninterface Tunnel1\nend\n")


@pytest.mark.parametrize("text", ["", "hostname x\n", "hostname x\nen", "interface Tunnel1\n end\n", "hostname send"])
def test_a_config_without_its_final_end_is_refused(text: str) -> None:
    with pytest.raises(PreflightError, match="no final 'end'"):
        require_complete(text)


@pytest.mark.parametrize("text", ["end", "hostname x\nend\n", "hostname x\r\nend\r\n\r\n"])
def test_a_config_with_its_final_end_is_complete(text: str) -> None:
    assert require_complete(text) is None  # type: ignore[func-returns-value]  # it raises or does nothing


def test_a_staircase_of_indentation_does_not_grow_the_tree_without_bound() -> None:
    (top,) = parse("\n".join(" " * i + "x" for i in range(5000))).lines
    assert depth(top) <= MAX_DEPTH


@given(st.text())
def test_any_text_is_read_or_refused_in_one_sentence(text: str) -> None:
    try:
        config = parse(text)
    except PreflightError as refused:
        assert len(refused.problems) == 1
    else:
        assert all(line.text == line.text.strip(" \t\r") for line in config.lines if "\n" not in line.text)
