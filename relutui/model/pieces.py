"""The piecewise-linear anatomy of a network: kinks, sides, pieces and their slopes."""

from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from relutui.lib.arrays import ROUNDING, Array, distinct, quiet, rounded_sum
from relutui.lib.identity_cache import cached_by_identity
from relutui.model.network import KINKED, RECT_HALF_WIDTH, Network, Parameters, slope

SAME_KINK = 1e-6  # of the domain's width: two kinks no further apart are the same
SAME_SLOPE = 1e-9  # of the steeper slope: neighbouring pieces whose slopes differ by less are one
GRID = 1001  # x at which a smooth output sum is checked for a change of sign
BISECTIONS = 50

# The side of its kink on which a unit is on: the sign of w.  As a number (session/kink_edits.py) it is 1 for right, -1 for left
# and 0 for neither; side() gives its name.
Side = Literal["left", "right"]


class Piece(NamedTuple):
    """A region between neighbouring kinks: on[j] is whether unit j is on, slopes[j] = v_j w_j act'(z_j) its slope there."""

    low: float
    high: float
    on: tuple[bool, ...]
    slopes: tuple[float, ...]

    @property
    def slope(self) -> float:
        """The slope of c + sum_j v_j a_j on this piece."""
        return float(rounded_sum(self.slopes))


def kinks(p: Parameters) -> Array:
    """The kinks k_j = -b_j / w_j of the units, of shape (units,); nan where w_j = 0."""
    return kinks_of(p.w, p.b)


