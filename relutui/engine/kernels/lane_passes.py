"""A step of the kernel by lanes (`by_lanes.py`), and what comes before and after all steps.

A function of a lane alone is called once for a network, one of a lane and a number for each unit of a chunk, in order.
"""

from tinygrad import dtypes
from tinygrad.uop.ops import UOp

from relutui.engine.kernels.arguments import CORRECTIONS, Count, Progress, Rate
from relutui.engine.kernels.lane import ONE, ZERO, Lane
from relutui.engine.kernels.lanes_layout import FREE, PARAMETER, EvenScale, Row, UnitRow, state_rows
from relutui.engine.kernels.optimizers import update_direction, with_decay
from relutui.engine.kernels.pieces_layout import DOUBT, Scale
from relutui.engine.kernels.prefix_sums import Column
from relutui.model.gradient import GREATEST

_SUMS = Row.N, Row.X, Row.XX, Row.Y, Row.XY


def load(here: Lane) -> None:
    """Take c, its moments, and how many steps have been taken."""
    for name, (row, _) in state_rows(here.spec.optimizer).items():
        here.set(row, getattr(here.at, name)[here.network].load())
    here.set(Row.FREE, here.at.free[0].load())
    here.set(Row.TAKEN, _progress(here, Progress.TAKEN).load().cast(dtypes.double))


def load_unit(here: Lane, j: int) -> None:
    """Take a unit and its moments."""
    spec, unit = here.spec, here.number(j)
    here.set(UnitRow.LABEL, unit.cast(dtypes.double), j)
    for n in range(3):
        parameter = unit + (1 + n * spec.units)
        here.set(FREE[n], here.at.free[parameter].load(), j)
        for name, (_, rows) in state_rows(spec.optimizer).items():
            here.set(rows[n], getattr(here.at, name)[parameter * spec.networks + here.network].load(), j)


def store(here: Lane) -> list[UOp]:
    """Return the stores of c, its moments, and what has become of the network."""
    stores = [
        getattr(here.at, name)[here.network].store(here.get(row)) for name, (row, _) in state_rows(here.spec.optimizer).items()
    ]
    stores += [
        _progress(here, n).store(here.get(row).cast(dtypes.int32))
        for n, row in ((Progress.TAKEN, Row.TAKEN), (DOUBT, Row.DOUBT))
    ]
    return [*stores, here.at.samples[here.network].store(here.get(Row.LOSS))]


def store_unit(here: Lane, j: int) -> list[UOp]:
    """Return the stores of a unit and its moments."""
    spec, label = here.spec, here.get(UnitRow.LABEL, j).cast(dtypes.int32)
    return [
        getattr(here.at, name)[(label + (1 + n * spec.units)) * spec.networks + here.network].store(here.get(row, j))
        for name, (_, rows) in state_rows(spec.optimizer).items()
        for n, row in enumerate(rows)
    ]


def begin_step(here: Lane) -> None:
    """Begin the line and the sums at the left end."""
    c = here.get(Row.C) - here.scale(Scale.MIDDLE)
    here.set(Row.A, c)
    here.set(Row.SIZE_A, c * c)
    for row in (Row.B, Row.SIZE_B, Row.R, Row.RX, Row.SQUARES):
        here.set(row, 0.0)
    for row, value in zip(_SUMS, _sums_at(here, ZERO)):
        here.set(row, value)


def add_to_line(here: Lane, j: int) -> None:
    """Add a unit to the line left of all kinks, if it is on there, and find out how it changes the line at its kink."""
    leak = here.scale(Scale.LEAK)
    w, b, v = here.centred(j)
    place, left, bent = here.get(UnitRow.PLACE, j), w < 0.0, (1.0 - leak) * v
    first = left.ne(place.eq(0.0)).where(bent, 0.0)
    last = left.ne(place < here.places.cast(dtypes.double)).where(bent, 0.0)
    slope, jump = leak * v + first, last - first
    part = slope - jump
    part_a, part_b = part * b, part * w
    here.set(Row.A, here.get(Row.A) + slope * b)
    here.set(Row.B, here.get(Row.B) + slope * w)
    here.set(Row.SIZE_A, here.get(Row.SIZE_A) + part_a * part_a)
    here.set(Row.SIZE_B, here.get(Row.SIZE_B) + part_b * part_b)
    here.set(UnitRow.JUMP_A, jump * b, j)
    here.set(UnitRow.JUMP_B, jump * w, j)


