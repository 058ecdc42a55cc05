"""What every command may complain of."""

import argparse
import errno
import os
from pathlib import Path
from typing import NoReturn

from relutui.text import scrub_line


class UsageError(Exception):
    """The command makes no sense with these arguments."""


class Parser(argparse.ArgumentParser):
    """A parser whose complaints quote the arguments without what steers a terminal."""

    def error(self, message: str) -> NoReturn:
        """Say on one line what is wrong, and exit."""
        super().error(scrub_line(message))


def new_file(option: str, name: str, suffix: str = "") -> Path:
    """Where to write what an option names; what would fail at the end is found before the work begins."""
    path = Path(name)
    if suffix and path.suffix != suffix:
        raise UsageError(f"{option} {name}: expected a name that ends in {suffix}")
    if os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), name)
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path.parent))
    if not os.access(path.parent, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path.parent))
    return path
