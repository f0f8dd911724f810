"""The table of sites: read whole, and refused whole with file, line, field, value and what is allowed."""

from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]  # PyYAML has no type hints

from components._profiles import PROFILES
from components._request import _STEERING
from components.link import ADVERTISE, CHECKS, ROUTINGS
from rollout.columns import COLUMNS
from rollout.errors import InputError
from rollout.fleet import check_environment
from rollout.sites import Site, sites_in

ROOT = Path(__file__).resolve().parents[2]
HOST_KEY = "SHA256:" + "A" * 43
HEADER = "site,region,routerHost,routerHostKey,publicIp,bgpAsn,onpremCidrs,routerPassword\n"
TOKYO = f"tokyo,ap-northeast-1,192.0.2.10,{HOST_KEY},198.51.100.7,65001,192.168.10.0/24 192.168.20.0/24,env:TOKYO\n"


def table(folder: Path, text: str, name: str = "sites.csv") -> Path:
    file = folder / name
    file.write_text(text)
    return file


def refusal(file: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        sites_in(file)
    assert caught.value.exit_code == 2
    return [line.replace(str(file), file.name) for line in str(caught.value).splitlines()]


def test_a_row_is_a_site_with_typed_settings_and_secrets_by_reference(tmp_path: Path) -> None:
    (site,) = sites_in(table(tmp_path, HEADER + TOKYO))
    assert site == Site(
        "tokyo",
        {
            "aws:region": "ap-northeast-1",
            "routerHost": "192.0.2.10",
            "routerHostKey": HOST_KEY,
            "publicIp": "198.51.100.7",
            "bgpAsn": 65001,
            "onpremCidrs": ("192.168.10.0/24", "192.168.20.0/24"),
        },
        {"routerPassword": "TOKYO"},
    )


def test_a_spreadsheets_own_csv_is_read_too(tmp_path: Path) -> None:
    text = "\ufeff# our sites\n\n" + (HEADER + TOKYO).replace(",", ";") + ";;;\n"
    wide = "".join(f"{line},,\n" for line in (HEADER + TOKYO).splitlines())
    plain = sites_in(table(tmp_path, HEADER + TOKYO, "plain.csv"))
    assert sites_in(table(tmp_path, text)) == sites_in(table(tmp_path, wide, "wide.csv")) == plain


def test_a_column_that_is_empty_in_every_row_means_the_default(tmp_path: Path) -> None:
    empty = "".join(
        f"{line},{cell}\n" for line, cell in zip((HEADER + TOKYO).splitlines(), ("profile", ""), strict=True)
    )
    assert "profile" in sites_in(table(tmp_path, empty))[0].cleared


def test_yaml_has_defaults_and_says_the_same(tmp_path: Path) -> None:
    text = f"""\
defaults:
  region: ap-northeast-1
  bgpAsn: 65001
sites:
  tokyo:
    routerHost: 192.0.2.10
    routerHostKey: {HOST_KEY}
    publicIp: 198.51.100.7
    onpremCidrs: [192.168.10.0/24, 192.168.20.0/24]
    routerPassword: env:TOKYO
"""
    assert sites_in(table(tmp_path, text, "sites.yaml")) == sites_in(table(tmp_path, HEADER + TOKYO))


def test_overrides_are_a_map_in_yaml_and_pairs_in_csv(tmp_path: Path) -> None:
    head = f"sites:\n  a:\n    routerHost: r\n    routerHostKey: {HOST_KEY}\n"
    (a,) = sites_in(table(tmp_path, head + "    profileOverrides: {phase1_dh_group_number: 14}\n", "a.yaml"))
    rows = f"site,routerHost,routerHostKey,profileOverrides\na,r,{HOST_KEY},phase1_dh_group_number=14\n"
    assert a == sites_in(table(tmp_path, rows))[0]
    assert a.settings["profileOverrides"] == {"phase1_dh_group_number": 14}


def test_an_empty_cell_means_the_default_but_leaves_a_secret_that_was_set_by_hand(tmp_path: Path) -> None:
    osaka = f"osaka,,192.0.2.11,{HOST_KEY},,,,\n"
    assert sites_in(table(tmp_path, HEADER + TOKYO + osaka))[1] == Site(
        "osaka",
        {"routerHost": "192.0.2.11", "routerHostKey": HOST_KEY},
        {},
        ("aws:region", "bgpAsn", "onpremCidrs", "publicIp"),
    )


WRONG = [
    ("bgpAsn", "65001", "70000000000", "bgpAsn is '70000000000', but must be a number between 1 and 4294967295"),
    ("bgpAsn", "65001", "x", "bgpAsn is 'x', but must be a number between 1 and 4294967295"),
    ("publicIp", "198.51.100.7", "198.51.100.700", "publicIp is '198.51.100.700', but must be an IPv4 address"),
    ("region", "ap-northeast-1", "tokyo", "aws:region is 'tokyo', but must be an AWS Region, such as ap-northeast-1"),
    ("onpremCidrs", "192.168.10.0/24", "192.168.10.1/24", "must be IPv4 networks with no host bits"),
    ("site", "tokyo,", "Tokyo HQ,", "site is 'Tokyo HQ', but must be 1 to 63 of a-z, 0-9 and -"),
    ("routerHost", "192.0.2.10", "", "routerHost of tokyo is missing"),
    ("routerHostKey", HOST_KEY, "MD5:aa:bb", "routerHostKey is 'MD5:aa:bb', but must be SHA256: and 43 characters"),
]


@pytest.mark.parametrize(("field", "right", "wrong", "said"), WRONG, ids=[f"{w[0]}-{w[2][:9]}" for w in WRONG])
def test_a_wrong_value_is_named_with_its_line_and_what_is_allowed(
    tmp_path: Path, field: str, right: str, wrong: str, said: str
) -> None:
    assert field in HEADER
    (line,) = refusal(table(tmp_path, HEADER + TOKYO.replace(right, wrong, 1)))
    assert line.startswith("sites.csv:2: ")
    assert said in line


def test_a_secret_in_the_table_is_refused_and_not_shown(tmp_path: Path) -> None:
    (line,) = refusal(table(tmp_path, HEADER + TOKYO.replace("env:TOKYO", "hunter2.hunter2")))
    assert "routerPassword is given, but must be env:NAME" in line
    assert "hunter2" not in line


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    wrong = TOKYO.replace("65001", "0").replace("198.51.100.7", "-")
    found = refusal(table(tmp_path, HEADER + TOKYO + wrong))
    assert [line.partition(": ")[2].split()[0] for line in found] == ["publicIp", "bgpAsn", "site", "routerHost"]
    assert {line.partition(": ")[0] for line in found} == {"sites.csv:3"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "sites.csv:1: there is no site"),
        ("routerHost\nx\n", "sites.csv:1: there is no column site, which names the stack"),
        (HEADER.replace("publicIp", "publicIP") + TOKYO, "sites.csv:1: column 'publicIP' is not known; publicIp?"),
        (HEADER.replace("publicIp", "bgpAsn") + TOKYO, "sites.csv:1: column bgpAsn is there more than once"),
        (HEADER + TOKYO.strip() + ",more\n", "sites.csv:2: 9 values, but the header has 8 columns"),
        (HEADER + 'tokyo,"x\n', "sites.csv:2: not CSV: unexpected end of data"),
    ],
)
def test_a_table_that_cannot_be_read_says_where(tmp_path: Path, text: str, said: str) -> None:
    assert refusal(table(tmp_path, text))[0] == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sites: [", "sites.yaml:1: not YAML"),
        ("site: {}\n", "sites.yaml:1: site is not known; a table has defaults and sites"),
        ("sites:\n  a: 1\n", "sites.yaml:2: a must be a mapping"),
        ("sites:\n  a:\n    routerHostt: x\n", "sites.yaml:3: column 'routerHostt' is not known; routerHost?"),
        ("sites:\n  a: x\x01\n", "sites.yaml:2: not YAML: special characters are not allowed, such as '\\x01'"),
        ("sites:\n  a: {}\n  a: {}\n", "sites.yaml:3: a is there more than once"),
    ],
)
def test_yaml_that_cannot_be_read_says_where(tmp_path: Path, text: str, said: str) -> None:
    assert refusal(table(tmp_path, text, "sites.yaml"))[0].startswith(said)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ("10.0.0.0/16,10.0.0.0/24,10.0.9.0/24,65001", "onpremCidrs is '10.0.9.0/24', but must be apart from vpcCidr"),
        ("10.0.0.0/16,10.1.0.0/24,192.168.1.0/24,65001", "subnetCidrs is '10.1.0.0/24', but must be inside vpcCidr"),
        ("10.0.0.0/8,10.0.0.0/24,192.168.1.0/24,65001", "vpcCidr is '10.0.0.0/8', but must be a network between /16"),
        ("10.0.0.0/16,10.0.0.0/24,192.168.1.0/24,64512", "bgpAsn is '64512', but must be different from awsAsn"),
    ],
)
def test_values_that_do_not_go_together_are_found_before_the_first_site(tmp_path: Path, values: str, said: str) -> None:
    head = "site,routerHost,routerHostKey,vpcCidr,subnetCidrs,onpremCidrs,bgpAsn\n"
    (line,) = refusal(table(tmp_path, f"{head}a,r,{HOST_KEY},{values}\n"))
    assert line.startswith(f"sites.csv:2: {said}")