def kinks_of(w: Array, b: Array) -> Array:
    """k = -b / w, elementwise; nan where w = 0, which has no kink."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        # + 0.0 turns the -0.0 of b = 0 into 0.0
        return np.where(w == 0.0, np.nan, -b / w) + 0.0


def jumps(network: Network, p: Parameters) -> Array:
    """Where each unit of a stepped network jumps, of shape (units, jumps of each); nan where w = 0."""
    heights = (0.0,) if network.activation == "step" else (-RECT_HALF_WIDTH, RECT_HALF_WIDTH)
    return np.stack([kinks_of(p.w, p.b - height) for height in heights], axis=1)


def jump_edges(network: Network, p: Parameters, domain: tuple[float, float]) -> Array:
    """The ends of the domain and the distinct jumps inside it of a stepped network, ascending, of shape (flat parts + 1,).

    Jumps no further apart than their rounding errors are one.
    """
    low, high = domain
    positions, near = jumps(network, p).ravel(), ROUNDING * max(abs(low), abs(high))
    return ends_apart(low, positions, high, near)


def side(w: float) -> Side | None:
    """The side of a unit with this w, or with a w of this sign; None for 0."""
    return "right" if w > 0 else "left" if w < 0 else None


def stretch(p: Parameters, unit: int, domain: tuple[float, float]) -> tuple[float, float] | None:
    """The interval of the domain in which a unit of a kinked network is on; None if it is on nowhere."""
    (low, high), w = domain, float(p.w[unit])
    if w == 0.0:
        return domain if p.b[unit] > 0.0 else None
    kink = float(kinks(p)[unit])
    low, high = (max(low, kink), high) if w > 0.0 else (low, min(high, kink))
    return (low, high) if low < high else None


def share_on(network: Network, p: Parameters, x: Array) -> Array:
    """The share of the points at which z_j > 0, or a_j > 0 of a stepped network, from 0 to 1, of shape (units,)."""
    if network.stepped:
        return np.asarray((network.activations(p, x) > 0.0).mean(axis=1))
    return np.asarray((network.pre_activations(p, x) > 0.0).mean(axis=1))


def range_on(network: Network, p: Parameters, domain: tuple[float, float]) -> Array:
    """The share of the domain in which z_j > 0, or a_j > 0 of a stepped network, from 0 to 1, of shape (units,)."""
    low, high = domain
    if network.activation == "rect":
        ends = jumps(network, p).clip(low, high)
        inside = np.abs(ends[:, 1] - ends[:, 0]) / (high - low)
        return np.where(p.w == 0.0, np.abs(p.b) < RECT_HALF_WIDTH, inside)
    right = (high - kinks(p).clip(low, high)) / (high - low)
    return np.where(p.w == 0.0, p.b > 0.0, np.where(p.w > 0.0, right, 1.0 - right))


def pieces(network: Network, p: Parameters, domain: tuple[float, float]) -> tuple[Piece, ...]:
    """The pieces of the domain from left to right, of a network whose units have kinks (network.kinked)."""
    ends = edges(p, domain)
    middles = (ends[:-1] + ends[1:]) / 2
    on, slopes = network.pre_activations(p, middles) > 0.0, unit_slopes(network, p, middles)
    each = zip(pairwise(ends.tolist()), on.T.tolist(), slopes.T.tolist())
    return tuple(Piece(low, high, tuple(on), tuple(slopes)) for (low, high), on, slopes in each)


@quiet
def straight(network: Network, p: Parameters, domain: tuple[float, float]) -> tuple[Piece, ...]:
    """The pieces with neighbours of the same slope merged, so that the output sum bends at every boundary.

    A merged piece has the `on` and `slopes` of the widest piece in it.
    """
    ends = edges(p, domain)
    middles = (ends[:-1] + ends[1:]) / 2
    slopes = unit_slopes(network, p, middles)
    total, sizes = slopes.sum(axis=0), np.abs(slopes).sum(axis=0)
    least = np.maximum(SAME_SLOPE * np.abs(total), ROUNDING * sizes)
    bends = np.abs(np.diff(total)) > np.maximum(least[:-1], least[1:])
    starts = [0, *(np.flatnonzero(bends) + 1).tolist(), len(total)]
    widest = [first + int(np.diff(ends[first : end + 1]).argmax()) for first, end in pairwise(starts)]
    on = network.pre_activations(p, middles[widest]) > 0.0
    each = zip(pairwise(ends[starts].tolist()), on.T.tolist(), slopes[:, widest].T.tolist())
    return tuple(Piece(low, high, tuple(on), tuple(slopes)) for (low, high), on, slopes in each)


def edges(p: Parameters, domain: tuple[float, float]) -> Array:
    """The ends of the domain and the distinct kinks inside it, ascending, of shape (pieces + 1,)."""
    low, high = domain
    positions, near = kinks(p), SAME_KINK * (high - low)
    return ends_apart(low, positions, high, near)


def ends_apart(low: float, positions: Array, high: float, near: float) -> Array:
    """Low, high, and in ascending order the positions between them that are further than `near` from the one before."""
    inside = distinct(positions[(positions > low + near) & (positions < high - near)])
    return np.array([low, *inside[np.diff(inside, prepend=-np.inf) > near].tolist(), high])


class SignStretch(NamedTuple):
    """A widest interval on which the output sum has one sign (1, 0 or -1), but for single points inside.

    There it is 0; at the jumps of a stepped network it may have any sign, as it may be that of neither side.
    low_closed, high_closed: whether it has the sign at that end too.
    """

    low: float
    high: float
    sign: int
    low_closed: bool
    high_closed: bool


@quiet
def sign_stretches(network: Network, p: Parameters, domain: tuple[float, float]) -> tuple[SignStretch, ...]:
    """The stretches of the output sum's sign, from left to right, of a network whose output activation has a kink.

    Exact for hidden units with kinks or jumps, as the sum is straight between its knots; as good as output_kinks for others.
    """
    if network.stepped:
        x = jump_edges(network, p, domain)
        at, between = (_signs(rounded_output_sum(network, p, places)) for places in (x, (x[:-1] + x[1:]) / 2.0))
        at[1:-1] = 0  # rounding decides on which side of its jump a unit is there
    else:
        bends = output_kinks(network, p, domain)
        x = distinct(_sum_knots(network, p, domain), bends)
        at = _signs(np.where(np.isin(x, bends), 0.0, rounded_output_sum(network, p, x)))
        between = np.where(at[:-1] != 0, at[:-1], at[1:])
    starts = [0, *(np.flatnonzero(np.diff(between)) + 1).tolist(), len(between)]
    return tuple(
        SignStretch(float(x[i]), float(x[j]), int(between[i]), bool(at[i] == between[i]), bool(at[j] == between[i]))
        for i, j in pairwise(starts)
    )


def _signs(y: Array) -> NDArray[np.int_]:
    return np.sign(np.nan_to_num(y)).astype(int)


@cached_by_identity(2)
@quiet
def output_kinks(network: Network, p: Parameters, domain: tuple[float, float]) -> Array:
    """Where the output sum crosses the output activation's kink inside the domain, of shape (bends,); empty without a kink.

    Exact for hidden units with kinks, between which the sum is straight; for a smooth sum, two crossings within 1/1,000 of the
    domain may be missed.
    """
    if network.output_activation not in KINKED:
        return np.empty(0)
    x = _sum_knots(network, p, domain)
    y = rounded_output_sum(network, p, x)
    if not network.kinked:
        left, right = _flips(y)
        return _bisected(network, p, x[left], x[right])
    return crossings(x, y)


def _flips(y: Array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The indices of neighbouring y of opposite signs, those between them being 0."""
    signed = np.flatnonzero(np.isfinite(y) & (y != 0.0))
    flip = np.diff(np.sign(y[signed])) != 0.0
    return signed[:-1][flip], signed[1:][flip]


