"""The fake AWS as a server on loopback: moto's services, our EC2, and the `/lab` paths for routers elsewhere."""

import json
import os
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address
from threading import Thread
from typing import TYPE_CHECKING, Any

import moto.ec2.urls
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from lab.aws.ec2 import Ec2
from lab.aws.inventory import made_by_somebody
from lab.aws.outcomes import all_ends
from lab.aws.permissions import Permissions
from lab.ends import AwsEnd, RouterEnd
from lab.exchange import Exchange, Judge
from lab.exchange_json import decode_ends, encode_ends
from lab.negotiation import negotiate

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment
    from typing_extensions import Self

_ROUTERS = "/lab/routers/"


class _QuietHandler(MotoRequestHandler):
    """moto's handler without a line per request: the terminal belongs to whoever uses the lab."""

    def log_request(self, *_args: Any, **_kwargs: Any) -> None:  # noqa: ANN401  # werkzeug's own signature
        """Say nothing."""


class FakeAws:
    """A fake AWS on `http://127.0.0.1:port`, empty at the start; port 0 takes a free one.

    moto keeps its state in the process, so there can be one at a time. `exchange` is where routers of this process
    publish what they hold; `judge` decides whether two ends agree, `aws_judge` what AWS sees of it; `permissions` has the
    IAM actions that were called, and takes those that are to be refused.
    """

    def __init__(self, port: int = 0, judge: Judge = negotiate, aws_judge: Judge | None = None) -> None:
        self.exchange = Exchange(_locked_ends, judge, aws_judge)
        self.permissions = Permissions()
        self._port = port
        self._server: Any = None
        self._thread: Thread | None = None

    def __enter__(self) -> "Self":
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    @property
    def endpoint(self) -> str:
        """What AWS_ENDPOINT_URL is set to."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self, region: str = "ap-northeast-1") -> dict[str, str]:
        """Return the environment that sends AWS's tools here, away from whatever account the user has."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "lab",
            "AWS_SECRET_ACCESS_KEY": "lab",
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def inventory(self) -> tuple[str, ...]:
        """Return the ids of what somebody has made in it and not deleted."""
        with Ec2.lock:
            return made_by_somebody()

    def start(self) -> None:
        """Forget what an earlier one held, and listen."""
        moto_api_backend.reset()
        handler = type("BoundEc2", (Ec2,), {"exchange": self.exchange})
        moto.ec2.urls.url_paths["{0}/"] = handler.dispatch  # type: ignore[attr-defined]  # Ec2's class method
        application = _application(self.exchange, self.permissions)
        self._server = make_server("127.0.0.1", self._port, application, threaded=True, request_handler=_QuietHandler)
        self._thread = Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="fake-aws", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Listen no more."""
        if self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
            self._thread = None


def _locked_ends() -> tuple[AwsEnd, ...]:
    with Ec2.lock:
        return all_ends()


def _application(
    exchange: Exchange, permissions: Permissions
) -> Callable[["WSGIEnvironment", "StartResponse"], Iterable[bytes]]:
    aws = DomainDispatcherApplication(create_backend_app)

    def application(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        if environ.get("PATH_INFO", "").startswith("/lab/"):
            return _lab(exchange, Request(environ))(environ, start)
        refusal = permissions.refusal(environ)
        if refusal is not None:
            return refusal(environ, start)
        answer: Iterable[bytes] = aws(environ, start)
        return answer

    return application


def _lab(exchange: Exchange, request: Request) -> Response:
    """`GET /lab/tunnels`, `PUT` and `DELETE /lab/routers/<id>`: the exchange for processes of their own."""
    if request.method == "GET" and request.path == "/lab/tunnels":
        return Response(json.dumps(encode_ends(exchange.tunnels())), mimetype="application/json")
    router = request.path.removeprefix(_ROUTERS)
    if not request.path.startswith(_ROUTERS) or not router:
        return Response("no such path in the lab\n", status=404)
    if request.method == "DELETE":
        exchange.withdraw(router)
        return Response(status=204)
    if request.method == "PUT":
        try:
            addresses, ends = _publication(request.get_json())
        except (KeyError, TypeError, ValueError) as error:
            return Response(f"{error}\n", status=400)
        exchange.publish(router, addresses, ends)
        return Response(status=204)
    return Response("not allowed\n", status=405)


def _publication(body: Any) -> tuple[tuple[IPv4Address, ...], tuple[RouterEnd, ...]]:  # noqa: ANN401  # JSON
    addresses = tuple(IPv4Address(text) for text in body["public_addresses"])
    return addresses, decode_ends(RouterEnd, body["ends"])
