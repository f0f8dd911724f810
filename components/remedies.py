"""Which section of the errors page treats a message, so that a message ends with the way to its remedy."""

from functools import cache
from importlib import metadata

# Words of a message -> the section's anchor. The first that is found decides: the general ones come last.
SECTIONS = (
    ("different from the AWS side's ASN", "same-as-on-both-ends"),
    ("your own: AWS reserves", "same-as-on-both-ends"),
    ("a public IPv4 address", "not-a-public-address"),
    ("letters, digits, '.' or '_', not starting with 0", "not-a-pre-shared-key"),
    ("given with static routing", "vpc-networks-missing"),
    ("its local route wins", "networks-overlap"),
    ("apart from", "networks-overlap"),
    ("given with router.wan_interface or router.local_address", "interface-not-on-the-router"),
    ("no Python here has the router agent", "agent-not-found"),
    ("one that AWS shows to these credentials", "not-shown-by-aws"),
    ("where AWS does not list the Region's zones", "not-shown-by-aws"),
    ("the two tunnels the wrong way round", "tunnels-the-wrong-way-round"),
    ("AWS did not say", "aws-did-not-say"),
    ("AWS says ", "only-aws-says-down"),
)
_IN_THE_REPOSITORY = "docs/errors.md"


def with_remedy(text: str, anchor: str | None = None) -> str:
    """Return the message, ended with where to read on; `anchor` is the agent's word on that, where it has one."""
    if "(docs: " in text:  # it quotes the agent, which has said it
        return text
    anchor = anchor or next((anchor for words, anchor in SECTIONS if words in text), None)
    return text if anchor is None else f"{text} (docs: {errors_page()}#{anchor})"


@cache
def errors_page() -> str:
    """Return where the errors page is: on the site that the installed package names, else in the repository."""
    try:
        urls = metadata.metadata("aws-cisco-vpn").get_all("Project-URL") or []
    except metadata.PackageNotFoundError:
        return _IN_THE_REPOSITORY
    named = dict(url.split(", ", 1) for url in urls if ", " in url)
    site = named.get("Documentation")
    return f"{site.rstrip('/')}/{_IN_THE_REPOSITORY.removesuffix('.md')}.html" if site else _IN_THE_REPOSITORY
