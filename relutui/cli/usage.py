"""What every command may complain of."""

import argparse
import errno
import os
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import NoReturn

from relutui.lib.safe_text import sanitize_line


class UsageError(Exception):
    """The command makes no sense with these arguments."""


class Parser(argparse.ArgumentParser):
    """A parser whose complaints quote the arguments without what steers a terminal."""

    def error(self, message: str) -> NoReturn:
        """Say on one line what is wrong, and exit."""
        super().error(sanitize_line(message))


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
