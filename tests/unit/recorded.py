"""Pulumi's mocks for component tests: every resource with its inputs as they are, and which of them are secret."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, ParamSpec, TypeVar

import pulumi
import pulumi_aws as aws
import pytest
from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs, Mocks
from pulumi.runtime.stack import wait_for_rpcs

P = ParamSpec("P")
M = TypeVar("M", bound=Mocks)
_SIGNATURE = "4dabf18193072939515e22adb298388d"

XML = "<vpn_connection/>"
CONNECTION = {
    "customerGatewayConfiguration": XML,
    # AWS's order is not ours: its first tunnel is our second.
    "tunnel1Address": "198.51.100.2",
    "tunnel1VgwInsideAddress": "169.254.255.5",
    "tunnel1BgpAsn": "64512",
    "tunnel2Address": "198.51.100.1",
    "tunnel2VgwInsideAddress": "169.254.255.1",
    "tunnel2BgpAsn": "64512",
    "transitGatewayAttachmentId": "tgw-attach-1",
}
HELD_KEYS = {"tunnel1PresharedKey": "key.at.aws.one", "tunnel2PresharedKey": "key.at.aws.two"}
"""What AWS has where the program says none."""
TRANSIT_GATEWAY = {
    "amazonSideAsn": 64512,
    "defaultRouteTableAssociation": "enable",
    "associationDefaultRouteTableId": "tgw-rtb-default",
    "defaultRouteTablePropagation": "enable",
    "propagationDefaultRouteTableId": "tgw-rtb-default",
}


@dataclass
class Made:
    """One resource: its inputs in clear, and the names of those that hold a secret."""

    kind: str
    name: str
    inputs: dict[str, Any]
    secret: frozenset[str]


@dataclass
class Recorder(Mocks):
    """Answers as AWS and the agent would, and keeps what was asked."""

    made: list[Made] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    """What the agent answers to a verb: standard output."""
    transit_gateway: dict[str, Any] = field(default_factory=lambda: dict(TRANSIT_GATEWAY))
    """What AWS says of any transit gateway."""
    telemetry: dict[str, str] = field(default_factory=lambda: {"198.51.100.1": "UP", "198.51.100.2": "UP"})
    connection_state: str = "available"
    vpn_gateway_asn: str = "64512"
    held: dict[str, Any] = field(default_factory=dict)
    """What AWS says besides of any customer gateway and connection."""
    refusal: str = ""
    """Why AWS doesn't answer, where it doesn't."""
    refused: str = "getVpnConnection"
    """What it doesn't answer then."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Make it, with the outputs that the components read."""
        secret = frozenset(name for name, value in args.inputs.items() if any(_secrets(value)))
        inputs = {name: _plain(value) for name, value in args.inputs.items()}
        self.made.append(Made(args.typ, args.name, inputs, secret))
        outputs = dict(inputs)
        if args.typ.endswith(":VpnConnection"):
            outputs |= {**HELD_KEYS, **inputs, **CONNECTION}
        if args.typ.endswith(":Command"):
            kind = "key" if "urandom" in inputs["create"] else inputs["create"]
            default = f"made.key.of.{args.name.replace('-', '.')}" if kind == "key" else '{"generation": 1, "diff": ""}'
            outputs |= {"stdout": self.answers.get(kind, default), "stderr": ""}
        return f"{args.name}-id", outputs

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        """Answer a function of AWS or of the command provider."""
        if self.refusal and args.token.endswith(self.refused):
            return {}, [("", self.refusal)]
        return self._answer(args), []

    def _answer(self, args: MockCallArgs) -> dict[str, Any]:
        self.calls.append((args.token, {name: _plain(value) for name, value in args.args.items()}))
        if args.token.endswith(":run"):
            return {"stdout": self.answers[args.args["command"]], "stderr": "", "command": args.args["command"]}
        if args.token.endswith("getVpnConnection"):
            said = [_telemetry(address, status) for address, status in self.telemetry.items()]
            return {"state": self.connection_state, "vgwTelemetries": said, **self.held}
        if args.token.endswith("getAvailabilityZones"):
            return {"names": ["ap-northeast-1a", "ap-northeast-1c"]}
        if args.token.endswith("getVpc"):
            return {"cidrBlock": "10.9.0.0/16", "id": args.args["id"]}
        if args.token.endswith("getCustomerGateway"):
            return {"bgpAsn": 0, "bgpAsnExtended": 4200000001, "id": args.args["id"], **self.held}
        if args.token.endswith("getVpnGateway"):
            return {"id": args.args["id"], "amazonSideAsn": self.vpn_gateway_asn}
        if args.token.endswith("getTransitGateway"):
            return {"id": args.args["id"], **self.transit_gateway}
        raise AssertionError(f"nobody expected {args.token}")

    def of(self, kind: str) -> list[Made]:
        """Return the resources whose type ends so."""
        return [made for made in self.made if made.kind.rpartition(":")[2] == kind]

    def one(self, kind: str, name: str = "") -> Made:
        """Return the only one of a type, or the one of that name."""
        (made,) = [made for made in self.of(kind) if name in ("", made.name)]
        return made