def walk(here: Lane, j: int) -> None:
    """Sum up to a unit's kink, and change the line there."""
    _sum_up_to(here, here.get(UnitRow.PLACE, j))
    for left, total in ((UnitRow.LEFT, Row.R), (UnitRow.LEFT_X, Row.RX)):
        here.set(left, here.get(total), j)
    for line, jump, before in ((Row.A, UnitRow.JUMP_A, UnitRow.LINE_A), (Row.B, UnitRow.JUMP_B, UnitRow.LINE_B)):
        if here.spec.on_kinks:
            here.set(before, here.get(line), j)
        here.set(line, here.get(line) + here.get(jump, j))


def end_walk(here: Lane) -> None:
    """Sum up to the right end, decide whether the network learns, and update c."""
    spec = here.spec
    _sum_up_to(here, here.places.cast(dtypes.double))
    loss = here.scale(Scale.WEIGHT) * (here.get(Row.SQUARES) + here.scale(Scale.Y_SQUARES))
    loss = (loss < 0.0).where(0.0, loss)
    size = here.get(Row.SIZE_A) * here.scale(Scale.PART_A) + here.get(Row.SIZE_B) * here.scale(Scale.PART_B)
    enough_digits, taken = size < 1.0, here.get(Row.TAKEN)
    stops = loss < here.rate(Rate.STOP_BELOW)
    unfinished = taken < here.at.counts[Count.STEPS].load().cast(dtypes.double)
    learns = (enough_digits & unfinished & (loss < GREATEST) & stops.logical_not()).where(ONE, 0.0)
    here.set(Row.LOSS, loss)
    here.set(Row.DOUBT, enough_digits.where(ZERO, 1.0))
    here.set(Row.LEARNS, learns)
    here.set(Row.TAKEN, taken + learns)
    if spec.optimizer == "adam":
        step = here.at.counts[Count.ADAM_STEPS].load().cast(dtypes.double) + taken
        index = step.minimum(float(CORRECTIONS - 1)).cast(dtypes.int32) * 2
        for n, row in enumerate((Row.CORRECTION, Row.SQUARE_CORRECTION)):
            here.set(row, here.at.corrections[index + n].load())
    # All gradients are linear in the sums: sgd has its rate in there.
    factor = learns * here.rate(Rate.LEARNING) if spec.optimizer == "sgd" else ONE
    flat, steep, twice = (here.scale(n) * factor for n in (Scale.FLAT, Scale.STEEP, Scale.TWICE))
    here.set(Row.STEEP, steep)
    for total, everywhere in ((Row.R, Row.FLAT), (Row.RX, Row.FLAT_X)):
        here.set(everywhere, flat * here.get(total))
    c, means = here.get(Row.C), (Row.FIRST, Row.SECOND)
    here.set(Row.C, _updated(here, c, here.get(Row.FREE), means, 0, twice * here.get(Row.R)))


def update(here: Lane, j: int) -> None:
    """Update a unit."""
    centre, steep = here.scale(Scale.CENTRE), here.get(Row.STEEP)
    w, b, v = (here.get(row, j) for row in PARAMETER)
    left = w < 0.0
    before, before_x = here.get(UnitRow.LEFT, j), here.get(UnitRow.LEFT_X, j)
    if here.spec.on_kinks:
        before, before_x = _with_points_on_kink(here, j, before, before_x)
    # The sums where it is on: those to the left of its kink, or the others.  Equal ones leave an exact 0; sums are not negated,
    # for tinygrad would negate all that they are sums of.
    sign = left.where(ONE, -1.0)
    on, on_x = (left.where(ZERO, here.get(row)) + sign * sums for row, sums in ((Row.R, before), (Row.RX, before_x)))
    dr, drx = here.get(Row.FLAT) + steep * on, here.get(Row.FLAT_X) + steep * on_x
    gradients = v * (drx + centre * dr), v * dr, w * drx + (b + w * centre) * dr
    states = [rows for _, rows in state_rows(here.spec.optimizer).values()]
    for n, (old, gradient) in enumerate(zip((w, b, v), gradients)):
        value = _updated(here, old, here.get(FREE[n], j), tuple(rows[n] for rows in states[1:]), j, gradient)
        here.set(PARAMETER[n], value, j)


