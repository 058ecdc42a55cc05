"""The table of units: its numbers, notes and gradients, and the arrows of the next step."""

import math
from functools import lru_cache
from typing import Any

import numpy as np

from tests.truth.activation import KINKED
from tests.truth.families.unit_states import claim_parked
from tests.truth.oracle import Case
from tests.truth.registry import family, reading
from tests.truth.templates import Said
from tests.truth.verdicts import claim, distance, number, own_x, place


@reading("table: numbers and notes")
def numbers(table: Any, case: Case) -> None:
    net, on = case.net, case.net.is_on(case.x)
    words = {"sigmoid": "centre", "tanh": "centre", "softplus": "bend", "step": "jump", "rect": "centre"}
    claim(table.position == words.get(net.activation, "kink"), f"where z is 0 {net.activation} has no {table.position}")
    claim((table.activation, table.output) == (net.activation, net.output), "the activations")
    claim(table.c.value == net.c and table.c.locked == case.locked[-1], f"c is {net.c!r}")
    for unit, row in enumerate(table.rows):
        w, b, v, kink = float(net.w[unit]), float(net.b[unit]), float(net.v[unit]), float(net.kinks[unit])
        true = {"w": w, "b": b, "v": v, "slope": abs(w), "kink": own_x(kink)}
        for field, cell in row.cells.items():
            if field in true and not cell.waiting and not (w == 0.0 and field in ("kink", "slope")):
                shown = math.nan if cell.value is None else cell.value
                claim(
                    shown == true[field] or not math.isfinite(shown + true[field]) or math.isclose(shown, true[field]),
                    f"{field} is {true[field]!r}, not {shown!r}",
                )
        locks = dict(zip("wbv", case.locks(unit))) | {
            "kink": case.locks(unit)[1],
            "slope": case.locks(unit)[0],
            "side": case.locks(unit)[0],
        }
        claim(all(cell.locked == locks[field] for field, cell in row.cells.items()), f"the locks of unit {unit} are {locks}")
        notes = row.notes
        if "kink" in notes:
            if net.activation != "identity" and math.isfinite(kink):
                if case.units.scaled:
                    place(notes["kink"], kink, case.low, case.high, "the kink")
                else:
                    number(notes["kink"], kink, "the kink")
            else:
                claim(notes["kink"] == "-", "there is no kink")
        if "side" in notes:
            side = "-" if w == 0.0 or not (net.kinked or net.activation == "step") else "right" if w > 0.0 else "left"
            claim(notes["side"] == side, f"the side is {side}")
        if "on" in notes:
            share = float(on[unit].mean()) if net.kinked or net.stepped else math.nan
            points, _, part = notes["on"].partition("/")
            its = net.on(unit, case.low, case.high) if net.kinked else None
            length = (its[1] - its[0]) / case.width if its else 0.0
            claim(points.rstrip("%") == _percent(share).rstrip("%"), f"it is on at {share:%} of the points")
            if part and net.kinked:
                near = {_percent(max(0.0, length + slack)) for slack in (-1e-9, 0.0, 1e-9)}
                claim(part in near, f"it is on over {length:%} of the x-range")
            elif net.kinked:
                claim(abs(share - length) < 0.03, f"it is on over {length:%} of the x-range")
        for name, value in (("w", w), ("b", b)):
            if name in notes:
                number(notes[name], value, name)


def _percent(share: float) -> str:
    """A share in per cent, of which 0 and 100 are none and all."""
    if math.isnan(share):
        return "-"
    return "<1%" if 0.0 < share <= 0.005 else ">99%" if 0.995 <= share < 1.0 else f"{share:.0%}"


@reading("table: states of units")
def states(table: Any, case: Case) -> None:
    net, z = case.net, case.net.z(case.x)
    for unit, row in enumerate(table.rows):
        state = row.notes["state"].lstrip("!")
        above = z[unit] > 0.0
        if state == "dead":
            claim(net.activation == "relu" and not above.any(), f"unit {unit} is on at a point")
        elif state == "parked":
            claim_parked(case, unit)
        elif state == "always on":
            claim(net.kinked and above.all(), f"unit {unit} is off at a point")
        elif state.startswith("twin of "):
            other = int(state.removeprefix("twin of "))
            claim(
                other != unit and abs(net.kinks[unit] - net.kinks[other]) <= case.near,
                f"the kinks of {unit} and {other} differ",
            )
            claim(np.sign(net.w[unit]) == np.sign(net.w[other]), f"{unit} and {other} face different sides")
        elif state == "locked":
            claim(case.whole(unit), f"part of unit {unit} is free")
        elif state == "waits":
            claim(net.w[unit] == 0.0, f"unit {unit} has a slope")
        else:
            claim(state == "", f"{state!r} is no state")
            claim(not (net.activation == "relu" and not above.any()), f"unit {unit} is dead")
            claim(not case.whole(unit), f"unit {unit} is locked")


