"""Why the loss stands still: the reasons, what is advised, and that it does stand still."""

import re
from dataclasses import replace
from typing import Any

import numpy as np

from tests.truth.families.charts import loss_text
from tests.truth.families.messages import scale_advice
from tests.truth.families.table import rounding
from tests.truth.families.units import claim_parked
from tests.truth.oracle import UNDERFLOW, Array, Case, best_output, flat, loss, trained, unflat
from tests.truth.registry import family
from tests.truth.templates import NUMBER, Said, units_in
from tests.truth.verdicts import claim, last_digit, number, parsed, place

FURTHER = 2000  # steps after which a loss that stands still has to be about the same
ESCAPED = 0.5  # of the loss: one that falls below within those steps did not stand still
SMALL = 1e-3  # of the size of the parameters: what a "small change" is
NEAR = 1.05  # times: so near counts as equal


def _stands_still(case: Case) -> None:
    """Claim that training on does not lead far away."""
    later = trained(case, FURTHER)
    after = loss(later.net, case.x, case.y, case.kind)
    claim(not after < ESCAPED * case.loss, f"{later.step - case.step} steps on, the loss is {after!r} instead of {case.loss!r}")


def _units(said: Said, name: str = "units") -> tuple[int, ...]:
    named = units_in(said[name])
    return named if isinstance(named, tuple) else ()


def _gradient(case: Case, unit: int) -> Array:
    """The gradient of the free ones of w and b of a unit; 0 where it may underflow."""
    units = case.net.units
    own = [place for place in (unit, units + unit) if not case.locked[place]]
    return np.where(np.abs(case.gradient[own]) < UNDERFLOW, 0.0, case.gradient[own])


@family(
    "stuck: the rate is too large",
    "The learning rate {rate:n} is too large: the loss goes up and down, between {low:n} and {high:n}, without getting "
    "lower. The "
    "key ( halves it.",
    "The learning rate {rate:n} is too large: a step should lower the loss by {promise:n}, but goes too far. The key ( "
    "halves it.",
    "The learning rate {rate:n} is too large: the loss stands still at {now:n}, and shorter steps lead to {lower:n}. The key ( "
    "halves it.",
)
def too_large(said: Said, case: Case, _: dict[str, Any]) -> None:
    claim(abs(parsed(said["rate"]) - case.rate) <= 6e-4 * case.rate, f"the rate is {case.rate!r}")
    if "low" in said:
        low, high = parsed(said["low"]), parsed(said["high"])
        claim(low < high, "low and high are printed alike")
        claim(0.99 * low - last_digit(said["low"]) <= case.loss <= 1.01 * high + 5e-5, f"the loss is {case.loss!r}")
        return
    if "now" in said:
        loss_text(said["now"], case.loss, "the loss", case)
        halves = [case.rate * 0.5**halvings for halvings in range(1, 16)]
        steps = [unflat(case.net, flat(case.net) - rate * case.gradient * ~case.locked) for rate in halves]
        lowest = min(loss(net, case.x, case.y, case.kind) for net in steps)
        loss_text(said["lower"], lowest, "the loss after a shorter step", case)
        claim(lowest < case.loss, f"shorter steps lead to {lowest!r}")
        claim(said["lower"] != said["now"], "both are printed alike")
        return
    move = flat(case.after) - flat(case.net)
    promise = float(abs(case.gradient @ move))
    loss_text(said["promise"], promise, "what the gradient promises", case)
    later = trained(case, 200)
    claim(not loss(later.net, case.x, case.y, case.kind) < ESCAPED * case.loss, "200 steps on it is less than half")


@family(
    "stuck: the rate is too small",
    "The learning rate {rate:n} is too small: the loss hardly moves, though a step {times:whole} times as long would still "
    "lower "
    "it. The key ) doubles it.",
)
def too_small(said: Said, case: Case, _: dict[str, Any]) -> None:
    claim(abs(parsed(said["rate"]) - case.rate) <= 6e-4 * case.rate, f"the rate is {case.rate!r}")
    theta = flat(case.net)
    longer = unflat(case.net, theta + said.whole("times") * (flat(case.after) - theta))
    after = loss(longer, case.x, case.y, case.kind)
    claim(after < case.loss, f"a step so long leads from {case.loss!r} to {after!r}")


