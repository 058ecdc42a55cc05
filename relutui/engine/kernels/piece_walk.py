"""The walk of the kernel by pieces (`by_pieces.py`) over its pieces, from left to right."""

from enum import IntEnum

from tinygrad import dtypes
from tinygrad.uop.ops import UOp

from relutui.engine.kernels.arguments import Rate, register
from relutui.engine.kernels.pieces_layout import Extent, Memory, Scale
from relutui.engine.kernels.prefix_sums import ROW, Column

_SUMMED = tuple(Column)[: Column.AT]


class _Register(IntEnum):
    """The slots of this file's registers; `by_pieces.py` has the others."""

    LEFT_PARTS = 1
    WALK = 4
    KINK_LINE = 5
    LEFT_LINE = 7


def left_of_all_kinks(here: Memory, fixed: Memory, lane: UOp, block: UOp) -> UOp:
    """Return a register with A and B of the first piece (yhat = A + B x), and the size of what they are sums of.

    The jump at each kink is stored in `jumps`.  A unit whose kink has all points on one side is on, or off, at all of them: its
    part, if any, is in A and B from the start, and its jump is 0.
    """
    spec, leak, lanes = here.spec, fixed.scale(Scale.LEAK), here.spec.lanes
    centre, part_a, part_b = (fixed.scale(n) for n in (Scale.CENTRE, Scale.PART_A, Scale.PART_B))
    ends, bend = [fixed.x(place) for place in (0, fixed.at.extents[Extent.PLACES].load())], 1.0 - leak
    parts = register(4 * lanes, dtypes.double, _Register.LEFT_PARTS)  # of A - c, B and their sizes; no lane waits for another
    begun = UOp.group(*(here.own(parts)[n].store(leak.const_like(0.0)) for n in range(4 * lanes)))
    now, j = parts.after(begun, block), block * lanes + lane
    units = here.after(begun, lane, block)
    w, b, v = units.centred(j, centre)
    bent = bend * v
    first, last = ((b + w * x > 0.0).where(bent, 0.0) for x in ends)
    slope, jump = leak * v + first, last - first
    lines, changes = [slope * b, slope * w], [jump * b, jump * w]
    squares = [(line - change) * (line - change) for line, change in zip(lines, changes)]
    own = [n * lanes + lane for n in range(4)]
    added = [parts[at].store(now[at].load() + by) for at, by in zip(own, lines + squares)]
    stores = [units.number("jumps", j + n * spec.units).store(change) for n, change in enumerate(changes)]
    summed = parts.after(UOp.group(*added, *stores).end(lane).end(block))
    lane_sums = ([summed[n * lanes + m].load() for m in range(lanes)] for n in range(4))
    a, b, size_a, size_b = (sum(rest, first) for first, *rest in lane_sums)
    line = register(3, dtypes.double, _Register.LEFT_LINE)
    c = here.number("parameters", 0).load() - fixed.scale(Scale.MIDDLE)
    values = c + a, b, (size_a + c * c) * part_a + size_b * part_b
    return line.after(UOp.group(*(line.after(summed)[n].store(value) for n, value in enumerate(values))))


def walk(here: Memory, m: UOp, line: UOp) -> tuple[UOp, UOp]:
    """Sum up from left to right, store the sums before each kink and over all points in `sums`, and return the loss."""
    places, leak = here.at.extents[Extent.PLACES].load(), here.scale(Scale.LEAK)
    # A, B, sums of r, r x and r^2 - y^2, and the row of the last kink
    so_far = register(5 + len(_SUMMED), dtypes.double, _Register.WALK)
    starts = [line[n].load() for n in (0, 1)] + [leak.const_like(0.0)] * 3
    starts += [here.at.table[column].load() for column in _SUMMED]
    begun = UOp.group(*(here.own(so_far)[n].store(start) for n, start in enumerate(starts)))

    inside, now = here.after(begun, m), so_far.after(begun, m)
    unit, place = inside.unit_and_place(m)
    row, piece, (r, rx, squares) = _sums_to(inside, now, place)
    line_after = [now[n].load() + inside.number("jumps", unit + n * inside.spec.units).load() for n in (0, 1)]
    stores = [now[n].store(value) for n, value in enumerate([*line_after, r, rx, squares, *row])]
    stores += [at.store(value) for at, value in zip(inside.sums_left_of(unit), (r, rx))]
    if here.spec.swamped:
        stores += [at.store(value) for at, value in zip(inside.sums_right_of(unit), piece)]
    walked = UOp.group(*stores).end(m)

    here = here.after(walked)
    _, last, (r, rx, squares) = _sums_to(here, so_far.after(walked), places)
    loss = here.scale(Scale.WEIGHT) * (squares + here.scale(Scale.Y_SQUARES))
    stores = [at.store(value) for at, value in zip(here.all_sums(), (r, rx))]
    if here.spec.swamped:
        stores += [at.store(value) for at, value in zip(here.sums_back(), last)]
    return UOp.group(*stores), loss.maximum(0.0)


