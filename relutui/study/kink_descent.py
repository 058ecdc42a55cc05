"""Moving the kinks of a fit, one by one and all together, until its squares are least nearby."""

import numpy as np
from numpy.typing import NDArray

from relutui.lib.arrays import Array
from relutui.study.kink_search import Points

ROUNDS = 100  # at most
GAIN = 1e-11  # of the squares: a round that gains less is the last
SHARES = 0.5 ** np.arange(6)  # of a step, that are tried
DEPENDENT = 1e-11  # of a hinge's squares: with no more left beside the others it adds nothing to them
ROUNDING = 1e-13  # of the squares: a kink moves for more


def straight_left(points: Points) -> Array:
    """What the best straight line leaves of y."""
    return _left(points, np.empty(0))


def descended(points: Points, kinks: Array) -> tuple[Array, float]:
    """The kinks, ascending, moved to where the sum of the weighted squares is least nearby; and that sum.

    No kink alone has a better place then, anywhere; and where none alone can gain, nor can several at once by a small step: the
    slopes of the squares against the kinks add up, also at a point, where they are others to the left and to the right.
    """
    lowest = _squares(points, kinks)
    for _ in range(ROUNDS):
        before = lowest
        for moved in (_together, _one_by_one, _those_between_points):
            tried = moved(points, kinks)
            squares = _squares(points, tried)
            if squares < lowest:
                kinks, lowest = tried, squares
        if lowest >= (1.0 - GAIN) * before:
            break
    return kinks, lowest


def _together(points: Points, kinks: Array) -> Array:
    """All kinks after a step."""
    return _stepped(points, kinks, np.ones(len(kinks), np.bool_))


def _those_between_points(points: Points, kinks: Array) -> Array:
    """The kinks, those between points after a step: one that is best at a point would be drawn past it again and again."""
    return _stepped(points, kinks, ~np.isin(kinks, points.x))


def _stepped(points: Points, kinks: Array, free: NDArray[np.bool_]) -> Array:
    """The kinks after the largest share of a Gauss-Newton step that lowers the squares, if any does; those not free stay.

    As in Muggeo (2003), "Estimating regression models with unknown break-points".  Where no kink passes a point it is exact.
    """
    if not free.any():
        return kinks
    x, y, weight = points
    root = np.sqrt(weight)
    on = -(x > kinks[free, None]).astype(np.float64)
    fitted = np.linalg.lstsq((np.concatenate([_columns(x, kinks), on]) * root).T, y * root, rcond=None)[0]
    bends, moves = fitted[2 : 2 + len(kinks)][free], fitted[2 + len(kinks) :]
    step = np.zeros_like(kinks)
    step[free] = np.divide(moves, bends, out=np.zeros_like(moves), where=bends != 0.0)
    before = _squares(points, kinks)
    for share in SHARES:
        tried = np.sort(np.clip(kinks + share * step, 0.0, 1.0))
        if _squares(points, tried) < before:
            return tried
    return kinks


def _one_by_one(points: Points, kinks: Array) -> Array:
    """Each kink in turn moved to the best place that it has beside the others, wherever that is."""
    x, y, weight = points
    root = np.sqrt(weight)
    kinks = kinks.copy()
    for moved in range(len(kinks)):
        basis, _ = np.linalg.qr((_columns(x, np.delete(kinks, moved)) * root).T)
        left = root * y - basis @ (basis.T @ (root * y))
        place, gain = _best_place(x, root, basis, left)
        if gain > _gain(x, root, basis, left, kinks[moved]) + ROUNDING * float(left @ left):
            kinks[moved] = place
    return np.sort(kinks)


def _gain(x: Array, root: Array, basis: Array, left: Array, kink: float) -> float:
    """By how much one more hinge lowers the squares."""
    hinge = root * np.maximum(x - kink, 0.0)
    beside = hinge - basis @ (basis.T @ hinge)
    squares = float(beside @ beside)
    return float(left @ beside) ** 2 / squares if squares > DEPENDENT * float(hinge @ hinge) else 0.0


def _best_place(x: Array, root: Array, basis: Array, left: Array) -> tuple[float, float]:
    """Where one more hinge lowers the squares most, and by how much.

    basis: orthonormal, of shape (points, columns); left: what its columns leave; both times the roots of the weights.  The kink
    is s after a point; its hinge is A - s B, A the hinge from that point and B the step after it.  What it adds to the basis
    gains (a - s b)^2 / (aa - 2 s ab + s^2 bb), which is most at a point or at s = (a ab - b aa) / (a bb - b ab).
    """
    start, weight = x[:-1], root**2
    b, of_step, bb = (_after(values) for values in (root * left, root * basis.T, weight))
    a, of_hinge, ab = (
        _after(x * v) - start * after for v, after in zip((root * left, root * basis.T, weight), (b, of_step, bb))
    )
    aa = _after(weight * x**2) - 2.0 * start * _after(weight * x) + start**2 * bb
    whole = aa, ab, bb
    aa, ab, bb = aa - (of_hinge**2).sum(axis=0), ab - (of_hinge * of_step).sum(axis=0), bb - (of_step**2).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        between = (a * ab - b * aa) / (a * bb - b * ab)
        ways = np.stack([np.zeros_like(start), np.where((between > 0.0) & (between < np.diff(x)), between, 0.0)])
        squares, of_whole = (one - 2.0 * ways * two + ways**2 * three for one, two, three in ((aa, ab, bb), whole))
        gains = np.where(squares > DEPENDENT * of_whole, (a - ways * b) ** 2 / squares, 0.0)
    best = int(gains.argmax())
    return float((start + ways).flat[best]), float(gains.flat[best])


def _after(values: Array) -> Array:
    """The sums over the points after each but the last."""
    return np.asarray(np.cumsum(values[..., ::-1], axis=-1)[..., -2::-1])


def _squares(points: Points, kinks: Array) -> float:
    """The sum of the weighted squares that the best fit with these kinks leaves."""
    return float((points.weight * _left(points, kinks) ** 2).sum())


def _left(points: Points, kinks: Array) -> Array:
    """What the best fit with these kinks leaves of y."""
    columns, root = _columns(points.x, kinks), np.sqrt(points.weight)
    fitted = np.linalg.lstsq((columns * root).T, points.y * root, rcond=None)[0]
    return np.asarray(points.y - fitted @ columns)


def _columns(x: Array, kinks: Array) -> Array:
    """What a fit with these kinks is a sum of, of shape (2 + kinks, points)."""
    return np.concatenate([[np.ones_like(x), x], np.maximum(x - kinks[:, None], 0.0)])
