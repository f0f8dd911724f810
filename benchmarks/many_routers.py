"""`python -m benchmarks.many_routers N`: N simulated routers in one process, until standard input ends."""

import contextlib
import json
import sys

import asyncssh

from lab.router.server import Router


def main(count: int, user: str, password: str) -> None:
    """Serve; print the ports and the host key that all share."""
    key = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
    with contextlib.ExitStack() as stack:
        routers = [
            stack.enter_context(
                Router(release="ios15", user=user, password=password, host_key=key, name=f"router{number}")
            )
            for number in range(count)
        ]
        print(json.dumps({"ports": [r.port for r in routers], "host_key": routers[0].host_key}), flush=True)  # noqa: T201 - the command's output
        sys.stdin.read()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.stdin.readline().strip())
