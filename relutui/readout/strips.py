"""The contents of the strips: where each unit is on, and the slopes of the units, their sum, the prediction and the target."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from relutui.explain import exercise, why_stuck
from relutui.lib.arrays import Array, distinct, quiet, rounded_sum
from relutui.lib.number_text import slope_text
from relutui.model.network import KINKED, LEAK, SOFT_STEPS, Network, Parameters, slope
from relutui.model.pieces import (
    SAME_KINK,
    edges,
    ends_apart,
    jump_edges,
    kinks,
    output_kinks,
    rounded_output_sum,
    unit_slopes,
)
from relutui.readout.colour import colour_of
from relutui.readout.curves import composite_of
from relutui.readout.piece_numbers import numbered_pieces
from relutui.scenario.segments import Segment, segments
from relutui.session.own_units import own_height, own_slope
from relutui.session.session import Session

ON_LEVEL = 3  # the level where a kinked unit is on
FULL_LEVEL = 4  # the level where all units of a group are on, or a smooth unit is steepest
STEP_SPACING = 0.5  # of z: how close to each other the places are at which soft steps are looked at around z = 0
STEP_Z = np.r_[-40:-10:2.0, -10:-5:1.0, -5:5:STEP_SPACING, 5:10:1.0, 10:41:2.0]  # up to where they are flat in float64
SLOPE_PLACES = 16  # x inside a segment of the target at which the slope has to be right for its tick
SHADE_PLACES = 60  # intervals into which the domain is divided for smooth functions


class Stretch(NamedTuple):
    """An interval of a strip, with a level from 0 (off) to FULL_LEVEL and a text, cut to its last word if room is short."""

    low: float
    high: float
    level: int
    text: str


class OutputStrip(NamedTuple):
    """The strip of the output activation: where it passes the sum, and the slope of the prediction there."""

    name: str
    stretches: tuple[Stretch, ...]


class StripsReadout(NamedTuple):
    """The strips of the units, their sum, the output activation and the target, over the same x axis.

    edges: of shape (places + 1,); shares: how much each unit is on, from 0 to 1, and added: the slope that it adds, or the
    height if it jumps, both of shape (units, places); steepest: the slope of largest size of each smooth unit, of shape
    (units,), else empty; names: those of the units, with their layer as in 2:0 where there are several; stuck: the units that
    keep training stuck; target: its slopes, in an exercise with a tick or cross for a match.
    """

    x_limits: tuple[float, float]
    edges: Array
    shares: Array
    added: Array
    steepest: Array
    word: str  # of what a unit adds in each place, "slope" or "height"; empty for a smooth unit
    names: tuple[str, ...]
    colours: tuple[int, ...]
    selected: int
    stuck: tuple[int, ...]
    total: tuple[Stretch, ...]
    output: OutputStrip | None
    target: tuple[Stretch, ...]

    def unit(self, unit: int) -> tuple[Stretch, ...]:
        """Compute the strip of one unit."""
        added, levels = self.added[unit], _levels(self.shares[unit], ON_LEVEL if self.word else FULL_LEVEL)
        runs = _runs(levels, added if self.word else levels)
        return tuple(
            Stretch(self.edges[start], self.edges[end], level, self._text(level, float(added[start]), unit))
            for start, end, level in runs
        )

    def group(self, first: int, end: int) -> tuple[Stretch, ...]:
        """Compute the strip of units `first` to `end` (exclusive), whose level is the mean of their shares."""
        levels = _levels(self.shares[first:end].mean(axis=0), FULL_LEVEL)
        return tuple(Stretch(self.edges[start], self.edges[stop], level, "") for start, stop, level in _runs(levels, levels))

    def _text(self, level: int, added: float, unit: int) -> str:
        """The text of a stretch: what it adds; for a smooth unit, the largest slope where it is steepest, else empty."""
        if self.word or len(self.edges) == 2:
            return f"{self.word or 'slope'} {slope_text(added)}" if level or added else ""
        return f"up to {slope_text(float(self.steepest[unit]))}" if level == FULL_LEVEL else ""


@quiet
def read_strips(session: Session) -> StripsReadout:
    """Compute the strips: by pieces for units that bend or jump, else shaded by slope over SHADE_PLACES intervals."""
    network, p = session.state.network, session.state.parameters
    bounds = _places(network, p, session.x_range)
    middles = _middles(bounds)
    whole = network.kinked or network.stepped
    added = network.contributions(p, middles) if network.stepped else unit_slopes(network, p, middles)
    own = own_height(session, added) if network.stepped else own_slope(session, added)
    on = (network.activations if network.stepped else network.pre_activations)(p, middles) > 0.0
    why = why_stuck.stuck_reason(session)
    return StripsReadout(
        x_limits=session.x_range,
        edges=bounds,
        shares=on.astype(np.float64) if whole else _relative(added),
        added=own,
        steepest=np.empty(0) if whole else own_slope(session, _steepest(network, p, session.x_range)),
        word="slope" if network.kinked else "height" if network.stepped else "",
        names=tuple(map(str, range(p.units))),
        colours=tuple(map(colour_of, range(p.units))),
        selected=session.view.selection.row,
        stuck=why.units if why else (),
        total=_soft_steps(session)
        if network.activation in SOFT_STEPS
        else _numbered(session, _each_slope(network, own_slope(session, p.v * p.w), bounds, own, on)),
        output=None if network.output_activation == "identity" else _output(session),
        target=target_strip(session),
    )


def _soft_steps(session: Session) -> tuple[Stretch, ...]:
    """The steepest slope of a sum of soft steps on each stretch around one, however narrow the steps are."""
    from relutui.readout.slope_peaks import peaks_along  # imported on demand: start-up time counts

    network, p, (low, high) = session.state.network, session.state.parameters, session.x_range
    x = session.curve_x()
    narrow = np.abs(p.w) * np.diff(x).max() > STEP_SPACING
    close = (kinks(p)[narrow, None] + STEP_Z / p.w[narrow, None]).ravel()
    x = distinct(x, close[(close >= low) & (close <= high)])
    centres, at_centre = kinks(p)[:, None], (p.v * p.w * slope(network.activation, np.zeros(p.units)))[:, None]

    def slopes(at: Array) -> Array:
        """The sum at each x; at the centre of a step between two float64 numbers, its slope there."""
        each = np.where(at == centres, at_centre, unit_slopes(network, p, at))
        return np.asarray(np.nan_to_num(each.sum(axis=0)))

    peaks = peaks_along(slopes, x)
    return tuple(Stretch(peak.low, peak.high, 0, f"up to {slope_text(own_slope(session, peak.slope))}") for peak in peaks)


def _numbered(session: Session, stretches: tuple[Stretch, ...]) -> tuple[Stretch, ...]:
    """The stretches of the sum, with the numbers of the straight pieces that they belong to if the chart shows them."""
    starts = [piece.low for piece in numbered_pieces(session)]
    if not starts:
        return stretches
    return tuple(its._replace(text=f"{bisect_right(starts, its.low)}: {its.text}") for its in stretches)


def sum_rows(session: Session) -> int:
    """The number of rows below those of the units: the sum, any output activation, any target."""
    return 1 + (session.state.network.output_activation != "identity") + bool(_target_segments(session))


def _places(network: Network, p: Parameters, domain: tuple[float, float]) -> Array:
    """The edges of the intervals of the strips, ascending, of shape (places + 1,)."""
    if network.kinked:
        return edges(p, domain)
    if network.stepped:
        return jump_edges(network, p, domain)
    return np.linspace(*domain, 2 if network.activation == "identity" else SHADE_PLACES + 1)


def _each_slope(network: Network, full: Array, bounds: Array, slopes: Array, on: NDArray[np.bool_]) -> tuple[Stretch, ...]:
    """The sum of the slopes on each piece, marked by ≈ where the slopes of the units, as printed, do not add up to it.

    full: the slope of each unit where it is on, of shape (units,); slopes, on: of shape (units, places).
    """
    texts = [slope_text(its) for its in rounded_sum(slopes).tolist()]
    if network.kinked and np.isfinite(full).all():
        leak = LEAK if network.activation == "leaky_relu" else 0.0
        off, on_texts = ([slope_text(share * its) for its in full.tolist()] for share in (leak, 1.0))
        ends = np.cumsum([len(off), len(on_texts)])
        off_numbers, full_numbers, sums = np.split(_whole_numbers([*off, *on_texts, *texts]), ends)
        printed = off_numbers.sum() + on.T @ (full_numbers - off_numbers)
        texts = [text if is_exact else f"≈{text}" for text, is_exact in zip(texts, (printed == sums).tolist())]
    return tuple(Stretch(low, high, 0, text) for (low, high), text in zip(pairwise(bounds), texts))


def _whole_numbers(texts: Sequence[str]) -> NDArray[Any]:
    """Finite numbers as multiples of one in the last digit of any of them, of a type that holds their sum."""
    numbers = [_as_power(text) for text in texts]
    last = min(exponent for _, exponent in numbers)
    multiples = [whole * 10 ** (exponent - last) for whole, exponent in numbers]
    return np.array(multiples, np.int64 if sum(map(abs, multiples)) < 2**62 else object)


@lru_cache(4096)
def _as_power(text: str) -> tuple[int, int]:
    """Return a finite number as a whole number and the power of ten that it is multiplied by; most texts come again."""
    number = Decimal(text)
    exponent = int(number.as_tuple().exponent)
    return int(number.scaleb(-exponent)), exponent


def _steepest(network: Network, p: Parameters, domain: tuple[float, float]) -> Array:
    """Each unit's slope of largest size, of shape (units,); it is at an end of the domain or where z = 0."""
    own = np.clip(np.nan_to_num(kinks(p)), *domain)
    slopes = np.stack([*unit_slopes(network, p, np.array(domain)).T, unit_slopes(network, p, own).diagonal()])
    return np.asarray(slopes[np.abs(slopes).argmax(axis=0), range(p.units)])


