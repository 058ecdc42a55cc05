"""Lines clipped to a canvas and simplified: plotext gets finite points inside, and no more than the cells can show.

plotext does not clip: its kernel trusts what it is given, and has taken gigabytes or ended the process.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relutui.lib.arrays import Array

Flags = NDArray[np.bool_]

_MAX_COORDINATE_CELLS = 1e100  # cells; beyond it a crossing could overflow
_EDGE_CELLS = 1e-6  # cells; the far edges of the canvas are not on it any more
_MAX_SHIFT_CELLS = 0.04  # cells; what a line may be moved up or down to be simpler, a sixth of a dot
_MAX_UNREDUCED_VERTICES = 32  # vertices, which are gone through one by one in less time than all at once
_MAX_TURN_RAD = 1e-9  # radians; even a thousand of them in a row move no dot
_DASH_AND_PERIOD_CELLS = (1.99, 3)  # cells of each dash, and of dash and gap; just short of two, so that the third stays empty
_DOT_AND_PERIOD_CELLS = (0.0, 1)


@dataclass(frozen=True, eq=False)
class Path:
    """Vertices of shape (vertices, 2) in cells, and whether each is joined to the one before it."""

    points: Array
    joined: Flags


def clip(x: Array, y: Array, width: int, height: int) -> Path:
    """Return the part of the line through (x, y), in cells, with 0 <= x < width and 0 <= y < height; NaN breaks it."""
    points = np.column_stack([x, y])
    known = ~(np.isnan(x) | np.isnan(y))
    joined = known & np.append(False, known[:-1])
    alone = known & ~joined & ~np.append(known[1:], False)
    outside = (x < 0.0) | (x > width - _EDGE_CELLS) | (y < 0.0) | (y > height - _EDGE_CELLS)
    if not (outside.any() or alone.any()):
        return Path(points[known], joined[known])
    points = np.clip(points, -_MAX_COORDINATE_CELLS, _MAX_COORDINATE_CELLS)
    linked = joined[1:]
    # A point with no neighbour is a line of no length.
    start = np.concatenate([points[:-1][linked], points[alone]])
    end = np.concatenate([points[1:][linked], points[alone]])
    for axis, size in enumerate((width, height)):
        start, end = _clip_axis(start, end, axis, size - _EDGE_CELLS)
    if not len(start):
        return Path(np.empty((0, 2)), np.empty(0, np.bool_))
    follows = np.append(False, (start[1:] == end[:-1]).all(axis=1))
    vertices = np.stack([start, end], axis=1).reshape(-1, 2)
    joined = np.tile([False, True], len(start))
    keep = np.column_stack([~follows, np.ones(len(start), np.bool_)]).ravel()
    return Path(vertices[keep], joined[keep])


def simplify(path: Path) -> Path:
    """Return the path without vertices that change no dot; a cell has two by four dots."""
    if not len(path.joined):
        return path
    if len(path.joined) > _MAX_UNREDUCED_VERTICES:
        path = _column_extremes(_without_collinear(path))
    return _without_near_collinear(path)


def dash(path: Path) -> Path:
    """Return the path in dashes of two cells and gaps of one, which stay in place while the line moves."""
    return _cut(path, *_DASH_AND_PERIOD_CELLS)


def dot(path: Path) -> Path:
    """Return the path as one dot in each cell that it enters."""
    return _cut(path, *_DOT_AND_PERIOD_CELLS)


def _cut(path: Path, length: float, period: int) -> Path:
    points: list[list[float]] = []
    joined: list[bool] = []
    vertices = path.points.tolist()
    for start, end, linked in zip(vertices, vertices[1:], path.joined[1:].tolist()):
        if linked:
            for first, last in _dashes_between(start, end, length, period):
                if not points or first != points[-1]:
                    points.append(first)
                    joined.append(False)
                points.append(last)
                joined.append(True)
    return Path(np.array(points).reshape(-1, 2), np.array(joined, np.bool_))


def _clip_axis(start: Array, end: Array, axis: int, high: float) -> tuple[Array, Array]:
    """Return the parts of segments that lie between 0 and high on one axis, without those wholly outside."""
    a, b = start[:, axis], end[:, axis]
    crosses = (np.maximum(a, b) >= 0.0) & (np.minimum(a, b) <= high)
    start, end = start[crosses], end[crosses]
    return _entry(start, end, axis, high), _entry(end, start, axis, high)


def _entry(start: Array, end: Array, axis: int, high: float) -> Array:
    """Return start or, where it lies outside on the axis, the point at which the segment enters."""
    edge = np.clip(start[:, axis], 0.0, high)
    outside = edge != start[:, axis]
    moved = start.copy()
    way = end[outside] - start[outside]
    moved[outside] += way * ((edge[outside] - start[outside, axis]) / way[:, axis])[:, None]
    moved[:, axis] = edge
    return moved


def _without_collinear(path: Path) -> Path:
    """Return the path without vertices at which it goes straight on; most curves have hundreds."""
    before, after = np.diff(path.points[:-1], axis=0), np.diff(path.points[1:], axis=0)
    turn = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    sizes = np.hypot(*before.T) * np.hypot(*after.T)
    straight = (np.abs(turn) <= _MAX_TURN_RAD * sizes) & ((before * after).sum(axis=1) > 0.0)
    keep = np.ones(len(path.joined), np.bool_)
    keep[1:-1] = ~(straight & path.joined[1:-1] & path.joined[2:])
    return Path(path.points[keep], path.joined[keep])


def _column_extremes(path: Path) -> Path:
    """Return the path with only the lowest and the highest vertex of each run within a column of dots."""
    points, joined = path.points, path.joined
    begins = np.append(True, (np.diff(np.floor(points[:, 0] * 2.0)) != 0.0) | ~joined[1:])
    ends = np.append(begins[1:], True)
    by_y = np.lexsort((points[:, 1], np.cumsum(begins)))  # each stretch stays in its place, and is sorted within
    low, high = by_y[begins], by_y[ends]
    first, last = np.minimum(low, high), np.maximum(low, high)
    kept = np.column_stack([first, last]).ravel()
    links = np.column_stack([joined[begins], first != last]).ravel()
    single = np.column_stack([np.zeros_like(first, np.bool_), first == last]).ravel()
    return Path(points[kept[~single]], links[~single])


def _without_near_collinear(path: Path) -> Path:
    """Return the path without vertices close to the line between those kept (the swinging-door algorithm)."""
    vertices, joined = path.points.tolist(), path.joined.tolist()
    kept = [0]
    anchor, low, high = vertices[0], -math.inf, math.inf  # the slopes from the anchor that pass all vertices since
    for index in range(1, len(vertices)):
        x, y = vertices[index]
        way = x - anchor[0]
        if not joined[index]:
            kept += [index - 1, index]
            anchor, low, high = vertices[index], -math.inf, math.inf
            continue
        if way <= 0.0 or not low <= (y - anchor[1]) / way <= high:
            kept.append(index - 1)
            anchor, low, high = vertices[index - 1], -math.inf, math.inf
            way = x - anchor[0]
        if way > 0.0:
            low = max(low, (y - anchor[1] - _MAX_SHIFT_CELLS) / way)
            high = min(high, (y - anchor[1] + _MAX_SHIFT_CELLS) / way)
        else:
            low, high = math.inf, -math.inf
    unique = sorted({*kept, len(vertices) - 1})
    return Path(path.points[unique], path.joined[unique])


def _dashes_between(start: list[float], end: list[float], length: float, period: int) -> list[list[list[float]]]:
    """Return the dashes of one segment as (first, last), cut by columns or, where it is steep, by rows."""
    way = [end[0] - start[0], end[1] - start[1]]
    axis = 0 if abs(way[0]) >= abs(way[1]) else 1
    if not way[axis]:
        return [[start, end]]
    low, high = sorted((start[axis], end[axis]))
    dashes = []
    for mark in range(int(low // period) * period, int(high) + 1, period):
        cuts = max(low, mark), min(high, mark + length)
        if cuts[0] <= cuts[1]:
            dashes.append([_point_at(start, end, way, axis, cut) for cut in cuts])
    return dashes if way[axis] > 0.0 else [drawn[::-1] for drawn in reversed(dashes)]


def _point_at(start: list[float], end: list[float], way: list[float], axis: int, cut: float) -> list[float]:
    """Return the point where the segment crosses `cut` on the axis, exact in that coordinate and at the segment's ends."""
    if cut == start[axis] or cut == end[axis]:
        return start if cut == start[axis] else end
    share = (cut - start[axis]) / way[axis]
    point = [start[0] + way[0] * share, start[1] + way[1] * share]
    point[axis] = cut
    return point
