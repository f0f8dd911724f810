"""What is masked: every secret, wherever it stands, but for one that is a word of every configuration anyway."""

import pytest

from cisco.secret import Redactor, Secret

CONFIGURATION = (
    "router bgp 65001\n neighbor 169.254.255.1 remote-as 64512\n"
    "interface Tunnel1\n description aws-cisco-vpn tokyo vpn-0a1b2c3d gen 1\n no shutdown"
)


@pytest.mark.parametrize("word", ["router", "cisco", "neighbor", "interface", "bgp", "shutdown", "out"])
def test_a_secret_that_is_a_word_of_every_configuration_is_not_betrayed_by_masking_that_word(word: str) -> None:
    assert Redactor((Secret(word),)).redact(CONFIGURATION) == CONFIGURATION


@pytest.mark.parametrize("word", ["router", "interface"])
@pytest.mark.parametrize(
    "line",
    [
        "username pulumi privilege 15 password 0 {}",
        "enable secret {}",
        "crypto isakmp key {} address 198.51.100.1",
        "  pre-shared-key address 198.51.100.1 key {}",
        "  pre-shared-key {}",
        "<pre_shared_key>{}</pre_shared_key>",
        "snmp-server community {} RO",
        "snmp-server host 192.0.2.9 version 2c {}",
        "snmp-server user nms ops v3 auth sha {0} priv aes 128 {0}",
        "radius-server key 7 {}",
        " authentication local pre-share key 0 {}",
        " ip ospf message-digest-key 1 md5 {}",
        " path ftp://backup:{}@192.0.2.9/tokyo",
    ],
)
def test_such_a_secret_is_masked_where_ios_shows_secrets(line: str, word: str) -> None:
    assert Redactor((Secret(word),)).redact(line.format(word)) == line.format("***")


@pytest.mark.parametrize("secret", ["xq", "sunny", "Router", "router1", "router sky", "hunter2", "p.4"])
def test_any_other_secret_however_short_is_masked_everywhere(secret: str) -> None:
    said = f"% Login invalid: {secret}, {secret}x and y{secret} at {secret}#"
    masked = Redactor((Secret(secret),)).redact(said)
    assert secret not in masked.replace("***", "")