@quiet
def _output(session: Session) -> OutputStrip:
    """Compute the output strip: on where the sum is positive if the activation has a kink, else shaded by its slope."""
    network, p, domain = session.state.network, session.state.parameters, session.x_range
    name, bounds = network.output_activation, _places(network, p, domain)
    more = output_kinks(network, p, domain) if name in KINKED else np.linspace(*domain, SHADE_PLACES + 1)
    near = 0.0 if network.stepped else SAME_KINK * (domain[1] - domain[0])
    bounds = ends_apart(domain[0], np.concatenate([bounds, more]), domain[1], near)
    sums = rounded_output_sum(network, p, _middles(bounds))
    passed = slope(name, sums, network.slope_at_kink)
    slopes = own_slope(session, passed * rounded_sum(unit_slopes(network, p, _middles(bounds))))
    levels = np.where(sums > 0.0, ON_LEVEL, 0) if name in KINKED else _levels(_relative(passed), FULL_LEVEL)
    texts = [f"slope {slope_text(float(its))}" if level or its else "" for level, its in zip(levels, slopes)]
    # Merge neighbours with equal level and text: kinks of units may leave both unchanged after the output activation.
    same = [0, *(i for i in range(1, len(texts)) if (levels[i], texts[i]) != (levels[i - 1], texts[i - 1])), len(texts)]
    return OutputStrip(name, tuple(Stretch(bounds[i], bounds[end], int(levels[i]), texts[i]) for i, end in pairwise(same)))


