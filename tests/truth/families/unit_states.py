"""Sentences on the states of a unit, and on whether training can move it."""

import re
from typing import Any

import numpy as np

from tests.truth.oracle import Case
from tests.truth.registry import family
from tests.truth.templates import NUMBER, Said
from tests.truth.verdicts import claim, height, number, place


def z_of(case: Case, unit: int) -> Any:
    return case.net.z(case.x)[unit]


@family("unit: dead", "Unit {unit:d} is dead: its z is 0 or below at every point, so it adds nothing there.")
def dead(said: Said, case: Case, _: dict[str, Any]) -> None:
    claim(case.net.activation == "relu", "only relu is 0 below 0")
    claim((z_of(case, said.unit) <= 0.0).all(), f"its z is {z_of(case, said.unit).max()!r} at a point")


@family(
    "unit: parked",
    "Unit {unit:d} is parked at the edge of the data: on, but over less than a millionth of its range, where it adds next to "
    "nothing.",
)
def parked(said: Said, case: Case, _: dict[str, Any]) -> None:
    claim_parked(case, said.unit)


def claim_parked(case: Case, unit: int) -> None:
    """On over less than a millionth of the domain, and adding there no more than a thousandth of the size of y."""
    z, w = z_of(case, unit), abs(float(case.net.w[unit]))
    claim((z > 0.0).any(), "it is on at no point")
    claim(z.max() <= case.near * w * (1 + 1e-9), f"it is on over {z.max() / w if w else np.inf!r}")
    adds = float(np.abs(case.net.parts(case.x)[unit]).max())
    claim(adds <= 1e-3 * y_size(case) * (1 + 1e-9), f"it adds up to {adds!r}, where the size of y is {y_size(case)!r}")


def y_size(case: Case) -> float:
    """The range of y; of a constant its size, or 1."""
    return float(np.ptp(case.y)) or abs(float(case.y[0])) or 1.0


@family(
    "unit: always on",
    "Unit {unit:d} is always on: its z is above 0 at every point, so it adds one straight line.",
)
def always_on(said: Said, case: Case, _: dict[str, Any]) -> None:
    claim(case.net.kinked, "it has no kink")
    claim((z_of(case, said.unit) > 0.0).all(), f"its z is {z_of(case, said.unit).min()!r} at a point")


@family(
    "unit: twin",
    "Unit {unit:d} is a twin of unit {other:d}: the same kink and side, so the two together make <one=one> bend.",
    "Unit {unit:d} is a twin of unit {other:d}: the same kink and side, and both v are <zero=0>, so they add nothing.",
    "Unit {unit:d} is a twin of unit {other:d}: the same kink and side, and what they add <none=cancels> out, so the two "
    "together "
    "make no bend.",
    "Unit {unit:d} is a twin of unit {other:d}: the same kink and side, yet so steep that together they make a step of "
    "{step:n}.",
)
def twin(said: Said, case: Case, _: dict[str, Any]) -> None:
    unit, other, net = said.unit, int(said["other"]), case.net
    claim(unit != other, "it is the same unit")
    claim(abs(net.kinks[unit] - net.kinks[other]) <= case.near, f"the kinks are {net.kinks[unit]!r} and {net.kinks[other]!r}")
    claim(np.sign(net.w[unit]) == np.sign(net.w[other]), "they face different sides")
    sizes = net.v[[unit, other]] * np.abs(net.w[[unit, other]])
    total, largest = abs(float(sizes.sum())), float(np.abs(sizes).max())
    pair = net.only([unit, other])
    step = float(np.abs(pair.total(pair.kinks)).max())
    if "step" in said:
        height(said["step"], step, "the step", 1e-9 * step)
        claim(step > 1e-3 * y_size(case) * (1 - 1e-9), f"the step is {step!r} of {y_size(case)!r}")
        return
    claim(step <= 1e-3 * y_size(case) * (1 + 1e-9), f"they make a step of {step!r}")
    if "zero" in said:
        claim(not net.v[[unit, other]].any(), f"v is {net.v[[unit, other]]}")
    elif "none" in said:
        claim(total <= 1e-9 * largest * (1 + 1e-6), f"together they change the slope by {sizes.sum()!r}")
    else:
        claim(total > 1e-9 * largest * (1 - 1e-6), "what the two add to the slope cancels: there is no bend")


