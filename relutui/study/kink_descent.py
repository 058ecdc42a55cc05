"""Moving the kinks of a fit, one by one and all together, until its squares are least nearby."""

import numpy as np
from numpy.typing import NDArray

from relutui.lib.arrays import Array
from relutui.study.kink_search import Points

MAX_ROUNDS = 100  # at most
MIN_GAIN = 1e-11  # of the squares: a round that gains less is the last
STEP_FRACTIONS = 0.5 ** np.arange(6)  # of a step, that are tried
MIN_INDEPENDENT = 1e-11  # of a hinge's squares: with no more left beside the others it adds nothing to them
MIN_MOVE_GAIN = 1e-13  # of the squares: a kink moves for more


def line_residuals(points: Points) -> Array:
    """What the best straight line leaves of y."""
    return _residuals(points, np.empty(0))


def descend(points: Points, kinks: Array) -> tuple[Array, float]:
    """The kinks, ascending, moved to where the sum of the weighted squares is least nearby; and that sum.

    No kink alone has a better place then, anywhere; and where none alone can gain, nor can several at once by a small step: the
    slopes of the squares against the kinks add up, also at a point, where they are others to the left and to the right.
    """
    lowest = _squares(points, kinks)
    for _ in range(MAX_ROUNDS):
        before = lowest
        for moved in (_step_all, _move_each, _step_off_points):
            tried = moved(points, kinks)
            squares = _squares(points, tried)
            if squares < lowest:
                kinks, lowest = tried, squares
        if lowest >= (1.0 - MIN_GAIN) * before:
            break
    return kinks, lowest


def _step_all(points: Points, kinks: Array) -> Array:
    """All kinks after a step."""
    return _gauss_newton_step(points, kinks, np.ones(len(kinks), np.bool_))


def _step_off_points(points: Points, kinks: Array) -> Array:
    """The kinks, those between points after a step: one that is best at a point would be drawn past it again and again."""
    return _gauss_newton_step(points, kinks, ~np.isin(kinks, points.x))


def _gauss_newton_step(points: Points, kinks: Array, free: NDArray[np.bool_]) -> Array:
    """The kinks after the largest share of a Gauss-Newton step that lowers the squares, if any does; those not free stay.

    As in Muggeo (2003), "Estimating regression models with unknown break-points".  Where no kink passes a point it is exact.
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
    before = _squares(points, kinks)
    for share in STEP_FRACTIONS:
        tried = np.sort(np.clip(kinks + share * step, 0.0, 1.0))
        if _squares(points, tried) < before:
            return tried
    return kinks


def _move_each(points: Points, kinks: Array) -> Array:
    """Each kink in turn moved to the best place that it has beside the others, wherever that is."""
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
    """By how much one more hinge lowers the squares."""
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
    """The sums over the points after each but the last."""
    return np.asarray(np.cumsum(values[..., ::-1], axis=-1)[..., -2::-1])


def _squares(points: Points, kinks: Array) -> float:
    """The sum of the weighted squares that the best fit with these kinks leaves."""
    return float((points.weight * _residuals(points, kinks) ** 2).sum())


def _residuals(points: Points, kinks: Array) -> Array:
    """What the best fit with these kinks leaves of y."""
    columns, root = _basis_functions(points.x, kinks), np.sqrt(points.weight)
    fitted = np.linalg.lstsq((columns * root).T, points.y * root, rcond=None)[0]
    return np.asarray(points.y - fitted @ columns)


def _basis_functions(x: Array, kinks: Array) -> Array:
    """What a fit with these kinks is a sum of, of shape (2 + kinks, points)."""
    return np.concatenate([[np.ones_like(x), x], np.maximum(x - kinks[:, None], 0.0)])