@reading("table: gradients")
def gradients(table: Any, case: Case) -> None:
    if "∂w" not in table.notes:
        return
    units, slopes = case.net.units, case.gradient
    slack = 1e-9 * float(np.abs(slopes).max()) if np.isfinite(slopes).all() else 0.0
    number(table.dc, float(slopes[-1]), "∂c", slack + rounding(case)) if np.isfinite(slopes).all() else None
    after = case.after
    moves = after.kinks - case.net.kinks
    for unit, row in enumerate(table.rows):
        for column, name in enumerate(("∂w", "∂b", "∂v")):
            true = float(slopes[column * units + unit])
            if math.isfinite(true):
                number(row.notes[name], true, f"{name} of unit {unit}", slack + rounding(case))
            claim((name in row.held) == case.locks(unit)[column], f"the locks of unit {unit}")
        move = float(moves[unit])
        if not (case.net.kinked and math.isfinite(move)):
            claim(row.notes["Δkink"] == "-" or not math.isfinite(slopes.sum()), f"kink {unit} does not move")
        else:
            distance(row.notes["Δkink"], move, f"the move of kink {unit}", move_rounding(case, unit))


@lru_cache(maxsize=8)
def rounding(case: Case) -> float:
    """The rounding error of a gradient: some 1e-14 of the sizes that it is summed from.

    Without bound where an output has a kink at 0 and its terms cancel there: rounding decides on which side of it they are.
    """
    net, x = case.net, case.x
    if net.output in KINKED and ((np.abs(net.total(x)) <= 1e-14 * net.size(x)) & (net.size(x) > 0.0)).any():
        return math.inf
    size = net.size(x) + np.abs(case.y)
    inner = (np.abs(np.outer(net.w, x)) + np.abs(net.b)[:, None]).max(axis=0, initial=0.0)  # of a, by which ∂v is multiplied
    terms = size * (1.0 + np.abs(net.v).max(initial=0.0)) * (1.0 + np.abs(x)) + size * (np.abs(net.size(x)) + inner)
    total = 2.0 * float(terms.mean() if case.kind == "mse" else terms.sum())
    return 1e-14 * total if math.isfinite(total) else math.inf


def move_rounding(case: Case, unit: int) -> float:
    """The rounding error of a move of a kink -b / w; without bound where w all but vanishes."""
    after = case.after
    w = min(abs(float(case.net.w[unit])), abs(float(after.w[unit])))
    kink = max(abs(float(case.net.kinks[unit])), abs(float(after.kinks[unit])))
    error = case.rate * (rounding(case) if case.optimizer != "adam" else _adam_rounding(case, unit))
    return 1e-13 * kink + (error + 1e-15 * abs(float(case.net.w[unit]))) * (1.0 + kink) / max(w, 1e-300)


def _adam_rounding(case: Case, unit: int) -> float:
    """The rounding error of Adam's step in w and b, over the rate: where the gradient is rounding alone, so is the step."""
    own = [unit, case.net.units + unit]
    second = (0.999 * case.second[own] + 0.001 * case.gradient[own] ** 2) / (1.0 - 0.999 ** (case.t + 1))
    return float(np.clip(rounding(case) / (np.sqrt(second) + 1e-8), 1e-6, 2.0).max())


@family(
    "push: the next move of a kink",
    "the next step moves no kink of unit {unit:d}",
    "the next step leaves kink {stays:d} where it is",
    "the next step moves kink {kink:d} <way=right|left> by {by:n}",
    where="push",
)
def push(said: Said, case: Case, _: dict[str, Any]) -> None:
    unit = int(said.get("unit") or said.get("stays") or said["kink"])
    move = float(case.after.kinks[unit] - case.net.kinks[unit])
    if "by" not in said:
        claim(not math.isfinite(move) if "unit" in said else abs(move) <= move_rounding(case, unit), f"it moves by {move!r}")
        return
    distance(said["by"], abs(move), "the move", move_rounding(case, unit))
    claim((said["way"] == "right") == (move > 0.0) or abs(move) <= move_rounding(case, unit), f"it moves by {move!r}")
