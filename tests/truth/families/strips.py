"""The strips under the chart: where each unit is on, and the slopes of units, sum, output and target."""

import math
import re
from decimal import Decimal
from typing import Any

import numpy as np

from tests.truth.activation import KINKED
from tests.truth.activation import slope as act_slope
from tests.truth.net import Net
from tests.truth.oracle import Case
from tests.truth.reach import target_slopes
from tests.truth.registry import reading
from tests.truth.templates import NUMBER
from tests.truth.verdicts import claim, height, own_slope, slope

SAMPLED = 1e-4  # of a slope: how much steeper one may be between the x that are looked at most closely
EDGE = 1e-6  # of the domain: kinks that near to each other share an edge of the strips


def _covers(stretches: Any, low: float, high: float, what: str) -> None:
    ends = [stretch.high for stretch in stretches]
    claim(stretches[0].low == low and ends[-1] == high, f"{what} covers [{low}, {high}]")
    claim([stretch.low for stretch in stretches[1:]] == ends[:-1], f"{what} has a gap")


def _number(text: str, form: str, what: str) -> str:
    found = re.fullmatch(form.replace("N", f"({NUMBER})"), text)
    claim(found, f"{what} cannot be read: {text!r}")
    assert found
    return found[1]


@reading("strips: where units are on")
def units(strips: Any, case: Case) -> None:
    net = case.net
    for unit in range(net.units):
        stretches = strips.unit(unit)
        _covers(stretches, case.low, case.high, f"the strip of unit {unit}")
        for stretch in stretches:
            middle = (stretch.low + stretch.high) / 2
            if net.stepped:
                _height(stretch, net, unit)
                continue
            true = float(net.slopes(middle)[unit, 0])
            slack = 1e-12 * abs(true) + (0.0 if net.kinked else 1e-15 * abs(float(net.v[unit] * net.w[unit])))
            if net.kinked:
                on = net.on(unit, stretch.low, stretch.high)
                share = (on[1] - on[0]) / (stretch.high - stretch.low) if on else 0.0
                claim((share > 0.5) == (stretch.level > 0), f"unit {unit} is on over {share:.0%} of {stretch[:2]}")
                claim(
                    min(share, 1 - share) * (stretch.high - stretch.low) <= 2 * EDGE * case.width,
                    f"unit {unit} switches in {stretch[:2]}",
                )
            if "slope" in stretch.text:
                slope(_number(stretch.text, "slope N", "a strip"), true, f"the slope of unit {unit} at x = {middle}", slack)
            elif stretch.text:
                x = np.concatenate([np.linspace(stretch.low, stretch.high, 50), net.kinks[unit : unit + 1]])
                x = x[(x >= case.low) & (x <= case.high)]
                most = net.slopes(x)[unit]
                slope(
                    _number(stretch.text, "up to N", "a strip"),
                    float(most[np.abs(most).argmax()]),
                    f"the steepest of unit {unit}",
                    slack,
                )
            else:
                claim(not (stretch.level and net.kinked) and not (net.kinked and true), f"the slope {true} is not shown")


def _height(stretch: Any, net: Net, unit: int) -> None:
    """Where a unit that jumps is on, its v is shown as the height that it adds; jumps are on the edges of stretches."""
    inside = stretch.low + (stretch.high - stretch.low) * np.array([0.01, 0.5, 0.99])
    on = net.is_on(inside)[unit]
    claim((on == on[1]).all() and bool(on[1]) == (stretch.level > 0), f"unit {unit} jumps in {stretch[:2]}")
    if stretch.text:
        its = float(net.parts(inside)[unit, 1])
        height(_number(stretch.text, "height N", "a strip"), its, f"what unit {unit} adds", 1e-12 * abs(its))


@reading("strips: the sum's slopes")
def total(strips: Any, case: Case) -> None:
    """The slope in each stretch; of soft steps the steepest there, at one of some thousand x and all centres."""
    net = case.net
    _covers(strips.total, case.low, case.high, "the row of the sum")
    for stretch in strips.total:
        middle = (stretch.low + stretch.high) / 2
        if net.stepped:
            shown, its = _number(stretch.text, "N", "the row of the sum"), float(net.parts(middle).sum())
            height(shown, its, f"the sum at x = {middle}", 1e-13 * net.size(middle)[0])
            continue
        if net.activation not in ("sigmoid", "tanh"):
            true, slack = float(net.slopes(middle).sum()), 1e-12 * net.slope_size(middle)
            shown = _number(stretch.text, "≈?N", "the row of the sum")
            slope(shown, true, f"the slope of the sum at x = {middle}", slack)
            if net.kinked and not stretch.text.startswith("≈"):
                above = [strips.unit(unit) for unit in range(net.units)]
                texts = [each.text for row in above for each in row if each.low <= middle <= each.high]
                printed = sum((Decimal(text.removeprefix("slope ")) for text in texts if text), Decimal())
                claim(math.isclose(printed, Decimal(shown), rel_tol=1e-9), f"as printed the units add up to {printed}")
            continue
        true = _steepest(net, stretch.low, stretch.high)
        shown = _number(stretch.text, "up to N", "the row of the sum")
        slack = SAMPLED * abs(true) + 1e-15 * net.slope_size(stretch.low)
        slope(shown, true, f"the steepest of the sum in {stretch[:2]}", slack)


