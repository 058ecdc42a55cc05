"""What `h` says of an exercise: the first piece that does not match, why, and one way to mend it."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np

from tests.truth.net import Net
from tests.truth.oracle import Case
from tests.truth.reach import target_slopes
from tests.truth.registry import MESSAGE, family
from tests.truth.templates import NUMBER, Said, units_in
from tests.truth.verdicts import Untrue, at_x, claim, height, is_place, number, place, slope

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "11th", "12th")
EDGE = 1e-3  # of a piece, or of the domain: how near a kink is to a bend that it is "at"


def matches(case: Case, net: Net) -> list[bool]:
    """Whether the mean squared error on each piece of the target is below the exercise's bound."""
    assert case.solved_below is not None
    squares = (net.predict(case.x) - case.y) ** 2
    inside = [(case.x >= low) & (case.x <= high) for low, high, _ in target_slopes(case)]
    return [bool(some.any()) and float(squares[some].mean()) < case.solved_below for some in inside]


def _piece(text: str, case: Case) -> tuple[int, float, float, float]:
    """The number, ends and slope of the piece of the target that an interval names."""
    low, high = re.findall(NUMBER, text)
    for place_, (a, b, steep) in enumerate(target_slopes(case)):
        if is_place(low, a, case.low, case.high) and is_place(high, b, case.low, case.high):
            return place_, a, b, steep
    raise Untrue(f"the pieces are {target_slopes(case)}")


@family(
    "hint: the slope of a piece counted twice",
    "Unit {unit:d} has the whole slope of the {ordinal:word} piece, {whole:n}, but {others:units} <are=is|are> still on "
    "there and "
    "already <give=gives|give> [≈ ]{given:n}: with the others as they are, unit {unit2:d} must add only the difference, "
    "{rest:n}.",
    "Unit {unit:d} has the whole slope of the {ordinal:word} piece, ≈ {whole:n}, but {others:units} <are=is|are> still on "
    "there and "
    "already <give=gives|give> [≈ ]{given:n}: with the others as they are, unit {unit2:d} must add only the difference, "
    "{rest:n}.",
)
def double(said: Said, case: Case, _: dict[str, Any]) -> None:
    net, unit = case.net, said.unit
    claim(said["unit2"] == said["unit"], "it is the same unit")
    low, high, steep = target_slopes(case)[ORDINALS.index(said["ordinal"])]
    slack = 1e-9 * abs(steep)
    inside = low + (high - low) * np.array([0.01, 0.5, 0.99])
    slopes = net.slopes(inside)
    claim((np.abs(slopes[unit] - steep) <= 1e-5 * abs(steep)).all(), f"unit {unit} adds {slopes[unit]}")
    others = slopes[:, 0].sum() - slopes[unit, 0]
    slope(said["whole"], steep, "the slope of the piece", slack)
    slope(said["given"], float(others), "the slope of the others", slack + 1e-12 * net.slope_size(inside))
    slope(said["rest"], float(steep - others), "the difference", slack + 1e-12 * net.slope_size(inside))
    on = {other for other in range(net.units) if other != unit and net.z(inside[:1])[other, 0] > 0.0 and slopes[other, 0]}
    named = units_in(said["others"])
    claim(named == len(on) if isinstance(named, int) else set(named) == on, f"on there are units {sorted(on)}")


@family(
    "hint: the other side",
    "Unit {unit:d} has its kink where the target bends, at x = {x:n}, and is on to the <side=left|right> of it. On to the "
    "<other=left|right>, by w = {w:n} and b = {b:n}, {count:d} of {all:d} pieces would match instead of {now:d}.",
)
def turned(said: Said, case: Case, _: dict[str, Any]) -> None:
    net, unit = case.net, said.unit
    kink = float(net.kinks[unit])
    bends = [low for low, _, _ in target_slopes(case)[1:]]
    claim(min(abs(kink - bend) for bend in bends) <= EDGE * case.width * (1 + 1e-9), f"the target bends at {bends}")
    place(said["x"], kink, case.low, case.high, "the kink")
    claim((said["side"] == "right") == (net.w[unit] > 0.0) and said["side"] != said["other"], f"w is {net.w[unit]!r}")
    number(said["w"], -float(net.w[unit]), "-w")
    number(said["b"], -float(net.b[unit]), "-b", 1e-300)
    signs = np.where(np.arange(net.units) == unit, -1.0, 1.0)
    other = replace(net, w=signs * net.w, b=signs * net.b)
    now, then = matches(case, net), matches(case, other)
    claim((int(said["now"]), int(said["all"])) == (sum(now), len(now)), f"{sum(now)} of {len(now)} match now")
    claim(int(said["count"]) == sum(then), f"{sum(then)} would match")
    claim(not any(case.locks(unit)[:2]), "w or b is locked")