@family(
    "stuck: slope at the kink",
    "Stuck: z of {units:units} is exactly 0, and there training takes relu's slope to be 0, so <g=its gradient is|their "
    "gradients "
    "are> zero. k takes 1/2 or 1 instead; or set <which=w and b|w or b|w|b> by hand.",
)
def at_kink(said: Said, case: Case, _: dict[str, Any]) -> None:
    claim(case.net.at_kink == 0.0 and case.net.activation == "relu", "the slope at the kink")
    other = replace(case, net=replace(case.net, at_kink=1.0))
    for unit in _units(said):
        claim((case.net.z(case.x)[unit] == 0.0).any(), f"z of unit {unit} is nowhere 0")
        claim(not _gradient(case, unit).any(), f"the gradient of unit {unit} is {_gradient(case, unit)}")
        claim(_gradient(other, unit).any(), f"with the slope 1 the gradient of unit {unit} is 0 too")
        free = [name for name, locked in zip("wb", case.locks(unit)) if not locked]
        claim(len(_units(said)) > 1 or all(name in said["which"].split() for name in free), f"free are {free} of unit {unit}")
    _stands_still(case)


@family(
    "stuck: dead units",
    "Stuck[ <local=in a local minimum>]: {units:units} <are=is|are> dead: z is 0 or below at every point, so <g=its "
    "gradient is|their gradients are> zero. Move <k=its kink|their kinks> into the data, or try another start (R; g shows "
    "many).",
)
def dead(said: Said, case: Case, _: dict[str, Any]) -> None:
    for unit in _units(said):
        claim((case.net.z(case.x)[unit] <= 0.0).all(), f"unit {unit} is on at a point")
        claim(not _gradient(case, unit).any(), f"the gradient of unit {unit} is {_gradient(case, unit)}")
        claim(not all(case.locks(unit)[:2]), f"w and b of unit {unit} are locked: its kink cannot be moved")
    if "local" in said:
        _no_small_change_leads_down(case, all_at_once=True)
    _stands_still(case)


@family(
    "stuck: parked units",
    "Stuck: {units:units} <are=is|are> parked at the edge of the data: on, but so little that training hardly moves "
    "<it=it|them>. "
    "Move <k=its kink|their kinks> into the data, or try another start (R; g shows many).",
)
def parked(said: Said, case: Case, _: dict[str, Any]) -> None:
    for unit in _units(said):
        z, adds = case.net.z(case.x)[unit], np.abs(case.net.parts(case.x)[unit]).max()
        little = (z > 0.0).any() and (z > 0.0).mean() <= 0.01 and adds <= 0.01 * case.y.std()
        if not little:
            claim_parked(case, unit)
    _stands_still(case)


@family(
    "stuck: twins",
    "Stuck: {units:units} are twins: those with the same kink and side make only one bend. Nudge one away from the other, then "
    "train on.",
)
def twins(said: Said, case: Case, _: dict[str, Any]) -> None:
    named, net = _units(said), case.net
    for unit in named:
        same = [
            other
            for other in named
            if other != unit and abs(net.kinks[unit] - net.kinks[other]) <= case.near and net.w[unit] * net.w[other] > 0.0
        ]
        claim(same, f"unit {unit} has no twin among {named}")
    claim(not named or any(not all(case.locks(unit)[:2]) for unit in named), "every kink of theirs is locked")
    _stands_still(case)


