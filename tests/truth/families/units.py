"""What is said of one unit: `i`, and the message of a selected unit."""

import math
import re
from decimal import Decimal
from typing import Any

import numpy as np

from tests.truth.oracle import LEAK, Case, value
from tests.truth.registry import family
from tests.truth.templates import NUMBER, Said, units_in
from tests.truth.verdicts import at_x, claim, height, number, parsed, place, slope

LEAST_MOVE = 0.005  # of the domain: how near ends of stretches may be that count as one


def line(said: Said, name: str, case: Case, w: float, b: float) -> None:
    """Claim that a part shows w x + b, and with = instead of ≈ that the printed line is 0 where the true one is."""
    numbers = said.numbers(name)
    claim(("scaled x" in said[name]) == case.units.scaled, f"the units are {case.units}")
    number(numbers[0], w, "w")
    if len(numbers) == 1:
        claim(b == 0.0, f"b is {b!r}, not 0")
    else:
        number(numbers[1], abs(b), "|b|")
        claim((" - " in said[name]) == (b < 0.0), f"b is {b!r}")
        printed = math.copysign(parsed(numbers[1]), -b) / parsed(numbers[0]) if parsed(numbers[0]) else math.inf
        claim(said["eq"] == "≈" or math.isclose(printed, -b / w, rel_tol=2e-4), f"the printed line is 0 at {printed!r}")


def stretch(text: list[str], true: tuple[float, float], case: Case, what: str) -> None:
    """Claim that an interval is the true one, and that its ends differ as printed."""
    for shown, end, name in zip(text, true, ("begins", "ends")):
        place(shown, end, case.low, case.high, f"{what} {name} where x")
    claim(parsed(text[0]) < parsed(text[1]), f"{what} is {true}, of which both ends are printed alike")


def _z(case: Case, unit: int) -> Any:
    return case.net.z(case.x)[unit]


@family("unit: dead", "Unit {unit:d} is dead: its z is 0 or below at every point, so it adds nothing there.")
def dead(said: Said, case: Case, _: dict[str, Any]) -> None:
    claim(case.net.activation == "relu", "only relu is 0 below 0")
    claim((_z(case, said.unit) <= 0.0).all(), f"its z is {_z(case, said.unit).max()!r} at a point")


@family(
    "unit: parked",
    "Unit {unit:d} is parked at the edge of the data: on, but over less than a millionth of its range, where it adds next to "
    "nothing.",
)
def parked(said: Said, case: Case, _: dict[str, Any]) -> None:
    claim_parked(case, said.unit)


def claim_parked(case: Case, unit: int) -> None:
    """On over less than a millionth of the domain, and adding there no more than a thousandth of the size of y."""
    z, w = _z(case, unit), abs(float(case.net.w[unit]))
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
    claim((_z(case, said.unit) > 0.0).all(), f"its z is {_z(case, said.unit).min()!r} at a point")


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
    "unit: its kink",
    "Unit {unit:d} has no kink: w is 0, so its z is {z:n} everywhere[, except for a leak of {leak:n} z].",
    "Unit {unit:d} is off until x = {kink:n}, where its z <eq==|≈> {z:line} crosses 0[, except for a leak of {leak:n} z].",
    "Unit {unit:d} is on until x = {kink:n} and off from there on[, except for a leak of {leak:n} z]: w = {w:n} is below 0, "
    "so its flat part is on the right.",
)
def kink(said: Said, case: Case, _: dict[str, Any]) -> None:
    net, unit = case.net, said.unit
    w, b, at = float(net.w[unit]), float(net.b[unit]), float(net.kinks[unit])
    claim(net.kinked, "it has no kink")
    leaks = net.activation == "leaky_relu" and not (w == 0.0 and b > 0.0)
    claim(("leak" in said) == leaks, "it leaks" if leaks else "it does not leak")
    if leaks:
        number(said["leak"], LEAK, "the leak")
    if "kink" not in said:
        claim(w == 0.0, f"w is {w!r}")
        number(said["z"], b, "b")
        return
    place(said["kink"], at, case.low, case.high, "the kink")
    if "w" in said:
        claim(w < 0.0, f"w is {w!r}")
        number(said["w"], w, "w")
    else:
        claim(w > 0.0, f"w is {w!r}")
        line(said, "z", case, w, b)


