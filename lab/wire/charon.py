"""One strongSwan daemon in its own underlay namespace; its TUN device is lent to the router that the tunnel ends in."""

import contextlib
import os
import signal
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import vici  # type: ignore[import-untyped]  # vici has no type hints

from lab.wire.ike import CHILD, Peering
from lab.wire.libipsec import PLUGIN, device_mtu, write_widened
from lab.wire.netns import Namespace, WireError

PROGRAM = Path("/usr/lib/ipsec/charon")
PLUGINS = (
    "random nonce aes sha1 sha2 hmac gmp openssl gcm kdf pem pkcs1 x509 pubkey "
    "socket-default kernel-libipsec kernel-netlink vici updown"
)
# kernel-libipsec carries ESP in user space (the kernel may have none); the mark keeps IKE itself out of the tunnel.
SETTINGS = """\
charon {{
  load = {plugins}
  install_routes = no
  install_virtual_ip = no
  retransmit_timeout = {retry}
  retransmit_base = 1
  retransmit_tries = {tries}
  filelog {{
    stderr {{
      default = 1
      esp = {esp}
      time_format = %s
    }}
  }}
  plugins {{
    socket-default {{
      fwmark = 0x42
    }}
    kernel-netlink {{
      fwmark = !0x42
    }}
    vici {{
      socket = unix://{folder}/vici.sock
    }}
    kernel-libipsec {{
      allow_peer_ts = yes
    }}
  }}
}}
"""
NAME = "aws"
# An SA that is being replaced goes on carrying traffic until its successor does: in the middle of a rekeying a tunnel is UP.
# Of children the newest counts, in this order.
_ESTABLISHED = ("ESTABLISHED", "REKEYING", "REKEYED")
_CARRYING = ("INSTALLED", "REKEYING", "REKEYED")


@dataclass(frozen=True, slots=True)
class Retransmission:
    """How a daemon repeats what was not answered: `tries` times, every `seconds`; then the peer is dead."""

    seconds: float
    tries: int


# `dpd 10 3` of the router's configuration is five retries, 3 s apart (IOS); AWS's DPD timeout of 30 s begins with a
# silence of 10 s here.
ROUTER_RETRIES, AWS_RETRIES = Retransmission(3.0, 5), Retransmission(4.0, 4)


@dataclass(frozen=True, slots=True)
class SecurityAssociation:
    """What was negotiated, in strongSwan's words, read back from the daemon; times in seconds."""

    version: int
    is_established: bool
    ike: str
    esp: str | None
    age: int = 0
    remaining: int = 0
    esp_age: int = 0
    esp_remaining: int = 0
    packets_in: int = 0
    packets_out: int = 0
    spi_in: int = 0
    spi_out: int = 0
    is_in_udp: bool = False
    ike_spi: str = ""
    is_initiator: bool = False

    def under(self, ike: "SecurityAssociation") -> "SecurityAssociation":
        """Return this one's child as a child of that IKE SA."""
        return replace(
            self,
            is_established=ike.is_established,
            ike=ike.ike,
            age=ike.age,
            remaining=ike.remaining,
            ike_spi=ike.ike_spi,
            is_initiator=ike.is_initiator,
        )