def _sums_at(here: Lane, place: UOp) -> list[UOp]:
    """Return the sums of 1, x, x^2, y and x y up to a place; of the first, only differences count."""
    index = place.cast(dtypes.int32)
    y, xy = here.column(index, Column.Y), here.column(index, Column.XY)
    if not here.spec.even:
        return [*(here.column(index, column) for column in (Column.N, Column.X, Column.XX)), y, xy]
    start, half, square, linear, cubic = (
        here.scale(n) for n in (EvenScale.START, EvenScale.HALF_STEP, EvenScale.START_SQUARE, EvenScale.LINEAR, EvenScale.CUBIC)
    )
    n = place - here.scale(EvenScale.ORIGIN)
    before = n - 1.0
    return [place, n * (before * half + start), n * (before * (n * cubic + linear) + square), y, xy]


def _sum_up_to(here: Lane, place: UOp) -> None:
    """Add the sums from the last place to this one."""
    sums = _sums_at(here, place)
    n, x, xx = (new - here.get(row) for row, new in zip(_SUMS, sums[:3]))
    y, xy = (here.get(row) - new for row, new in zip(_SUMS[3:], sums[3:]))  # negative: a product is added to them at once
    a, b = here.get(Row.A), here.get(Row.B)
    r, rx = y + a * n + b * x, xy + a * x + b * xx
    here.set(Row.R, here.get(Row.R) + r)
    here.set(Row.RX, here.get(Row.RX) + rx)
    here.set(Row.SQUARES, here.get(Row.SQUARES) + a * r + b * rx + a * y + b * xy)  # r^2 - y^2 = yhat (r - y)
    for row, value in zip(_SUMS, sums):
        here.set(row, value)


def _updated(here: Lane, old: UOp, free: UOp, means: tuple[Row | UnitRow, ...], j: int, gradient: UOp) -> UOp:
    """Return a parameter after a step, and set its means."""
    decay = here.rate(Rate.DECAY) if here.spec.decay else None
    if here.spec.optimizer == "sgd":  # the gradient has its rate in it, and is 0 where nothing is learned
        own = None if decay is None else here.get(Row.LEARNS) * here.rate(Rate.LEARNING) * decay
        return old - free * with_decay(gradient, old, own)
    before = [here.get(row, j) for row in means]
    corrections = [here.get(row) for row in (Row.CORRECTION, Row.SQUARE_CORRECTION)] if here.spec.optimizer == "adam" else []
    gradient = with_decay(gradient, old, decay)
    direction, after = update_direction(here.spec.optimizer, gradient, before, here.rate(Rate.MOMENTUM), corrections)
    # Not the other way round: tinygrad makes a branch of the store of a number or what was there.
    stays = here.get(Row.LEARNS) * free < 0.5
    for row, was, new in zip(means, before, after):
        here.set(row, stays.where(was, new), j)
    return stays.where(old, old - here.rate(Rate.LEARNING) * direction)


def _with_points_on_kink(here: Lane, j: int, before: UOp, before_x: UOp) -> tuple[UOp, UOp]:
    """Return the sums of r and r x to the left of a kink, with the points on it counted by the slope there."""
    w, b, _ = here.centred(j)
    n, x, y = (here.get(row, j) for row in (UnitRow.POINT_N, UnitRow.POINT_X, UnitRow.POINT_Y))
    r = here.get(UnitRow.LINE_A, j) * n + here.get(UnitRow.LINE_B, j) * x - y
    rx = (n > 0.0).where(r * (x / n), 0.0)
    flat = w.eq(0.0) & b.eq(0.0)  # then every point is on the kink
    r, rx = flat.where(here.get(Row.R), r), flat.where(here.get(Row.RX), rx)
    slope = here.rate(Rate.SLOPE_AT_KINK)
    weight = (w < 0.0).where(slope, -slope)
    return before + weight * r, before_x + weight * rx


def _progress(here: Lane, n: int) -> UOp:
    return here.at.progress[int(n) * here.spec.networks + here.network]
