"""Where the kinks of the kernel by lanes (`by_lanes.py`) lie among the points, and whether the units are in their order.

Functions as in `lane_passes.py`.
"""

from tinygrad import dtypes
from tinygrad.uop.ops import UOp

from relutui.engine.kernels.lane import ONE, ZERO, Lane
from relutui.engine.kernels.lanes_layout import LanesSpec, Row, UnitRow
from relutui.engine.kernels.pieces_layout import Scale
from relutui.engine.kernels.prefix_sums import Column

_NEAR = 2.0**-20  # of the distance of two points, within which only a look at a point tells on which side of it a kink is


def locate_evenly(here: Lane, j: int) -> None:
    """Find the place of a kink among points at equal distances; if it is near a point, it is left to `find_cell`."""
    w, b, _ = here.centred(j)
    last = here.places.cast(dtypes.double) + 0.5
    points = -b / w * here.scale(Scale.CELLS) + (here.scale(Scale.OFFSET) + 0.5)  # to the left of the kink
    # w = 0 and b = 0 give 0 / 0, which the first comparison takes to the end of the data: off everywhere
    points = (points < last).where(points, last)
    points = (points > 0.5).where(points, 0.5)
    place = points.trunc()
    from_middle = points - 0.5 - place
    near = from_middle * from_middle > (0.5 - _NEAR) ** 2
    here.set(Row.NEAR, near.where(ONE, here.get(Row.NEAR)))
    found = {UnitRow.PLACE: place}
    if here.spec.on_kinks:
        found |= {UnitRow.RANK: ONE, UnitRow.POINT_N: ZERO, UnitRow.POINT_X: ZERO, UnitRow.POINT_Y: ZERO}
    stays = here.get(Row.LEARNS) < 0.5  # as it was found, in doubt or not
    for row, value in found.items():
        here.set(row, stays.where(here.get(row, j), value), j)


def find_cell(here: Lane, j: int) -> None:
    """Find the first place of the cell that a kink lies in."""
    w, b, _ = here.centred(j)
    last = here.places.cast(dtypes.double)
    cell = -b / w * here.scale(Scale.CELLS) + here.scale(Scale.OFFSET)
    cell = (cell < last).where(cell, last)
    cell = (cell > 0.0).where(cell, 0.0)
    here.set(UnitRow.PLACE, here.at.cells[cell.cast(dtypes.int32)].load().cast(dtypes.double), j)


def bisect(here: Lane, j: int, half: UOp) -> None:
    """Halve the places that a kink may have in its cell, of which there are 2 half."""
    w, b, _ = here.centred(j)
    last = here.places.cast(dtypes.double)
    start = here.get(UnitRow.PLACE, j)
    end = start + half
    point = (end - 1.0).minimum(last).cast(dtypes.int32)
    is_on = b + w * here.column(point, Column.AT) > 0.0
    here.set(UnitRow.PLACE, is_on.ne(w < 0.0).where(start, end.minimum(last)), j)


def find_points_on_kink(here: Lane, j: int) -> None:
    """Find the points on a kink, and rank units of the same place, as `by_pieces._rank`."""
    w, b, _ = here.centred(j)
    place = here.get(UnitRow.PLACE, j).cast(dtypes.int32)
    left = w < 0.0
    point = left.where(place.minimum(here.places), (place - 1).maximum(0))
    on_kink = (b + w * here.column(point, Column.AT)).eq(0.0)
    here.set(UnitRow.RANK, on_kink.where(left.where(UOp.const(2.0, dtypes.double), 0.0), 1.0), j)
    for row, column in ((UnitRow.POINT_N, Column.N), (UnitRow.POINT_X, Column.X), (UnitRow.POINT_Y, Column.Y)):
        sum_of_points = here.column(point + 1, column) - here.column(point, column)
        here.set(row, on_kink.where(sum_of_points, 0.0), j)


def begin_check(here: Lane) -> None:
    """Begin to look whether the units are in order."""
    here.set(Row.LAST_KEY, -1.0)
    here.set(Row.WRONG, 0.0)
    here.set(Row.NEAR, 0.0)


def check(here: Lane, j: int) -> None:
    """Note the last unit that belongs before the one before it."""
    number = _key(here, j)
    here.set(Row.WRONG, (number < here.get(Row.LAST_KEY)).where(here.number(j).cast(dtypes.double), here.get(Row.WRONG)))
    here.set(Row.LAST_KEY, number)


def _key(here: Lane, j: int) -> UOp:
    return key(here.spec, *(here.get(row, j) for row in key_rows(here.spec)))


def key_rows(spec: LanesSpec) -> tuple[UnitRow, ...]:
    """Return the rows of which a unit's key is made."""
    return UnitRow.LABEL, UnitRow.PLACE, *((UnitRow.RANK,) if spec.on_kinks else ())


def key(spec: LanesSpec, label: UOp, place: UOp, *rank: UOp) -> UOp:
    """Return the number by which units are sorted: by place, by rank where there is one, and by label."""
    return (place * 3.0 + rank[0] if rank else place) * float(spec.units) + label
