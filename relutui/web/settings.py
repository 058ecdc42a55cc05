"""What a server is told: by the command line."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

HOST = "127.0.0.1"  # nobody else on the network reaches it


@dataclass(frozen=True)
class Settings:
    """What is served, where, and to how many at once.

    command: of the process of a page, from the interpreter on.
    port: 0 stands for one that is free.
    public_url: where a proxy offers the server, with a / at its end; None without one.
    variables: of the environment of every process, besides the server's own.
    cookie: the beginning of the name of its cookie.
    """

    command: tuple[str, ...]
    port: int
    users: int
    public_url: str | None = None
    variables: dict[str, str] = field(default_factory=dict)
    cookie: str = "relutui"

    @property
    def public_origin(self) -> str | None:
        """The origin that a browser names for the pages behind the proxy."""
        if self.public_url is None:
            return None
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"
