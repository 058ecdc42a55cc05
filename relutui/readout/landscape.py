"""The contents of the Landscape view: the loss over two parameters, and the path of training across it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relutui.lib.arrays import Array
from relutui.lib.number_text import distinct_texts, format_number, loss_text
from relutui.model.landscape import Interval, Landscape, Plane, place
from relutui.model.values import values_of
from relutui.readout.colour import colour_of
from relutui.readout.curves import Curve
from relutui.session import landscape_axes
from relutui.session.own_units import loss_name
from relutui.session.session import Session

SAME_LOSS = 5e-7  # of the present loss: a map's loss that is lower by less is the same, as at the end of training
MIN_RISE = 0.005  # of the present loss, that every way to lower ground has to climb in a valley
RIM_SHARE = 0.8  # of that climb, at which the rim of the valley is drawn: low enough to close on a coarse map
MAX_RIM_DIGITS = 4


class Map(NamedTuple):
    """The losses of shape (rows, columns), both axes ascending, with the present point `here` and the recorded path `way`.

    lowest: the lowest point of the grid; None if the present point, usually off the grid, is as low, to SAME_LOSS;
    rim: a loss that every way on the map from the present point to lower ground exceeds, None if there is no such valley.
    """

    x_limits: Interval
    y_limits: Interval
    losses: Array
    here: tuple[float, float]
    lowest: tuple[float, float] | None
    way: Curve
    rim: float | None = None


class LandscapeReadout(NamedTuple):
    """The map, None until it is measured, and the parameters on its axes, across and up.

    colour: of the unit that both parameters belong to, None if there is none; said: a status line, the longest form first.
    """

    map: Map | None
    across: str
    up: str
    colour: int | None
    said: tuple[str, ...]


def read_landscape(session: Session) -> LandscapeReadout:
    """Compute the map from the last landscape; there is none unless that has the present network, loss and unit count."""
    state, landscape = session.state, session.findings.landscape
    values = values_of(state.parameters)
    now = state.network, state.settings.loss, len(values)
    if landscape is None or (landscape.plane.network, landscape.plane.kind, len(landscape.plane.values)) != now:
        return LandscapeReadout(None, "", "", None, ("no map yet: the device has to measure its losses",))
    plane, data = landscape.plane, session.dataset
    kind, loss = loss_name(session, plane.kind), plane.loss(state.parameters, data.x, data.y)
    lowest = landscape.lowest()
    follows = landscape_axes.plane(session) != plane
    if lowest and not (follows or lowest[2] < loss * (1 - SAME_LOSS)):
        lowest = None
    across, up = plane.axes
    x, y = place(across), place(up)
    here = float(values[x]), float(values[y])
    rim = rim_of(landscape, here, loss) if lowest and not follows else None
    closed = rim is not None and _is_closed(landscape, here, rim)
    samples = [sample.values for sample in state.checkpoint.history if sample.values]
    return LandscapeReadout(
        Map(
            x_limits=plane.x,
            y_limits=plane.y,
            losses=landscape.losses,
            here=here,
            lowest=lowest[:2] if lowest else None,
            way=Curve(np.array([sample[x] for sample in samples]), np.array([sample[y] for sample in samples])),
            rim=rim,
        ),
        across.short,
        up.short,
        colour_of(across.row) if across.row == up.row else None,
        _outdated_texts(kind, loss) if follows else _loss_texts(kind, plane, loss, lowest, len(data), rim, closed),
    )


def rim_of(landscape: Landscape, here: tuple[float, float], loss: float) -> float | None:
    """A round loss below that of the lowest pass from here to lower ground; None if there is hardly a climb to it."""
    losses, plane = np.where(np.isfinite(landscape.losses), landscape.losses, np.inf), landscape.plane
    rows, columns = (_around(at, limits, cells) for limits, cells, at in zip((plane.y, plane.x), losses.shape, here[::-1]))
    levels = np.unique(losses[losses > loss])
    shut, open_ = -1, len(levels) - 1  # the pass is the first level at which lower ground can be reached
    while open_ - shut > 1:
        middle = (shut + open_) // 2
        reaches = losses[_basin(losses <= levels[middle], rows, columns)].min(initial=np.inf) < loss * (1 - SAME_LOSS)
        shut, open_ = (shut, middle) if reaches else (middle, open_)
    climb = float(levels[open_]) - loss if shut >= 0 else 0.0  # none where it goes down from here at once
    if not MIN_RISE * loss < climb < np.inf:
        return None
    rims = (float(f"{loss + RIM_SHARE * climb:.{digits}g}") for digits in range(1, MAX_RIM_DIGITS + 1))
    return next((rim for rim in rims if loss + climb / 2 < rim < loss + climb), None)


def _is_closed(landscape: Landscape, here: tuple[float, float], rim: float) -> bool:
    """Whether losses above the rim lie on all sides of the present point, so that its valley ends before the map does."""
    losses, plane = landscape.losses, landscape.plane
    rows, columns = (_around(at, limits, cells) for limits, cells, at in zip((plane.y, plane.x), losses.shape, here[::-1]))
    basin = _basin(losses <= rim, rows, columns)
    return not (basin[[0, -1]].any() or basin[:, [0, -1]].any())


def _around(place: float, limits: Interval, cells: int) -> slice:
    """The two cells between whose centres a place lies: which of them is nearer would often hang on rounding."""
    below = int((place - limits[0]) / (limits[1] - limits[0]) * (cells - 1))
    return slice(max(min(below, cells - 2), 0), below + 2)


def _basin(low: NDArray[np.bool_], rows: slice, columns: slice) -> NDArray[np.bool_]:
    """The low cells joined to those of these rows and columns by low ones, across their sides; of the shape of `low`."""
    basin = np.zeros_like(low)
    basin[rows, columns] = low[rows, columns]
    while True:
        grown = basin.copy()
        grown[1:] |= basin[:-1]
        grown[:-1] |= basin[1:]
        grown[:, 1:] |= basin[:, :-1]
        grown[:, :-1] |= basin[:, 1:]
        grown &= low
        if (grown == basin).all():
            return basin
        basin = grown


def _outdated_texts(kind: str, loss: float) -> tuple[str, ...]:
    """The present loss alone, for a map measured with earlier parameters; the longest form first."""
    present = loss_text(loss)
    return f"{kind} {present} here ◆, the map follows", f"◆ {present}, the map follows", f"◆ {present}"


def _loss_texts(
    kind: str,
    plane: Plane,
    loss: float,
    lowest: tuple[float, float, float] | None,
    points: int,
    rim: float | None,
    closed: bool,
) -> tuple[str, ...]:
    """The present loss and the lowest on the map, with what lies between them; the longest form first.

    That is the rim of a valley, closed or not; without one, the place of the lowest, and how many points were measured.
    """
    measured = plane.measured(points)
    by = "" if measured == points else f" (by {measured:,} of {points:,} points)"
    if lowest is None:
        present = loss_text(loss)
        return f"{kind} {present} here ◆, nowhere lower on this map{by}", f"◆ {present}, nowhere lower", f"◆ {present}"
    present, least = distinct_texts((loss, lowest[2]), loss_text)
    if closed:
        return (
            f"◆ {present}: dots (> {rim:g}) all round, so every way out is uphill; ✕ {least} is lower, but beyond them",
            f"◆ {present}, dots all round: every way out is uphill; ✕ {least} is beyond them",
            f"◆ {present}: every way out is uphill (dots); ✕ {least}: beyond",
            f"◆ {present}   ✕ {least}",
        )
    if rim is not None:
        return (
            f"◆ {present} lies in a valley, the blank spot below {rim:g}; ✕ {least} lies in another",
            f"◆ {present}: in a valley, blank (< {rim:g}); ✕ {least}: in another",
            f"◆ {present}   ✕ {least}",
        )
    position = ", ".join(f"{parameter.short} = {format_number(value)}" for parameter, value in zip(plane.axes, lowest))
    return (
        f"{kind} {present} here ◆, lowest on this map {least} ✕ at {position}{by}",
        f"{present} here ◆, lowest {least} ✕ at {position}",
        f"◆ {present}   ✕ {least}",
    )