@family(
    "unit: can training move it",
    "Training cannot move it: relu is flat where z is <below=below> 0.",
    "Training cannot move it: where z is exactly 0 it takes relu's slope to be <zero=0> (k changes that).",
    "Training cannot move it: v is 0, so nothing pushes w and b, and as a is 0 at every point, nothing pushes <v=v>.",
    "Training cannot move it: its w and b are <locked=locked>, and as a is 0 at every point, nothing pushes v.",
    "Training cannot move it: z is exactly 0 at x = {alone:n} alone, where it does not depend on w, and <b=b> is locked.",
    "Training may still move it: where z is exactly 0 it takes relu's slope to be {slope:n}.",
)
def recovery(said: Said, case: Case, about: dict[str, Any]) -> None:
    unit, net = about["unit"], case.net
    z, at_zero, locks = z_of(case, unit), z_of(case, unit) == 0.0, case.locks(unit)
    end = coasted(case, unit)
    if "slope" in said:
        weighted = net.v[unit] != 0.0 or end[2] != 0.0
        claim(at_zero.any() and net.at_kink > 0.0 and weighted, "where v and a are 0, no gradient reaches it")
        claim(
            not locks[1] or ((at_zero & (case.x != 0.0)).any() and not locks[0]),
            "b is locked, and so is w or its gradient is 0",
        )
        number(said["slope"], net.at_kink, "the slope at the kink")
        return
    claim((z <= 0.0).all(), f"z is {z.max()!r} at a point: a gradient reaches it")
    if "locked" in said:
        claim(locks[0] and locks[1], "w or b is free")
        return
    for old, new, name in zip((net.w[unit], net.b[unit]), end, "wb"):
        claim(abs(new - old) <= 1e-7 * abs(old), f"the optimizer's memory moves {name} from {old!r} to {new!r}")
    if "below" in said:
        claim(not at_zero.any(), "z is 0 at a point")
    elif "zero" in said:
        claim(at_zero.any() and net.at_kink == 0.0, "the slope at the kink")
    elif "v" in said:
        claim(net.v[unit] == 0.0, f"v is {net.v[unit]!r}")
    else:
        claim(locks[1] and (case.x[at_zero] == 0.0).all(), "b is free, or z is 0 elsewhere")
        place(said["alone"], 0.0, case.low, case.high, "where z is 0")


@family(
    "unit: moved by memory",
    "Its gradient is 0, but <whose=the velocity|adam's memory> of earlier steps takes {moves:moves}, which switches it "
    "<on=on> again.",
    "Its gradient is 0, but <whose=the velocity|adam's memory> of earlier steps takes {moves:moves}, where it is still "
    "<off=off>.",
)
def coasting(said: Said, case: Case, about: dict[str, Any]) -> None:
    unit, net = about["unit"], case.net
    claim((z_of(case, unit) <= 0.0).all(), "it is on at a point: its gradient is not 0")
    claim((said["whose"] == "the velocity") == (case.optimizer == "momentum"), case.optimizer)
    w, b, _ = coasted(case, unit)
    for name, old, new in (("w", net.w[unit], w), ("b", net.b[unit], b)):
        numbers = re.search(rf"\b{name} (?:from ({NUMBER}) to ({NUMBER})|on by ({NUMBER}))", said["moves"])
        if numbers is None:
            claim(abs(new - old) <= 1e-6 * abs(old), f"{name} goes from {old!r} to {new!r}")
        elif numbers[3]:
            number(numbers[3], float(new - old), f"the move of {name}", 1e-6 * abs(new - old) + 1e-12 * abs(old))
        else:
            number(numbers[1], float(old), name)
            number(numbers[2], float(new), f"the end of {name}", 1e-6 * abs(new - old))
    most = float((w * case.x + b).max())
    claim(
        abs(most) < 1e-6 * (abs(w) * np.abs(case.x).max() + abs(b)) or (most > 0.0) == ("on" in said),
        f"z is {most!r} at the end",
    )


def coasted(case: Case, unit: int) -> tuple[float, float, float]:
    """Where the optimizer's memory takes w, b and v of a unit whose gradient stays 0."""
    units = case.net.units
    own = [unit, units + unit, 2 * units + unit]
    theta, first, second = np.array([case.net.w[unit], case.net.b[unit], case.net.v[unit]]), case.first[own], case.second[own]
    if case.optimizer == "momentum":
        theta = theta - case.rate * first * case.momentum / (1.0 - case.momentum) * ~case.locked[own]
    elif case.optimizer == "adam":
        for t in range(case.t + 1, case.t + 500):
            first, second = 0.9 * first, 0.999 * second
            move = first / (1.0 - 0.9**t) / (np.sqrt(second / (1.0 - 0.999**t)) + 1e-8)
            theta = theta - case.rate * move * ~case.locked[own]
    w, b, v = theta.tolist()
    return w, b, v


@family("unit: alike", "All their numbers are equal, so training always moves the two alike.")
def alike(said: Said, case: Case, about: dict[str, Any]) -> None:
    unit, units = about["unit"], case.net.units
    claim(not case.whole(unit), "training moves nothing of it: all is locked")
    columns = np.array([case.net.w, case.net.b, case.net.v])
    others = [
        other
        for other in range(units)
        if other != unit
        and (columns[:, other] == columns[:, unit]).all()
        and case.locks(other) == case.locks(unit)
        and all((part[other:-1:units] == part[unit:-1:units]).all() for part in (case.first, case.second))
    ]
    claim(others, "no other unit has the same numbers, locks and moments")


@family("unit: locked", "Unit {unit:d} is locked: training and nudges leave it alone (L unlocks it).")
def locked(said: Said, case: Case, _: dict[str, Any]) -> None:
    claim(case.whole(said.unit), "part of it is free")
