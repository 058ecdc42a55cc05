"""What is said of the loss over two parameters."""

import math
from typing import Any

import numpy as np

from tests.truth.families.losses import kind_text, loss_text
from tests.truth.oracle import Case
from tests.truth.registry import family
from tests.truth.templates import Said
from tests.truth.verdicts import claim, parsed


def _valley(rim: float, about: dict[str, Any]) -> set[tuple[int, int]]:
    """The cells of the map that are reached from those around here, from cell to cell, without one above the rim."""
    losses, (rows, columns) = about["map"], about["map"].shape
    at = [(place - low) / (high - low) * (cells - 1) for place, (low, high), cells in (
        (about["here"][1], about["y"], rows), (about["here"][0], about["x"], columns)
    )]  # fmt: skip
    due = [(int(at[0]) + down, int(at[1]) + right) for down in (0, 1) for right in (0, 1)]
    seen: set[tuple[int, int]] = set()
    while due:
        row, column = due.pop()
        if (row, column) in seen or not (0 <= row < rows and 0 <= column < columns and losses[row, column] <= rim):
            continue
        seen.add((row, column))
        due += [(row + 1, column), (row - 1, column), (row, column + 1), (row, column - 1)]
    return seen


@family(
    "landscape: its line",
    "{kind:loss} {now:n} here ◆, nowhere lower <map=on> this map",
    "◆ {now:n}, <never=nowhere> lower",
    "◆ {now:n}",
    "{kind:loss} {now:n} here ◆, lowest <map=on> this map {least:n} ✕ at {across:word} = {x:n}, {up:word} = {y:n}",
    "{now:n} here ◆, lowest {least:n} ✕ at {across:word} = {x:n}, {up:word} = {y:n}",
    "◆ {now:n} lies in a valley, the blank spot below {rim:n}; ✕ {least:n} lies in another",
    "◆ {now:n}: in a valley, blank (< {rim:n}); ✕ {least:n}: in another",
    "◆ {now:n}: <dots=dots> (> {rim:n}) all round, so every way out is uphill; ✕ {least:n} is lower, but beyond them",
    "◆ {now:n}, <dots=dots> all round: every way out is uphill; ✕ {least:n} is beyond them",
    "◆ {now:n}: every way out is uphill (<dots=dots>); ✕ {least:n}: beyond",
    "◆ {now:n}   ✕ {least:n}",
    where="landscape",
)
def line(said: Said, case: Case, about: dict[str, Any]) -> None:
    loss_text(said["now"], case.loss, "the loss", case)
    losses = about["losses"][np.isfinite(about["losses"])]
    lowest = float(losses.min()) if len(losses) else math.inf
    if "kind" in said:
        kind_text(said["kind"], case)
    if "least" not in said:
        claim(("map" not in said and "never" not in said) or lowest >= case.loss * (1 - 6e-7), f"it is {lowest!r} on this map")
        return
    loss_text(said["least"], lowest, "the lowest on this map", case)
    claim(parsed(said["least"]) < parsed(said["now"]), f"the lowest is {lowest!r}, this {case.loss!r}")
    if "rim" in said:
        rim = parsed(said["rim"])
        claim(rim > case.loss, f"{rim!r} is not above {case.loss!r}")
        valley, (rows, columns) = _valley(rim, about), about["map"].shape
        least = min((float(about["map"][cell]) for cell in valley), default=math.inf)
        claim(least > lowest, f"there is a way to {lowest!r} that does not go over {rim!r}")
        if "dots" in said:
            ends = [cell for cell in valley if cell[0] in (0, rows - 1) or cell[1] in (0, columns - 1)]
            claim(not ends, f"the valley reaches the end of the map at {ends}")
    if "x" in said:
        claim([said["across"], said["up"]] == about["axes"], f"the axes are {about['axes']}")
