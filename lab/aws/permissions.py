"""Which IAM actions are called, and which the caller lacks: EC2's, CloudWatch's and CloudWatch Logs' refusals."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

CALLER = "arn:aws:iam::123456789012:user/lab"
# The service in a signature's scope -> the prefix of its IAM actions, where they differ.
_PREFIXES = {"monitoring": "cloudwatch"}
_SCOPE = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request")
_OPERATION = re.compile(r"/operation/(\w+)$")
_QUERY_ERROR = """<?xml version="1.0" encoding="UTF-8"?>
<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>{message}</Message></Error></Errors>\
<RequestID>00000000-0000-0000-0000-000000000000</RequestID></Response>"""


@dataclass
class Permissions:
    """What the caller did and may not do; shared by all requests of a fake AWS."""

    denied: Collection[str] = ()
    """Actions such as `ec2:CreateVpc` that are refused."""
    called: list[str] = field(default_factory=list)
    """Every action that was called, in order, refused ones too."""
    _lock: Lock = field(default_factory=Lock, repr=False)

    def refusal(self, environ: "WSGIEnvironment") -> Response | None:
        """Note a request's action; return the answer if the caller may not call it."""
        request = Request(environ, populate_request=False)
        action = _action(request)
        if action is None:
            return None
        with self._lock:
            self.called.append(action)
        return _refused(request, action) if action in self.denied else None


def _action(request: Request) -> str | None:
    """Return the action of a signed request, whichever of AWS's protocols it speaks."""
    scope = _SCOPE.search(request.headers.get("Authorization", ""))
    target = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
    by_path = _OPERATION.search(request.path)
    name = target or (by_path.group(1) if by_path else "") or _form_action(request)
    return f"{_PREFIXES.get(scope.group(1), scope.group(1))}:{name}" if scope and name else None


def _form_action(request: Request) -> str:
    if request.mimetype != "application/x-www-form-urlencoded":
        return request.args.get("Action", "")
    body = request.environ["wsgi.input"].read(int(request.environ.get("CONTENT_LENGTH") or 0))
    request.environ["wsgi.input"] = BytesIO(body)  # whoever answers reads it again
    found = re.search(rb"(?:^|&)Action=(\w+)", body)
    return found.group(1).decode() if found else ""


def _refused(request: Request, action: str) -> Response:
    why = (
        f"User: {CALLER} is not authorized to perform: {action} on resource: * because no identity-based policy "
        f"allows the {action} action"
    )
    if action.startswith("ec2:"):
        text = f"You are not authorized to perform this operation. {why}."
        return Response(_QUERY_ERROR.format(message=escape(text)), status=403, mimetype="text/xml")
    answer = {"__type": "AccessDeniedException", "message": why}
    return Response(json.dumps(answer), status=400, mimetype=request.mimetype or "application/x-amz-json-1.1")
