"""A fit as a row of blocks, each the best for its own points with kinks at points only, and the kinks of the whole."""

from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import Array
from relutui.study.partial_fits import JOIN
from relutui.study.segment_costs import Points


class Block(NamedTuple):
    """A part of a fit: its first and last point, its kinks at points, and how it follows the previous one."""

    first: int
    last: int
    knots: tuple[int, ...]
    origin: int


def kinks_of(points: Points, blocks: list[Block]) -> Array:
    """The kinks of a fit, ascending."""
    kinks = list[float]()
    height = slope = 0.0  # of the previous block's last line, at its last point
    for before, block in zip([None, *blocks], blocks):
        places, heights = _best_heights(points, block)
        if before is not None and block.origin == JOIN:
            rise = (heights[1] - heights[0]) / (places[1] - places[0])
            start, end = points.x[before.last], points.x[block.first]
            # The previous line at `start` and this one at `end`, which meet between.
            gap = heights[0] - height - slope * (end - start)
            kinks.append(float(np.clip(end + gap / (slope - rise), start, end)) if slope != rise else float(start))
        elif before is not None:
            kinks += [float(points.x[before.last]), float(points.x[block.first])]
        kinks += points.x[list(block.knots)].tolist()
        height, slope = heights[-1], (heights[-1] - heights[-2]) / (places[-1] - places[-2])
    return np.array(kinks)


def _best_heights(points: Points, block: Block) -> tuple[Array, Array]:
    """The places of a block's first point, knots and last point, and its best heights there."""
    x, y, weight = (field[block.first : block.last + 1] for field in points)
    places, root = points.x[[block.first, *block.knots, block.last]], np.sqrt(weight)
    hats = np.stack([np.interp(x, places, height) for height in np.eye(len(places))])
    return places, np.asarray(np.linalg.lstsq((hats * root).T, y * root, rcond=None)[0], np.float64)
