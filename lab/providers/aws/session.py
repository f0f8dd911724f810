"""AWS as the stand-in talks to it: clients, Region, account, and the provider's default tags."""

import contextlib
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lab.providers.plugin import ProviderError

AWS_PARTITION: Final = "aws"


class AwsError(ProviderError):
    """A call that AWS refused."""

    def __init__(self, operation: str, code: str, message: str) -> None:
        super().__init__(f"operation error {operation}: api error {code}: {message}")
        self.operation = operation
        self.code = code


@dataclass(frozen=True, slots=True)
class Settings:
    """The provider's configuration, as far as this stand-in honours it."""

    region: str
    endpoints: Mapping[str, str] = field(default_factory=dict)
    """Service to URL; what is not named here goes to `AWS_ENDPOINT_URL`, as in every AWS tool."""
    default_tags: Mapping[str, str] = field(default_factory=dict)
    access_key: str | None = None
    secret_key: str | None = None
    token: str | None = None
    profile: str | None = None


class Session:
    """Calls AWS in one Region."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._clients: dict[str, object] = {}
        self._account: str | None = None

    @property
    def region(self) -> str:
        """The Region that resources are made in."""
        return self.settings.region

    @property
    def account(self) -> str:
        """The account that the credentials belong to."""
        if self._account is None:
            self._account = str(self.call("sts", "get_caller_identity", {})["Account"])
        return self._account

    def warm(self) -> None:
        """Have EC2's client made by a thread: its library and model take half a second, while the engine is busy elsewhere."""
        threading.Thread(target=self._warm, daemon=True).start()

    def _warm(self) -> None:
        from botocore.exceptions import BotoCoreError  # type: ignore[import-untyped]  # botocore has no types

        with contextlib.suppress(BotoCoreError):  # the call that needs the client tells it
            self._client("ec2")

    def arn(self, service: str, resource: str) -> str:
        """Build the ARN of a resource of this account and Region."""
        return f"arn:{AWS_PARTITION}:{service}:{self.region}:{self.account}:{resource}"

    def call(self, service: str, operation: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Call AWS; a refusal is an `AwsError` with AWS's code."""
        from botocore.exceptions import (
            BotoCoreError,
            ClientError,
        )

        method = getattr(self._client(service), operation)
        name = "".join(word.capitalize() for word in operation.split("_"))
        try:
            answer: dict[str, Any] = method(**arguments)
        except ClientError as error:
            details = error.response.get("Error", {})
            raise AwsError(name, details.get("Code", "Unknown"), details.get("Message", "")) from None
        except BotoCoreError as error:
            raise AwsError(name, type(error).__name__, str(error)) from None
        return answer

    def _client(self, service: str) -> object:
        import boto3  # type: ignore[import-untyped]  # boto3 has no types
        from botocore.config import Config  # type: ignore[import-untyped]  # botocore has no types

        with self._lock:
            if service not in self._clients:
                settings = self.settings
                session = boto3.Session(
                    aws_access_key_id=settings.access_key,
                    aws_secret_access_key=settings.secret_key,
                    aws_session_token=settings.token,
                    profile_name=settings.profile,
                    region_name=settings.region,
                )
                self._clients[service] = session.client(
                    service,
                    endpoint_url=settings.endpoints.get(service) or os.environ.get("AWS_ENDPOINT_URL"),
                    config=Config(retries={"max_attempts": 2}),
                )
            return self._clients[service]