@family(
    "stuck: kinks in a gap",
    "Stuck: <every=the only kink|every kink> inside the data lies between x = {low:n} and {high:n}, where there are no "
    "points. One "
    "has to get past x = {past:n}, where the error is larger: by hand, or by another start (R; g shows many).",
)
def gap(said: Said, case: Case, _: dict[str, Any]) -> None:
    net, x = case.net, case.x
    inside = net.kinks[(net.v != 0.0) & (net.kinks > x[0]) & (net.kinks < x[-1])]
    claim(len(inside) == 1 if "only" in said["every"] else len(inside) >= 1, f"{len(inside)} kinks are inside")
    right = int((x <= inside[0]).sum())
    low, high = float(x[right - 1]), float(x[right])
    claim(((inside > low) & (inside < high)).all(), f"the kinks are {inside}")
    place(said["low"], low, case.low, case.high, "the gap begins where x")
    place(said["high"], high, case.low, case.high, "the gap ends where x")
    squares = (net.predict(x) - case.y) ** 2
    sides = {said["low"]: squares[:right].sum(), said["high"]: squares[right:].sum()}
    claim(said["past"] in sides and sides[said["past"]] >= max(sides.values()) * (1 - 1e-9), f"the errors are {sides}")
    _stands_still(case)


@family(
    "stuck: one kink for all",
    "Stuck: the kinks of <all=both|all>[ {count:d}] units are at x = {x:n}, so together they make one bend and two slopes. "
    "<advice=b holds them there (l unlocks it)|Nudge one away from the others, then train on>.",
)
def one_kink(said: Said, case: Case, _: dict[str, Any]) -> None:
    kinks, units = case.net.kinks, case.net.units
    claim(units == (2 if said["all"] == "both" else int(said["count"])), f"there are {units} units")
    claim(np.ptp(kinks) <= case.near, f"the kinks are {kinks}")
    place(said["x"], float(kinks[0]), case.low, case.high, "the kink")
    held = all(case.locks(unit)[1] for unit in range(units))
    claim(held or not said["advice"].startswith("b holds"), "a b is free")
    _stands_still(case)


@family(
    "stuck: the output is off",
    "Stuck: the output's relu is off at every point, so every gradient is zero. A c above {c:n} switches it on.",
    "Stuck: the output's relu is off at every point, so every gradient is zero. c is locked (l unlocks it); a <field=v|b> "
    "of unit "
    "{unit:d} above {least:n} switches it on.",
    "Stuck: the output's relu is off at every point, so every gradient is zero. c is locked (l unlocks it), and no other free "
    "parameter switches it on <alone=alone>.",
)
def output_off(said: Said, case: Case, _: dict[str, Any]) -> None:
    net, total = case.net, case.net.total(case.x)
    claim(net.output == "relu" and not case.gradient.any(), f"the gradient is {case.gradient}")
    claim((total <= 0.0).all(), f"the sum is {total.max()!r} at a point")
    claim(bool(case.locked[-1]) != ("c" in said), "whether c is locked")
    if "alone" in said:
        return
    text = said.get("c") or said["least"]
    least, step = parsed(text), max(abs(parsed(text)), 1e-3) * 0.01
    above, below = (_with(net, said, least + sign * step) for sign in (1.0, -1.0))
    claim((above.total(case.x) > 0.0).any(), f"at {least + step!r} it is still off")
    claim(not (below.total(case.x) > 0.0).any(), f"it is on at {least - step!r} already")


def _with(net: Any, said: Said, number: float) -> Any:
    if "c" in said:
        return replace(net, c=number)
    values = getattr(net, said["field"]).copy()
    values[said.unit] = number
    return replace(net, **{said["field"]: values})


@family(
    "stuck: v and c are not at their best",
    "Slow, not stuck: with the kinks where they are the best v and c have {best:n}, and training is still at {now:n}. The "
    "key b "
    "sets v and c to it at once.",
    "Slow, not stuck: with every kink <locked=locked> the loss has only one minimum, {best:n}, and training is still at "
    "{now:n}. The "
    "key b sets v and c to it at once.",
)
def unsolved(said: Said, case: Case, _: dict[str, Any]) -> None:
    claim(case.net.output == "identity", case.net.output)
    lowest = best_output(case)
    loss_text(said["now"], case.loss, "the loss", case)
    if parsed(said["best"]):
        loss_text(said["best"], lowest, "the lowest", case)
    else:
        claim(lowest <= 1e-9 * max(float(case.y.var()), float(case.y[0]) ** 2, 1.0) * len(case.x), f"the lowest is {lowest!r}")
    units = case.net.units
    claim("locked" not in said or bool(case.locked[: 2 * units].all()), "a kink is free")


