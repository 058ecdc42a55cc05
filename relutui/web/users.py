"""The users: each browser has a random name in a cookie, which leads to a state folder of its own and to nobody else's."""

import hashlib
import re
import secrets
from contextlib import suppress
from pathlib import Path

from relutui.lib.files import state_folder

FOLDER = "browsers"
FILES = "files"  # of a user: what was uploaded
NAME = re.compile(r"[A-Za-z0-9_-]{43}")  # as token_urlsafe(32) makes them
MAX_FOLDERS = 10_000


class TooManyUsers(Exception):
    """There are as many folders of users as there may be."""


class Users:
    """The folders of users; by default they stay when the server ends.  Raises OSError if there can be none."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or state_folder(FOLDER)
        for folder in self._folder.iterdir():
            with suppress(OSError):  # it is not empty: somebody has opened the app
                folder.rmdir()

    def folder_of(self, name: str) -> Path | None:
        """The folder of a user; None for a name that this server has not given."""
        folder = self._path(name) if NAME.fullmatch(name) else None
        return folder if folder and folder.is_dir() else None

    def add(self) -> str:
        """Return a new name, with its folder.  Raises TooManyUsers and OSError."""
        if sum(1 for _ in self._folder.iterdir()) >= MAX_FOLDERS:
            raise TooManyUsers
        name = secrets.token_urlsafe(32)
        self._path(name).mkdir(mode=0o700)
        return name

    def _path(self, name: str) -> Path:
        """The path of a name's folder, from which the name cannot be found out."""
        return self._folder / hashlib.sha256(name.encode()).hexdigest()[:32]
