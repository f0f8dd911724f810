"""Intent to IOS text, in AWS's form and order: one template per concern, Jinja2 with undefined names refused."""

from functools import cache

from .errors import InputError
from .mark import Mark
from .model import Bgp, Encryption, IkeVersion, Integrity, Intent, Phase1, Steering, Tunnel
from .templating import Environment, environment
from .typable import TYPABLE, is_typable

# AWS's word -> IOS's word (Cisco's published IOS-XE models; see docs/deviations.md).
IKEV1_ENCRYPTION = {Encryption.AES128: "aes 128", Encryption.AES256: "aes 256"}
IKEV1_HASH = {
    Integrity.SHA1: "sha",
    Integrity.SHA2_256: "sha256",
    Integrity.SHA2_384: "sha384",
    Integrity.SHA2_512: "sha512",
}
IKEV2_ENCRYPTION = {
    Encryption.AES128: "aes-cbc-128",
    Encryption.AES256: "aes-cbc-256",
    Encryption.AES128_GCM: "aes-gcm-128",
    Encryption.AES256_GCM: "aes-gcm-256",
}
IKEV2_HASH = IKEV1_HASH | {Integrity.SHA1: "sha1"}
ESP_ENCRYPTION = {
    Encryption.AES128: "esp-aes 128",
    Encryption.AES256: "esp-aes 256",
    Encryption.AES128_GCM: "esp-gcm 128",
    Encryption.AES256_GCM: "esp-gcm 256",
}
ESP_HASH = {
    Integrity.SHA1: "esp-sha-hmac",
    Integrity.SHA2_256: "esp-sha256-hmac",
    Integrity.SHA2_384: "esp-sha384-hmac",
    Integrity.SHA2_512: "esp-sha512-hmac",
}
# IOS's own local preference is 100 and its MED 0.
PRIMARY_PREFERENCE = 200
BACKUP_METRIC = 100
# Above a plain static route's 1, below every routing protocol's: the backup is no worse than what is learnt elsewhere.
BACKUP_DISTANCE = 10


def transform(tunnel: Tunnel) -> str:
    """Return the words of the transform set; GCM authenticates by itself and takes no hash word."""
    phase2 = tunnel.phase2
    words = ESP_ENCRYPTION[phase2.encryption]
    return words if phase2.encryption.is_gcm else f"{words} {ESP_HASH[phase2.integrity]}"


def ikev2_offers(intent: Intent) -> tuple[Phase1, ...]:
    """Return what the link's IKEv2 policy offers: each tunnel's phase 1, once where they are alike."""
    offers = {proposal_name(intent, t.phase1): t.phase1 for t in intent.tunnels if t.phase1.version is IkeVersion.V2}
    return tuple(offers.values())


def proposal_name(intent: Intent, phase1: Phase1) -> str:
    """Return the name of an IKEv2 proposal, made of its content.

    IOS takes the first policy that matches the local address, for every peer: one policy per tunnel would leave the second
    one unused. The link's one policy offers both tunnels' proposals, and a change of one tunnel adds a proposal
    without touching what the other negotiates with.
    """
    words = (IKEV2_ENCRYPTION[phase1.encryption], IKEV2_HASH[phase1.integrity], phase1.dh_group, intent.connection_id)
    return "-".join(("proposal", *map(str, words)))


def keyring_name(intent: Intent, tunnel: Tunnel) -> str:
    """Return the name of a keyring for IKEv1: IOS can't move one to another VRF, so that the VRF is in its name."""
    words = ("keyring", intent.front_door_vrf, intent.connection_id, tunnel.index)
    return "-".join(str(word) for word in words if word is not None)


def render(intent: Intent) -> str:
    """Return the IOS text as it is sent, keys in clear: whoever shows it redacts it first."""
    parts = [_render("global.j2", intent, intent.tunnels[0])]
    if ikev2_offers(intent):
        parts.append(_render("ikev2_policy.j2", intent, intent.tunnels[0]))
    for tunnel in intent.tunnels:
        ike = "ikev1.j2" if tunnel.phase1.version is IkeVersion.V1 else "ikev2.j2"
        parts += [_render(name, intent, tunnel) for name in (ike, "ipsec.j2", "tunnel.j2")]
    if isinstance(intent.routing, Bgp):
        parts.append(_render("policy.j2", intent, intent.tunnels[0]))
        parts.append(_render("bgp.j2", intent, intent.tunnels[0]))
    else:
        parts += [_render("static.j2", intent, tunnel) for tunnel in intent.tunnels]
    text = "".join(parts)
    for line in text.split("\n"):
        if not is_typable(line):
            raise InputError("configuration line", line.split(" ")[0], TYPABLE)
    return text


@cache
def _environment() -> Environment:
    # IOS text, not HTML; every value is checked by the model, and every line by `render`.
    made = environment(autoescape=False)
    made.globals.update(
        ikev1_encryption=IKEV1_ENCRYPTION,
        ikev1_hash=IKEV1_HASH,
        ikev2_encryption=IKEV2_ENCRYPTION,
        ikev2_hash=IKEV2_HASH,
        primary_preference=PRIMARY_PREFERENCE,
        backup_metric=BACKUP_METRIC,
        proposal_name=proposal_name,
        transform=transform,
    )
    return made


def _render(template: str, intent: Intent, tunnel: Tunnel) -> str:
    # IOS wants the VRF beside an address, and knows it of an interface.
    is_address = intent.wan_interface is None and intent.front_door_vrf is not None
    values = {
        "intent": intent,
        "tunnel": tunnel,
        "suffix": f"{intent.connection_id}-{tunnel.index}",
        "policy": intent.policies[tunnel.index],
        "source": intent.wan_interface or intent.local_address,
        # Behind NAT a named interface's address may be DHCP's: then the policy serves any local address.
        "is_local_address_unknown": intent.is_behind_nat and intent.wan_interface is not None,
        "routing": intent.routing,
        "keyring": keyring_name(intent, tunnel),
        "in_front_door": f" vrf {intent.front_door_vrf}" if intent.front_door_vrf else "",
        "at_front_door": f" {intent.front_door_vrf}" if is_address else "",
        "in_inside": f" vrf {intent.inside_vrf}" if intent.inside_vrf else "",
        "distance": f" {BACKUP_DISTANCE}" if intent.is_backup(tunnel) else "",
        "is_steered": isinstance(intent.routing, Bgp) and intent.routing.steering is not Steering.NONE,
        "mark": Mark(intent.link, intent.connection_id, intent.generation).text,
        "uses_ikev1": any(t.phase1.version is IkeVersion.V1 for t in intent.tunnels),
        "ikev2_offers": ikev2_offers(intent),
        # One setting for the whole router: the larger window accepts all that the smaller one would.
        "replay_window": max(t.phase2.replay_window for t in intent.tunnels),
    }
    return _environment().get_template(template).render(values)