@family("hint: what matches", "{which:intervals} <verb=match|matches>.")
def what_matches(said: Said, case: Case, _: dict[str, Any]) -> None:
    good = matches(case, case.net)
    for first, text in enumerate(re.findall(r"\[[^\]]*\]", said["which"])):
        index, *_rest = _piece(text, case)
        claim(index == first and good[index], f"of the pieces match: {good}")


CAUSE = (
    "[. Unit {steep:d} is on there and adds {adds:n}; one way is to have it off[ until x = {until:n}][ <there=there>]]"
    "[. Unit {bend:d} has its kink at x = {kink:n}; with the others as they are it must add [≈ ]{need2:n} there, not {has2:n}]"
    "[. One way is a unit that adds {adding:n} from x = {begin:n} on]."
)


@family(
    "hint: the first piece that does not match",
    "On {at:interval} the slope is {has:n}[ over {part:interval}] and must be [≈ ]{need:n}: {lack:n} <how=is missing|too much>"
    + CAUSE,
    "On {at:interval} the slope must be {need:n}, and it is, but only[ over {part:interval}][ from x = {late:n} on].",
    "On {at:interval} the slope {need:n} is right, but the curve bends at x = {early:n}, inside this piece.",
    "On {at:interval} the slope {need:n} is right, but the line lies {off:n} too <height=high|low>.",
    "Every piece nearly <all=matches>; the loss is still above the exercise's bound.",
)
def mismatch(said: Said, case: Case, _: dict[str, Any]) -> None:
    net, good = case.net, matches(case, case.net)
    if "all" in said:
        claim(all(good), f"of the pieces match: {good}")
        return
    index, low, high, steep = _piece(said["at"], case)
    claim(all(good[:index]) and not good[index], f"of the pieces match: {good}")
    slack = 1e-9 * abs(steep) + 1e-12 * net.slope_size((low + high) / 2)
    slope(said["need"], steep, "the slope of the target", slack)
    ends = [low, high]
    if "part" in said:
        ends = [at_x(text) for text in said.numbers("part")]
    elif "late" in said:
        ends[0] = at_x(said["late"])
    elif "early" in said:
        ends[1] = at_x(said["early"])
    claim(ends[0] < ends[1], "both ends are printed alike")
    margin = 0.002 * case.width
    inside = np.linspace(min(ends[0] + margin, sum(ends) / 2), max(ends[1] - margin, sum(ends) / 2), 9)
    slopes = net.slopes(inside).sum(axis=0)
    true = float(np.median(slopes))
    same = np.abs(slopes - true) <= 1e-6 * np.abs(slopes).max() + slack
    claim(same.all(), f"the slopes over {ends} are {sorted({round(each, 6) for each in slopes.tolist()})}")
    if "has" not in said:
        claim(abs(true - steep) <= 0.006 * max(abs(steep), abs(true)), f"the slope is {true!r}")
        if "off" in said:
            over = float(net.predict((low + high) / 2)[0] - np.interp((low + high) / 2, *np.array(case.corners).T))
            height(said["off"], abs(over), "the distance", 1e-9 * (1.0 + abs(over)))
            claim((said["height"] == "high") == (over > 0.0), f"it is {over!r}")
        return
    slope(said["has"], true, "the slope", slack)
    lack = steep - true
    slope(said["lack"], lack if said["how"] == "is missing" else -lack, "what is missing", slack)
    claim((said["how"] == "is missing") == (lack > 0.0), f"{lack!r} is missing")
    if "≈" not in said.text:
        printed = Decimal(said["has"]) + Decimal(said["lack"]) * (1 if lack > 0.0 else -1)
        claim(printed == Decimal(said["need"]), f"as printed {said['need']} would be {printed}")
    _cause(said, case, float(np.median(inside)), lack, low, high)


