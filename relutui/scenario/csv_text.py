"""The lines of a CSV file: read within bounds and decoded, with comment lines left out."""

import codecs
import errno
import io
import os
from collections.abc import Iterator
from pathlib import Path

from relutui.lib.files import read_regular
from relutui.scenario.target import MAX_POINTS, DataError

MAX_CSV_BYTES = 4_000_000
MAX_LINES, MAX_LINE = 2 * MAX_POINTS, 64_000  # lines of a file, and characters of a line
COMMENT = "#"

_UTF_16 = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


class Lines(Iterator[str]):
    """The lines of a text but for comments, each checked for its length; number: of the last one, as an editor counts them.

    Raises DataError, since one row of a whole file's cells would take 15 times its memory.
    """

    def __init__(self, content: bytes, encoding: str) -> None:
        self._text = io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
        self.number = 0

    def __next__(self) -> str:
        while True:
            line = next(self._text)
            self.number += 1
            if len(line) > MAX_LINE or self.number > MAX_LINES:
                limit = f"{MAX_LINE} characters" if len(line) > MAX_LINE else f"{MAX_LINES} lines"
                raise DataError(f"line {self.number}: expected at most {limit}")
            if not line.lstrip().startswith(COMMENT):
                return line


def read_beside(folder: Path, name: str) -> bytes:
    """The content of the CSV file of this name in the folder of a scenario that anyone may have written.

    Only a regular file in the folder itself is opened.  Raises DataError.
    """
    if not is_bare(name):
        raise DataError("expected a bare file name beside the scenario")
    return read_content(folder / name, getattr(os, "O_NOFOLLOW", 0))


def is_bare(name: str) -> bool:
    """Whether a name leads to nothing outside the folder that it stands for a file of."""
    return name not in ("", ".", "..") and not any(c in name for c in "/\\:\0")


def read_content(path: Path, flags: int = 0) -> bytes:
    """The content of a regular file of at most MAX_CSV_BYTES, opened with extra flags.  Raises DataError."""
    try:
        content = read_regular(path, MAX_CSV_BYTES + 1, flags)
    except UnicodeEncodeError:
        raise DataError("no file can have this name where the locale is not UTF-8") from None
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        code = getattr(error, "errno", None)
        reason = "a link is not followed" if code == errno.ELOOP else (getattr(error, "strerror", None) or str(error)).lower()
        raise DataError(reason) from None
    if len(content) > MAX_CSV_BYTES:
        raise DataError(f"larger than {MAX_CSV_BYTES // 1_000_000} MB")
    return content


def encoding_of(content: bytes) -> str:
    """The encoding of the content of a file: UTF-8, or UTF-16 with or without a mark.  Raises DataError if it is neither."""
    encoding = _UTF_16.get(content[:2]) or _unmarked_utf_16(content[:400]) or "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        name = "UTF-8" if encoding == "utf-8-sig" else "UTF-16"
        raise DataError(f"not {name} at byte {error.start}; save it as UTF-8") from None
    if (place := text.find("\0")) >= 0:
        raise DataError(f"no text: character {place + 1} is NUL; save it as CSV, in UTF-8")
    return encoding


def _unmarked_utf_16(start: bytes) -> str:
    """UTF-16 without a mark if every other byte of a start is NUL, as that of digits and letters is; else empty."""
    even, odd = start[::2], start[1::2]
    if len(start) >= 4 and not any(odd) and all(even):
        return "utf-16-le"
    return "utf-16-be" if len(start) >= 4 and not any(even) and all(odd) else ""
