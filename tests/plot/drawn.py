"""Layers of a chart from plain numbers, and what stands in its rows."""

from collections.abc import Sequence

import numpy as np
from rich.style import Style
from textual.strip import Strip

from relutui.plot.chart import Line, Marks

X = np.linspace(0.0, 3.0, 300)
TARGET = np.interp(X, [0, 1, 2, 3], [2, 0, 1, 4])


def at(x: float, y: float, marker: str = "●", colour: int | None = None) -> Marks:
    return Marks(np.array([x]), np.array([y]), marker, colour)


def through(*points: tuple[float, float], colour: int | None = None, dashed: bool = False, faint: bool = False) -> Line:
    x, y = np.array(points, np.float64).T
    return Line(x, y, colour, dashed, faint)


def text(strips: Sequence[Strip]) -> list[str]:
    return [strip.text for strip in strips]


def find(strips: Sequence[Strip], marker: str = "●") -> list[tuple[int, int]]:
    """Column and row of each marker."""
    return [(column, y) for y, row in enumerate(text(strips)) for column, cell in enumerate(row) if cell == marker]


def style_at(strip: Strip, column: int) -> Style | None:
    return next(iter(strip.crop(column, column + 1))).style


def dots(rows: list[str]) -> set[tuple[int, int]]:
    """Column and row of each dot of the braille in the rows; two columns and four rows a cell."""
    places = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]  # in Unicode's order of the bits
    return {
        (2 * column + dx, 4 * y + dy)
        for y, row in enumerate(rows)
        for column, cell in enumerate(row)
        if "\u2800" <= cell <= "\u28ff"
        for bit, (dx, dy) in enumerate(places)
        if (ord(cell) - 0x2800) >> bit & 1
    }


def around(places: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """The places and their eight neighbours."""
    return {(x + dx, y + dy) for x, y in places for dx in (-1, 0, 1) for dy in (-1, 0, 1)}
