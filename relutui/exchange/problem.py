"""What can be wrong with a file that is to be written or read, and the libraries that some of them need."""

from collections.abc import Iterator
from contextlib import contextmanager


class ExchangeError(Exception):
    """A network cannot be taken out or brought in; the message says why in one line."""


@contextmanager
def needing(ending: str, extra: str = "exchange") -> Iterator[None]:
    """Say what to install where the import of a library for files of this ending fails.  Raises ExchangeError."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise ExchangeError(f"a {ending} file needs {error.name}: pip install 'relutui[{extra}]'") from None
