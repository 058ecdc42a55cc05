"""The data a network is trained on, and the target they come from."""

import csv
import errno
import io
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import isfinite, nan
from pathlib import Path

import numpy as np

from relutui.expression import evaluate
from relutui.network import Array, read_only
from relutui.text import shown

Point = tuple[float, float]

DATA_LIMIT = 1e15  # size of x and y: beyond it a point and its neighbour are hardly told apart
CSV_BYTES = 4_000_000
MAX_POINTS = 100_000
MAX_LINES, MAX_LINE = 2 * MAX_POINTS, 64_000  # of a CSV file, and the characters of one


class DataError(ValueError):
    """The data cannot be had; the message says in one line why."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """The points (x, y), sorted by x; both of shape (points,), float64, read-only."""

    x: Array
    y: Array

    def __post_init__(self) -> None:
        x, y = np.asarray(self.x, np.float64), np.asarray(self.y, np.float64)
        if not x.shape == y.shape or x.ndim != 1 or not len(x):
            raise ValueError(f"x and y must be of one length, at least 1: {x.shape}, {y.shape}")
        order = np.argsort(x, kind="stable")
        object.__setattr__(self, "x", read_only(x[order]))
        object.__setattr__(self, "y", read_only(y[order]))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Dataset):
            return NotImplemented
        return np.array_equal(self.x, other.x) and np.array_equal(self.y, other.y)

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True)
class Target:
    """What the network should learn: exactly one of knots (piecewise linear), points (the data themselves) and expression.

    samples is for knots and expression: so many x, evenly spaced over the domain, ends included.
    """

    domain: tuple[float, float]
    knots: tuple[Point, ...] = ()
    points: tuple[Point, ...] = ()
    expression: str = ""
    samples: int = 100
    noise: float = 0.0
    noise_seed: int = 0

    def __post_init__(self) -> None:
        if sum(map(bool, (self.knots, self.points, self.expression))) != 1:
            raise ValueError("a target has exactly one of knots, points and expression")

    def dataset(self) -> Dataset:
        """The data, noise included.  Raises DataError where y is not finite, and ExpressionError."""
        x, y = self._points()
        with np.errstate(invalid="ignore"):
            bad = ~((np.abs(x) <= DATA_LIMIT) & (np.abs(y) <= DATA_LIMIT))
        if bad.any():
            first = int(np.argmax(bad))
            raise DataError(f"expected finite numbers up to {DATA_LIMIT:g}, got y = {y[first]:g} at x = {x[first]:g}")
        if self.noise:
            y = y + np.random.default_rng(self.noise_seed).normal(0.0, self.noise, len(y))
        return Dataset(x, y)

    def _points(self) -> tuple[Array, Array]:
        if self.points:
            x, y = np.array(self.points, np.float64).T
            return x, y
        x = np.linspace(*self.domain, self.samples)
        if self.expression:
            return x, evaluate(self.expression, x)
        knot_x, knot_y = np.array(self.knots, np.float64).T
        return x, np.interp(x, knot_x, knot_y)


def read_csv(folder: Path, name: str) -> tuple[Point, ...]:
    """The columns x and y of a CSV file, found by their headers.  Raises DataError.

    The name comes from a scenario that anybody may have written, so it reaches nothing but a regular file in the folder.
    """
    lines = io.TextIOWrapper(io.BytesIO(_read_beside(folder, name)), "utf-8-sig", newline="")
    rows = csv.reader(_each_short(lines, name), strict=True)
    try:
        return _points_of(rows, lambda: f"{shown(name)} line {rows.line_num}")
    except csv.Error as error:
        raise DataError(f"{shown(name)} line {rows.line_num}: {error}") from None


def _each_short(lines: Iterator[str], name: str) -> Iterator[str]:
    """The lines one by one: a row of all the cells that a file has room for would take 15 times the memory of the file."""
    for number, line in enumerate(lines, start=1):
        if len(line) > MAX_LINE or number > MAX_LINES:
            limit = f"{MAX_LINE} characters" if len(line) > MAX_LINE else f"{MAX_LINES} lines"
            raise DataError(f"{shown(name)} line {number}: expected at most {limit}")
        yield line


def _points_of(rows: Iterator[list[str]], place: Callable[[], str]) -> tuple[Point, ...]:
    header = [cell.strip() for cell in next(rows, [])]
    if not {"x", "y"} <= set(header):
        raise DataError(f"{place()}: expected columns x and y, got {shown(', '.join(header))}")
    columns = header.index("x"), header.index("y")
    points: list[Point] = []
    for row in rows:
        if not any(map(str.strip, row)):
            continue
        if len(row) <= max(columns):
            raise DataError(f"{place()}: expected {len(header)} columns, got {len(row)}")
        points.append((_number(row[columns[0]], place), _number(row[columns[1]], place)))
        if len(points) > MAX_POINTS:
            raise DataError(f"{place()}: expected at most {MAX_POINTS} points")
    if not points:
        raise DataError(f"{place()}: expected at least one point below the header")
    return tuple(points)


def _number(cell: str, place: Callable[[], str]) -> float:
    try:
        number = float(cell)
    except ValueError:
        number = nan
    if not isfinite(number):
        raise DataError(f"{place()}: expected a finite number, got {shown(cell)}")
    return number


def _read_beside(folder: Path, name: str) -> bytes:
    if name in ("", ".", "..") or any(c in name for c in "/\\:\0"):
        raise DataError(f"expected a bare file name beside the scenario, got {shown(name)}")
    try:
        content = read_regular(folder / name, CSV_BYTES + 1, getattr(os, "O_NOFOLLOW", 0))
    except OSError as error:
        reason = "a link is not followed" if error.errno == errno.ELOOP else (error.strerror or str(error)).lower()
        raise DataError(f"{shown(name)}: {reason}") from None
    except UnicodeEncodeError:
        raise DataError(f"{shown(name)}: no file can have this name where the locale is not UTF-8") from None
    if len(content) > CSV_BYTES:
        raise DataError(f"{shown(name)} is larger than {CSV_BYTES // 1_000_000} MB")
    try:
        content.decode()
    except UnicodeDecodeError as error:
        raise DataError(f"{shown(name)} is not UTF-8 at byte {error.start}") from None
    return content


def read_regular(path: Path, most: int, flags: int = 0) -> bytes:
    """So many bytes of a regular file at most, opened with the flags.  Raises OSError; a pipe is not waited for."""
    with open(path, "rb", opener=lambda name, own: os.open(name, own | flags | getattr(os, "O_NONBLOCK", 0))) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        return file.read(most)
