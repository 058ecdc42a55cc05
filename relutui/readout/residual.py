"""The contents of the Residual view: the error at every point, and its size on each piece."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import Array, distinct, quiet
from relutui.model.dataset import Dataset
from relutui.model.pieces import SAME_KINK, Piece, best_possible, output_kinks, straight
from relutui.model.scale import UNSCALED, Scale
from relutui.readout.curves import Curve, rounded_limits
from relutui.scenario.segments import mse_between, segments
from relutui.session.own_units import loss_name, own_height, x_text, x_texts
from relutui.session.session import Session

MIN_ERROR_SHARE = 1e-9  # of the range of y; a smaller error is rounding and is drawn flat
MIN_POINTS_PER_PIECE = 10  # points per piece; with fewer, the error at the points can be below that of the best curve
MAX_SPACING_DEVIATION = 1e-6  # of the mean spacing of the points, by which spacings may differ
MAX_PARABOLA_DEVIATION = 1e-9  # of the range of y, by which points may be off the parabola

Forms = tuple[str, ...]


class PieceError(NamedTuple):
    """The MSE, in words, on the part of a piece of the prediction within one segment of the target."""

    low: float
    high: float
    mse: str


class ResidualReadout(NamedTuple):
    """The error yhat - y at every point, and its size in words, the longest form first.

    worst: the piece with the largest MSE; best_of_points, best_of_curve: the lowest errors of as many pieces, on the points and
    on the parabola that they lie on, empty if unknown.
    """

    x_limits: tuple[float, float]
    y_limits: tuple[float, float]
    error: Curve
    pieces: tuple[PieceError, ...]
    size: Forms
    worst: Forms
    best_of_points: Forms
    best_of_curve: Forms
    probe: float
    scale: Scale = UNSCALED


@quiet
def read_residual(session: Session) -> ResidualReadout:
    """Compute the error at every point, and its size over all points and on each piece."""
    dataset = session.dataset
    network, p = session.state.network, session.state.parameters
    prediction = network.prediction(p, dataset.x)
    error = prediction - dataset.y
    lines = straight(network, p, session.domain) if network.kinked else ()
    bounds = _bounds(session, lines).tolist()
    each = [mse_between(low, high, dataset, prediction) for low, high in pairwise(bounds)]
    pieces = tuple(PieceError(a, b, "-" if math.isnan(mse) else _digits(mse)) for (a, b), mse in zip(pairwise(bounds), each))
    worst = pieces[max(range(len(each)), key=lambda piece: -math.inf if math.isnan(each[piece]) else each[piece])]
    largest = int(np.argmax(np.abs(error)))
    return ResidualReadout(
        session.domain,
        _limits(error, dataset.y),
        Curve(dataset.x, error),
        pieces,
        _size(session, float((error**2).mean()), float(error[largest]), float(dataset.x[largest])),
        _worst(session, worst, len(pieces)),
        *_best_possible(session, lines),
        session.view.probe,
        session.scale,
    )


def _bounds(session: Session, lines: Sequence[Piece]) -> Array:
    """The ends of the domain and the x at which the error can bend, ascending, of shape (pieces + 1,).

    It bends at the kinks of the units and of the output activation, and at the corners of the target.
    """
    network, p = session.state.network, session.state.parameters
    low, high = session.domain
    corners = [edge for segment in segments(session.scenario) for edge in (segment.low, segment.high)]
    bends = [line.low for line in lines]
    positions = distinct(bends, output_kinks(network, p, session.domain), corners)
    near = SAME_KINK * (high - low)
    inside = positions[(np.diff(positions, prepend=-np.inf) > near) & (positions > low + near) & (positions < high - near)]
    return np.array([low, *inside, high])


def _limits(error: Array, y: Array) -> tuple[float, float]:
    """The rounded limits of the errors and 0; limits wide enough to draw a flat line if the errors are rounding."""
    size = float(y.max() - y.min()) or max(1.0, float(np.abs(y).max()))
    if np.abs(error).max() <= MIN_ERROR_SHARE * size:
        return -size / 10, size / 10
    return rounded_limits(error, np.zeros(1))


def _size(session: Session, mse: float, largest: float, x: float) -> Forms:
    short = f"{loss_name(session, 'mse')} {_digits(mse)}   largest error {_digits(own_height(session, largest))}"
    return f"{short} at x = {x_text(session, x)}", short


def _worst(session: Session, worst: PieceError, count: int) -> Forms:
    short = f"{' to '.join(x_texts(session, (worst.low, worst.high)))}, {loss_name(session, 'mse')} {worst.mse}"
    return f"worst of {count} pieces: {short}", f"worst: {short}"


def _best_possible(session: Session, lines: Sequence[Piece]) -> tuple[Forms, Forms]:
    """The errors of the best fits with as many pieces as the prediction has between the first and the last point, in words.

    To the points, as far as a bound is known, and to the whole parabola that they are on.  Empty unless the points are many,
    evenly spaced and on a parabola, for which the best fits are known.
    """
    dataset = session.dataset
    if not (lines and session.state.network.output_activation == "identity"):
        return (), ()
    low, high = float(dataset.x[0]), float(dataset.x[-1])
    count = sum(line.low < high and line.high > low for line in lines)
    known = best_parabola_errors(dataset, count)
    if not known:
        return (), ()
    largest, mse = _digits(own_height(session, known[0])), _digits(known[1])
    pieces, points = f"{count} piece{'s' * (count > 1)}", f"to these {len(dataset)} points"
    of_points: Forms = ()
    mean = loss_name(session, "mse")
    if count == 1:
        of_points = (f"best with 1 piece {points}: {mean} {_digits(_line_mse(dataset))}",)
    elif count <= len(session.findings.lower_bounds):
        of_points = (f"with {pieces} {points} no {mean} is below {_digits(session.findings.lower_bounds[count - 1])}",)
    return of_points, (
        f"best with {pieces} to the whole parabola: largest aL²/8n² = {largest}, or {mean} a²L⁴/180n⁴ = {mse} by another fit",
        f"best with {pieces} to the whole parabola: largest {largest}, or {mean} {mse}",
        f"{pieces} to the parabola: largest {largest}, or {mean} {mse}",
    )


def _line_mse(dataset: Dataset) -> float:
    """The MSE of the least-squares straight line."""
    return float(((np.polynomial.Polynomial.fit(dataset.x, dataset.y, 1)(dataset.x) - dataset.y) ** 2).mean())


def best_parabola_errors(dataset: Dataset, pieces: int) -> tuple[float, float] | None:
    """The largest error and the MSE of the best fits to a whole parabola by this many pieces, from model.pieces.best_possible.

    They are those of two fits, and of the curve at all x.  None unless the points lie on a parabola, densely and evenly.
    """
    a, steps = _curvature(dataset), np.diff(dataset.x)
    if not a or len(dataset) < MIN_POINTS_PER_PIECE * pieces or np.ptp(steps) > MAX_SPACING_DEVIATION * steps.mean():
        return None
    return best_possible(a, float(dataset.x[-1] - dataset.x[0]), pieces)


def _curvature(dataset: Dataset) -> float:
    """The a of the parabola a x^2 + b x + c through all points; 0 if there is none, or if they lie on a straight line."""
    x, y = dataset.x, dataset.y
    if not x[0] < x[len(x) // 2] < x[-1]:
        return 0.0
    ends = np.interp(x, [x[0], x[-1]], [y[0], y[-1]])
    beside = (x - x[0]) * (x - x[-1])
    a = float((y - ends)[len(x) // 2] / beside[len(x) // 2])
    close = MAX_PARABOLA_DEVIATION * float(y.max() - y.min())
    return a if np.abs(y - ends - a * beside).max() <= close < np.abs(a * beside).max() else 0.0


def _digits(value: float) -> str:
    """Format a number with four significant digits, so that small ones compare with the best possible."""
    return f"{value:.4g}".replace("e-0", "e-").replace("e+0", "e+")
