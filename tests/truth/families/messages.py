"""What is said after a command, in the message line."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.truth.activation import Array
from tests.truth.families.losses import kind_text, loss_text
from tests.truth.families.scaling import scale_advice
from tests.truth.net import Net
from tests.truth.oracle import Case
from tests.truth.registry import MESSAGE, family
from tests.truth.templates import NUMBER, Said
from tests.truth.verdicts import at_x, claim, number, parsed, place, slope


@family(
    "message: locks",
    "<done=locked|unlocked> {field:word} of unit {unit:d}",
    "<done=locked|unlocked> the output bias <c=c>",
    "<done=locked|unlocked> unit {unit:d}",
    "{field:word} of unit {unit:d} is <now=locked>; l unlocks it",
    "the output bias <c=c> is <now=locked>; l unlocks it",
    "b of unit {unit:d} is <now=locked>, so the kink could not stay; l on the kink unlocks it",
    where=MESSAGE,
)
def locks(said: Said, case: Case, _: dict[str, Any]) -> None:
    locked = said.get("done") != "unlocked"
    if "c" in said:
        claim(bool(case.locked[-1]) == locked, "c is locked" if case.locked[-1] else "c is free")
        return
    fields = {"w": 0, "b": 1, "v": 2, "kink": 1, "slope": 0, "side": 0}
    each = case.locks(said.unit)
    held = [each[fields[said["field"]]]] if "field" in said else [each[1]] if "now" in said else each
    claim(all(held) if locked else not any(held), f"w, b, v of unit {said.unit} are locked: {each}")


@family(
    "message: ends of ranges",
    "{field:word} of unit {unit:d} is at the end of its range, {low:n} to {high:n}[; type a value to go <on=beyond>]",
    "the output bias <c=c> is at the end of its range, {low:n} to {high:n}[; type a value to go <on=beyond>]",
    "{field:word} of unit {unit:d} is at its end: w and b stay within {low:n} to {high:n}; type a value to go <on=beyond>",
    where=MESSAGE,
)
def ends(said: Said, case: Case, _: dict[str, Any]) -> None:
    low, high = parsed(said["low"]), parsed(said["high"])
    w, b, v = (case.net.c,) * 3 if "c" in said else (float(each[said.unit]) for each in (case.net.w, case.net.b, case.net.v))
    shown = {"w": (w,), "b": (b,), "v": (v,)}.get(said.get("field"), (w, b, case.net.c) if "c" in said else (w, b))
    near = 1.0 if said.get("field") in ("kink", "slope", "side") else 1e-9 * max(1.0, abs(low))
    claim(any(not low + near < each < high - near for each in shown) or near == 1.0, f"it is {shown}, well within")


@family(
    "message: handles",
    "kink, slope and side can be edited <now=now>; w and b follow (m: back)",
    "w and b can be <again=edited> again",
    "unit {unit:d} has w = 0 and so no kink to nudge; type one, and it <waits=waits> for a slope",
    "a slope is |w|, never below 0; its side gives the <sign=sign> of w",
    "{field:word} of unit {unit:d} cannot be {value:n}: {names:names} would have to be larger than {limit:n}",
    "{field:word} of unit {unit:d} cannot be {value:n}: w and b would have to be larger than {limit:n}",
    where=MESSAGE,
)
def handles(said: Said, case: Case, about: dict[str, Any]) -> None:
    if "waits" in said:
        claim(case.net.w[said.unit] == 0.0, f"w is {case.net.w[said.unit]!r}")
    elif "now" in said:
        claim(about["handle"], "w and b are edited")
    elif "again" in said:
        claim(not about["handle"], "kink, slope and side are edited")
    elif "sign" in said:
        claim(case.net.w[about["unit"]] == 0.0, f"w is {case.net.w[about['unit']]!r}")
    elif "value" in said:
        value, kink, w = parsed(said["value"]), case.net.kinks[said.unit], case.net.w[said.unit]
        size = abs(at_x(said["value"]) * w) if said["field"] == "kink" else max(abs(value), abs(value * kink))
        claim(size > 0.9 * parsed(said["limit"]), f"the larger of w and b would be {size!r}")


LEFT = (
    "[; {losses:loss} so far: {fewer:text}]"
    "[; {n:d} unit[s] bend[s] the curve {times:d} time[s] at most]"
    "[; changes of slope missing: {missing:text}[; {more:d} units had <one=one> kink for both changes, at x = {kink:n}]]"
    "[; all of <fixed=unit 0|the {held:d} units> and c are locked: training changes nothing]"
)


def _changes(corners: Array, slope_at: Callable[[float], float], case: Case) -> dict[float, float]:
    """The changes of the slope at these corners inside the data that are more than rounding."""
    step = 1e-7 * case.width
    changes = {x: slope_at(x + step) - slope_at(x - step) for x in corners.tolist() if case.low + step < x < case.high - step}
    steepest = max((abs(slope_at(x + side)) for x in changes for side in (step, -step)), default=0.0)
    return {x: change for x, change in changes.items() if abs(change) > 1e-6 * steepest}


def _changes_of_curve(net: Net, case: Case) -> dict[float, float]:
    inside = np.unique([each for each in net.kinks if case.low < each < case.high])
    return _changes(inside, lambda x: float(net.slopes(x).sum()), case)


def _missing(said: Said, case: Case) -> None:
    """Claim that what is said to be missing is what the curve lacks of the bends of the target."""
    x, y = np.array(case.corners).T
    slopes = np.diff(y) / np.diff(x)
    due = _changes(x[1:-1], lambda at: float(slopes[np.searchsorted(x, at) - 1]), case)
    made = _changes_of_curve(case.net, case)
    claim(all(any(abs(kink - at) < 2 * case.near for at in due) for kink in made), "the curve bends elsewhere too")
    lack = {at: size - sum(made[kink] for kink in made if abs(kink - at) < 2 * case.near) for at, size in due.items()}
    places = [(at, size) for at, size in lack.items() if abs(size) > 2e-6 * abs(due[at])]
    named = re.findall(rf"({NUMBER}) at x = ({NUMBER})", said["missing"])
    claim(len(named) == len(places), f"missing is {places}")
    for (text, where), (at, size) in zip(named, places):
        place(where, at, case.low, case.high, "what is missing")
        slope(text, size, "what is missing", 1e-6 * abs(due[at]))
    if "one" in said:
        assert case.before
        lost = [
            kink
            for kink in _changes_of_curve(case.before.net, case.before)
            if all(abs(kink - at) > case.near for at in (*made, *due))
        ]
        claim(len(lost) == 1 and len(places) == 2, f"{lost} for {places}")
        place(said["kink"], lost[0], case.low, case.high, "the kink for both")
        claim(int(said["more"]) == case.net.units + 1, f"{case.net.units} units")


@family(
    "message: units come and go",
    "unit {unit:d} added: its kink is at the probe, x = {x:n}; with v = 0 it adds <none=nothing> yet",
    "unit {unit:d} <gone=removed>: the {kind:loss} <same=stays> at {now:n}" + LEFT,
    "unit {unit:d} <gone=removed>: the {kind:loss} goes from {old:n} to {now:n}" + LEFT,
    "the last unit cannot be <last=removed>",
    "<select=select> a unit first",
    where=MESSAGE,
)
def units(said: Said, case: Case, about: dict[str, Any]) -> None:
    if "none" in said:
        claim(said.unit == case.net.units - 1 and case.net.v[-1] == 0.0, "the last unit")
        place(said["x"], float(case.net.kinks[-1]), case.low, case.high, "its kink")
        place(said["x"], about["probe"], case.low, case.high, "the probe")
    elif "gone" in said:
        claim(case.before is not None and case.before.net.units == case.net.units + 1, "no unit was removed")
        assert case.before
        rest = np.delete(case.before.net.w, said.unit)
        claim(np.array_equal(rest, case.net.w), f"unit {said.unit} is still there")
        kind_text(said["kind"], case)
        claim(said.get("n") in ("", str(case.net.units)) and said.get("times") == said.get("n"), f"{case.net.units} units")
        if "missing" in said:
            _missing(said, case)
        claim(all(case.locked) if "fixed" in said else True, "something is unlocked")
        loss_text(said["now"], case.loss, "the loss", case)
        if "fewer" in said:
            kind_text(said["losses"], case)
            counts, losses = zip(*re.findall(r"(\d+) units? ([^,\s]+)(?: \(trained\))?(?:,|$)", said["fewer"]))
            claim(sorted(map(int, counts), reverse=True) == list(map(int, counts)), "the numbers of units fall")
            claim(int(counts[-1]) == case.net.units, f"{case.net.units} units")
            loss_text(losses[-1], case.loss, "the loss with so many", case)
            if int(counts[-2]) == case.before.net.units:
                loss_text(losses[-2], case.before.loss, "the loss with one more", case.before)
        if "old" in said:
            loss_text(said["old"], case.before.loss, "the loss before", case)
            claim(said["old"] != said["now"], "both are printed alike")
        else:
            claim(abs(case.loss - case.before.loss) <= 1e-9 * abs(case.loss), f"it was {case.before.loss!r}")
    elif "last" in said:
        claim(case.net.units == 1, f"there are {case.net.units} units")


@family(
    "message: starts",
    "random start {seed:d}",
    "back at random start {seed:d}[, its own <units=units> and locks][ (what is locked <stays=stays>)]; r again: the "
    "scenario's own start",
    "back at the scenario's start[, its own <units=units> and locks][ (what is locked <stays=stays>)][; r again: with its "
    "<net=activations>]",
    "nothing to <none=undo|redo>",
    "every parameter is <all=locked>; l unlocks one",
    "training stopped",
    where=MESSAGE,
)
def starts(said: Said, case: Case, about: dict[str, Any]) -> None:
    if "none" in said:
        claim(not about[said["none"]], f"{about[said['none']]} states")
    elif "all" in said:
        claim(case.locked.all(), "something is free")
    else:
        claim(case.step == 0, f"it is at step {case.step}")
        if "stays" in said:
            claim(case.locked.any(), "nothing is locked")


@family("message: undone", "<done=undone|redone>: {change:text}", where=MESSAGE)
def undone(said: Said, case: Case, about: dict[str, Any]) -> None:
    claim(said["change"] == about["next" if said["done"] == "undone" else "change"], f"{about['change']}")


@family(
    "message: diverged",
    "diverged after step {step:d} at learning rate {rate:n}: training stopped at the last finite state[; u goes back before "
    "the "
    "<run=run>][; {advice:text}]",
    where=MESSAGE,
)
def diverged(said: Said, case: Case, _: dict[str, Any]) -> None:
    claim(int(said["step"]) == case.step, f"it is at step {case.step}")
    number(said["rate"], case.rate, "the rate", 1e-5 * case.rate)
    theta = np.concatenate([case.net.w, case.net.b, case.net.v, [case.net.c]])
    claim(np.isfinite(theta).all(), "a parameter is not finite")
    after = case.after
    grown = np.abs(np.concatenate([after.w, after.b, after.v, [after.c]])).max()
    claim(not grown < 1e29, f"the next step leads to {grown!r} at most")
    if "advice" in said:
        scale_advice(said["advice"], case)


@family(
    "message: the x-range",
    "x from {low:n} to {high:n}: the curve goes on where there are no data; B again: <next=wider|back>",
    "x from {low:n} to {high:n} <again=again>",
    where=MESSAGE,
)
def x_range(said: Said, case: Case, about: dict[str, Any]) -> None:
    """The domain, or twice or four times as wide around its middle; case.low and case.high are its ends."""
    low, high = about["domain"]
    times = {"wider": 2.0, "back": 4.0}.get(said.get("next") or "", 1.0)
    middle, half = (low + high) / 2.0, times * (high - low) / 2.0
    place(said["low"], middle - half, case.low, case.high, "its low end")
    place(said["high"], middle + half, case.low, case.high, "its high end")
