"""Where the app is seen: in a terminal, or in a browser, in which files come and go by the browser alone."""

import re
from contextvars import ContextVar

IN_BROWSER = ContextVar("IN_BROWSER", default=False)  # set by whoever runs the app, for all of it

MAX_NAME = 100
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


def safe_name(name: str) -> str:
    """Return the name of a file with A-Z, a-z, 0-9, ., _ and - alone, which no browser or file system takes for more."""
    return _NOT_IN_NAMES.sub("-", name).lstrip(".-")[-MAX_NAME:] or "file"
