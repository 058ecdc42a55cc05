"""Wrong usage: its error, the parser that reports it, and files to be written."""

import argparse
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import NoReturn

from relutui.lib.safe_text import sanitize_line


class UsageError(Exception):
    """The arguments make no sense for the command."""


class Parser(argparse.ArgumentParser):
    """An argument parser whose messages quote arguments without terminal control characters."""

    def error(self, message: str) -> NoReturn:
        """Print what is wrong on one line and exit with status 2."""
        super().error(sanitize_line(message))


@contextmanager
def extra(what: str, name: str) -> Iterator[None]:
    """Say what to install where an import finds a package of an extra missing; what: needs it."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith("relutui"):
            raise
        raise UsageError(f"{what} needs {error.name}: pip install 'relutui[{name}]'") from None


def new_file(option: str, name: str, suffix: str = "") -> Path:
    """Where to write what an option names; what would fail at the end is found before the work begins."""
    path = Path(name)
    if suffix and path.suffix != suffix:
        raise UsageError(f"{option} {name}: expected a name that ends in {suffix}")
    with suppress(FileNotFoundError):
        path.lstat()  # a name that is too long is told as well
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), name)
    try:
        TemporaryFile(dir=path.parent).close()
    except OSError as error:  # no folder, or one on a disk that is read-only or full
        raise OSError(error.errno, error.strerror, str(path.parent)) from None
    return path
