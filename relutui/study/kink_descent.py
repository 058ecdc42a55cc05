"""Descent of a fit to a local minimum of its squares: its kinks move one by one and all together."""

import numpy as np
from numpy.typing import NDArray

from relutui.lib.arrays import Array
from relutui.study.segment_costs import Points

MAX_ROUNDS = 30  # of descent
MIN_GAIN = 1e-11  # of the squares: a round that gains less is the last, unless another gain is asked for
STEP_FRACTIONS = 0.5 ** np.arange(6)  # of a Gauss-Newton step, tried one after the other
MIN_INDEPENDENT = 1e-11  # of a hinge's squares: with no more than this outside the span of the basis it adds nothing
MIN_MOVE_GAIN = 1e-13  # of the squares: a kink moves only for a larger gain


def line_residuals(points: Points) -> Array:
    """The residuals of the best straight line, of shape (points,)."""
    return _residuals(points, np.empty(0))


def add_hinge(points: Points, kinks: Array) -> Array:
    """The kinks with one more, where it lowers the squares most."""
    root = np.sqrt(points.weight)
    basis, _ = np.linalg.qr((_basis_functions(points.x, kinks) * root).T)
    residual = root * points.y - basis @ (basis.T @ (root * points.y))
    return np.sort(np.append(kinks, _best_hinge(points.x, root, basis, residual)[0]))


def descend(points: Points, kinks: Array, min_gain: float = MIN_GAIN) -> tuple[Array, float]:
    """Move the kinks to a local minimum of the weighted sum of squares; return them, ascending, and that sum.

    min_gain: of the squares; a round that gains less is the last.
    No single kink then has a better place anywhere.  Nor can several gain by a small step together where none can alone,
    because the one-sided derivatives of the sum add up over the kinks, also at a point, where left and right ones differ.
    """
    lowest = fit_squares(points, kinks)
    for _ in range(MAX_ROUNDS):
        before = lowest
        for moved in (_step_all, _move_each, _step_off_points):
            tried = moved(points, kinks)
            squares = fit_squares(points, tried)
            if squares < lowest:
                kinks, lowest = tried, squares
        if lowest >= (1.0 - min_gain) * before:
            break
    return kinks, lowest


def _step_all(points: Points, kinks: Array) -> Array:
    """Move all kinks by one step."""
    return _gauss_newton_step(points, kinks, np.ones(len(kinks), np.bool_))


def _step_off_points(points: Points, kinks: Array) -> Array:
    """Move the kinks that are not at a point by one step: one whose best place is a point would overshoot it every time."""
    return _gauss_newton_step(points, kinks, ~np.isin(kinks, points.x))


def _gauss_newton_step(points: Points, kinks: Array, free: NDArray[np.bool_]) -> Array:
    """Move the free kinks by the largest tried fraction of a Gauss-Newton step that lowers the squares, if any does.

    As in Muggeo (2003), "Estimating regression models with unknown break-points"; exact where no kink passes a point.
    """
    if not free.any():
        return kinks
    x, y, weight = points
    root = np.sqrt(weight)
    steps = -(x > kinks[free, None]).astype(np.float64)
    fitted = np.linalg.lstsq((np.concatenate([_basis_functions(x, kinks), steps]) * root).T, y * root, rcond=None)[0]
    bends, moves = fitted[2 : 2 + len(kinks)][free], fitted[2 + len(kinks) :]
    step = np.zeros_like(kinks)
    step[free] = np.divide(moves, bends, out=np.zeros_like(moves), where=bends != 0.0)
    before = fit_squares(points, kinks)
    for share in STEP_FRACTIONS:
        tried = np.sort(np.clip(kinks + share * step, 0.0, 1.0))
        if fit_squares(points, tried) < before:
            return tried
    return kinks


