"""One strongSwan daemon in its own underlay namespace; its TUN device is lent to the router that the tunnel ends in."""

import os
import signal
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import vici  # type: ignore[import-untyped]  # vici has no type hints

from lab.wire.ike import CHILD, Peering
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
  retransmit_timeout = 1.0
  retransmit_base = 1.4
  retransmit_tries = 4
  filelog {{
    stderr {{
      default = 1
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


@dataclass(frozen=True, slots=True)
class SecurityAssociation:
    """What was negotiated, in strongSwan's words, read back from the daemon."""

    version: int
    is_established: bool
    ike: str
    esp: str | None


class Charon:
    """The daemon and its one connection."""

    def __init__(self, namespace: Namespace, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.namespace = namespace
        self.folder = folder
        self._loaded: Peering | None = None
        settings = folder / "strongswan.conf"
        settings.write_text(SETTINGS.format(plugins=PLUGINS, folder=folder))
        self._process = namespace.start(
            ["unshare", "-m", "sh", "-c", f"mount -t tmpfs tmpfs /run && exec {PROGRAM}"],
            folder / "log",
            os.environ | {"STRONGSWAN_CONF": str(settings)},
        )
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + 15
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
        if peering == self._loaded:
            return False
        connection, session = self._session()
        with connection:
            for _ in (
                session.terminate({"ike": NAME, "force": "yes", "timeout": "-1"}) if self._has_session(session) else ()
            ):
                continue
            if self._loaded is not None:
                session.unload_conn({"name": NAME})
            session.clear_creds()
            if peering is not None:
                session.load_shared(
                    {"id": NAME, "type": "IKE", "data": peering.preshared_key, "owners": [peering.remote]}
                )
                session.load_conn({NAME: dict(peering.connection)})
        self._loaded = peering
        return True

    @staticmethod
    def _has_session(session: "vici.Session") -> bool:
        return any(True for _ in session.list_sas())

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
        """Return the IKE SAs that the daemon holds now."""
        connection, session = self._session()
        with connection:
            return tuple(_parse(session.list_sas()))

    def is_up(self) -> bool:
        """Whether there is an established IKE SA with an installed child."""
        try:
            return any(sa.is_established and sa.esp for sa in self.associations())
        except OSError:
            return False

    def pause(self, *, is_stopped: bool) -> None:
        """Freeze the daemon (a dead endpoint) or thaw it."""
        # `ip netns exec`, `unshare` and the shell each became the next: the process is charon itself.
        self._process.send_signal(signal.SIGSTOP if is_stopped else signal.SIGCONT)

    def log(self) -> str:
        """Return what the daemon has said so far."""
        return (self.folder / "log").read_text(errors="replace")


def _parse(answers: Iterator[Mapping[str, Mapping[str, object]]]) -> Iterator[SecurityAssociation]:
    for answer in answers:
        for sa in answer.values():
            children = [c for c in _children(sa) if _text(c, "state") == "INSTALLED"]
            child = children[-1] if children else None
            yield SecurityAssociation(
                version=int(_text(sa, "version") or 0),
                is_established=_text(sa, "state") == "ESTABLISHED",
                ike=_proposal(sa, ("encr-alg", "encr-keysize", "integ-alg", "prf-alg", "dh-group")),
                esp=None if child is None else _proposal(child, ("encr-alg", "encr-keysize", "integ-alg", "dh-group")),
            )


def _children(sa: Mapping[str, object]) -> list[Mapping[str, object]]:
    children = sa.get("child-sas")
    return list(children.values()) if isinstance(children, Mapping) else []


def _text(fields: Mapping[str, object], key: str) -> str:
    value = fields.get(key, b"")
    return value.decode() if isinstance(value, bytes) else str(value)


def _proposal(fields: Mapping[str, object], keys: tuple[str, ...]) -> str:
    return "/".join(filter(None, (_text(fields, key) for key in keys)))
