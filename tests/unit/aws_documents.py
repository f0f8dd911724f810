"""AWS's genuine documents (keys replaced), and what the tests say about them."""

from pathlib import Path
from typing import Any

from cisco.aws import intent_from_aws
from cisco.model import Intent
from cisco.request import RouterSettings

DATA = Path(__file__).parents[1] / "data" / "aws"
DOCUMENTS = sorted(path.name for path in DATA.glob("*.xml"))
GUIDE = RouterSettings()


def xml(name: str) -> str:
    return (DATA / name).read_text()


def intent(document: str, settings: RouterSettings = GUIDE, **vpn: Any) -> Intent:
    """The intent for a document, by name or in full."""
    text = document if "<" in document or not document.endswith(".xml") else xml(document)
    return intent_from_aws(
        {"customer_gateway_configuration": text, "vpc_cidrs": ["10.0.0.0/16"], **vpn}, settings, "tokyo"
    )


def modern(outside: object, **changed: object) -> dict[str, object]:
    """Tunnel options of the profile `modern`, in AWS's words."""
    return {
        "OutsideIpAddress": str(outside),
        "IkeVersions": [{"Value": "ikev2"}],
        "Phase1EncryptionAlgorithms": [{"Value": "AES256-GCM-16"}],
        "Phase1IntegrityAlgorithms": [{"Value": "SHA2-384"}],
        "Phase1DHGroupNumbers": [{"Value": 20}],
        "Phase2EncryptionAlgorithms": [{"Value": "AES256-GCM-16"}],
        "Phase2IntegrityAlgorithms": [{"Value": "SHA2-384"}],
        "Phase2DHGroupNumbers": [{"Value": 20}],
        "ReplayWindowSize": 1000,
        **changed,
    }


def both_modern(document: str, **changed: object) -> list[dict[str, object]]:
    return [modern(tunnel.aws_outside, **changed) for tunnel in intent(document).tunnels]
