"""What is said of random starts."""

import math
from typing import Any

import numpy as np

from tests.truth.families.losses import kind_text, loss_text
from tests.truth.net import Net
from tests.truth.oracle import Case, unflat
from tests.truth.registry import family, reading
from tests.truth.templates import Said
from tests.truth.verdicts import claim, number, parsed


@family(
    "seeds: what became of one",
    "seed {seed:d}   {kind:loss} {loss:n}   <outcome=solved>: the loss is below {below:n}",
    "seed {seed:d}   {kind:loss} {loss:n}   <outcome=dead units>: a unit that can move is off at every point",
    "seed {seed:d}   {kind:loss} {loss:n}   <outcome=parked>: a unit is on over hardly any of the x-range",
    "seed {seed:d}   {kind:loss} {loss:n}   <outcome=twins>: two units do the work of one",
    "seed {seed:d}   {kind:loss} {loss:n}   <outcome=stands still>: it hardly falls, as in a local minimum; "
    "no unit is dead, parked or a twin",
    "seed {seed:d}   {kind:loss} {loss:n}   <outcome=still falling>: more steps may bring it further",
    "seed {seed:d}   {kind:loss} -   <outcome=diverged>: a number outgrew float32; a lower rate may do",
    where="seed",
)
def seed(said: Said, case: Case, about: dict[str, Any]) -> None:
    claim(int(said["seed"]) == about["seed"], f"the seed is {about['seed']}")
    kind_text(said["kind"], case)
    outcome, now = said["outcome"], about["loss"]
    if outcome == "diverged":
        claim(not math.isfinite(now), f"the loss is {now!r}")
        return
    loss_text(said["loss"], now, "the loss", case)
    net = _net(case, about["parameters"])
    if outcome == "solved":
        number(said["below"], about["below"], "the bound", 1e-5 * about["below"])
        claim(now < about["below"] and parsed(said["loss"]) < parsed(said["below"]), f"the loss is {now!r}")
        return
    claim(not now < about["below"], f"the loss {now!r} is below {about['below']!r}: it is solved")
    falls = now < 0.99 * about["earlier"] * (1 - 1e-9)
    if outcome == "still falling":
        claim(now < 0.99 * about["earlier"] * (1 + 1e-9), f"the loss was {about['earlier']!r}")
        return
    tiny = (float(np.abs(case.y).max()) * 2.0**-24) ** 2 * (len(case.x) if case.kind == "sse" else 1)
    claim(not falls or about["earlier"] <= tiny * (1 + 1e-9), f"the loss was {about['earlier']!r}, and is {now!r}")
    idle = _idle(case, net)
    claim((outcome if outcome != "stands still" else "") == idle, f"it has {idle or 'no idle units'}")


def _net(case: Case, p: Any) -> Net:
    return unflat(case.net, np.concatenate([p.w, p.b, p.v, [p.c]]))


def _idle(case: Case, net: Net) -> str:
    """Which of the manual's outcomes a network at rest has: dead units, parked ones, twins; by the range of the points."""
    if not net.kinked:
        return ""
    low, high, z = float(case.x[0]), float(case.x[-1]), net.z(case.x)
    near = 1e-6 * (high - low)
    movable = [unit for unit in range(net.units) if not all(case.locks(unit)[:2])]
    if net.activation == "relu":
        if any((z[unit] <= 0.0).all() for unit in movable):
            return "dead units"
        size = float(np.ptp(case.y)) or abs(float(case.y[0])) or 1.0
        adds = np.abs(net.v) * z.max(axis=1)
        if any(z[unit].max() <= near * abs(net.w[unit]) and adds[unit] <= 1e-3 * size for unit in movable):
            return "parked"
    for unit in movable:
        for other in range(net.units):
            same = other != unit and net.w[unit] * net.w[other] > 0.0 and abs(net.kinks[unit] - net.kinks[other]) <= near
            if same and (z[unit] <= 0.0).any():
                return "twins"
    return ""


@reading("seeds: their counts")
def counts(shown: Any, case: Case) -> None:
    readout, outcomes = shown
    for name, count in readout.outcomes:
        claim(count == sum((each or "not yet known") == name for each in outcomes), f"{name}: {count}")
    claim(sum(count for _, count in readout.outcomes) == len(outcomes), "the counts do not add up")
