"""Data sources."""

from lab.providers.aws.session import Session
from lab.providers.plugin import ProviderError
from lab.providers.values import Properties


def answer(session: Session, token: str, arguments: Properties) -> Properties:
    """Answer a data source."""
    raise ProviderError(f"the lab's aws plugin has no function {token}")
