"""Writing files atomically, so that a kill at any moment leaves the old file or the new one; and reading regular files."""

import contextlib
import errno
import os
import stat
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO, NamedTuple

import platformdirs

Stamp = tuple[int, int, int]  # inode, size, time of the last change in nanoseconds

_PREFIX, _SUFFIX = ".relutui-", ".tmp"
_STALE_AFTER_S = 60.0  # a temporary file this old was left by a killed process

Put = Callable[[Path, Path], None]  # renames a file
Writer = Callable[[BinaryIO], object]  # writes the content of a file
Content = str | bytes | Iterable[str]  # of a file, or blocks of its text


def state_folder(name: str = "") -> Path:
    """The user's private folder for relutui's own files, or its subfolder `name`; created if it is missing.

    Raises OSError if it cannot be created.
    """
    folder = platformdirs.user_state_path("relutui", appauthor=False)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if name:
        folder /= name
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


class File(NamedTuple):
    """A path and the stamp of its file at some time, which every change of the file alters; None if there was no file."""

    path: Path
    stamp: Stamp | None

    @classmethod
    def at(cls, path: Path) -> "File":
        """The file at a path as it is now."""
        try:
            status = path.stat()
        except (OSError, ValueError):  # ValueError: a name that no file can have
            return cls(path, None)
        return cls(path, (status.st_ino, status.st_size, status.st_mtime_ns))

    @classmethod
    def of(cls, path: str, stamp: list[int] | None) -> "File":
        """Rebuild a File from JSON values.  Raises TypeError and ValueError if they are invalid."""
        if "\0" in path:
            raise ValueError("no file can have this name")
        if stamp is None:
            return cls(Path(path), None)
        inode, size, time_ns = map(int, stamp)
        return cls(Path(path), (inode, size, time_ns))

    @property
    def changed(self) -> bool:
        """Whether the file has changed since."""
        return File.at(self.path).stamp != self.stamp


def same_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to the same file, by links or .. too; without a file, whether the paths are equal."""
    try:
        return one.samefile(other)
    except (OSError, ValueError):  # ValueError: a name that no file can have
        return os.path.abspath(one) == os.path.abspath(other)


def create_atomically(path: Path, content: Content) -> None:
    """Write a new file.  Raises FileExistsError if there is one, and any other OSError."""
    create_by(path, _writer(content))


def create_by(path: Path, write: Writer) -> None:
    """Write a new file by a function.  Raises FileExistsError if there is one, and any other OSError."""
    temporary = _written_beside(path, write)
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
    """Why an existing file must not be replaced, even if its folder allows it; empty if it may be."""
    try:
        mode = path.stat().st_mode
    except OSError:  # a link to nothing; writing reports any other error
        return ""
    if not stat.S_ISREG(mode):
        return "is not a regular file"
    writable = mode & 0o222 and os.access(path, os.W_OK)  # os.access alone is always true for root
    return "" if writable else "is read-only"


def replace_atomically(path: Path, content: Content, put: Put = os.replace, *, follow_links: bool = True) -> None:
    """Write a file, replacing an existing one; a link is kept and its target replaced, or else itself.  Raises OSError.

    put: renames the complete temporary file, which is on the disk by then, to the path, or raises.
    follow_links: not in a folder where others, too, may make links.
    """
    if follow_links:
        path = Path(os.path.realpath(path))  # resolve() raises RuntimeError for circular links before Python 3.13
    temporary = _written_beside(path, _writer(content))
    try:
        with contextlib.suppress(FileNotFoundError):
            temporary.chmod(path.stat(follow_symlinks=follow_links).st_mode & 0o777)
        put(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _writer(content: Content) -> Writer:
    if isinstance(content, bytes):
        return lambda file: file.write(content)
    blocks = [content] if isinstance(content, str) else content
    return lambda file: file.writelines(block.encode() for block in blocks)


def _written_beside(path: Path, write: Writer) -> Path:
    """Write a temporary file in the folder of `path`, and flush it to the disk."""
    _sweep(path.parent)
    temporary = path.with_name(f"{_PREFIX}{os.urandom(8).hex()}{_SUFFIX}")
    try:
        with temporary.open("xb") as file:
            write(file)
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
    """The error with the name of the requested file instead of the temporary one."""
    error.filename, error.filename2 = str(path), None
    return error


def _sweep(folder: Path) -> None:
    for temporary in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        with contextlib.suppress(OSError):
            if time.time() - temporary.stat().st_mtime > _STALE_AFTER_S:
                temporary.unlink()


def _sync_folder(folder: Path) -> None:
    """Flush a folder's entries to the disk, on POSIX, where folders can be opened; not one that may not be listed."""
    if os.name != "posix":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_regular(path: Path, most: int, flags: int = 0) -> bytes:
    """Read at most `most` bytes of a regular file, opened with extra flags.  Raises OSError, at once also for a pipe."""
    with open(path, "rb", opener=lambda name, own: os.open(name, own | flags | getattr(os, "O_NONBLOCK", 0))) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        return file.read(most)