def _move_each(points: Points, kinks: Array) -> Array:
    """Move each kink in turn to its best place given the others, wherever that is."""
    x, y, weight = points
    root = np.sqrt(weight)
    kinks = kinks.copy()
    for moved in range(len(kinks)):
        basis, _ = np.linalg.qr((_basis_functions(x, np.delete(kinks, moved)) * root).T)
        residual = root * y - basis @ (basis.T @ (root * y))
        place, gain = _best_hinge(x, root, basis, residual)
        if gain > _hinge_gain(x, root, basis, residual, kinks[moved]) + MIN_MOVE_GAIN * float(residual @ residual):
            kinks[moved] = place
    return np.sort(kinks)


def _hinge_gain(x: Array, root: Array, basis: Array, residual: Array, kink: float) -> float:
    """How much one more hinge with this kink lowers the squares."""
    hinge = root * np.maximum(x - kink, 0.0)
    beside = hinge - basis @ (basis.T @ hinge)
    squares = float(beside @ beside)
    return float(residual @ beside) ** 2 / squares if squares > MIN_INDEPENDENT * float(hinge @ hinge) else 0.0


def _best_hinge(x: Array, root: Array, basis: Array, residual: Array) -> tuple[float, float]:
    """The kink of one more hinge that lowers the squares most, and by how much.

    basis: orthonormal, of shape (points, columns); residual: what its columns leave of y; both times the roots of the weights.
    A kink at a distance s after a point has the hinge A - s B, where A is the hinge at that point and B the step after it.
    Orthogonal to the basis, it gains (a - s b)^2 / (aa - 2 s ab + s^2 bb), whose maximum is at a point or at
    s = (a ab - b aa) / (a bb - b ab).
    """
    start, weight = x[:-1], root**2
    b, of_step, bb = (_suffix_sums(values) for values in (root * residual, root * basis.T, weight))
    a, of_hinge, ab = (
        _suffix_sums(x * v) - start * after for v, after in zip((root * residual, root * basis.T, weight), (b, of_step, bb))
    )
    aa = _suffix_sums(weight * x**2) - 2.0 * start * _suffix_sums(weight * x) + start**2 * bb
    whole = aa, ab, bb
    aa, ab, bb = aa - (of_hinge**2).sum(axis=0), ab - (of_hinge * of_step).sum(axis=0), bb - (of_step**2).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        between = (a * ab - b * aa) / (a * bb - b * ab)
        ways = np.stack([np.zeros_like(start), np.where((between > 0.0) & (between < np.diff(x)), between, 0.0)])
        squares, of_whole = (one - 2.0 * ways * two + ways**2 * three for one, two, three in ((aa, ab, bb), whole))
        gains = np.where(squares > MIN_INDEPENDENT * of_whole, (a - ways * b) ** 2 / squares, 0.0)
    best = int(gains.argmax())
    return float((start + ways).flat[best]), float(gains.flat[best])


def _suffix_sums(values: Array) -> Array:
    """The sums over all later points, for each point but the last; along the last axis."""
    return np.asarray(np.cumsum(values[..., ::-1], axis=-1)[..., -2::-1])


def fit_squares(points: Points, kinks: Array) -> float:
    """The weighted sum of squared residuals of the best fit with these kinks."""
    return float((points.weight * _residuals(points, kinks) ** 2).sum())


def _residuals(points: Points, kinks: Array) -> Array:
    """The residuals of the best fit with these kinks, of shape (points,).

    As heights at the kinks: hinges of kinks close together are nearly the same, and lose digits.
    """
    places, root = np.unique([0.0, *kinks, 1.0]), np.sqrt(points.weight)
    hats = np.stack([np.interp(points.x, places, height) for height in np.eye(len(places))])
    heights = np.linalg.lstsq((hats * root).T, points.y * root, rcond=None)[0]
    return np.asarray(points.y - heights @ hats)


def _basis_functions(x: Array, kinks: Array) -> Array:
    """1, x and a hinge for each kink at the points, of shape (2 + kinks, points): a fit is a combination of them."""
    return np.concatenate([[np.ones_like(x), x], np.maximum(x - kinks[:, None], 0.0)])
