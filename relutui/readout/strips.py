"""What the strips show: where each unit is on, the slopes that they sum to, and those of the prediction and the target."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from relutui.explain import exercise, why_stuck
from relutui.lib.arrays import Array, distinct, quiet
from relutui.lib.number_text import slope_text
from relutui.model.network import KINKED, Network, Parameters, slope
from relutui.model.pieces import edges, kinks, output_kinks, unit_slopes
from relutui.readout.colour import colour_of
from relutui.scenario.segments import Segment, segments
from relutui.session.session import Session

ON_LEVEL = 3  # the level of a strip where a unit with a kink is on
FULL_LEVEL = 4  # the level where a group of units is all on, or a unit without a kink at its steepest
SHADE_PLACES = 60  # places at which what has no kink is looked at


class Stretch(NamedTuple):
    """A part of a strip: level 0 (off) to FULL_LEVEL, and its text; only the last word where room is short."""

    low: float
    high: float
    level: int
    text: str


class OutputStrip(NamedTuple):
    """Where the output activation lets the sum through, and the slope of the prediction there."""

    name: str
    stretches: tuple[Stretch, ...]


class StripsReadout(NamedTuple):
    """How much each unit is on between neighbouring edges, and what it adds to the slope; the rest on the same x axis.

    edges: of shape (places + 1,); shares, from 0 to 1, and slopes: of shape (units, places); steepest: each smooth
    unit's largest slope.  stuck: the units because of which training stands still.  `target` has a mark after each slope if
    there is an exercise: whether the prediction matches there.
    """

    x_limits: tuple[float, float]
    edges: Array
    shares: Array
    slopes: Array
    steepest: Array
    kinked: bool
    colours: tuple[int, ...]
    selected: int
    stuck: tuple[int, ...]
    total: tuple[Stretch, ...]
    output: OutputStrip | None
    target: tuple[Stretch, ...]

    def unit(self, unit: int) -> tuple[Stretch, ...]:
        """The strip of one unit."""
        slopes, levels = self.slopes[unit], _levels(self.shares[unit], ON_LEVEL if self.kinked else FULL_LEVEL)
        return tuple(
            Stretch(self.edges[start], self.edges[end], level, self._slope(level, float(slopes[start]), unit))
            for start, end, level in _runs(levels)
        )

    def group(self, first: int, end: int) -> tuple[Stretch, ...]:
        """The strip of the units from first to, and without, end: how much of them is on."""
        levels = _levels(self.shares[first:end].mean(axis=0), FULL_LEVEL)
        return tuple(Stretch(self.edges[start], self.edges[stop], level, "") for start, stop, level in _runs(levels))

    def _slope(self, level: int, slope: float, unit: int) -> str:
        """What is written in a stretch: its slope, or in the steepest stretch of a smooth unit the largest."""
        if self.kinked or len(self.edges) == 2:
            return f"slope {slope_text(slope)}" if level or slope else ""
        return f"up to {slope_text(float(self.steepest[unit]))}" if level == FULL_LEVEL else ""


@quiet
def read_strips(session: Session) -> StripsReadout:
    """The strips: by pieces where units have a kink, else by the slope at SHADE_PLACES places."""
    network, p = session.state.network, session.state.parameters
    at = _places(network, p, session.domain)
    slopes = unit_slopes(network, p, _middles(at))
    on = network.pre_activations(p, _middles(at)) > 0.0
    why = why_stuck.stuck_reason(session)
    return StripsReadout(
        x_limits=session.domain,
        edges=at,
        shares=on.astype(np.float64) if network.kinked else _relative(slopes),
        slopes=slopes,
        steepest=np.empty(0) if network.kinked else _steepest(network, p, session.domain),
        kinked=network.kinked,
        colours=tuple(map(colour_of, range(p.units))),
        selected=session.view.selection.row,
        stuck=why.units if why else (),
        total=tuple(Stretch(low, high, 0, slope_text(its)) for (low, high), its in zip(pairwise(at), slopes.sum(axis=0))),
        output=None if network.output_activation == "identity" else _output(network, p, session.domain),
        target=_target(session),
    )


def sum_rows(session: Session) -> int:
    """The rows below those of the units: the sum, the output activation, the target."""
    return 1 + (session.state.network.output_activation != "identity") + bool(_target_segments(session))


def _places(network: Network, p: Parameters, domain: tuple[float, float]) -> Array:
    """The edges of what the strips tell apart."""
    if network.kinked:
        return edges(p, domain)
    return np.linspace(*domain, 2 if network.activation == "identity" else SHADE_PLACES + 1)


def _steepest(network: Network, p: Parameters, domain: tuple[float, float]) -> Array:
    """Each unit's largest slope: at an end of the domain, or where z is 0."""
    own = np.clip(np.nan_to_num(kinks(p)), *domain)
    slopes = np.stack([*unit_slopes(network, p, np.array(domain)).T, unit_slopes(network, p, own).diagonal()])
    return np.asarray(slopes[np.abs(slopes).argmax(axis=0), range(p.units)])