def crossings(x: Array, y: Array) -> Array:
    """Where a curve that is straight between its points (x, y) has opposite signs on both sides, ascending."""
    left, right = _flips(y)
    # If the sum is 0 at kinks in between, the prediction bends at the one next to the positive end.
    touched = np.where(y[left] > 0.0, left + 1, right - 1)
    halves = y[left] / 2.0, y[right] / 2.0  # because y[left] - y[right] may overflow
    crossed = x[left] + (x[right] - x[left]) * (halves[0] / (halves[0] - halves[1]))
    return np.asarray(np.where(right - left > 1, x[touched], crossed))


def _sum_knots(network: Network, p: Parameters, domain: tuple[float, float]) -> Array:
    """The x between which the output sum is straight, or for smooth hidden units a grid; both with the domain's ends.

    With the middles between kinks or jumps: at a jump the sum is that of one side, at a kink rounding may hide a tiny one.
    """
    low, high = domain
    if not (network.kinked or network.stepped):
        return np.linspace(low, high, GRID)
    positions = kinks(p)
    inside = positions[(positions > low) & (positions < high)]
    ends = jump_edges(network, p, domain) if network.stepped else distinct(low, inside, high)
    return distinct(ends, (ends[:-1] + ends[1:]) / 2.0)


def rounded_output_sum(network: Network, p: Parameters, x: Array) -> Array:
    """The output sum at each x, 0 where it is no larger than its rounding error, of shape (points,)."""
    c = np.full(len(x), p.c)
    return rounded_sum([*network.contributions(p, x), c], [*contribution_sizes(network, p, x), c])


@quiet
def contribution_sizes(network: Network, p: Parameters, x: ArrayLike) -> Array:
    """The sizes of the numbers that each unit's contribution is computed from, as far as it passes on their rounding errors.

    Of shape (units, points).  A relu that is off passes on nothing, a smooth unit what its slope lets through.
    """
    z = network.pre_activations(p, x)
    size_of_z = np.abs(p.w)[:, None] * np.abs(np.atleast_1d(x)) + np.abs(p.b)[:, None]
    off = (network.activation == "relu") & (z < -ROUNDING * size_of_z)
    passed = size_of_z if network.kinked else size_of_z * slope(network.activation, z)
    return np.where(off, 0.0, np.abs(network.contributions(p, x)) + np.abs(p.v)[:, None] * passed)


def _bisected(network: Network, p: Parameters, low: Array, high: Array) -> Array:
    """The zero of the output sum between each low and high, where it has opposite signs, by bisection."""
    rising = network.output_sum(p, low) < 0.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2.0
        left_of_it = (network.output_sum(p, middle) < 0.0) == rising
        low, high = np.where(left_of_it, middle, low), np.where(left_of_it, high, middle)
    return np.asarray((low + high) / 2.0)


def best_possible(a: float, length: float, pieces: int) -> tuple[float, float]:
    """The largest error and the MSE of the best fit of a x^2 + ... by so many linear pieces on an interval of this length.

    |a| L^2 / (8 n^2) is the largest error of the minimax fit and a^2 L^4 / (180 n^4) the MSE, averaged over the interval, of
    the least-squares fit; the pieces of both have equal length.
    """
    return abs(a) * length**2 / (8 * pieces**2), a**2 * length**4 / (180 * pieces**4)


@quiet
def unit_slopes(network: Network, p: Parameters, x: Array) -> Array:
    """v_j w_j act'(z_j(x)), the slope of each unit's contribution at each x, of shape (units, points)."""
    return (p.v * p.w)[:, None] * slope(network.activation, network.pre_activations(p, x), network.slope_at_kink)
