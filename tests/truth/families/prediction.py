"""What is said of the whole prediction: `I`."""

import math
import re
from typing import Any

import numpy as np

from tests.truth.activation import LEAK
from tests.truth.net import bends, within, zeros
from tests.truth.oracle import Case
from tests.truth.registry import MESSAGE, family
from tests.truth.templates import IN_SCALED, STRETCH, Said
from tests.truth.verdicts import at_x, claim, number, own_x, own_y, parsed, place, slope

SUM = (
    "<curve=The prediction|The scaled prediction|The sum before the output> is [c = {c:n} plus ]"
    "<all=the one unit|the sum of both units|the sum of all>[ {units:d} units], at every x: "
)
NO_BEND = 1e-9  # of the steeper slope: smaller changes of the slope are no bend


def composed(said: Said, case: Case) -> None:
    net = case.net
    claim(("prediction" in said["curve"]) == (net.output == "identity"), net.output)
    claim(("scaled" in said["curve"]) == (net.output == "identity" and case.units.scaled), f"the units are {case.units}")
    claim(("c" in said) == (net.c != 0.0), f"c is {net.c!r}")
    if "c" in said:
        number(said["c"], net.c, "c")
    units = {"the one unit": 1, "the sum of both units": 2}.get(said["all"])
    claim((units or int(said["units"])) == net.units, f"there are {net.units} units")


@family(
    "prediction: smooth",
    SUM + "straight <lines=lines>, so their sum is one too.",
    SUM + "<smooth=smooth> curves, so it has no pieces.",
)
def smooth(said: Said, case: Case, _: dict[str, Any]) -> None:
    composed(said, case)
    claim(case.net.activation == "identity" if "lines" in said else case.net.activation in ("softplus", "sigmoid", "tanh"), "")


SOME_COUNT = "[ ({effective:d} by the bends among the points that are at least {share:n} % of the largest)]"


@family(
    "prediction: pieces",
    SUM + "one straight piece, with slope {slope:n}.",
    SUM + "{count:d} straight pieces" + SOME_COUNT + ", with slopes from {least:n} to {most:n}.",
    SUM + "{count:d} straight pieces" + SOME_COUNT + ", with slopes {slopes:numbers}, which join at {joints:places}.",
)
def pieces(said: Said, case: Case, _: dict[str, Any]) -> None:
    composed(said, case)
    net, found = case.net, real_bends(case)
    ends = np.array([case.low, *found, case.high])
    inside = within(ends[:-1], ends[1:])
    slopes, slack = net.slopes(inside).sum(axis=0), 1e-12 * net.slope_size(inside)
    claim(net.kinked, "no unit has a kink")
    if "slope" in said:
        claim(not found, f"it bends at {found}")
        slope(said["slope"], float(slopes[0]), "the slope", slack)
        return
    claim(int(said["count"]) == len(slopes), f"it has {len(slopes)} pieces: it bends at {found}")
    certain, possible = effective_pieces(case)
    if "effective" in said:
        claim(certain <= int(said["effective"]) <= possible, f"{certain} to {possible} pieces count")
        claim(int(said["effective"]) < len(slopes), "all of them count")
    else:
        claim(possible >= len(slopes), f"only {possible} pieces count")
    if "least" in said:
        slope(said["least"], float(slopes.min()), "the least slope", slack)
        slope(said["most"], float(slopes.max()), "the largest slope", slack)
        return
    for shown, true in zip(said.numbers("slopes"), slopes.tolist(), strict=True):
        slope(shown, true, "a slope", slack)
    for shown, at in zip(said.numbers("joints"), found, strict=True):
        place(shown, at, case.low, case.high, "the joint")


def effective_pieces(case: Case) -> tuple[int, int]:
    """The least and the largest number of pieces by bends that count, as bends are just below or above 1 % of the largest."""
    low, high = float(case.x.min()), float(case.x.max())
    together: list[tuple[float, float, float]] = []  # the last x, the change, and the sum of the sizes of the changes
    for x, change in bends(case.net, low, high):
        if together and x - together[-1][0] <= 1e-3 * (high - low):
            _, before, size = together.pop()
            together.append((x, before + change, size + abs(change)))
        else:
            together.append((x, change, abs(change)))
    sizes = [0.0 if abs(change) <= 1e-13 * size else abs(change) for _, change, size in together]
    most = max(sizes, default=0.0)
    sizes = [size for size in sizes if size > 0.0]
    return tuple(1 + sum(size >= share * most for size in sizes) for share in (0.01001, 0.00999))  # type: ignore[return-value]


