"""Where files lie, and writing them so that a kill at any moment leaves the old file or the new one, never a part."""

import contextlib
import errno
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import platformdirs

Stamp = tuple[int, int, int]  # inode, size, time of the last change in nanoseconds

_PREFIX, _SUFFIX = ".relutui-", ".tmp"
_STALE_AFTER_S = 60.0  # seconds; a temporary this old was left by a process that was killed

Put = Callable[[Path, Path], None]  # gives a file another name


def state_folder(name: str = "") -> Path:
    """The user's folder for what relutui keeps for itself, or one of this name in it, for nobody else to look into.

    Raises OSError where there is none and none can be made.
    """
    folder = platformdirs.user_state_path("relutui", appauthor=False)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if name:
        folder /= name
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


class File(NamedTuple):
    """A file as it was at some time; the stamp is another one after a change, None where there is no file."""

    path: Path
    stamp: Stamp | None

    @classmethod
    def at(cls, path: Path) -> "File":
        """The file as it is now."""
        try:
            status = path.stat()
        except (OSError, ValueError):  # ValueError: a name that no file can have
            return cls(path, None)
        return cls(path, (status.st_ino, status.st_size, status.st_mtime_ns))

    @classmethod
    def of(cls, path: str, stamp: list[int] | None) -> "File":
        """One that was kept as JSON.  Raises TypeError and ValueError for what is none."""
        if "\0" in path:
            raise ValueError("no file can have this name")
        if stamp is None:
            return cls(Path(path), None)
        inode, size, time_ns = map(int, stamp)
        return cls(Path(path), (inode, size, time_ns))

    @property
    def changed(self) -> bool:
        """Whether it is not as it was."""
        return File.at(self.path).stamp != self.stamp


def same_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file, by links or .. too; where there is none, whether the paths are the same."""
    try:
        return one.samefile(other)
    except (OSError, ValueError):  # ValueError: a name that no file can have
        return os.path.abspath(one) == os.path.abspath(other)


def create_atomically(path: Path, text: str) -> None:
    """Write a file that is not there yet.  Raises FileExistsError, and OSError where it cannot be written."""
    temporary = _written_beside(path, text)
    try:
        try:
            os.link(temporary, path)  # unlike a rename, it never replaces
        except FileExistsError as error:
            raise _naming(path, error) from None
        except OSError:  # a file system without hard links: claim the name, then fill it
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
            os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)


def protected(path: Path) -> str:
    """Why a file that is there is not to be replaced, though the folder may let one do that; nothing if it may be."""
    try:
        mode = path.stat().st_mode
    except OSError:  # a link to nothing; what else there is, writing tells
        return ""
    if not stat.S_ISREG(mode):
        return "is not a regular file"
    writable = mode & 0o222 and os.access(path, os.W_OK)  # of root's all are, by os.access
    return "" if writable else "is read-only"


def replace_atomically(path: Path, text: str, put: Put = os.replace) -> None:
    """Write a file, over the one of that name if there is one; a link stays and its file is written.  Raises OSError.

    put: gives the whole file, which is on the disk by then, its name, or does not.
    """
    path = Path(os.path.realpath(path))  # of links that go round, resolve() raises RuntimeError before Python 3.13
    temporary = _written_beside(path, text)
    try:
        with contextlib.suppress(FileNotFoundError):
            temporary.chmod(path.stat().st_mode & 0o777)
        put(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _written_beside(path: Path, text: str) -> Path:
    """A temporary file in the folder of path with the text, on the disk."""
    _sweep(path.parent)
    temporary = path.with_name(f"{_PREFIX}{os.urandom(8).hex()}{_SUFFIX}")
    try:
        with temporary.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise _naming(path, error) from None
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _naming(path: Path, error: OSError) -> OSError:
    """The error, of the file that was asked for instead of the temporary beside it."""
    error.filename, error.filename2 = str(path), None
    return error


def _sweep(folder: Path) -> None:
    for temporary in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        with contextlib.suppress(OSError):
            if time.time() - temporary.stat().st_mtime > _STALE_AFTER_S:
                temporary.unlink()


def _sync_folder(folder: Path) -> None:
    """Put the new name on the disk too, where folders can be opened at all (not on Windows)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_regular(path: Path, most: int, flags: int = 0) -> bytes:
    """So many bytes of a regular file at most, opened with the flags.  Raises OSError; a pipe is not waited for."""
    with open(path, "rb", opener=lambda name, own: os.open(name, own | flags | getattr(os, "O_NONBLOCK", 0))) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        return file.read(most)