def _cause(said: Said, case: Case, at: float, lack: float, low: float, high: float) -> None:
    """The unit that is named, and what it adds."""
    net, slopes = case.net, case.net.slopes(at)[:, 0]
    if "steep" in said:
        unit = int(said["steep"])
        claim(net.z(at)[unit, 0] > 0.0, f"unit {unit} is off there")
        slope(said["adds"], float(slopes[unit]), f"what unit {unit} adds", 1e-9 * abs(slopes[unit]))
        claim(abs(slopes[unit] + lack) <= 0.01 * abs(lack), f"without it {lack + slopes[unit]!r} would be missing")
        if "until" in said:
            place(said["until"], high, case.low, case.high, "the end of the piece")
    elif "bend" in said:
        unit = int(said["bend"])
        place(said["kink"], low, case.low, case.high, "where the piece begins")
        claim(abs(net.kinks[unit] - low) <= EDGE * case.width * (1 + 1e-9), f"its kink is at {net.kinks[unit]!r}")
        slope(said["has2"], float(slopes[unit]), f"what unit {unit} adds", 1e-9 * (abs(lack) + abs(slopes[unit])))
        slope(said["need2"], float(slopes[unit] + lack), "what it must add", 1e-9 * (abs(lack) + abs(slopes[unit])))
    elif "adding" in said:
        slope(said["adding"], lack, "what is missing", 1e-9 * abs(lack))
        place(said["begin"], low, case.low, case.high, "where the piece begins")


@family(
    "hint: another activation",
    "The activation is {activation:word}[; no unit can be <off=off>]: press f to get back to {back:word}.",
    "The output's activation is {output:word}: press F to get back to {back:word}.",
)
def other_activation(said: Said, case: Case, about: dict[str, Any]) -> None:
    if "activation" in said:
        claim(said["activation"] == case.net.activation != said["back"], case.net.activation)
        claim(about["own"][0] == said["back"], f"the exercise has {about['own'][0]}")
        claim("off" not in said or case.net.activation != "leaky_relu", "leaky_relu has an off side")
    else:
        claim(said["output"] == case.net.output != said["back"], case.net.output)
        claim(about["own"][1] == said["back"], f"the exercise has {about['own'][1]}")


@family(
    "hint: none",
    "the exercise is <solved=solved>",
    "this scenario has no <none=hints>",
    "the hints hold only for the units and locked values of the <start=start>",
    "h gives a <hint=hint>",
    where=MESSAGE,
)
def none(said: Said, case: Case, about: dict[str, Any]) -> None:
    if "solved" in said:
        claim(about["solved"], "it is not solved")
    elif "start" in said:
        claim(about["edited"], "the state is the start")
    else:
        claim(("none" in said) != about["hints"], "it has hints" if about["hints"] else "it has none")


@family("exercise: ticks", "{marks:marks}", where="ticks")
def ticks(said: Said, case: Case, _: dict[str, Any]) -> None:
    good = matches(case, case.net)
    found = re.findall(r"([✓✗]) (\[[^\]]*\])", said["marks"])
    claim(len(found) == len(good), f"there are {len(good)} pieces")
    for (mark, text), match in zip(found, good):
        index, low, high, _steep = _piece(text, case)
        inside = (case.x >= low) & (case.x <= high)
        error = float(((case.net.predict(case.x[inside]) - case.y[inside]) ** 2).mean()) if inside.any() else np.nan
        assert case.solved_below is not None
        if abs(error - case.solved_below) > 1e-9 * case.solved_below:
            claim((mark == "✓") == match == good[index], f"the MSE on {text} is {error!r}")
