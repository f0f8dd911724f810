"""The words that every configuration of ours is made of: a secret that is one of them can't be hidden by masking the word.

On the contrary: of ``*** bgp 65001`` everybody can tell which word the mask stands for. So such a secret is masked where
IOS shows secrets, and nowhere else.
"""

from functools import cache
from pathlib import Path

# What the agent says beside the templates: its mark in the descriptions, removals, and the commands it works with.
_BESIDE = """
aws-cisco-vpn gen own no shutdown
configure terminal revert timer confirm end exit enable write memory
show running-config startup-config version privilege archive clear crypto session remote ip bgp soft
"""


@cache
def _own_text() -> str:
    templates = sorted((Path(__file__).parent / "templates").glob("*.j2"))
    return "\n".join([_BESIDE, *(file.read_text() for file in templates if not file.name.endswith(".html.j2"))])


def is_public(text: str) -> bool:
    """Whether the text, in these very letters, is part of what any configuration of ours says."""
    return text in _own_text()
