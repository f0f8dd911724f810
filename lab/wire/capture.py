"""What is seen on the way between the two ends: a packet capture, read back."""

import struct
import subprocess
import time
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

from lab.wire.netns import Namespace, WireError

IKE_PORTS = (500, 4500)
_UDP, _ESP = 17, 50
_MOST_PACKETS = "200000"
# The buffer keeps a place of this size for each packet: with tcpdump's own 256 KiB it holds 32, and a busy machine loses some.
_LARGEST_PACKET = "2048"


@dataclass(frozen=True, slots=True)
class Packet:
    """One IPv4 packet; `length` is the whole of it, `ports` are empty unless it is UDP or TCP."""

    source: IPv4Address
    destination: IPv4Address
    protocol: int
    length: int
    is_fragment: bool
    ports: tuple[int, ...]
    payload: bytes

    @property
    def is_ike_or_esp(self) -> bool:
        """Whether it may be on the way at all: IKE, ESP, or ESP in UDP."""
        return self.protocol == _ESP or (self.protocol == _UDP and set(self.ports) & set(IKE_PORTS) != set())

    @property
    def is_esp(self) -> bool:
        """Whether it carries encrypted traffic: on port 4500 IKE begins with four zero bytes, ESP does not."""
        return self.protocol == _ESP or (4500 in self.ports and self.payload[:4] != b"\0\0\0\0")


class Capture:
    """A capture on one device, until stopped; it ends by itself after many packets."""

    def __init__(self, namespace: Namespace, device: str, file: Path) -> None:
        self._file = file
        self._process = subprocess.Popen(  # noqa: S603  # fixed program
            ["ip", "netns", "exec", namespace.name, "tcpdump", "-Z", "root", "-U", "--immediate-mode", "-B", "8192", "-s", _LARGEST_PACKET, "-c", _MOST_PACKETS, "-i", device, "-w", str(file)],  # noqa: S607  # as everywhere
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        said = self._process.stderr.readline() if self._process.stderr else ""
        if "listening" not in said:
            self._process.kill()
            raise WireError(f"tcpdump did not start: {said.strip()}")

    def stop(self) -> tuple[Packet, ...]:
        """End the capture, once it has written all that had come, and return the IPv4 packets."""
        written, deadline = -1, time.monotonic() + 30
        while written != self._file.stat().st_size and time.monotonic() < deadline:
            written = self._file.stat().st_size
            time.sleep(0.2)
        self._process.terminate()
        self._process.communicate(timeout=30)
        return tuple(read(self._file.read_bytes()))


def read(pcap: bytes) -> list[Packet]:
    """Read a capture of Ethernet frames."""
    order = "<" if pcap[:4] == b"\xd4\xc3\xb2\xa1" else ">"
    packets, at = [], 24
    while at + 16 <= len(pcap):
        (size,) = struct.unpack_from(f"{order}I", pcap, at + 8)
        frame = pcap[at + 16 : at + 16 + size]
        at += 16 + size
        if frame[12:14] == b"\x08\x00":
            packets.append(_ipv4(frame[14:]))
    return packets


def _ipv4(packet: bytes) -> Packet:
    header = (packet[0] & 0x0F) * 4
    length, _, fragment = struct.unpack_from(">HHH", packet, 2)
    protocol, is_fragment = packet[9], bool(fragment & 0x3FFF)
    has_ports = protocol in (6, _UDP) and not fragment & 0x1FFF
    body = packet[header:length]
    return Packet(
        source=IPv4Address(packet[12:16]),
        destination=IPv4Address(packet[16:20]),
        protocol=protocol,
        length=length,
        is_fragment=is_fragment,
        ports=struct.unpack_from(">HH", body) if has_ports else (),
        payload=body[8:] if protocol == _UDP else body,
    )