@family("unit: a constant", "It adds the constant {value:n}[<scaled= in scaled units>] at every x, as c does.")
def constant(said: Said, case: Case, about: dict[str, Any]) -> None:
    unit = about["unit"]
    claim(case.net.w[unit] == 0.0, f"w is {case.net.w[unit]!r}")
    number(said["value"], float(case.net.parts(0.0)[unit, 0]), "v a")


@family(
    "unit: its slope",
    "But v is 0, so it adds nothing to the prediction.",
    *(
        "<where=Everywhere|From there on|Until there> it adds slope {slope:n}[ (v = {v:n} turns it upside down)], over "
        f"{{on:interval}}{others}."
        for others in (
            "",
            ", where {below:units} <be=is|are> on too",
            ", where in part {above:units} <be=is|are> on too",
            ", where {below:units} <be=is|are> on too, and in part {above:units}",
        )
    ),
)
def its_slope(said: Said, case: Case, about: dict[str, Any]) -> None:
    net, unit = case.net, about["unit"]
    w, v, low, high = float(net.w[unit]), float(net.v[unit]), case.low, case.high
    if "slope" not in said:
        claim(v == 0.0, f"v is {v!r}")
        return
    slope(said["slope"], v * w, "v w")
    claim(("v" in said) == (v < 0.0), f"v is {v!r}")
    if "v" in said:
        number(said["v"], v, "v")
    on = net.on(unit, low, high)
    claim(on is not None, "it is on nowhere")
    assert on is not None
    stretch(said.numbers("on"), on, case, "the stretch on which it is on")
    inside = low <= net.kinks[unit] <= high
    claim(
        said["where"] == ("Everywhere" if not inside else "From there on" if w > 0.0 else "Until there"),
        "its kink is elsewhere",
    )
    _overlaps(said, case, unit, on)


def _overlaps(said: Said, case: Case, unit: int, on: tuple[float, float]) -> None:
    """Others are below where they are on over all of the stretch, above where over a part; ends may be off by a little."""
    near = LEAST_MOVE * case.width
    sets: dict[str, tuple[set[int], set[int]]] = {"below": (set(), set()), "above": (set(), set())}
    for other in range(case.net.units):
        its = case.net.on(other, case.low, case.high)
        if other == unit or its is None or 0.0 in (case.net.v[other], case.net.w[other]):
            continue
        outside = max(its[0] - on[0], on[1] - its[1])  # how much of the stretch it misses at either end, at least
        overlap = min(its[1], on[1]) - max(its[0], on[0])
        for slack, kind in ((-1e-9, 0), (1e-9, 1)):  # those that are certainly in the set, and those that may be
            if outside <= near * (1 + slack) or (kind and outside <= near * (1 + 1e-9)):
                sets["below"][kind].add(other)
            if outside > near * (1 - slack) and overlap > near * (1 - slack):
                sets["above"][kind].add(other)
    if "be" in said:
        claim(
            (said["be"] == "is") == bool(re.fullmatch(r"unit \d+", said["below"] if "below" in said else said["above"])),
            "is, are",
        )
    for name, (certain, possible) in sets.items():
        named = units_in(said[name]) if name in said else ()
        if isinstance(named, int):
            claim(len(certain) <= named <= len(possible), f"{name} are {len(certain)} units")
        else:
            claim(certain <= set(named) <= possible, f"{name} are units {sorted(certain)}")


