"""The Cisco IOS router, as one command that runs the agent."""

import json
from collections.abc import Mapping

import pulumi
from pulumi_command import local
from typing_extensions import NotRequired, TypedDict

from ._launcher import agent_command, tolerant_command
from ._validation import check_link_name, refuse


class RouterArgs(TypedDict):
    """Where the router is and what is its own to decide."""

    host: str
    """Where to log in: a name or an address."""
    username: str
    """Whom to log in as; privilege 15, or with `router_enable_password`."""
    host_key: str
    """The host key's fingerprint, SHA256:…, as `ssh-keyscan HOST | ssh-keygen -lf -` prints it."""
    port: NotRequired[int]
    """The SSH port (default 22)."""
    key_file: NotRequired[str]
    """A private key's file, instead of a password."""
    use_agent: NotRequired[bool]
    """Log in with the SSH agent's keys (default false)."""
    jump_host: NotRequired[dict[str, str]]
    """A host to go through: host, username, host_key, key_file."""
    wan_interface: NotRequired[str]
    """The interface towards the Internet, such as GigabitEthernet1; the public address is used when not given."""
    behind_nat: NotRequired[bool]
    """Whether NAT changes the router's address on the way (default false)."""
    local_address: NotRequired[str]
    """The address IKE speaks from, where it is not the public one."""
    advertise: NotRequired[str | list[str]]
    """What BGP announces: `default` (a default route, as in the guide) or a list of networks."""
    tunnel_numbers: NotRequired[list[int]]
    """The Tunnel interfaces' numbers (default 1 and 2)."""
    isakmp_policies: NotRequired[list[int]]
    """The ISAKMP policies' numbers (default 200 and 201)."""
    sla_numbers: NotRequired[list[int]]
    """The IP SLAs' and tracks' numbers (default 100 and 200)."""


class IosCustomerGatewayArgs(TypedDict):
    """The router and what AWS handed out for it."""

    router: RouterArgs
    """The router."""
    router_password: NotRequired[pulumi.Input[str]]
    """Its password; secret. Not given: IOS_PASSWORD in the environment, a key file or the SSH agent."""
    router_enable_password: NotRequired[pulumi.Input[str]]
    """Its enable password; secret."""
    customer_gateway_configuration: pulumi.Input[str]
    """AWS's XML for the connection; secret."""
    tunnel_options: pulumi.Input[list[dict[str, object]]]
    """AWS's `Options.TunnelOptions`, with the keys; secret."""
    vpc_cidrs: list[str]
    """The VPC's networks."""
    options: NotRequired[dict[str, int | str | bool]]
    """How to work: save, revert_minutes, archive (use, require, configure), adopt, window, deadline."""
    drift_check: NotRequired[bool]
    """Whether preview and up compare the router with the link (default true). Off, an unreachable router is no obstacle to a preview."""


class IosCustomerGateway(pulumi.ComponentResource):
    """The router's side of the link: configured in a transaction, compared in each preview, undone on destroy."""

    result: pulumi.Output[str]
    """The agent's result, JSON; secret, since all that comes of secrets is."""

    def __init__(self, name: str, args: IosCustomerGatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("aws-cisco-vpn:index:IosCustomerGateway", name, {}, opts)
        check_link_name(name)
        validate_router(args["router"])
        self._args, self._link = args, name
        request = self._request()
        if args.get("drift_check", True):
            request = pulumi.Output.all(request, self._generation(request)).apply(_with_generation)
        self.request = pulumi.Output.secret(request)
        self.command = local.Command(
            f"{name}-agent",
            create=agent_command("apply"),
            update=agent_command("apply"),
            delete=agent_command("remove"),
            stdin=self.request,
            # Its standard output, the result, is captured and not logged; progress lines are, as they come.
            logging=local.Logging.STDERR,
            # `remove` and `apply` find the manifest in the last result.
            add_previous_output_in_env=True,
            opts=pulumi.ResourceOptions(
                parent=self,
                delete_before_replace=True,
                additional_secret_outputs=["stdout", "stderr"],
            ),
        )
        self.result = pulumi.Output.secret(self.command.stdout)
        self.register_outputs({"result": self.result})

    def _request(self) -> pulumi.Output[str]:
        return pulumi.Output.secret(
            pulumi.Output.all(
                xml=self._args["customer_gateway_configuration"],
                tunnel_options=self._args["tunnel_options"],
                password=self._args.get("router_password"),
                enable_password=self._args.get("router_enable_password"),
            ).apply(self._as_json)
        )

    def _as_json(self, secret: Mapping[str, object]) -> str:
        router: dict[str, object] = dict(self._args["router"])
        for field in ("password", "enable_password"):
            if secret[field]:
                router[field] = secret[field]
        return json.dumps(
            {
                "link": self._link,
                "vpn": {
                    "customer_gateway_configuration": secret["xml"],
                    "tunnel_options": secret["tunnel_options"],
                    "vpc_cidrs": self._args["vpc_cidrs"],
                },
                "router": router,
                "options": self._args.get("options", {}),
            },
            sort_keys=True,
        )

    def _generation(self, request: pulumi.Output[str]) -> pulumi.Output[int]:
        """Ask the router which generation it holds: the same one when in sync, so that nothing changes, else the next."""
        answer = local.run_output(command=agent_command("check"), stdin=request, logging=local.Logging.NONE)
        return answer.stdout.apply(self._judge)

    def _judge(self, answer: str) -> int:
        check = json.loads(answer)
        if check["unreachable"]:
            raise pulumi.RunError(
                f"the router {self._args['router']['host']} can't be compared with the link: {check['unreachable']} "
                "(set drift_check to false to preview without it)"
            )
        if check["in_sync"] is False and check["diff"]:
            pulumi.log.warn(f"the router does not hold the link as described; up will change:\n{check['diff']}", self)
        return int(check["generation"])

    def verify(self, wait: int, *, fails: bool) -> pulumi.Output[str]:
        """Ask the router how the tunnels are, after the command; JSON, empty when it could not be asked.

        Waits up to `wait` seconds for both to be UP. With `fails`, a router that can't be asked is an error.
        """
        request = pulumi.Output.all(self.request, self.command.stdout).apply(lambda both: _with_wait(both[0], wait))
        answer = local.run_output(
            command=tolerant_command("verify", ignore=(3,) if fails else None),
            stdin=request,
            logging=local.Logging.NONE,
        )
        return answer.stdout


def validate_router(router: RouterArgs) -> None:
    """Refuse a router that can't be logged in to. Raises `ValueError`."""
    for field in ("host", "username", "host_key"):
        if not router.get(field):
            raise refuse(f"router.{field}", router.get(field), "given")
    key = router["host_key"]
    if not key.startswith("SHA256:") and key != "insecure-accept-any":
        raise refuse("router.host_key", key, "SHA256:… as `ssh-keyscan HOST | ssh-keygen -lf -` prints it")


def _with_generation(both: "list[object]") -> str:
    return json.dumps({**json.loads(str(both[0])), "generation": both[1]}, sort_keys=True)


def _with_wait(request: str, wait: int) -> str:
    data = json.loads(request)
    return json.dumps({**data, "options": {**data["options"], "wait": wait}})
