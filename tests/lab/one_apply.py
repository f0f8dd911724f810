"""One apply as a process of its own, for tests that kill it: ``python -m tests.lab.one_apply``."""

import os

from cisco.connection import Connection
from cisco.login import Login, Options
from cisco.secret import Secret
from cisco.transaction import apply
from tests.lab.agent_bench import PASSWORD, USER, link

login = Login(
    "127.0.0.1", USER, os.environ["ROUTER_KEY"], port=int(os.environ["ROUTER_PORT"]), password=Secret(PASSWORD)
)
apply(link(), Connection(login), Options())
