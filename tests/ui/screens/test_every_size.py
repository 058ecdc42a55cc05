"""No size of the terminal, and no number of units, leaves a panel without room or without its border."""

import random
from collections.abc import Callable

import numpy as np
import pytest

from relutui.scenario.scenario import VIEWS
from relutui.session.session import Session
from relutui.session.unit_edits import add_unit
from relutui.session.view_state import TABS
from tests.support.screen import shown
from tests.support.sessions import opener

WIDTHS = (60, 80, 99, 110, 160, 200)
HEIGHTS = (18, 21, 24, 29, 30, 33, 37, 43, 50, 60)


def with_units(units: int) -> Session:
    """Of the hundred, so many, or the one; or the lab with a few more."""
    if units in (1, 100):
        return opener(f"shifted-{units}")
    session = opener("lab-free")
    while session.state.parameters.units < units:
        session = add_unit(session.with_view(probe=float(np.sqrt(session.state.parameters.units))))
    return session


def boxes(lines: list[str]) -> list[list[str]]:
    """What is inside of each panel; raises where a border is not whole.  Lines that are drawn inside a panel are none."""
    found = []
    covered = set[tuple[int, int]]()
    for top, line in enumerate(lines):
        for left in (column for column, cell in enumerate(line) if cell == "╭" and (top, column) not in covered):
            right = line.index("╮", left)
            rows = [row.ljust(right + 1) for row in lines[top + 1 :]]
            inside = []
            for row in rows:
                if row[left] == "╰":
                    assert row[right] == "╯"
                    break
                assert (row[left], row[right]) == ("│", "│"), line
                inside.append(row[left + 1 : right])
                covered |= {(top + len(inside), column) for column in range(left + 1, right)}
            else:
                raise AssertionError(f"no lower border: {line}")
            found.append(inside)
    return found


@pytest.mark.parametrize("units", [1, 3, 8, 12, 100])
async def test_every_panel_has_a_border_and_something_in_it(units: int, times: Callable[[int, int], int]) -> None:
    sizes = [(width, height) for height in HEIGHTS for width in WIDTHS]
    random.Random(units).shuffle(sizes)
    async with shown(with_units(units), (80, 24)) as screen:
        for width, height in [(110, 30), *sizes[: times(8, len(sizes))]]:
            await screen.pilot.resize_terminal(width, height)
            await screen.pilot.pause()
            for inside in boxes(screen.lines):
                assert any(row.strip() for row in inside), f"{width}x{height}: {screen.text}"


@pytest.mark.parametrize("units", [1, 12])
async def test_every_tab_and_view_has_a_border_and_something_in_it(units: int) -> None:
    async with shown(with_units(units), (80, 24)) as screen:
        for key in ("tab",) * len(TABS) + ("v",) * len(VIEWS):
            await screen.press(key)
            for inside in boxes(screen.lines):
                assert any(row.strip() for row in inside), screen.text