@family(
    "stuck: about the best",
    "With every kink locked the loss has only one <locked=minimum>, and training is there: {now:n}. More units may do "
    "better (A adds "
    "one, n compares).",
    "Identity units add up to one straight <line=line>, and this is about the best one. f changes the activation.",
    "This is about the best found with {units:d} unit[s]: of many starts none ended below {found:n}. More units may do better "
    "(A adds "
    "one, n compares).",
    "This is about the best that {units:d} unit[s] can do: the lowest loss possible is {possible:n}. More units may do better "
    "(A adds "
    "one, n compares).",
)
def best(said: Said, case: Case, about: dict[str, Any]) -> None:
    exact = 1e-9 * max(float(case.y.var()), 1e-300) * (len(case.x) if case.kind == "sse" else 1)
    if "locked" in said:
        claim(bool(case.locked[: 2 * case.net.units].all()), "a kink is free")
        claim(case.loss <= NEAR * best_output(case) + exact, f"the lowest is {best_output(case)!r}, not {case.loss!r}")
        loss_text(said["now"], case.loss, "the loss", case)
    elif "line" in said:
        columns = np.stack([case.x - case.low, np.ones(len(case.x))], axis=1)
        rest = case.y - columns @ np.linalg.lstsq(columns, case.y, rcond=None)[0]
        lowest = float((rest**2).mean() if case.kind == "mse" else (rest**2).sum())
        claim(case.net.activation == "identity", case.net.activation)
        claim(case.loss <= NEAR * lowest + exact, f"the lowest is {lowest!r}, not {case.loss!r}")
    else:
        lowest = about["found" if "found" in said else "possible"]
        loss_text(said.get("found") or said["possible"], lowest, "the lowest", case)
        claim(case.loss <= NEAR * lowest * (1 + 1e-9), f"the loss is {case.loss!r}")
        claim(int(said["units"].split()[0]) == case.net.units, f"there are {case.net.units} units")


CHANGES = re.compile(rf"(?:([wbv]) of unit (\d+)|c) by ({NUMBER})")


ON = "<how=Stuck on|Slow, not stuck: this is> a <place=saddle|plateau>, not a minimum: "
NAMED = "to change {changes:changes} lowers the {kind:word} from {before:n} to {after:n}, "
COUNTED = "a change of {count:d} parameter[s] together lowers the {kind:word} from {before:n} to {after:n}, "
ENDS = (
    "but the gradient has no part <none=along> it. Nudge one of them, then train on.",
    "but {tried:whole} more steps do not get there. Nudge one of them, then train on.",
    "and the gradient has a part <part=along> it.",
    "and training leaves it by itself, in about {steps:steps}.",
)


@family("stuck: a saddle", *(ON + change + end for change in (NAMED, COUNTED) for end in ENDS))
def saddle(said: Said, case: Case, _: dict[str, Any]) -> None:
    claim(said["kind"] == case.kind.upper(), case.kind)
    claim(said["how"].startswith("Stuck") == ("Nudge" in said.text), said.text)
    loss_text(said["before"], case.loss, "the loss", case)
    if "changes" in said:
        theta, units, moved = flat(case.net), case.net.units, []
        for field, unit, by in CHANGES.findall(said["changes"]):
            index = "wbv".index(field) * units + int(unit) if field else 3 * units
            claim(not case.locked[index], f"{field}{unit} is locked")
            theta[index] += parsed(by)
            moved.append(index)
        after = loss(unflat(case.net, theta), case.x, case.y, case.kind)
        slack = 0.02 * abs(case.loss - after) + 1e-9 * case.loss  # the changes are printed to three digits
        claim(after < case.loss and said["after"] != said["before"], f"it leads to {after!r}")
        number(said["after"], after, "the loss after the change", slack)
        if "none" in said and len(moved) == 1:
            g = case.gradient
            claim(
                abs(g[moved[0]]) <= 1e-6 * np.abs(g).max() + rounding(case), f"along it the loss has the slope {g[moved[0]]!r}"
            )
    if "steps" in said and said.whole("steps") <= FURTHER:
        later = trained(case, 5 * said.whole("steps") + 100)
        after = loss(later.net, case.x, case.y, case.kind)
        claim(after < 0.999 * case.loss, f"five times as many steps on the loss is {after!r}")
    if "tried" in said and said.whole("tried") <= FURTHER:
        after = loss(trained(case, said.whole("tried")).net, case.x, case.y, case.kind)
        claim(after >= 0.985 * case.loss, f"so many steps on the loss is {after!r}")


