"""Which straight-lined targets a network's free units can reach, by counting bends and trying all sides.

Left of all kinks a unit that changes the slope by d adds the slope 0 if it faces right, and -d if it faces left; with a leak l
these are l d / (1 - l) and -d / (1 - l).  Nothing of relutui is imported here.
"""

from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np

from tests.truth.activation import LEAK
from tests.truth.net import bends
from tests.truth.oracle import Case

CERTAIN = 1e-9  # of the largest change: a larger change is a bend


@dataclass(frozen=True)
class Rest:
    """What is left of the target after the locked units: a line from (low, height) with this slope, and (x, change) of "
    "bends."""

    height: float
    slope: float
    bends: tuple[tuple[float, float], ...]


def whole_units(case: Case) -> list[int]:
    """The units with w, b and v locked."""
    return [unit for unit in range(case.net.units) if case.whole(unit)]


def free_units(case: Case) -> list[int]:
    """The units of which something is free."""
    return [unit for unit in range(case.net.units) if not case.whole(unit)]


def target_slopes(case: Case) -> list[tuple[float, float, float]]:
    """The straight parts of the target inside the domain, as (low, high, slope)."""
    parts = []
    for (x, y), (next_x, next_y) in zip(case.corners, case.corners[1:]):
        low, high = max(x, case.low), min(next_x, case.high)
        if low < high and next_x > x:
            parts.append((low, high, (next_y - y) / (next_x - x)))
    return parts


def rest_of(case: Case) -> Rest:
    """The target less the locked units, with bends no further apart than a millionth of the domain taken together."""
    parts, net = target_slopes(case), case.net.only(whole_units(case))
    changes = [(right[0], right[2] - left[2]) for left, right in pairwise(parts)]
    changes += [(x, -change) for x, change in bends(net, case.low + case.near, case.high - case.near)]
    merged: list[tuple[float, float]] = []
    for x, change in sorted(changes):
        if merged and x - merged[-1][0] <= case.near:
            merged[-1] = merged[-1][0], merged[-1][1] + change
        else:
            merged.append((x, change))
    sizes = [abs(part[2]) for part in parts] + [abs(change) for _, change in changes]
    real = tuple((x, change) for x, change in merged if abs(change) > CERTAIN * max(sizes))
    x, y = np.array(case.corners).T
    inside = case.low + case.near  # a kink nearer to the end is taken for one outside, as by `bends` above
    height = float(np.interp(case.low, x, y) - net.parts(case.low).sum())
    return Rest(height, parts[0][2] - float(net.slopes(inside).sum()), real)


def choices(case: Case, rest: Rest) -> list[tuple[tuple[int, ...], float, float]]:
    """For each choice of sides, one unit a bend: the sides (1: right), the slope at the left end, and the c that it needs."""
    leak = LEAK if case.net.activation == "leaky_relu" else 0.0
    found = []
    for sides in product((1, -1), repeat=len(rest.bends)):
        slopes = [(leak if side > 0 else -1.0) * change / (1.0 - leak) for side, (_, change) in zip(sides, rest.bends)]
        heights = [slope * (case.low - x) for slope, (x, _) in zip(slopes, rest.bends)]
        found.append((sides, sum(slopes), rest.height - sum(heights)))
    return found
