"""One rule for work done in slices: as much next as fits in a given time, judged by how long the last slice took."""

import math

SHORTEST_S = 1e-9  # that a slice counts as taking: a clock need not move between two readings


def next_count(count: int, seconds: float, target_s: float, largest: float = math.inf) -> int:
    """The number of items (steps, networks, rows) that take `target_s` where `count` of them took `seconds`.

    From 1 to `largest`, which bounds the growth where a slice was not typical: the first one may have compiled.
    """
    return int(max(1, min(count * target_s / max(seconds, SHORTEST_S), largest)))