@family(
    "prediction: linear and non-linear",
    "Each piece is linear, the whole is non-linear: f({a:n}) + f({b:n}) = {total:n}, but f({a2:n} + {b2:n}) = "
    "f({both:n}) = {at:n}.",
)
def non_linear(said: Said, case: Case, _: dict[str, Any]) -> None:
    low, high, (shift, width) = case.low, case.high, case.units.x
    both = (own_x(low) + own_x(high) - shift) / width
    for name, x in (("a", low), ("b", high), ("a2", low), ("b2", high), ("both", both)):
        claim(math.isclose(parsed(said[name]), own_x(x), rel_tol=1e-3, abs_tol=1e-3 * width * case.width), f"{name} is {x!r}")
    first, second, at_sum = map(own_y, case.net.predict(np.array([low, high, both])).tolist())
    slack = 1e-12 * case.units.y[1] * float(case.net.size([low, high, both]).max())
    number(said["total"], first + second, "the sum of both", slack)
    number(said["at"], at_sum, "the prediction at the sum", slack)
    claim(said["total"] != said["at"] and bool(real_bends(case)), "it looks linear")


@family(
    "prediction: what its pieces say",
    "Every b is below 0, which says only that every unit is off at x = {zero:n}: those that face left have their kink left "
    "of it, those that face right have it <bias=right> of it.",
    "No unit makes just one piece: each is on over two or <more=more>.",
    "No piece is flat: at every x some unit is on, and the slopes of those that are do not <cancel=cancel>.",
)
def of_pieces(said: Said, case: Case, _: dict[str, Any]) -> None:
    net, found = case.net, real_bends(case)
    claim(net.activation == "relu" and net.output == "identity" and bool(found), "there is one piece, or none")
    if "bias" in said:
        place(said["zero"], 0.0, case.low, case.high, "where scaled x is 0")
        claim((net.z([0.0]) < 0.0).all(), f"z at x = 0 is {net.z([0.0])}")
        claim((net.kinks[net.w < 0.0] < 0.0).all() and (net.kinks[net.w > 0.0] > 0.0).all(), f"the kinks are {net.kinks}")
    elif "more" in said:
        for unit in range(net.units):
            on = net.on(unit, case.low, case.high)
            claim(
                on is not None and any(on[0] < x < on[1] for x in found), f"unit {unit} is on over {on}, with bends at {found}"
            )
    else:
        ends = np.array([case.low, *found, case.high])
        slopes = net.slopes(within(ends[:-1], ends[1:])).sum(axis=0)
        claim(np.abs(slopes).min() > 1e-10 * np.abs(slopes).max(), f"the slopes are {slopes}")


@family("prediction: solved", "Solved asks only for a loss below {bound:n}, not for an exact <match=match>.")
def only_below(said: Said, case: Case, _: dict[str, Any]) -> None:
    claim(case.solved_below is not None and math.isclose(parsed(said["bound"]), case.solved_below, rel_tol=1e-5), "the bound")
    claim(case.solved_below is not None and case.loss < case.solved_below, f"the loss is {case.loss!r}")


@family("prediction: norms", "Its norms: Σ |v w| = {path:n}, Σ (w² + b² + v²) = {squares:n}.")
def norms(said: Said, case: Case, _: dict[str, Any]) -> None:
    net = case.net
    number(said["path"], float(np.abs(net.v * net.w).sum()), "the sum of |v w|", 1e-12 * float(np.abs(net.v * net.w).sum()))
    squares = float((net.w**2 + net.b**2 + net.v**2).sum())
    number(said["squares"], squares, "the sum of the squares", 1e-12 * squares)


def real_bends(case: Case) -> list[float]:
    """The x at which the sum bends, kinks no further apart than a millionth of the domain taken together."""
    changes: list[tuple[float, float]] = []
    for x, change in bends(case.net, case.low + case.near, case.high - case.near):
        if changes and x - changes[-1][0] <= case.near:
            changes[-1] = changes[-1][0], changes[-1][1] + change
        else:
            changes.append((x, change))
    edges = np.array([case.low, *(x for x, _ in changes), case.high])
    slopes = case.net.slopes(within(edges[:-1], edges[1:]))
    least = np.maximum(NO_BEND * np.abs(slopes.sum(axis=0)), 1e-14 * np.abs(slopes).sum(axis=0))
    return [x for (x, change), *beside in zip(changes, least, least[1:]) if abs(change) > max(beside)]


