"""The guide's section 3.2: the Cisco router, configured over SSH by the agent in one `local.Command`."""

import json
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_command import local

from ._agent import Answer, agent_module, doing, masked
from ._names import link_name, require_link_name
from ._options import require_known
from ._request import request_json, require_options, require_router, secrets_of
from ._routes import require_networks
from ._validation import require_given
from .inputs import checked, refusing, resolved
from .machine import require_shell
from .router_args import AgentOptionsArgs, IosCustomerGatewayArgs, JumpHostArgs, RouterArgs
from .router_check import RouterCheck

_MODULE = agent_module(__package__)
# The agent has a deadline of its own, options.deadline, of two hours at most, and as long again to undo what it began.
# The engine kills what takes longer, which leaves a change half-way: this one is for what hangs all the same.
_LONGEST = "5h"
_TIMEOUTS = pulumi.CustomTimeouts(create=_LONGEST, update=_LONGEST, delete=_LONGEST)


class IosCustomerGateway(pulumi.ComponentResource):
    """The router's half of a VPN connection.

    Nothing is pushed in a preview. Every secret goes through the command's standard input, so that none is in an
    argument, in an error's text or in a diff.
    """

    generation: pulumi.Output[int]
    """Counts the configurations that this stack gave the router; the router remembers it too."""
    diff: pulumi.Output[str]
    """What the last change sent to the router, as IOS lines with the secrets masked."""
    result: pulumi.Output[str]
    """The agent's whole result as JSON, with the manifest of what is the stack's on the router (secret)."""

    def __init__(self, name: str, args: IosCustomerGatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        with refusing(name):
            link = checked_link(name, args)
        super().__init__("aws-cisco-vpn:index:IosCustomerGateway", name, {}, opts)
        self._name = name
        self.request = self._request(link, args, args["handout"])
        planned = args.get("planned_handout")
        self._check = RouterCheck(
            name=name,
            component=self,
            request=self.request,
            planned=None if planned is None else self._request(link, args, planned),
        )
        is_compared = args.get("drift_check", True)
        generation = self._check.generation() if is_compared else pulumi.Output.from_input(1)
        stdin: pulumi.Output[str] = pulumi.Output.secret(
            pulumi.Output.all(self.request, generation).apply(
                lambda known: request_json(known[0], generation=int(known[1]))
            )
        )
        command = local.Command(
            name,
            create="apply",
            update="apply",
            delete="remove",
            interpreter=doing(_MODULE),
            stdin=stdin,
            # An update and the removal read the manifest of the result before.
            add_previous_output_in_env=True,
            logging=local.Logging.STDERR,
            opts=pulumi.ResourceOptions(
                parent=self,
                delete_before_replace=True,
                additional_secret_outputs=["stdout", "stderr"],
                custom_timeouts=_TIMEOUTS,
                hooks=self._check.hooks() if is_compared else None,
            ),
        )
        self.result = pulumi.Output.secret(command.stdout)
        self.generation = pulumi.Output.unsecret(
            self.result.apply(lambda text: int(_object(text).get("generation", 0)))
        )
        shown = pulumi.Output.all(self.result, self.request).apply(
            lambda known: masked(str(_object(known[0]).get("diff", "")), secrets_of(known[1]))
        )
        self.diff = pulumi.Output.unsecret(shown)
        self.register_outputs({"generation": self.generation, "diff": self.diff, "result": self.result})

    def ask(self, verb: str, *, wait: int | None = None, is_shown: bool = False) -> pulumi.Output[Answer]:
        """Return what the agent answers to a verb that only reads; in a preview too.

        Args:
            verb: check, verify or status.
            wait: How many seconds `verify` waits for the tunnels.
            is_shown: Whether its progress is shown as it comes.
        """
        stdin = self.request.apply(lambda known: request_json(known, wait=wait))
        return self._check.ask(verb, stdin, is_shown=is_shown)

    def fresh_report(self) -> Answer | None:
        """Return what `verify` would answer, where the router was asked a moment ago and nothing was changed since."""
        return self._check.fresh_report()

    def _request(
        self, link: str, args: IosCustomerGatewayArgs, handout: pulumi.Input[str]
    ) -> pulumi.Output[Mapping[str, Any]]:
        router: pulumi.Output[Mapping[str, object]] = resolved(args["router"])
        parts = {
            "link": link,
            "handout": handout,
            "router": checked(self._name, router, require_router),
            "advertise": args.get("advertise"),
            "options": args.get("options") or {},
            "router_password": args.get("router_password"),
            "router_enable_password": args.get("router_enable_password"),
            "jump_host_password": args.get("jump_host_password"),
        }
        return pulumi.Output.secret(resolved(parts))


def checked_link(name: str, args: IosCustomerGatewayArgs) -> str:
    """Check what is known before anything is made, and return the link's name on the router."""
    require_shell()
    require_known(args, IosCustomerGatewayArgs.__annotations__)
    require_given(args, IosCustomerGatewayArgs.__required_keys__)
    router, options = args["router"], args.get("options") or {}
    require_known(router, RouterArgs.__annotations__, within="router.")
    if isinstance(jump_host := router.get("jump_host"), Mapping):
        require_known(jump_host, JumpHostArgs.__annotations__, within="router.jump_host.")
    require_known(options, AgentOptionsArgs.__annotations__, within="options.")
    if all(not isinstance(value, pulumi.Output) for value in router.values()):
        require_router(router)
    require_options(options)
    require_networks("advertise", args.get("advertise") or ())
    link = args.get("link_name") or link_name(pulumi.get_stack(), name)
    require_link_name("link_name", link)
    return link


def _object(text: str) -> Mapping[str, Any]:
    value = json.loads(text)
    return value if isinstance(value, dict) else {}
