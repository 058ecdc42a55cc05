"""Sentences on one unit: where it is on, what it adds, how training moved it, what a view shows of it."""

import math
import re
from decimal import Decimal
from typing import Any

import numpy as np

from tests.truth.activation import LEAK, value
from tests.truth.oracle import Case
from tests.truth.registry import family
from tests.truth.templates import Said, units_in
from tests.truth.verdicts import at_x, claim, number, parsed, place, slope

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
    "<where=Everywhere|From there on|Until there> it adds slope {slope:n}[ (v = {v:n})].",
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
    if "on" in said:
        stretch(said.numbers("on"), on, case, "the stretch on which it is on")
    inside = low <= net.kinks[unit] <= high
    claim(
        said["where"] == ("Everywhere" if not inside else "From there on" if w > 0.0 else "Until there"),
        "its kink is elsewhere",
    )
    if "on" in said:
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


@family(
    "unit: a falling bend",
    "The slope of <curve=━|the prediction> goes down at x = {kink:n}, from {before:n} to {after:n}: "
    "a <what=falling unit starts|rising unit ends>.",
)
def falling_bend(said: Said, case: Case, about: dict[str, Any]) -> None:
    unit, net = about["unit"], case.net
    w, v, at = (float(values[unit]) for values in (net.w, net.v, net.kinks))
    claim(net.activation == "relu" and net.output == "identity", f"{net.activation}, {net.output}")
    place(said["kink"], at, case.low, case.high, "the kink")
    claim(v < 0.0 and (w > 0.0) == said["what"].startswith("falling"), f"w is {w!r}, v {v!r}")
    beside = np.array([at - 2e-3 * case.width, at + 2e-3 * case.width])  # the pieces on both sides are wider
    slopes, slack = net.slopes(beside).sum(axis=0), 1e-12 * net.slope_size(beside)
    for name, its in zip(("before", "after"), slopes):
        slope(said[name], float(its), f"the slope {name}", slack)
    claim(parsed(said["after"]) < parsed(said["before"]), f"it goes from {slopes[0]!r} to {slopes[1]!r}")


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
    "Beyond that it goes on to the <end=left|right> for ever: at x = {last:n} only the data end.",
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
    "With identity (nothing at all) a unit is a straight line, and so is the sum; with sigmoid or tanh it is a soft step; "
    "with softplus it bends smoothly; with relu or leaky_relu it bends sharply, at a <kink=kink>.",
)
def each_activation(_said: Said, _case: Case, _about: dict[str, Any]) -> None:
    z = np.linspace(-3.0, 3.0, 601)
    turns = {name: np.abs(np.diff(value(name, z), 2)) for name in ("identity", "softplus", "relu", "leaky_relu")}
    claim(turns["identity"].max() < 1e-12, "identity bends")
    claim((turns["softplus"] > 0.0).all(), "softplus is straight somewhere")
    claim(all((turns[name] > 1e-9).sum() == 1 for name in ("relu", "leaky_relu")), "not one bend")
    claim(all((np.diff(value(name, z)) > 0.0).all() and np.ptp(value(name, 50 * z)) <= 2.0 for name in ("sigmoid", "tanh")), "")


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
