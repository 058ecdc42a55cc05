"""Where the scheduler of a cluster is, and the certificates to meet it with."""

import asyncio
import json
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from distributed import Security

from relutui.lib.files import read_regular
from relutui.lib.safe_text import quote_value
from relutui.model.trainer import TrainerUnavailable

MAX_FILE_BYTES = 1_000_000  # of a scheduler file, which names every worker
TLS_FILES = ("ca.pem", "cert.pem", "key.pem")


@dataclass(frozen=True)
class Address:
    """A scheduler's address, tcp://HOST:PORT or tls://HOST:PORT, and the certificates of a client or worker, if any."""

    url: str
    security: Security

    @property
    def is_here(self) -> bool:
        """Whether the scheduler is on this machine."""
        try:
            found = socket.getaddrinfo(urlsplit(self.url).hostname, None, type=socket.SOCK_STREAM)
        except OSError:
            return False
        return any(_is_own(family, place) for family, _, _, _, place in found)

    async def reach(self, seconds: float) -> None:
        """Find out within so many seconds whether anybody listens at the address.  Raises OSError."""
        parts = urlsplit(self.url)
        _, writer = await asyncio.wait_for(asyncio.open_connection(parts.hostname, parts.port), seconds)
        writer.close()


def read_address(text: str, tls: Path | None) -> Address:
    """Read an address, or a scheduler file of that name; tls: the folder of the certificates.  Raises TrainerUnavailable."""
    url = _from_file(Path(text)) if "://" not in text else text
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("tcp", "tls") and parts.hostname and parts.port
    except ValueError:  # a port that is no number
        known = None
    if not known:
        raise TrainerUnavailable(f"expected tcp://HOST:PORT, tls://HOST:PORT or a scheduler file, got {quote_value(url)}")
    if parts.scheme == "tcp":
        if tls:
            raise TrainerUnavailable(f"--cluster-tls is for a scheduler at tls://HOST:PORT, and {url} would not be encrypted")
        return Address(url, Security(require_encryption=False))
    if tls is None:
        raise TrainerUnavailable(f"{url} needs --cluster-tls FOLDER, with {', '.join(TLS_FILES)}")
    if missing := [name for name in TLS_FILES if not (tls / name).is_file()]:
        raise TrainerUnavailable(f"--cluster-tls {tls}: expected {', '.join(TLS_FILES)}; {', '.join(missing)} missing")
    ca, cert, key = (str(tls / name) for name in TLS_FILES)
    own = {f"tls_{role}_{kind}": path for role in ("client", "worker") for kind, path in (("cert", cert), ("key", key))}
    return Address(url, Security(require_encryption=True, tls_ca_file=ca, **own))


def no_connection(url: str, error: BaseException) -> TrainerUnavailable:
    """Describe why there is no connection to a scheduler, by what the system said at the bottom of Dask's errors."""
    reason = "no Dask scheduler" if isinstance(error, MemoryError) else str(error)
    cause: BaseException | None = error
    while cause:
        if isinstance(cause, OSError):
            reason = (os.strerror(cause.errno) if cause.errno else str(cause)) or reason
        cause = cause.__cause__ or cause.__context__
    return TrainerUnavailable(f"no connection to a scheduler at {url}: {reason}".splitlines()[0])


def _from_file(path: Path) -> str:
    """The address in a scheduler file, as `dask scheduler --scheduler-file` writes it."""
    try:
        url = json.loads(read_regular(path, MAX_FILE_BYTES))["address"]
    except OSError as error:
        raise TrainerUnavailable(f"{path}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError):
        url = None
    if not isinstance(url, str) or "://" not in url:
        raise TrainerUnavailable(f"{path}: expected a scheduler file, JSON with an address")
    return url


def _is_own(family: socket.AddressFamily, place: tuple[object, ...]) -> bool:
    """Whether an address is one of this machine's: only then can a socket be bound to it."""
    with socket.socket(family) as probe:
        try:
            probe.bind((place[0], 0))
        except OSError:
            return False
    return True