@family(
    "prediction: smooth output",
    f"<name=softplus> on the output keeps it above 0{IN_SCALED}: far below 0 the sum becomes nearly 0, far above it stays as "
    "it is.",
    f"<name=sigmoid> on the output squeezes the sum between 0 and 1{IN_SCALED}: a sum of 0 becomes 0.5.",
    f"<name=tanh> on the output squeezes the sum between -1 and 1{IN_SCALED}: a sum of 0 stays 0.",
)
def smooth_output(said: Said, case: Case, _: dict[str, Any]) -> None:
    claim(said["name"] == case.net.output, case.net.output)


CUT = (
    "<name=relu> on the output leaves only {where:stretches}: elsewhere the sum is 0 or below, and the prediction {zero:n}.",
    "<name=leaky_relu> on the output leaves the sum as it is on {where:stretches}, and multiplies it by {leak:n} elsewhere.",
    "<name=relu|leaky_relu> on the output changes nothing here: the sum is above 0 on {where:stretches} and <rest=0 "
    "elsewhere>.",
    "<name=relu|leaky_relu> on the output changes nothing here: the sum is <never=nowhere below> 0.",
    "<name=relu> on the output leaves nothing: the sum is <never=nowhere above> 0.",
    "<name=leaky_relu> on the output multiplies the sum by {leak:n} everywhere: the sum is <never=nowhere above> 0.",
)


@family("prediction: the output's cut", *("[<apart=Single points apart>, ]" + template for template in CUT))
def cut(said: Said, case: Case, _: dict[str, Any]) -> None:
    net = case.net
    claim(said["name"] == net.output, net.output)
    if "leak" in said:
        number(said["leak"], LEAK, "the leak")
    if "zero" in said:
        near = 1e-3 * case.units.y[1] * float(np.ptp(case.y))
        claim(abs(parsed(said["zero"]) - own_y(0.0)) <= near + 1e-3 * abs(own_y(0.0)), f"ŷ is {own_y(0.0)!r}")
    x = np.linspace(case.low, case.high, 2001)
    x = np.unique(np.concatenate([x, net.kinks[(net.kinks >= case.low) & (net.kinks <= case.high)]]))
    claim(("apart" in said) == net.stepped, f"the units are {net.activation}")
    if net.stepped:  # between the jumps, at which the sum may be that of neither side
        x = (x[:-1] + x[1:])[np.diff(x) > 1e-9 * case.width] / 2.0
    heights = net.total(x)
    heights = np.where(np.abs(heights) <= 1e-12 * net.size(x), 0.0, heights)
    if "never" in said:
        bad = heights > 0.0 if "above" in said["never"] else heights < 0.0
        claim(not bad.any(), f"it is {heights[bad][:1]} at x = {x[bad][:1]}")
        return
    shown = [
        (text[0] == "[", *map(at_x, text[1:-1].split(", ")), text[-1] == "]") for text in re.findall(STRETCH, said["where"])
    ]
    if not shown:
        return
    near, inside, close = 1e-3 * case.width, np.zeros(len(x), np.bool_), np.zeros(len(x), np.bool_)
    for _, low, high, _ in shown:
        inside |= (x > low) & (x < high)
        close |= (np.abs(x - low) <= near) | (np.abs(x - high) <= near)
    wrong = ~close & np.where(inside, heights < 0.0, heights > 0.0)  # where it is 0, but for rounding, it may be on either side
    claim(not wrong.any(), f"the sum is {heights[wrong][:1]} at x = {x[wrong][:1]}")
    if "rest" in said:
        below = heights < 0.0
        claim(not below.any(), f"the sum is {heights[below][:1]} at x = {x[below][:1]}")
    if not net.straight:
        return
    edges = [(edge, closed) for begins, low, high, ends in shown for edge, closed in ((low, begins), (high, ends))]
    true = [case.low, case.high, *zeros(net, case.low, case.high).tolist()]
    for edge, closed in edges:
        nearest = min(true, key=lambda each: abs(edge - each))
        claim(abs(edge - nearest) <= near, f"the sum is 0 at x = {true[2:]}, not {edge}")
        height = float(net.total(nearest)[0]) if nearest in (case.low, case.high) else 0.0
        above = height > 1e-12 * float(net.size(nearest)[0])
        claim(closed == above or abs(height) <= 1e-9 * float(net.size(nearest)[0]), f"the sum is {height!r} at x = {nearest!r}")


@family("explanation: how it goes on", "More: <key=i|I> again.", where=MESSAGE)
def rest(said: Said, case: Case, _: dict[str, Any]) -> None:
    """What follows is heard with the whole explanation."""
