"""What can be wrong with a file that is to be written or read, and the libraries that some of them need."""

from collections.abc import Iterator
from contextlib import contextmanager

EXTRA = "exchange"  # of relutui, which brings the libraries


class ExchangeError(Exception):
    """A network cannot be taken out or brought in; the message says why in one line."""


@contextmanager
def needing(kind: str) -> Iterator[None]:
    """Say what to install where the import of a library for a kind of file fails.  Raises ExchangeError."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise missing(kind, error.name) from None


def missing(kind: str, library: str | None) -> ExchangeError:
    """The error of a kind of file, such as "a .onnx", whose library is not installed."""
    return ExchangeError(f"{kind} file needs {library}: pip install 'relutui[{EXTRA}]'")