def test_a_default_route_on_premises_competes_with_no_vpc(tmp_path: Path) -> None:
    head = "site,routerHost,routerHostKey,vpcCidr,onpremCidrs\n"
    (site,) = sites_in(table(tmp_path, f"{head}a,r,{HOST_KEY},10.0.0.0/16,0.0.0.0/0\n"))
    assert site.settings["onpremCidrs"] == ("0.0.0.0/0",)


def test_a_secret_that_the_environment_does_not_have_is_missed_before_the_first_site(tmp_path: Path) -> None:
    file = table(tmp_path, HEADER + TOKYO)
    with pytest.raises(InputError, match=r"routerPassword of tokyo is in \$TOKYO, which is not set"):
        check_environment(sites_in(file), {}, file)
    check_environment(sites_in(file), {"TOKYO": "x"}, file)


def test_the_table_has_a_column_for_every_setting_of_the_stack() -> None:
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    assert set(COLUMNS) == set(declared) | {"aws:region"}


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("profile", PROFILES),
        ("advertise", ADVERTISE),
        ("routing", ROUTINGS),
        ("check", CHECKS),
        ("steering", _STEERING),
    ],
)
def test_the_table_allows_the_words_that_the_components_allow(column: str, words: tuple[str, ...]) -> None:
    assert set(COLUMNS[column].allowed.removeprefix("one of ").split(", ")) == set(words)