@family(
    "stuck: a local minimum",
    "Stuck in a local minimum: no small change of the free parameters lowers the loss; another start may do <other=better> "
    "(R; g "
    "shows many).",
    "Stuck in a local minimum: no small change of the free parameters lowers the loss; the best found is {found:n}.",
    "Stuck as in a local minimum: no small change of one free parameter lowers the loss; another start may do <other=better> "
    "(R; g shows many).",
    "Stuck as in a local minimum: no small change of one free parameter lowers the loss; the best found is {found:n}.",
    "Stuck as in a local minimum: training leads no lower, and to try all small changes would take too long; another start "
    "may do <other=better> (R; g shows many).",
    "Stuck as in a local minimum: training leads no lower, and to try all small changes would take too long; the best found "
    "is {found:n}.",
)
def local_minimum(said: Said, case: Case, about: dict[str, Any]) -> None:
    if "found" in said:
        loss_text(said["found"], about["found"], "the best found", case)
    if "too long" not in said.text:
        _no_small_change_leads_down(case, all_at_once="of the free parameters" in said.text)
    _stands_still(case)


def _no_small_change_leads_down(case: Case, *, all_at_once: bool) -> None:
    theta, dice = flat(case.net), np.random.default_rng(0)
    directions = np.eye(len(theta))
    if all_at_once:
        directions = np.concatenate([directions, dice.normal(size=(40, len(theta))) / np.sqrt(len(theta))])
    for direction in directions * ~case.locked:
        for sign in (1.0, -1.0):
            step = sign * SMALL * (1.0 + np.abs(theta)) * direction
            # A change that takes a kink past a point is not small: a hundredth of it has to lead down too.
            after, nearer = (loss(unflat(case.net, theta + by), case.x, case.y, case.kind) for by in (step, step / 100))
            down = after < (1.0 - SMALL) * case.loss and nearer < case.loss
            claim(not down, f"a change of a thousandth leads from {case.loss!r} to {after!r}")


@family("stuck: how to scale the data", "{advice:sentence}.")
def scale(said: Said, case: Case, _: dict[str, Any]) -> None:
    scale_advice(said["advice"], case)


@family(
    "stuck: in a few words",
    "stuck: dead {what:units}",
    "stuck: parked {what:units}",
    "stuck: {count:d} <state=dead|parked> units",
    "stuck: twins {what:list}",
    "stuck: {count:d} twins",
    "stuck: slope at the kink",
    "stuck: kinks in a gap",
    "stuck: one kink for all",
    "stuck: output off",
    "stuck: <place=saddle|plateau>",
    "stuck: rate too large",
    "stuck: rate too small",
    "stuck: local minimum",
    "slow: {what:steps} on a <place=saddle|plateau>",
    "<swings=swings>, no lower rate helps",
    "slow: on a <place=saddle|plateau>",
    "slow: v and c can do {what:n}",
    "slow: {there:n} in {what:steps}",
    "best for {count:d} unit[s]",
    where="status",
)
def summary(said: Said, case: Case, about: dict[str, Any]) -> None:
    claim(("slow" in said.text[:4]) == ("Slow, not stuck" in about["text"]), about["text"])
    for unit in re.findall(r"unit (\d+)", said.get("what")):
        claim(re.search(rf"\b{unit}\b", about["text"]), about["text"])
    if said.text.startswith("stuck: ") and "count" in said:
        claim(f"{said['count']} units" in about["text"], about["text"])
    for count in re.findall(r"([\d,]+) steps", said.text):
        claim(count in about["text"], about["text"])