def target_strip(session: Session) -> tuple[Stretch, ...]:
    """The slopes of the target, in an exercise with a tick or cross for whether each segment matches."""
    marks = {each.segment: _mark(session, each) for each in exercise.progress(session)}
    return tuple(
        Stretch(segment.low, segment.high, 0, slope_text(own_slope(session, segment.slope)) + marks.get(segment, ""))
        for segment in _target_segments(session)
    )


def _mark(session: Session, progress: exercise.SegmentProgress) -> str:
    """A tick or a cross; neither where the points match but the slope beside which it would stand does not."""
    if not progress.matches:
        return " ✗"
    segment = progress.segment
    inside = np.linspace(segment.low, segment.high, SLOPE_PLACES + 2)[1:-1]
    network, p = session.state.network, session.state.parameters
    pieces = composite_of(session, p) if network.deeper else None
    if network.deeper and pieces is None:
        return ""
    slopes = pieces.slopes_at(inside) if pieces else rounded_sum(unit_slopes(network, p, inside))
    right = np.abs(slopes - segment.slope) <= exercise.RIGHT_SLOPE_SHARE * abs(segment.slope)
    return " ✓" if right.all() or not network.kinked else ""


def _target_segments(session: Session) -> tuple[Segment, ...]:
    """The target's segments; empty for a target given by points outside an exercise, and where the units add no slopes."""
    scenario = session.scenario
    if session.state.network.stepped:
        return ()
    return segments(scenario) if scenario.exercise or scenario.target.knots else ()


@quiet
def _relative(slopes: Array) -> Array:
    """The size of each slope relative to the largest along the last axis, from 0 to 1, in the same shape."""
    sizes = np.nan_to_num(np.abs(slopes))
    largest: Array = sizes.max(axis=-1, keepdims=True)
    return sizes / np.where(largest > 0.0, largest, 1.0)


def _levels(shares: Array, full: int) -> Array:
    """Round shares up to levels 0 to `full`, so that only a share of 0 gets level 0."""
    return np.ceil(full * shares)


def _middles(bounds: Array) -> Array:
    return np.asarray((bounds[:-1] + bounds[1:]) / 2)


def _runs(levels: Array, values: Array) -> Iterator[tuple[int, int, int]]:
    """Yield each run of equal levels and values as (first, end, level), end exclusive."""
    changes = (levels[1:] != levels[:-1]) | (values[1:] != values[:-1])
    bounds = [0, *(np.flatnonzero(changes) + 1).tolist(), len(levels)]
    yield from ((start, end, int(levels[start])) for start, end in pairwise(bounds))