def walk_back(here: Memory, m: UOp, units: UOp) -> UOp:
    """Sum up from right to left what `walk` has stored: the sums of the piece before each kink, and after the last."""
    here = here.after(m)
    unit, _ = here.unit_and_place(units - 1 - m)
    so_far, pieces = ([at.load() for at in sums] for sums in (here.sums_back(), here.sums_right_of(unit)))
    added = UOp.group(*(at.store(old + piece) for at, old, piece in zip(here.sums_back(), so_far, pieces)))
    own = here.after(added).sums_right_of(unit)  # only after that: the piece is read there
    return UOp.group(*(at.store(old) for at, old in zip(own, so_far))).end(m)


def _sums_to(here: Memory, so_far: UOp, place: UOp) -> tuple[list[UOp], list[UOp], list[UOp]]:
    """Return the table's row at a place, the sums of r and r x from the last place to it, and of r, r x, r^2 - y^2 up to it."""
    a, b, *sums = (so_far[n].load() for n in range(5))
    row = [here.at.table[place * ROW + column].load() for column in _SUMMED]
    n, x, xx, y, xy = (new - so_far[5 + column].load() for column, new in enumerate(row))
    r, rx = a * n + b * x - y, a * x + b * xx - xy
    squares = a * (r - y) + b * (rx - xy)  # r^2 - y^2 = yhat (r - y)
    # `squares` first: a kink then waits for one addition, not for two.
    return row, [r, rx], [sums[0] + r, sums[1] + rx, squares + sums[2]]


def points_on_kinks(here: Memory, m: UOp, line: UOp) -> UOp:
    """Count a point on a unit's kink, so far counted as off, by the slope at the kink."""
    slope_at_kink, centre = here.at.rates[Rate.SLOPE_AT_KINK].load(), here.scale(Scale.CENTRE)
    all_r, all_rx = (at.load() for at in here.all_sums())
    so_far = register(2, dtypes.double, _Register.KINK_LINE)
    begun = UOp.group(*(here.own(so_far)[n].store(line[n].load()) for n in (0, 1)))

    here, now = here.after(begun, m), so_far.after(begun, m)
    unit, place = here.unit_and_place(m)
    w, b, _ = here.centred(unit, centre)
    left = w < 0.0
    at_kink = left.where(place, (place - 1).maximum(0))
    low, high = ([here.at.table[(at_kink + n) * ROW + column].load() for column in Column] for n in (0, 1))
    n, sx, _, sy, _, _ = (above - below for below, above in zip(low, high))
    x, (a, slope) = low[Column.AT], (now[n].load() for n in (0, 1))
    r = (b + w * x).eq(0.0).where(a * n + slope * sx - sy, 0.0)
    rx = r * x
    flat = w.eq(0.0) & b.eq(0.0)  # then every point is on the kink
    r, rx = flat.where(all_r, r), flat.where(all_rx, rx)
    weight = left.where(slope_at_kink, -slope_at_kink)
    jumps = [here.number("jumps", unit + n * here.spec.units).load() for n in (0, 1)]
    stores = [now[n].store(old + jump) for n, (old, jump) in enumerate(zip((a, slope), jumps))]
    stores += [at.store(at.load() + weight * more) for at, more in zip(here.sums_left_of(unit), (r, rx))]
    if here.spec.swamped:
        stores += [at.store(at.load() - weight * more) for at, more in zip(here.sums_right_of(unit), (r, rx))]
    return UOp.group(*stores).end(m)
