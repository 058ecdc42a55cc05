"""Reading an untrusted TOML file, table by table and key by key, with every error collected at its place.

A check takes a value and returns it typed, or raises Invalid with what it expected and what it got.
"""

import math
import re
import tomllib
from collections.abc import Callable
from typing import NoReturn, TypeVar

from relutui.lib.safe_text import did_you_mean, quote_value, sanitize, sanitize_line, shorten

T = TypeVar("T")
D = TypeVar("D")
Check = Callable[[object], T]

MAX_BYTES = 64_000
MAX_BYTES_WITH_ROWS = 1_000_000  # of a file that is no larger than MAX_BYTES without its long rows of numbers
MAX_NESTING = 16  # of brackets, and of the parts of a dotted key, since tomllib's time and stack grow faster than either
MAX_PROBLEMS = 50
MAX_LINES = 1000  # of prose: more take seconds to lay out


class Invalid(Exception):
    """A value is not as expected; args are messages, one for each thing that is wrong."""


class Table:
    """One table of a file, which appends what is wrong in it to `problems`, with its place in front."""

    def __init__(self, values: dict[str, object], place: str, problems: list[str]) -> None:
        self._values, self._place, self._problems = values, place, problems
        self._known: list[str] = []
        self.failed = False

    def has(self, key: str) -> bool:
        """Whether the file gives this key."""
        return key in self._values

    def read(self, key: str, check: Check[T], default: D) -> T | D:
        """The checked value of a key; the default if it is missing or wrong."""
        self._known.append(key)
        if key in self._values:
            try:
                return check(self._values[key])
            except Invalid as error:
                for message in error.args:
                    self.report(f"{key}: {message}")
        return default

    def require(self, key: str, check: Check[T], stand_in: D) -> T | D:
        """The checked value of a key; a missing one is reported, and the stand-in keeps the reading going."""
        if key not in self._values:
            self.report(f"{key}: missing")
        return self.read(key, check, stand_in)

    def table(self, key: str) -> "Table":
        """The table at a key; an empty one if it is missing or no table."""
        return Table(self.read(key, _table, {}), f"{self._place}{key}: ", self._problems)

    def tables(self, key: str, most: int | None = None, first: int = 0) -> list["Table"]:
        """The tables of an array, each named by its number, as on the screen: units from 0, layers from 1.

        More than `most` are reported.
        """
        rows = self.read(key, array_of(_table), ())
        if most is not None and len(rows) > most:
            self.report(f"{key}: expected at most {most}, got {len(rows)}")
        return [
            Table(values, f"{self._place}{key} {number}: ", self._problems) for number, values in enumerate(rows[:most], first)
        ]

    def skip(self, key: str) -> None:
        """Take a key as read of which something was reported."""
        self._known.append(key)

    def report(self, message: str) -> None:
        """Add a problem at this table's place."""
        self.failed = True
        if len(self._problems) < MAX_PROBLEMS:
            self._problems.append(self._place + message)

    def close(self) -> None:
        """Report every key that was never read."""
        known = tuple(self._known)
        for key in [key for key in self._values if key not in known][:MAX_PROBLEMS]:
            hint = did_you_mean(key, known) or f" (known: {', '.join(known)})"
            self.report(f"unknown key {quote_value(key)}{hint}")


def invalid(expected: str, value: object, hint: str = "") -> NoReturn:
    """Raise Invalid with what was expected and what was found."""
    raise Invalid(f"expected {expected}, got {quote_value(value)}{hint}")


