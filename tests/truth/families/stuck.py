"""Why the loss stands still: the steps, the kinks, the output, the best; and the words in the status."""

import re
from dataclasses import replace
from typing import Any

import numpy as np

from tests.truth.families.losses import loss_text
from tests.truth.families.minima import ESCAPED, stands_still
from tests.truth.families.scaling import scale_advice
from tests.truth.oracle import Case, best_output, flat, loss, trained, unflat
from tests.truth.registry import family
from tests.truth.templates import Said
from tests.truth.verdicts import claim, last_digit, parsed, place

NEAR = 1.05  # times: so near counts as equal


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
    "stuck: kinks in a gap",
    "Stuck: <every=the only kink|every kink> inside the data lies between x = {low:n} and {high:n}, where there are no "
    "points. One "
    "has to get past x = {past:n}, where the error is larger: by hand, or by another start (R; g shows many).",
)
def gap(said: Said, case: Case, about: dict[str, Any]) -> None:
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
    stands_still(case, about)


@family(
    "stuck: one kink for all",
    "Stuck: the kinks of <all=both|all>[ {count:d}] units are at x = {x:n}, so together they make one bend and two slopes. "
    "<advice=b holds them there (l unlocks it)|Nudge one away from the others, then train on>.",
)
def one_kink(said: Said, case: Case, about: dict[str, Any]) -> None:
    kinks, units = case.net.kinks, case.net.units
    claim(units == (2 if said["all"] == "both" else int(said["count"])), f"there are {units} units")
    claim(np.ptp(kinks) <= case.near, f"the kinks are {kinks}")
    place(said["x"], float(kinks[0]), case.low, case.high, "the kink")
    held = all(case.locks(unit)[1] for unit in range(units))
    claim(held or not said["advice"].startswith("b holds"), "a b is free")
    stands_still(case, about)


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
    "slow: short steps",
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
