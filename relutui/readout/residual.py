"""What the Residual view shows: the error at every point, and how large it is on each piece."""

import math
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from relutui.data import Dataset
from relutui.network import Array, quiet
from relutui.numbers import slope_text
from relutui.pieces import SAME_KINK, best_possible, edges, output_kinks, unit_slopes
from relutui.readout.curves import Curve, outward
from relutui.segments import mse_between, segments
from relutui.session import Session

LEAST_ERROR = 1e-9  # of the size of y; a smaller one is rounding, and is drawn as flat as it is
SAME_SLOPE = 1e-9  # of the steepest; pieces whose slopes differ by less are one
LEAST_POINTS = 5  # that tell a parabola
PARABOLA = 1e-9  # of the range of y: how close the points lie to it

Forms = tuple[str, ...]


class PieceError(NamedTuple):
    """A piece of the prediction, or a part of it within one segment of the target, and its MSE."""

    low: float
    high: float
    mse: str


class ResidualReadout(NamedTuple):
    """yhat - y, and its size in words, each in forms of which the first is the longest.

    `worst` tells of the piece with the largest MSE, `best_possible`, if it is known, of what as many pieces could reach.
    """

    x_limits: tuple[float, float]
    y_limits: tuple[float, float]
    error: Curve
    pieces: tuple[PieceError, ...]
    size: Forms
    worst: Forms
    best_possible: Forms
    probe: float


@quiet
def read_residual(session: Session) -> ResidualReadout:
    """The error against x, and its size over all points and piece by piece."""
    dataset = session.dataset
    prediction = session.state.network.prediction(session.state.parameters, dataset.x)
    error = prediction - dataset.y
    bounds = _bounds(session).tolist()
    each = [mse_between(low, high, dataset, prediction) for low, high in pairwise(bounds)]
    found = tuple(PieceError(a, b, "-" if math.isnan(mse) else _digits(mse)) for (a, b), mse in zip(pairwise(bounds), each))
    worst = found[max(range(len(each)), key=lambda piece: -math.inf if math.isnan(each[piece]) else each[piece])]
    at = int(np.argmax(np.abs(error)))
    return ResidualReadout(
        session.domain,
        _limits(error, dataset.y),
        Curve(dataset.x, error),
        found,
        _size(float((error**2).mean()), float(error[at]), float(dataset.x[at])),
        _worst(worst, len(found)),
        _best_possible(session),
        session.probe,
    )


def _bounds(session: Session) -> Array:
    """Where the error can bend: at kinks, of the output activation too, and at the corners of the target."""
    network, p = session.state.network, session.state.parameters
    low, high = session.domain
    corners = [edge for segment in segments(session.scenario.target) for edge in (segment.low, segment.high)]
    bends = edges(p, session.domain) if network.kinked else np.array(session.domain)
    found, near = (
        np.unique(np.concatenate([bends, output_kinks(network, p, session.domain), corners])),
        SAME_KINK * (high - low),
    )
    inside = found[(np.diff(found, prepend=-np.inf) > near) & (found > low + near) & (found < high - near)]
    return np.array([low, *inside, high])


def _limits(error: Array, y: Array) -> tuple[float, float]:
    """Rounded limits of the errors and 0; where the errors are rounding only, limits that show them as 0."""
    size = float(y.max() - y.min()) or max(1.0, float(np.abs(y).max()))
    if np.abs(error).max() <= LEAST_ERROR * size:
        return -size / 10, size / 10
    return outward(error, np.zeros(1))


def _size(mse: float, largest: float, at: float) -> Forms:
    short = f"MSE {_digits(mse)}   largest error {_digits(largest)}"
    return f"{short} at x = {_plain(at)}", short


def _worst(worst: PieceError, count: int) -> Forms:
    short = f"{_plain(worst.low)} to {_plain(worst.high)}, MSE {worst.mse}"
    return f"worst of {count} pieces: {short}", f"worst: {short}"


def _best_possible(session: Session) -> Forms:
    """The errors of the best fit with as many pieces as the prediction has, where the target is a parabola."""
    network, p, dataset = session.state.network, session.state.parameters, session.dataset
    a = _curvature(dataset)
    if not (a and network.kinked and network.output_activation == "identity"):
        return ()
    at = edges(p, session.domain)
    slopes = unit_slopes(network, p, (at[:-1] + at[1:]) / 2).sum(axis=0)
    count = 1 + int((np.abs(np.diff(slopes)) > SAME_SLOPE * np.abs(slopes).max()).sum())
    largest, mse = best_possible(a, session.domain[1] - session.domain[0], count)
    pieces = f"{count} piece{'s' * (count > 1)}"
    return (
        f"best possible with {pieces}: largest {_digits(largest)}, MSE {_digits(mse)}",
        f"best with {pieces}: {_digits(largest)}, {_digits(mse)}",
    )


def _curvature(dataset: Dataset) -> float:
    """The a of the parabola a x^2 + ... that all points lie on; 0 if they lie on none, or on a straight line."""
    x, y = dataset.x, dataset.y
    if len(x) < LEAST_POINTS or not x[0] < x[len(x) // 2] < x[-1]:
        return 0.0
    ends = np.interp(x, [x[0], x[-1]], [y[0], y[-1]])
    beside = (x - x[0]) * (x - x[-1])
    a = float((y - ends)[len(x) // 2] / beside[len(x) // 2])
    close = PARABOLA * float(y.max() - y.min())
    return a if np.abs(y - ends - a * beside).max() <= close < np.abs(a * beside).max() else 0.0


def _digits(value: float) -> str:
    """A number in four digits, so that a small one too can be compared with the best possible."""
    return f"{value:.4g}".replace("e-0", "e-").replace("e+0", "e+")


def _plain(x: float) -> str:
    return slope_text(x).removeprefix("+")
