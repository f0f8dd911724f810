"""The reference pages, made of the code: components, the stack's settings, the agent's flags and JSON."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # PyYAML has no type hints

from docsite.docstrings import Class, Field, UndocumentedError, all_fields, classes, exported, flags, set_of_words

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "reference"

_PLAIN = {"str": "text", "int": "number", "float": "number", "bool": "true or false", "Any": "anything"}
# What the agent's JSON has and no component's argument: the rest has its words there.
_OWN_WORDS = {
    "link": "The link's name, kept in the tunnels' descriptions; `link`",
    "generation": "The number that `apply` writes into the descriptions; 1",
    "vpn": "What AWS handed out; see below",
    "router": "Where the router is and how it is configured; see below",
    "options": "How to carry out the change; see below",
    "manifest": "The manifest of an earlier result, for `apply` and `remove`",
    "customer_gateway_configuration": "AWS's XML for the connection, with both keys",
    "tunnel_options": "AWS's `Options.TunnelOptions`; wins over the XML where it speaks",
    "vpc_cidrs": "The VPC side's networks, for static routing and `prefix_lists`",
    "primary": "AWS's outside address or the inside CIDR of the tunnel to prefer",
    "attributes": "Instead of the XML: `vpn_connection_id`, `customer_gateway_address`, `customer_gateway_bgp_asn`, `vgw_bgp_asn`, "
    "`static_routes_only`, with complete `tunnel_options`",
    "password": "The login's password; else `$IOS_PASSWORD`",
    "enable_password": "The enable password; else `$IOS_ENABLE_PASSWORD`",
    "advertise": "`default` for a default route as in the guide, or the networks to announce over BGP",
    "wait": "How many seconds `verify` waits, and a changed tunnel may take before the other is touched; 120",
    "backup": "A file for the running-config from before a change, keys and all; none",
    "forget_unreachable": "`remove`: give the link up where the router can't be reached; else `$IOS_FORGET_UNREACHABLE`; false",
}
_REQUEST = (
    ("The request", "_TOP_FIELDS"),
    ("`vpn`", "_VPN_FIELDS"),
    ("`router`: the login", "_LOGIN_FIELDS"),
    ("`router`: the configuration", "_SETTING_FIELDS"),
    ("`options`", "_OPTION_FIELDS"),
)
_RESULTS = (
    ("`apply` and `remove`", "Result"),
    ("`check`, and `diff --json`", "CheckResult"),
    ("`status` and `verify`: each of `tunnels`, beside `up`", "TunnelReport"),
)
_MADE = "<!-- Made by `make reference` from the code's docstrings: change those. -->\n\n"


def pages() -> dict[Path, str]:
    """Return every page of the reference. Raises `UndocumentedError`."""
    return {
        FOLDER / "components.md": _components(),
        FOLDER / "configuration.md": _configuration(),
        FOLDER / "agent.md": _agent(),
    }


def stale() -> list[Path]:
    """Return the pages that are not what the code says now."""
    return [path for path, text in pages().items() if not path.exists() or path.read_text(encoding="utf-8") != text]


def write() -> None:
    """Write every page."""
    FOLDER.mkdir(exist_ok=True)
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")


def _components() -> str:
    known = classes(ROOT / "components")
    names = exported(ROOT / "components" / "__init__.py")
    components = [known[name] for name in names if "ComponentResource" in known[name].bases]
    shapes = [known[name] for name in names if _is_shape(known[name], known) and name not in _arguments(components)]
    text = "# Components\n\n" + _MADE
    text += (
        "In the repository `from components import VpnLink`; installed, `from aws_cisco_vpn import VpnLink`. Other languages write "
        "the same names in camelCase. The type token is `aws-cisco-vpn:index:` and the class's name.\n"
    )
    for component in components:
        text += f"\n## {component.name}\n\n{component.text}\n"
        if component.arguments in known:
            text += "\n### Arguments of " + component.name + "\n\n" + _table("Argument", component.arguments, known)
        text += "\n### Outputs of " + component.name + "\n\n" + _table("Output", component.name, known, is_input=False)
    for shape in shapes:
        text += f"\n## {shape.name}\n\n{shape.text}\n\n" + _table("Field", shape.name, known)
    return text


def _arguments(components: Iterable[Class]) -> set[str]:
    return {component.arguments or "" for component in components}


def _is_shape(cls: Class, known: Mapping[str, Class]) -> bool:
    return "TypedDict" in cls.bases or any(base in known and _is_shape(known[base], known) for base in cls.bases)


def _table(heading: str, name: str, known: Mapping[str, Class], *, is_input: bool = True) -> str:
    rows = [
        (f"`{f.name}`", _type(f, known), *((("yes" if f.is_required else ""),) if is_input else ()), f.text)
        for f in all_fields(name, known)
    ]
    return _rows((heading, "Type", *(("Required",) if is_input else ()), "Meaning"), rows)


def _type(field: Field, known: Mapping[str, Class]) -> str:
    return _words(field.annotation.replace("pulumi.Input[", "[").replace(" | None", ""), known)


def _words(annotation: str, known: Mapping[str, Class]) -> str:
    annotation = annotation.removeprefix("[").removesuffix("]") if annotation.startswith("[") else annotation
    for container, words in (("Sequence[", "list of "), ("tuple[", "list of "), ("Mapping[str, ", "map of ")):
        if annotation.startswith(container):
            return words + _words(annotation.removeprefix(container).removesuffix("]").removesuffix(", ..."), known)
    if annotation in known and annotation.endswith(("Args", "State")):
        return f"[{annotation}](#{annotation.lower()})" if _is_shape(known[annotation], known) else annotation
    return _PLAIN.get(annotation, annotation)


def _configuration() -> str:
    source = (ROOT / "Pulumi.yaml").read_text(encoding="utf-8")
    declared: Mapping[str, Mapping[str, Any]] = yaml.safe_load(source)["config"]
    text = "# Configuration of the stack\n\n" + _MADE
    text += "`pulumi config set KEY VALUE`; what is secret with `--secret`, a list's element with `--path 'KEY[0]'`.\n"
    heading, rows = "", list[tuple[str, ...]]()
    for line in source.partition("\nconfig:\n")[2].splitlines():
        section, key = re.fullmatch(r"  # (.+)", line), re.fullmatch(r"  (\w+):", line)
        if section:
            text += _section(heading, rows)
            heading, rows = section[1], []
        if key:
            rows.append(_setting(key[1], declared[key[1]]))
    return text + _section(heading, rows)


def _section(heading: str, rows: Sequence[tuple[str, ...]]) -> str:
    return f"\n## {heading}\n\n" + _rows(("Key", "Type", "Default", "Meaning"), rows) if rows else ""


def _setting(key: str, declared: Mapping[str, Any]) -> tuple[str, ...]:
    if "description" not in declared:
        raise UndocumentedError(f"{key} in Pulumi.yaml has no description")
    if "default" not in declared:
        return f"`{key}`", str(declared["type"]), "required", str(declared["description"])
    default = declared["default"]
    shown = "" if default in ("", {}) else f"`{str(default).lower() if isinstance(default, bool) else default}`"
    return f"`{key}`", str(declared["type"]), shown.replace("'", ""), str(declared["description"])


def _agent() -> str:
    text = "# Flags and JSON of the agent\n\n" + _MADE
    text += "What the verbs do: [the agent](../agent.md).\n"
    found = flags(ROOT / "cisco" / "flags.py")
    for group in dict.fromkeys(flag.group for flag in found):
        rows = [(f"`{f'{f.name} {f.value}'.strip()}`", f.text) for f in found if f.group == group]
        text += f"\n## Flags: {group}\n\n" + _rows(("Flag", "Meaning"), rows)
    text += (
        "\n## JSON on standard input\n\nWithout any flag a verb reads one object. Unknown fields are refused by name.\n"
    )
    words = {f.name: f.text for shape in ("AgentOptionsArgs", "JumpHostArgs", "RouterArgs") for f in _fields_of(shape)}
    for heading, name in _REQUEST:
        rows = [(f"`{field}`", _meaning(field, words)) for field in set_of_words(ROOT / "cisco" / "request.py", name)]
        text += f"\n### {heading}\n\n" + _rows(("Field", "Meaning"), sorted(rows))
    text += "\n## JSON on standard output\n"
    known = classes(ROOT / "cisco")
    for heading, name in _RESULTS:
        text += f"\n### {heading}\n\n" + _rows(
            ("Field", "Meaning"), [(f"`{f.name}`", f.text) for f in all_fields(name, known)]
        )
    return text


def _fields_of(shape: str) -> tuple[Field, ...]:
    return all_fields(shape, classes(ROOT / "components"))


def _meaning(field: str, words: Mapping[str, str]) -> str:
    meaning = _OWN_WORDS.get(field) or words.get(field)
    if meaning is None:
        raise UndocumentedError(f"the agent's JSON field {field} has no words: docsite/reference.py, _OWN_WORDS")
    return meaning


def _rows(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
