"""What is said of the loss over two parameters."""

import math
from typing import Any

import numpy as np

from tests.truth.families.losses import kind_text, loss_text
from tests.truth.oracle import Case
from tests.truth.registry import family
from tests.truth.templates import Said
from tests.truth.verdicts import claim, parsed


def _lowest_within(rim: float, about: dict[str, Any]) -> float:
    """The lowest loss of the map that is reached from the cells around here, from cell to cell, without one above the rim."""
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
    return min((float(losses[cell]) for cell in seen), default=math.inf)


@family(
    "landscape: its line",
    "{kind:loss} {now:n} here ◆, nowhere lower <map=on> this map",
    "◆ {now:n}, <never=nowhere> lower",
    "◆ {now:n}",
    "{kind:loss} {now:n} here ◆, lowest <map=on> this map {least:n} ✕ at {across:word} = {x:n}, {up:word} = {y:n}",
    "{now:n} here ◆, lowest {least:n} ✕ at {across:word} = {x:n}, {up:word} = {y:n}",
    "◆ {now:n} lies in a valley, the blank spot below {rim:n}; ✕ {least:n} lies in another",
    "◆ {now:n}: in a valley, blank (< {rim:n}); ✕ {least:n}: in another",
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
        claim(_lowest_within(rim, about) > lowest, f"there is a way to {lowest!r} that does not go over {rim!r}")
    if "x" in said:
        claim([said["across"], said["up"]] == about["axes"], f"the axes are {about['axes']}")