@family(
    "unit: its kink moved",
    "Its kink <when=was|began> at x = {old:n}[<drawn=, where the random start put it>]; "
    "{count:steps} <how=later it is at|of training moved it to> {new:n}.",
)
def kink_moved(said: Said, case: Case, about: dict[str, Any]) -> None:
    unit = about["unit"]
    claim(case.began is not None, "nothing was recorded")
    assert case.began is not None
    step, net = case.began
    claim((said["when"] == "began") == (step == 0), f"the first record is of step {step}")
    claim(said.whole("count") == case.step - step, f"{case.step - step} steps lie between")
    claim(said["how"].startswith("later") or not case.edits, f"{case.edits} edits may have moved it")
    place(said["old"], float(net.kinks[unit]), case.low, case.high, "the kink then")
    place(said["new"], float(case.net.kinks[unit]), case.low, case.high, "the kink now")
    claim(said["old"] != said["new"], "both are printed alike")
    claim("drawn" not in said or (about["drawn"] and step == 0), "the start was not drawn at random")


@family(
    "unit: against the prediction",
    "Over {at:interval} its own line <own=falls|rises> (slope {slope:n}), but the prediction <all=falls|rises> there by "
    "[<near=≈> ]{total:n}: the others add {others:n}.",
)
def against(said: Said, case: Case, about: dict[str, Any]) -> None:
    unit, net = about["unit"], case.net
    low, high = map(at_x, said.numbers("at"))
    claim(net.output == "identity", "the output bends the sum")
    inside = np.linspace(low, high, 7)[1:-1] if low < high else np.array([low])
    slopes, slack = net.slopes(inside), 1e-12 * net.slope_size(inside)
    middle = len(inside) // 2
    own, total = float(slopes[unit, middle]), float(slopes[:, middle].sum())
    claim((np.abs(slopes - slopes[:, [middle]]) <= slack).all(), f"the slopes change within [{low}, {high}]")
    slope(said["slope"], own, "its slope there", slack)
    slope(said["total"], total, "the prediction's slope there", slack)
    slope(said["others"], total - own, "the slope of the others", slack)
    claim(
        (said["own"], said["all"]) == (("falls", "rises") if own < 0.0 < total else ("rises", "falls")), f"{own!r}, {total!r}"
    )
    claim(low < high, "both ends are printed alike")
    printed = Decimal(said["slope"]) + Decimal(said["others"])
    claim("near" in said or printed == Decimal(said["total"]), f"{said['slope']} and {said['others']} are {printed}")


@family("unit: b below 0", "b below 0 only says that it is off at x = {zero:n}; it has nothing to do with the sign of y.")
def bias(said: Said, case: Case, about: dict[str, Any]) -> None:
    claim(case.net.b[about["unit"]] < 0.0, f"b is {case.net.b[about['unit']]!r}")
    place(said["zero"], 0.0, case.low, case.high, "where scaled x is 0")


@family("unit: b of one on to the left", "b puts the kink there: b = -w × <kink=kink>[<scaled= in scaled units>].")
def bias_by_kink(said: Said, case: Case, about: dict[str, Any]) -> None:
    w, b, kink = (float(values[about["unit"]]) for values in (case.net.w, case.net.b, case.net.kinks))
    claim(w < 0.0 <= b, f"w is {w!r}, b {b!r}")
    claim(math.isclose(b, -w * kink, rel_tol=1e-9, abs_tol=1e-12), f"w, b and the kink are {w!r}, {b!r} and {kink!r}")


@family(
    "unit: what the view shows",
    "<side=Left|Right> of the kink z is below 0: relu cuts it off there (a = 0), so the unit adds nothing.",
    "It goes on to the <end=left|right> for ever: at x = {last:n} only the data end.",
    "v a is {times:n} times as high as a[<flip=, and upside down, as v is below 0>]; the kink stays.",
)
def in_view(said: Said, case: Case, about: dict[str, Any]) -> None:
    unit, net = about["unit"], case.net
    if "side" in said:
        beside = float(net.kinks[unit]) + case.width * (-0.1 if said["side"] == "Left" else 0.1)
        claim(net.activation == "relu", "only relu is 0 below 0")
        claim(net.z([beside])[unit, 0] < 0.0, f"z is {net.z([beside])[unit, 0]!r} there")
        claim(case.low < net.kinks[unit] < case.high, f"the kink is at {net.kinks[unit]!r}")
        return
    if "end" in said:
        right = said["end"] == "right"
        claim(net.kinked and (net.w[unit] > 0.0) == right, f"w is {net.w[unit]!r}")
        place(said["last"], float(case.x[-1 if right else 0]), case.low, case.high, "the last x")
        return
    number(said["times"], abs(float(net.v[unit])), "|v|")
    claim(("flip" in said) == (net.v[unit] < 0.0), f"v is {net.v[unit]!r}")