class Charon:
    """The daemon and its one connection."""

    def __init__(self, namespace: Namespace, folder: Path, retries: Retransmission) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.namespace = namespace
        self.folder = folder
        self.is_frozen = False
        self._loaded: Peering | None = None
        self._retries = retries
        self._write_settings(esp=1)
        plugin = folder / "kernel-libipsec.so"
        mounts = "mount -t tmpfs tmpfs /run"
        if write_widened(plugin):
            mounts += f" && mount --bind {plugin} {PLUGIN}"
        self._process = namespace.start(
            ["unshare", "-m", "sh", "-c", f"{mounts} && exec {PROGRAM}"],
            folder / "log",
            os.environ | {"STRONGSWAN_CONF": str(self._settings)},
        )

    @property
    def _settings(self) -> Path:
        return self.folder / "strongswan.conf"

    def _write_settings(self, *, esp: int) -> None:
        seconds, tries = self._retries.seconds, self._retries.tries
        text = SETTINGS.format(plugins=PLUGINS, folder=self.folder, retry=seconds, tries=tries, esp=esp)
        self._settings.write_text(text)

    def tell_refusals(self) -> None:
        """Log each ESP packet from now on, so that `refusals` can count; one line per packet is too much for always."""
        self._write_settings(esp=2)
        self._process.send_signal(signal.SIGHUP)  # charon reads its settings again

    def refusals(self) -> int:
        """Return how many ESP packets came for which the daemon had no SA, since it was asked to tell them."""
        return self.log().count("inbound ESP packet does not belong to an installed SA")

    def wait_until_ready(self) -> None:
        """Wait for the daemon's socket and its TUN device."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            if (self.folder / "vici.sock").exists() and "ipsec0" in self.namespace.ip("-o", "link"):
                return
            time.sleep(0.05)
        raise WireError(f"charon did not start: {(self.folder / 'log').read_text()[-500:]}")

    def lend_device(self, router: Namespace, name: str) -> None:
        """Move the daemon's TUN device into `router`, as its tunnel interface `name`."""
        self.namespace.ip("link", "set", "ipsec0", "netns", router.name, "name", name)
        # As wide as a LAN: what has to fit the way is made to fit by the clamp, as on the router, not by the device.
        # And with room for what waits while a busy machine gives the daemon no time.
        router.ip("link", "set", name, "mtu", str(device_mtu()), "txqueuelen", "10000")
        # charon looks its device up by name; without one it fails.
        self.namespace.ip("tuntap", "add", "dev", "ipsec0", "mode", "tun")
        self.namespace.ip("link", "set", "ipsec0", "up")

    def _session(self) -> "tuple[socket.socket, vici.Session]":
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(10)
        connection.connect(str(self.folder / "vici.sock"))
        return connection, vici.Session(connection)

    def load(self, peering: Peering | None) -> bool:
        """Hold exactly this connection from now on; say whether that was a change. A change ends the old session."""
        if peering == self._loaded or self.is_frozen:
            return False
        connection, session = self._session()
        with connection:
            # There may be none to end, or only a half-open one that never found this connection.
            with contextlib.suppress(vici.exception.CommandException):
                for _ in session.terminate({"ike": NAME, "force": "yes", "timeout": "-1"}):
                    continue
            if self._loaded is not None:
                session.unload_conn({"name": NAME})
            session.clear_creds()
            if peering is not None:
                # One connection, one key: it needs no owner, and behind NAT its owner's name is not its address.
                session.load_shared({"id": NAME, "type": "IKE", "data": peering.preshared_key})
                session.load_conn({NAME: dict(peering.connection)})
        self._loaded = peering
        return True

    def initiate(self) -> None:
        """Ask for the tunnel without waiting for it; a half-open try is not doubled."""
        connection, session = self._session()
        with connection:
            if any(sa.is_established and sa.esp for sa in _parse(session.list_sas())):
                return
            try:
                for _ in session.initiate({"child": CHILD, "ike": NAME, "timeout": "-1"}):
                    continue
            except vici.exception.CommandException:
                return  # what came of it is read from the SAs and the log

    def associations(self) -> tuple[SecurityAssociation, ...]:
        """Return the IKE SAs that the daemon holds now; one that is frozen answers nothing."""
        if self.is_frozen:
            return ()
        connection, session = self._session()
        with connection:
            return tuple(_parse(session.list_sas()))

    def current(self) -> SecurityAssociation | None:
        """Return the SAs in use: the child that carries traffic with the youngest established IKE SA, else that one alone."""
        found = self._in_use()
        # The daemon lists one SA after the other: a child that moves from an old IKE SA to its successor meanwhile shows in neither.
        return found if found is not None and found.esp else self._in_use()

    def _in_use(self) -> SecurityAssociation | None:
        try:
            held = self.associations()
        except OSError:
            return None
        established = min(
            (sa for sa in held if sa.is_established), key=lambda sa: (sa.esp is None, sa.age), default=None
        )
        if established is None or established.esp:
            return established
        # Who begins an IKEv1 re-authentication gives the child to the successor at once, before that is established; it
        # carries traffic all the while.
        heir = next((sa for sa in held if sa.esp), None)
        return heir.under(established) if heir else established

    def pause(self, *, is_stopped: bool) -> None:
        """Freeze the daemon (a dead endpoint) or thaw it."""
        self.is_frozen = is_stopped
        # `ip netns exec`, `unshare` and the shell each became the next: the process is charon itself.
        self._process.send_signal(signal.SIGSTOP if is_stopped else signal.SIGCONT)

    def holds_key(self) -> str:
        """Return the pre-shared key that the daemon was last given."""
        return self._loaded.preshared_key if self._loaded else ""

    def log(self) -> str:
        """Return what the daemon has said so far."""
        return (self.folder / "log").read_text(errors="replace")


def _parse(answers: Iterator[Mapping[str, Mapping[str, object]]]) -> Iterator[SecurityAssociation]:
    for answer in answers:
        for sa in answer.values():
            child = _carrying(_children(sa))
            inside = child or {}
            yield SecurityAssociation(
                version=_number(sa, "version"),
                is_established=_text(sa, "state") in _ESTABLISHED,
                ike=_proposal(sa, ("encr-alg", "encr-keysize", "integ-alg", "prf-alg", "dh-group")),
                esp=None if child is None else _proposal(child, ("encr-alg", "encr-keysize", "integ-alg", "dh-group")),
                age=_number(sa, "established"),
                remaining=_number(sa, "rekey-time") or _number(sa, "reauth-time"),
                esp_age=_number(inside, "install-time"),
                esp_remaining=_number(inside, "life-time"),
                packets_in=_number(inside, "packets-in"),
                packets_out=_number(inside, "packets-out"),
                spi_in=int(_text(inside, "spi-in") or "0", 16),
                spi_out=int(_text(inside, "spi-out") or "0", 16),
                is_in_udp=_text(inside, "encap") == "yes",
                ike_spi=_text(sa, "initiator-spi"),
                is_initiator=_text(sa, "initiator") == "yes",
            )


def _carrying(children: list[Mapping[str, object]]) -> Mapping[str, object] | None:
    """Return the newest child that carries traffic."""
    for state in _CARRYING:
        found = [child for child in children if _text(child, "state") == state]
        if found:
            return found[-1]
    return None


def _children(sa: Mapping[str, object]) -> list[Mapping[str, object]]:
    children = sa.get("child-sas")
    return list(children.values()) if isinstance(children, Mapping) else []


def _text(fields: Mapping[str, object], key: str) -> str:
    value = fields.get(key, b"")
    return value.decode() if isinstance(value, bytes) else str(value)


def _number(fields: Mapping[str, object], key: str) -> int:
    return int(_text(fields, key) or 0)


def _proposal(fields: Mapping[str, object], keys: tuple[str, ...]) -> str:
    return "/".join(filter(None, (_text(fields, key) for key in keys)))