def program(test: Callable[P, Awaitable[None]]) -> Callable[P, None]:
    """Have an async test run as a Pulumi program, which ends when everything in it is registered."""
    run: Callable[P, None] = pulumi.runtime.test(test)  # type: ignore[no-untyped-call]  # the SDK gives it no types
    return run


def error_of(make: Callable[[], "pulumi.Output[Any]"]) -> str:
    """Return how a program ends that makes this output, and must fail."""

    @program
    async def run() -> None:
        asyncio.get_running_loop().set_exception_handler(_leave_refusals)
        await make().future()

    with pytest.raises(pulumi.RunError) as caught:
        run()
    _end_what_is_left()
    return str(caught.value)


def _end_what_is_left() -> None:
    """End what the failed program has still under way: the next program on this loop would go on with it, and fail by it."""
    loop = asyncio.get_event_loop()
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))


def _leave_refusals(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Say nothing of outputs that end with the refusal too and that nobody awaits: a traceback each, when all tests are done."""
    if not isinstance(context.get("exception"), pulumi.RunError):
        loop.default_exception_handler(context)


async def settled(output: "pulumi.Output[Any]") -> Any:
    """Return an output once everything is registered."""
    value = await output.future()
    await wait_for_rpcs(await_all_outstanding_tasks=False)
    return value


@contextmanager
def options_of(kind: str) -> Iterator[list[pulumi.ResourceOptions]]:
    """Return the options that all resources of a type get."""
    seen: list[pulumi.ResourceOptions] = []
    real: Any = attrgetter(kind)(aws)

    def spied(*args: Any, opts: pulumi.ResourceOptions, **more: Any) -> Any:
        seen.append(opts)
        return real(*args, opts=opts, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"pulumi_aws.{kind}", spied)
        yield seen


def start(mocks: M, *, preview: bool = False) -> M:
    """Have these mocks answer in the test that begins."""
    try:
        asyncio.get_event_loop()
    except RuntimeError:
        # An `asyncio.run` of a test before has ended with none, and the SDK takes one for given.
        asyncio.set_event_loop(asyncio.new_event_loop())
    pulumi.runtime.set_mocks(mocks, project="project", stack="dev", preview=preview)
    return mocks


def _telemetry(address: str, status: str) -> dict[str, Any]:
    return {
        "outsideIpAddress": address,
        "status": status,
        "statusMessage": "1 BGP ROUTES" if status == "UP" else "IPSEC IS DOWN",
        "acceptedRouteCount": 1,
        "lastStatusChange": "",
    }


def _secrets(value: Any) -> Iterator[Any]:  # any JSON
    if isinstance(value, Mapping):
        if _SIGNATURE in value:
            yield value["value"]
        else:
            for item in value.values():
                yield from _secrets(item)
    elif isinstance(value, list):
        for item in value:
            yield from _secrets(item)


def _plain(value: Any) -> Any:  # any JSON
    if isinstance(value, Mapping):
        return _plain(value["value"]) if _SIGNATURE in value else {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