@quiet
def _output(network: Network, p: Parameters, domain: tuple[float, float]) -> OutputStrip:
    """On where the sum is above 0 if the output activation has a kink, else shaded by its slope."""
    name, at = network.output_activation, _places(network, p, domain)
    at = distinct(at, output_kinks(network, p, domain) if name in KINKED else np.linspace(*domain, SHADE_PLACES + 1))
    sums = network.output_sum(p, _middles(at))
    passed = slope(name, sums, network.slope_at_kink)
    slopes = passed * unit_slopes(network, p, _middles(at)).sum(axis=0)
    levels = np.where(sums > 0.0, ON_LEVEL, 0) if name in KINKED else _levels(_relative(passed), FULL_LEVEL)
    texts = [f"slope {slope_text(float(its))}" if level or its else "" for level, its in zip(levels, slopes)]
    # What is off everywhere, or has one slope, is one stretch, whatever bends before the output activation.
    same = [0, *(i for i in range(1, len(texts)) if (levels[i], texts[i]) != (levels[i - 1], texts[i - 1])), len(texts)]
    return OutputStrip(name, tuple(Stretch(at[i], at[end], int(levels[i]), texts[i]) for i, end in pairwise(same)))


def _target(session: Session) -> tuple[Stretch, ...]:
    """The slopes of the target, and in an exercise whether each segment matches already."""
    marks = {progress.segment: " ✓" if progress.matches else " ✗" for progress in exercise.progress(session)}
    return tuple(
        Stretch(segment.low, segment.high, 0, slope_text(segment.slope) + marks.get(segment, ""))
        for segment in _target_segments(session)
    )


def _target_segments(session: Session) -> tuple[Segment, ...]:
    """The target's segments; of a few points without an exercise nothing is asked between them."""
    scenario = session.scenario
    return segments(scenario.target) if scenario.exercise or scenario.target.knots else ()


@quiet
def _relative(slopes: Array) -> Array:
    """The size of each slope as a share of the largest of its row."""
    sizes = np.nan_to_num(np.abs(slopes))
    largest: Array = sizes.max(axis=-1, keepdims=True)
    return sizes / np.where(largest > 0.0, largest, 1.0)


def _levels(shares: Array, full: int) -> Array:
    """Shares as levels: 0 only where it is nothing at all."""
    return np.ceil(full * shares)


def _middles(at: Array) -> Array:
    return np.asarray((at[:-1] + at[1:]) / 2)


def _runs(levels: Array) -> Iterator[tuple[int, int, int]]:
    """Neighbours of the same level as (first, end, level)."""
    bounds = [0, *(np.flatnonzero(np.diff(levels)) + 1).tolist(), len(levels)]
    yield from ((start, end, int(levels[start])) for start, end in pairwise(bounds))
