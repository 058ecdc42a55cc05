"""Hours of use in little time: the memory stays what it was."""

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from relutui.lib.history import LIMIT
from tests.promises.program import Program

pytestmark = pytest.mark.slow

GROWTH = 2.0  # MB, at most
EDITS_GROWTH = 0.5  # MB, at most
ENDLESS = """
title = "Endless"
[target]
knots = [[0, 2], [1, 0], [2, 1], [3, 4]]
[init]
units = 3
seed = 3
[training]
optimizer = "momentum"
learning_rate = 0.001
"""
EDITS = "+ll-ll" * 8  # nudges, locks and unlocks in turn: none goes on with the one before
UNDOS = "u" * 12


def endless(home: Path) -> str:
    """A scenario that nothing stops."""
    path = home / "endless.toml"
    path.write_text(ENDLESS)
    return str(path)


def own_memory(program: Program) -> float:
    """MB that nobody shares: what programs beside it do with the libraries is not seen."""
    lines = Path(f"/proc/{program.pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty:")) / 1024


def step(program: Program) -> int:
    found = re.search(r"step ([\d,]+)", program.text)
    return int(found[1].replace(",", "")) if found else 0


def test_memory_is_flat_over_many_steps(tmp_path: Path, times: Callable[[int, int], int]) -> None:
    """From when the history of the loss, and after a thousand frames what Textual keeps of drawings, is full."""
    steps = times(20_000, 1_000_000)
    with Program(tmp_path, endless(tmp_path), device=None) as program:
        program.wait_for("   CPU")
        program.press(".... ")
        program.wait_until(lambda: step(program) > 2_000_000, 120)
        program.press(",")  # a thousand a frame
        run(program, steps)
        before, first = own_memory(program), step(program)
        run(program, steps)
        grown = own_memory(program) - before
        print(f"{grown:+.2f} MB over {step(program) - first:,} steps, from {before:.1f} MB")
        assert grown < GROWTH
        program.press(" u")  # a run is one entry
        program.wait_for("undone")
        assert step(program) == 0


def test_memory_is_flat_over_many_edits_and_undos(tmp_path: Path, times: Callable[[int, int], int]) -> None:
    """In the best of four stretches: a leak is in each, while what fills up at first, such as Textual's caches, is not.

    With --soak from when as many can be undone as ever can; until then it grows by what is kept of each, about 1 kB.
    """
    full, edits = times(100, LIMIT + 100), times(150, 2_500)
    with Program(tmp_path, endless(tmp_path)) as program:
        program.wait_for("no training")
        edit(program, full)
        sizes = [own_memory(program)]
        for _ in range(4):
            edit(program, edits)
            sizes.append(own_memory(program))
        growths = [after - before for before, after in pairwise(sizes)]
        print(f"{', '.join(f'{growth:+.2f}' for growth in growths)} MB over {edits:,} edits each, from {sizes[0]:.1f} MB")
        assert min(growths) < EDITS_GROWTH


def run(program: Program, steps: int) -> None:
    """So many steps more."""
    first = step(program)
    program.wait_until(lambda: step(program) > first + steps, 600)


def edit(program: Program, edits: int) -> None:
    """So many edits, a quarter of them undone; another view then says that they have been made."""
    for _ in range(-(-edits // len(EDITS))):
        program.press(EDITS + UNDOS + "v")
        program.wait_for("┅ z")
        program.press("V")
        program.wait_for("⠿ target")
