"""A TCP stream between the two hosts, in segments as large as the way allows."""

import json
import subprocess
import sys
from dataclasses import dataclass

from lab.wire.netns import Namespace, WireError

MARKER = b"NOT-ENCRYPTED-" * 8
_PORT = 5001
_RECEIVER = """
import json, socket, sys
server = socket.create_server((sys.argv[1], int(sys.argv[2])))
server.settimeout(60)
print("ready", flush=True)
connection, _ = server.accept()
connection.settimeout(60)
received = 0
while part := connection.recv(65536):
    received += len(part)
print(json.dumps(received))
"""
_SENDER = """
import json, socket, sys
data = bytes.fromhex(sys.argv[3])
connection = socket.create_connection((sys.argv[1], int(sys.argv[2])), 60)
for _ in range(int(sys.argv[4])):
    connection.sendall(data)
mss = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG)
connection.shutdown(socket.SHUT_WR)
connection.recv(1)
print(json.dumps(mss))
"""


@dataclass(frozen=True, slots=True)
class Stream:
    """A TCP stream that went through: bytes sent and received, and the data in one full segment."""

    sent: int
    received: int
    segment: int


def stream(sender: Namespace, receiver: Namespace, address: str, repeats: int = 10000) -> Stream:
    """Send `repeats` times a marker that a capture would show, as fast as TCP goes, and wait until all has arrived."""
    program = ["ip", "netns", "exec"]
    listening = subprocess.Popen(  # noqa: S603  # our own interpreter and program
        [*program, receiver.name, sys.executable, "-c", _RECEIVER, address, str(_PORT)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        if listening.stdout is None or listening.stdout.readline().strip() != "ready":
            raise WireError(f"nobody listens at {address}")
        sent = sender.run(sys.executable, "-c", _SENDER, address, str(_PORT), MARKER.hex(), str(repeats))
        receiver_said, _ = listening.communicate(timeout=60)
    finally:
        listening.kill()
        listening.wait(timeout=10)
    return Stream(sent=len(MARKER) * repeats, received=json.loads(receiver_said), segment=json.loads(sent))