def number(bound: str = "", accepts: Callable[[float], bool] = math.isfinite) -> Check[float]:
    """A check for a finite number, integers included, that `accepts` holds for; bound says so in words."""
    expected = f"a finite number {bound}".strip()

    def check(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            invalid(expected, value)
        try:
            result = float(value)
        except OverflowError:
            invalid(expected, value)
        if not (math.isfinite(result) and accepts(result)):
            invalid(expected, value)
        return result

    return check


def integer(least: int, most: int) -> Check[int]:
    """A check for a whole number, written without a point, with least <= number <= most."""

    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            invalid(f"a whole number from {least} to {most}", value)
        return value

    return check


def boolean(value: object) -> bool:
    """Check for true or false."""
    if not isinstance(value, bool):
        invalid("true or false", value)
    return value


def one_of(choices: tuple[T, ...]) -> Check[T]:
    """A check for one of the listed words or numbers."""

    def check(value: object) -> T:
        for choice in choices:
            if choice == value and not isinstance(value, bool):
                return choice
        words = tuple(str(choice) for choice in choices)
        invalid(f"one of {', '.join(words)}", value, did_you_mean(value, words) if isinstance(value, str) else "")

    return check


def single_line(longest: int, *, least: int = 0) -> Check[str]:
    """A check for a string of least to longest characters, sanitized and put on one line."""

    def check(value: object) -> str:
        if not isinstance(value, str):
            invalid("a string", value)
        text = sanitize_line(value)
        if not least <= len(text) <= longest:
            raise Invalid(f"expected {least} to {longest} characters, got {len(text)}")
        return text

    return check


def prose(value: object) -> str:
    """Check for a string of up to MAX_LINES lines, and sanitize it."""
    if not isinstance(value, str):
        invalid("a string", value)
    text = sanitize(value).strip()
    if (lines := text.count("\n") + 1) > MAX_LINES:
        raise Invalid(f"expected at most {MAX_LINES} lines, got {lines}")
    return text


def short_lines(most: int, longest: int) -> Check[str]:
    """A check for a string of at most so many lines, each of at most `longest` characters, sanitized."""

    def check(value: object) -> str:
        text = prose(value)
        lines = text.split("\n")
        if len(lines) > most:
            raise Invalid(f"expected at most {most} lines, got {len(lines)}")
        for number, line in enumerate(lines, start=1):
            if len(line) > longest:
                raise Invalid(f"line {number}: expected at most {longest} characters, got {len(line)}")
        return text

    return check


def array_of(check: Check[T]) -> Check[tuple[T, ...]]:
    """A check for an array whose every item passes `check`; messages count items from 1."""

    def check_all(value: object) -> tuple[T, ...]:
        if not isinstance(value, list):
            invalid("an array", value)
        items: list[T] = []
        messages: list[str] = []
        for position, item in enumerate(value, start=1):
            try:
                items.append(check(item))
            except Invalid as error:
                messages += (f"item {position}: {message}" for message in error.args)
            if len(messages) >= MAX_PROBLEMS:
                break
        if messages:
            raise Invalid(*messages)
        return tuple(items)

    return check_all


def _table(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        invalid("a table", value)
    return value


_LONG_ROW = re.compile(rb"[-+.\deE, \n]{64,}")  # in which there are no keys and tables, which take longest to read


def limit_of(content: bytes) -> int:
    """The most bytes that a file may have, by its content: more where the weights of large layers make up most of it."""
    few = len(content) <= MAX_BYTES or len(_LONG_ROW.sub(b"", content)) <= MAX_BYTES
    return MAX_BYTES_WITH_ROWS if few else MAX_BYTES


def read_toml(content: str | bytes, limit: int | None = MAX_BYTES) -> dict[str, object]:
    """Parse a TOML file of at most `limit` bytes with tomllib.  Any 64 kB return or raise Invalid within a second."""
    raw = content.encode(errors="replace") if isinstance(content, str) else content
    if limit is not None and len(raw) > limit:
        raise Invalid(f"expected at most {limit // 1000} kB")
    try:
        source = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(f"not UTF-8 at byte {error.start}") from None
    _refuse_nesting(source)
    try:
        return tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        what, _, place = str(error).rpartition(" (at ")
        raise Invalid(f"{place.rstrip(')')}: {shorten(what[:1].lower() + what[1:])}") from None
    except (ValueError, RecursionError):  # an integer of more than 4,300 digits; what the nesting check lets through
        raise Invalid("a value is too large to be read") from None


_STRING_OR_COMMENT = re.compile(
    r'''"""(?:[^"\\]|\\.|"{1,2}(?!"))*+(?:"{3,5}|\Z)'''
    r"""|'''(?:[^']|'{1,2}(?!'))*+(?:'{3,5}|\Z)"""
    r"""|"(?:[^"\\\n]|\\[^\n])*+"?|'[^'\n]*+'?|(?P<comment>\#[^\n]*+)""",
    re.DOTALL,
)
_LONG_KEY = re.compile(rf"(?<![\w-])(?:[\w-]++[ \t]*+\.[ \t]*+){{{MAX_NESTING}}}")


def _refuse_nesting(source: str) -> None:
    bare = _STRING_OR_COMMENT.sub(lambda found: "" if found["comment"] else "s", source)
    if _LONG_KEY.search(bare):
        raise Invalid(f"a key has more than {MAX_NESTING} parts")
    depth = 0
    for bracket in re.findall(r"[\[\]{}]", bare):
        depth = depth + 1 if bracket in "[{" else max(depth - 1, 0)
        if depth > MAX_NESTING:
            raise Invalid(f"brackets are nested more than {MAX_NESTING} deep")