def _steepest(net: Net, low: float, high: float) -> float:
    """The slope of largest size of a sum of soft steps, looked for all over and around each step, then ever more closely."""
    around = (net.kinks[:, None] + np.linspace(-40.0, 40.0, 401) / net.w[:, None]).ravel()
    x = np.unique(np.concatenate([np.linspace(low, high, 1001), around[(around >= low) & (around <= high)]]))
    slopes = net.slopes(x).sum(axis=0)
    for _ in range(3):
        most = int(np.abs(slopes).argmax())
        x = np.linspace(x[max(most - 1, 0)], x[min(most + 1, len(x) - 1)], 101)
        slopes = net.slopes(x).sum(axis=0)
    at_centres = [_at_centre(net, unit) for unit in range(net.units) if low <= net.kinks[unit] <= high]
    return max([float(slopes[np.abs(slopes).argmax()]), *at_centres], key=abs)


def _at_centre(net: Net, unit: int) -> float:
    """The slope of the sum where z of a unit is 0: between two float64 numbers, if the unit is steep."""
    slopes = net.slopes(net.kinks[unit])[:, 0]
    slopes[unit] = net.v[unit] * net.w[unit] * act_slope(net.activation, 0.0)
    return float(slopes.sum())


@reading("strips: the output's slopes")
def output(strips: Any, case: Case) -> None:
    net = case.net
    claim((strips.output is None) == (net.output == "identity"), net.output)
    if strips.output is None:
        return
    claim(strips.output.name == net.output, net.output)
    _covers(strips.output.stretches, case.low, case.high, "the row of the output")
    for stretch in strips.output.stretches:
        x = stretch.low + (stretch.high - stretch.low) * np.linspace(0.0, 1.0, 243)[1:-1]  # the middle among them
        sums, size = net.total(x), net.size(x)
        sums = np.where(np.abs(sums) <= 1e-12 * size, 0.0, sums)
        if net.output in KINKED and net.straight:
            share = float((sums > 0.0).mean())  # a place that near to a kink is on its edge
            near = min(share, 1.0 - share) * (stretch.high - stretch.low) <= 2 * EDGE * case.width
            claim(share < 0.02 or share > 0.98 or near, f"the sum changes its sign in {stretch[:2]}")
            claim(
                (stretch.level > 0) == (share > 0.5) or not sums[120],
                f"the sum is {sums[120]} in {stretch[:2]}",
            )
        if stretch.text:
            slopes = act_slope(net.output, sums, net.at_kink) * net.slopes(x).sum(axis=0)
            shown, slack = _number(stretch.text, "slope N", "the row of the output"), 1e-12 * net.slope_size(x)
            least, most = float(slopes.min()), float(slopes.max())
            near = float(slopes[np.abs(own_slope(1.0) * slopes - float(shown)).argmin()])
            unit = 0.02 * (most - least) + slack  # between two samples of a bent curve
            slope(shown, near, f"the slope of the prediction in {stretch[:2]}", unit)


@reading("strips: the target's slopes")
def target(strips: Any, case: Case) -> None:
    if not strips.target:
        return
    segments = target_slopes(case)
    claim(len(segments) == len(strips.target), f"the target has {len(segments)} segments")
    for stretch, (low, high, steep) in zip(strips.target, segments):
        claim((stretch.low, stretch.high) == (low, high), f"a segment is [{low}, {high}]")
        shown = _number(stretch.text, "N(?: [✓✗])?", "the row of the target")
        slope(shown, steep, "the target's slope", 1e-12 * abs(steep))
        if stretch.text[-1] in "✓✗":
            assert case.solved_below is not None
            inside = (case.x >= low) & (case.x <= high)
            error = float(((case.net.predict(case.x[inside]) - case.y[inside]) ** 2).mean()) if inside.any() else np.nan
            if abs(error - case.solved_below) > 1e-9 * case.solved_below:
                claim((stretch.text[-1] == "✓") == (error < case.solved_below), f"the MSE on [{low}, {high}] is {error}")
