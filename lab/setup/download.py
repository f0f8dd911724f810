"""Fetching a pinned file from Pulumi's download site, or finding out within seconds that it is out of reach."""

import hashlib
import socket
import tarfile
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Final

SITE: Final = "https://get.pulumi.com"
CONNECT_SECONDS: Final = 4
READ_SECONDS: Final = 60


class UnreachableError(Exception):
    """The site cannot be reached from here, or does not have the file."""


class ChecksumError(Exception):
    """What came is not what the publisher published."""


def reachable(url: str = SITE) -> bool:
    """Tell whether a site answers, within a few seconds and without downloading anything."""
    host = urllib.parse.urlsplit(url).hostname or ""
    proxies = urllib.request.getproxies()
    if proxies.get("https") and not urllib.request.proxy_bypass(host):
        proxy = urllib.parse.urlsplit(proxies["https"])
        address = (proxy.hostname or "", proxy.port or 80)
    else:
        address = (host, 443)
    try:
        with socket.create_connection(address, timeout=CONNECT_SECONDS):
            return True
    except OSError:
        return False


def read(url: str, timeout: float = CONNECT_SECONDS) -> bytes:
    """Fetch a file whole."""
    if not url.startswith("https://"):
        raise ValueError(f"not https: {url}")
    try:
        with urllib.request.urlopen(url, timeout=timeout) as answer:  # noqa: S310 - https, checked above
            content: bytes = answer.read()
    except (urllib.error.URLError, OSError) as error:
        raise UnreachableError(f"{url}: {error}") from None
    return content


def published_checksum(listing: str, name: str) -> str:
    """Find a file's SHA-256 in the listing that Pulumi publishes with each release."""
    for line in listing.splitlines():
        checksum, _, file = line.partition(" ")
        if file.strip().lstrip("*") == name:
            return checksum.lower()
    raise ChecksumError(f"the published checksums name no {name}")


def verified(content: bytes, checksum: str, name: str) -> bytes:
    """Return a file's content if it has the checksum that was published for it."""
    found = hashlib.sha256(content).hexdigest()
    if found != checksum:
        raise ChecksumError(f"{name} has the checksum {found}, not the published {checksum}: it is not used")
    return content


def unpack(archive: Path, target: Path) -> None:
    """Unpack the plain files of a release archive into one folder; where they lay in the archive does not matter."""
    target.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as members:
        for member in members:
            name = Path(member.name).name
            source = members.extractfile(member) if member.isfile() else None
            if source is None or not name:
                continue
            file = target / name
            file.write_bytes(source.read())
            file.chmod(0o755)