@family(
    "unit: each activation",
    "With identity a unit is a straight line, and so is the sum; with sigmoid or tanh it is a soft step; with softplus it "
    "bends smoothly; with relu or leaky_relu it bends sharply, at a <kink=kink>.",
)
def each_activation(_said: Said, _case: Case, _about: dict[str, Any]) -> None:
    z = np.linspace(-3.0, 3.0, 601)
    turns = {name: np.abs(np.diff(value(name, z), 2)) for name in ("identity", "softplus", "relu", "leaky_relu")}
    claim(turns["identity"].max() < 1e-12, "identity bends")
    claim((turns["softplus"] > 0.0).all(), "softplus is straight somewhere")
    claim(all((turns[name] > 1e-9).sum() == 1 for name in ("relu", "leaky_relu")), "not one bend")
    claim(all((np.diff(value(name, z)) > 0.0).all() and np.ptp(value(name, 50 * z)) <= 2.0 for name in ("sigmoid", "tanh")), "")


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
    z, at_zero, locks = _z(case, unit), _z(case, unit) == 0.0, case.locks(unit)
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
    claim((_z(case, unit) <= 0.0).all(), "it is on at a point: its gradient is not 0")
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


@family(
    "unit: smooth",
    "Unit {unit:d} adds a constant: <zero=w|v> is 0.",
    "Unit {unit:d} is a straight line of slope {slope:n} everywhere: without a kink it never switches off.",
    "Unit {unit:d} is never quite off: softplus bends gently around x = {kink:n}, where its z <eq==|≈> {z:line} crosses 0. "
    "Far to the "
    "<side=right|left> it adds slope {far:n}, on the other side almost none.",
    "Unit {unit:d} is a soft step and never switches off: it is steepest at x = {kink:n}, where its z <eq==|≈> {z:line} "
    "crosses 0. "
    "There it adds slope {steepest:n}, far away almost none.",
)
def smooth(said: Said, case: Case, _: dict[str, Any]) -> None:
    net, unit = case.net, said.unit
    w, b, v = float(net.w[unit]), float(net.b[unit]), float(net.v[unit])
    claim(not net.kinked, "it has a kink")
    if "zero" in said:
        claim((w if said["zero"] == "w" else v) == 0.0, f"w, v are {w!r}, {v!r}")
        return
    if "slope" in said:
        claim(net.activation == "identity", net.activation)
        slope(said["slope"], v * w, "v w")
        return
    place(said["kink"], float(net.kinks[unit]), case.low, case.high, "the place where z is 0")
    line(said, "z", case, w, b)
    if "far" in said:
        claim(net.activation == "softplus", net.activation)
        claim((said["side"] == "right") == (w > 0.0), f"w is {w!r}")
        slope(said["far"], v * w, "v w")
    else:
        claim(net.activation in ("sigmoid", "tanh"), net.activation)
        step = 1e-3
        rise = float(value(net.activation, step) - value(net.activation, -step)) / (2 * step)
        slope(said["steepest"], v * w * rise, "the largest slope", 1e-6 * abs(v * w))


@family("unit: locked", "Unit {unit:d} is locked: training and nudges leave it alone (L unlocks it).")
def locked(said: Said, case: Case, _: dict[str, Any]) -> None:
    claim(case.whole(said.unit), "part of it is free")
