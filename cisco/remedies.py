"""Which section of the errors page treats a message, so that a message ends with the way to its remedy."""

from functools import cache

# Words of a message -> the section's anchor. The first that is found decides: the general ones come last.
SECTIONS = (
    ("another device answers there", "another-host-key"),
    ("ssh-keygen -lf -", "host-key-not-known-yet"),
    ("refused the login of", "login-refused"),
    ("no SSH algorithm in common", "old-ssh-algorithms"),
    ("the login ends in user mode", "user-mode"),
    ("refused the enable password", "user-mode"),
    ("no free VTY line", "router-not-reached"),
    ("no answer from the router for", "router-not-reached"),
    ("the name does not resolve", "router-not-reached"),
    ("let us in, but", "router-not-reached"),
    ("can't configure: give an enable password", "not-enough-rights"),
    ("AAA command authorization denies", "not-enough-rights"),
    ("which shows only a part", "not-enough-rights"),
    ("the login's view or privilege level", "not-enough-rights"),
    ("the replies come page by page", "not-enough-rights"),
    ("not an IOS or IOS-XE router", "not-an-ios-router"),
    ("does not look like an IOS router", "not-an-ios-router"),
    ("shows no prompt in configuration mode", "no-prompt-in-configuration-mode"),
    ("an interface name such as", "interface-not-on-the-router"),
    ("is not on this router", "interface-not-on-the-router"),
    ("name one that has", "interface-not-on-the-router"),
    ("is on no interface of this router", "interface-not-on-the-router"),
    ("from which IKE is to speak", "interface-not-on-the-router"),
    ("by which AWS knows this router", "interface-not-on-the-router"),
    ("is switched off on the router", "switched-off"),
    ("and IOS takes such a tunnel down", "the-way-to-aws-through-the-tunnel"),
    ("given behind NAT", "interface-not-on-the-router"),
    ("weak algorithms are, from", "refused-by-the-release"),
    ("has no IKEv2", "refused-by-the-release"),
    ("licence for encryption is not active", "refused-by-the-release"),
    ("was not made by us", "made-by-hand"),
    ("is already that of", "made-by-hand"),
    ("encrypts to ", "made-by-hand"),
    ("the place of IOS's built-in policies", "built-in-policies-of-another-vpn"),
    ("which is to go", "used-by-something-else"),
    ("is not ours", "number-or-name-taken"),
    ("belongs to link", "number-or-name-taken"),
    ("belongs to another connection of link", "number-or-name-taken"),
    ("overlaps with", "number-or-name-taken"),
    ("which the change would break", "number-or-name-taken"),
    ("would not be used: IOS takes one policy", "one-ikev2-policy-for-two"),
    ("through it from", "one-ikev2-policy-for-two"),
    ("bytes free, and the backup", "no-room-on-flash"),
    ("cannot prepare its rollback", "no-room-on-flash"),
    ("so that it could not be saved", "no-room-in-nvram"),
    ("has no route distinguisher", "vrf-not-ready"),
    ("is not on the router", "vrf-not-ready"),
    ("has no IPv4", "vrf-not-ready"),
    ("and front_door_vrf is", "vrf-not-ready"),
    ("the router runs BGP with AS", "another-as-on-the-router"),
    ("shows itself to AWS as AS", "another-as-on-the-router"),
    ("has a rollback pending", "rollback-pending"),
    ("the configuration is locked", "configuration-locked"),
    ("another run works on", "another-run"),
    ("archive is off", "archive-is-off"),
    ("has no 'configure terminal revert timer'", "archive-is-off"),
    ("could tell whether a change is confirmed", "archive-is-off"),
    ("the running-config is incomplete", "running-config-incomplete"),
    ("letters, digits, '.' or '_', not starting with 0", "not-a-pre-shared-key"),
    ("the VPC side's networks, such as", "vpc-networks-missing"),
    ("different from the AWS side's ASN", "same-as-on-both-ends"),
    ("confirmed, but not saved", "not-saved"),
    ("this differs from before", "not-undone"),
    ("not undone", "not-undone"),
    ("timer is about to fire", "too-slow-for-its-timer"),
    ("the time limit of", "too-slow-for-its-timer"),
    ("the router rejected", "line-rejected"),
    ("is not configured", "tunnel-interface-down"),
    ("the tunnel goes to", "tunnel-interface-down"),
    ("the inside address is", "tunnel-interface-down"),
    ("no prefix from AWS", "no-prefix-from-aws"),
    ("phase 2 proposal or PFS group not agreed", "ipsec-not-agreed"),
    ("no valid IPsec SAs", "ipsec-not-agreed"),
    ("no answer (UDP 500", "ike-without-an-answer"),
    ("IKE: ", "ike-not-agreed"),
    ("line protocol ", "tunnel-interface-down"),
    ("interface ", "tunnel-interface-down"),
    ("BGP ", "bgp-not-established"),
    ("BGP: ", "bgp-not-established"),
    ("through either tunnel", "no-route-to-the-vpc"),
    ("SLA ", "sla-or-track-down"),
    ("track ", "sla-or-track-down"),
)
_IN_THE_REPOSITORY = "docs/errors.md"


def remedy(text: str) -> str | None:
    """Return the anchor of the section that treats a message."""
    return next((anchor for words, anchor in SECTIONS if words in text), None)


def with_remedy(text: str) -> str:
    """Return the message, ended with where to read on."""
    anchor = remedy(text)
    return text if anchor is None else f"{text} (docs: {errors_page()}#{anchor})"


@cache
def errors_page() -> str:
    """Return where the errors page is: on the site that the installed package names, else in the repository."""
    # Imported when there is an error to tell: it reads packages' metadata with all of `email`.
    from importlib import metadata

    try:
        urls = metadata.metadata("aws-cisco-vpn").get_all("Project-URL") or []
    except metadata.PackageNotFoundError:
        return _IN_THE_REPOSITORY
    named = dict(url.split(", ", 1) for url in urls if ", " in url)
    site = named.get("Documentation")
    return f"{site.rstrip('/')}/{_IN_THE_REPOSITORY.removesuffix('.md')}.html" if site else _IN_THE_REPOSITORY
