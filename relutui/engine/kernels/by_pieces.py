"""The burst by pieces: many training steps of a network, or of many networks, that never visit the points.

    yhat(x) = c + sum_j v_j act(w_j x + b_j),    act(z) = z where z > 0, leak * z elsewhere

Between two kinks yhat = A + B x.  The sums of the residual r = yhat - y and of r x over such a piece follow from sums of
1, x, x^2, y and x y over its points, which are differences of two rows of a table (`tables.py`; float64, as they cancel).
So a step takes time in proportion to the units, whatever the number of points:

1. Each unit is updated: its gradient needs the sums of r and r x over its side, no more.  The place of its new kink among the
   points is looked up.
2. The units are put in the order of their kinks: an insertion sort, of what was in order a step ago.
3. The pieces are walked from left to right.  A and B change by each unit whose kink is passed, and that unit is given the sums
   to the left of it.

Nothing of this may cost digits that a visit to every point would keep:

- x and y are taken from a centre: with x' = x - m and b' = b + m w a unit is act(w x' + b'), and d / d w is that of the latter
  plus m d / d b'.  What is updated, and what the optimizer has of it, is w and b themselves.
- A unit that is off at all points has no part in A and B, nor has one that is on at all of them a jump: large numbers are not
  added that would be taken away again.  The sums of the former are nothing but zeros, and so is its gradient.
- Where points far to the left outweigh those to the right, the sums to the right of each kink are summed up from there.
- What is left that may cancel is bounded by the squares of the v_j b'_j and v_j w_j that have a part.  Where they are too large
  for the data (`tables.py`) training stops before the step, and says so: that step goes point by point (`exact.py`).

Like `burst.py`, which trains every other network, this is one kernel of tinygrad UOps, and what a run may change is read from
memory.  To mind of tinygrad: what follows a loop with a condition must be loaded after it, or it is computed inside; no two
such loops may follow one another; its assembler is wrong about loops that are not run even once; and in C it drops the
parentheses of x + (y + z), so that it is y + z + x that adds y and z first.
"""

from collections.abc import Callable, Sequence

from tinygrad import dtypes
from tinygrad.uop.ops import AxisType, KernelInfo, UOp

from relutui.engine.kernels.arguments import CORRECTIONS, Count, Progress, Rate, register
from relutui.engine.kernels.optimizers import MOMENTS, update_direction
from relutui.engine.kernels.piece_walk import left_of_all_kinks, points_on_kinks, walk, walk_back
from relutui.engine.kernels.pieces_layout import DOUBT, GOES_ON, GROUP, Buffers, Extent, Memory, PiecesSpec, Scale, pieces_sizes
from relutui.model.gradient import GREATEST


def pieces(form: PiecesSpec) -> Callable[..., UOp]:
    """The kernel, a function of the UOps of its buffers.

    A loop over steps, run once more than asked: it begins with the update, of which the first is none, and ends with the sums
    and the loss of the new state.  When that is below STOP_BELOW or no longer finite, nothing changes from there on.
    """

    def kernel(*arguments: UOp) -> UOp:
        at = Buffers(**dict(zip(pieces_sizes(form), arguments)))
        steps, networks = at.counts[Count.STEPS].load(), at.counts[Count.NETWORKS].load()
        first: UOp | int = 0
        member: UOp | int = 0
        outer: tuple[UOp, ...] = ()
        if form.parallel:
            size = min(GROUP, form.networks)
            group, member = UOp.range(form.networks // size, 0, AxisType.GLOBAL), UOp.range(size, 1, AxisType.LOCAL)
            first, outer = group * size, (member, group)
        step = UOp.range(steps + 1, 2, AxisType.LOOP)  # in order: a GPU would run another kind of loop in parallel
        loops: tuple[UOp, ...] = (step, *outer)
        turns: tuple[UOp, ...] = ()
        if form.networks > 1 and not form.parallel:  # twice in turn: what the first looks up is at hand for the second
            turns = UOp.range(networks, 3, AxisType.LOOP), UOp.range(networks, 4, AxisType.LOOP)
        first, again = turns or (first, first)
        begun = _cleared(form, at, first + member)
        moved = _move(form, at, first + member, (*loops, *turns[:1], begun))
        done = _look(form, at, again, member, (*loops, *turns[1:], moved.end(*turns[:1])))
        return done.end(*turns[1:]).end(*loops).sink(arg=KernelInfo(name="pieces", opts_to_apply=()))

    return kernel


def _cleared(form: PiecesSpec, at: Buffers, network: UOp | int) -> UOp:
    """No sums yet: what a diverged run has left there would not be nothing times 0."""
    size = pieces_sizes(form)["sums"]
    n = UOp.range(size // form.networks if form.parallel else size, 14, AxisType.LOOP)
    own = n * form.networks + network if form.parallel else n
    return at.sums[own].store(0).end(n)


def _move(form: PiecesSpec, at: Buffers, network: UOp | int, after: Sequence[UOp]) -> UOp:
    """Update a network, and find the places of its kinks."""
    units, rounds = at.counts[Count.UNITS].load(), at.extents[Extent.ROUNDS].load()  # sizes of loops come from outside of all
    fixed, here = Memory(form, at, network), Memory(form, at, network, *after)
    updated = _update(here, fixed, *_side_by_side(form, units, 15))
    return _find_places(here.after(updated), fixed, UOp.range(rounds, 12), UOp.range(_in_eights(form, units), 11))


def _look(form: PiecesSpec, at: Buffers, first: UOp | int, member: UOp | int, after: Sequence[UOp]) -> UOp:
    """See what the network `first + member` has come to; of `first` there is one in a group that runs side by side."""
    units = at.counts[Count.UNITS].load()
    fixed, here = Memory(form, at, first + member), Memory(form, at, first + member, *after)
    kept = register(1, dtypes.int32, 0)  # over the loop with a condition in the order
    begun = kept.after(*after)[0].store(first)
    line = left_of_all_kinks(here.after(begun), fixed, *_side_by_side(form, units, 17))
    ordered = _order(here.after(line), fixed, UOp.range(units, 6))
    network = 0 if form.networks == 1 else kept.after(ordered)[0].load() + member
    later = Memory(form, at, network, ordered)
    walked, loss = walk(later, UOp.range(units, 7), line.after(ordered))
    if form.swamped:
        walked = walk_back(later.after(walked), UOp.range(units, 13), units)
    if form.on_kinks:
        walked = points_on_kinks(later.after(walked), UOp.range(units, 8), line.after(ordered))
    return _record(later.after(walked), loss, line.after(walked)[2].load())


def _side_by_side(form: PiecesSpec, units: UOp, axis: int) -> tuple[UOp, UOp]:
    """The loops over the units, over the lanes and over blocks of them; whatever is done to those beyond the last, all zeros,
    leaves them so.
    """
    return UOp.range(form.lanes, axis, AxisType.LOOP), UOp.range((units + (form.lanes - 1)) // form.lanes, axis + 1)


def _in_eights(form: PiecesSpec, units: UOp) -> UOp:
    """As many units, or so many more that a compiler which takes eight side by side leaves no rest to take one by one."""
    return (units < 8).where(units, (units + 7) // 8 * 8) if form.lanes > 1 else units


def _update(here: Memory, fixed: Memory, lane: UOp, block: UOp) -> UOp:
    """Update all parameters, and begin with the places of the kinks.

    fixed: for what does not change during a run, which is loaded once.
    """
    form = here.form
    twice, flat, steep = (fixed.scale(n) for n in (Scale.TWICE, Scale.FLAT, Scale.STEEP))
    cells, offset, centre = (fixed.scale(n) for n in (Scale.CELLS, Scale.OFFSET, Scale.CENTRE))
    places = fixed.at.extents[Extent.PLACES].load()
    goes_on = here.number("progress", GOES_ON).load() > 0
    taken = here.number("progress", Progress.TAKEN).load()
    learns = goes_on.cast(dtypes.double)  # a factor: a `where` would be evaluated in all that its branches wait for, too
    learning = learns * fixed.at.rates[Rate.LEARNING].load()
    adams = 2 * (fixed.count(Count.COVERED) + taken).minimum(CORRECTIONS - 1)
    corrections = [] if form.optimizer != "adam" else [fixed.at.corrections[adams + n].load() for n in (0, 1)]
    moments = ("first", "second")[: MOMENTS[form.optimizer]]

    def moved(here: Memory, n: UOp | int, old: UOp, gradient: UOp) -> tuple[UOp, list[UOp]]:
        """The new value of the parameter n, and the stores of it and of its moments."""
        free = fixed.at.free[n].load()
        means = [here.number(name, n).load() for name in moments]
        by, new = update_direction(form.optimizer, gradient, means, fixed.at.rates[Rate.MOMENTUM].load(), corrections)
        value, changes = old - learning * free * by, learns * free
        stores = [
            here.number(name, n).store(changes * mean + (1.0 - changes) * before)
            for name, mean, before in zip(moments, new, means)
        ]
        return value, [here.number("parameters", n).store(value), *stores]

    total, total_x = (at.load() for at in here.all_sums())
    _, stores = moved(here, 0, here.number("parameters", 0).load(), twice * total)
    counted = here.number("progress", Progress.TAKEN).store(taken + goes_on.cast(dtypes.int32))
    begun = UOp.group(*stores, counted)

    here, j = here.after(begun, lane, block), block * form.lanes + lane
    w, b, v = here.unit(j)
    left = (w < 0.0).where(w.const_like(1.0), 0.0)  # as a factor, for clang takes two choices by one condition badly
    before, before_x = (at.load() for at in here.sums_left_of(j))
    after, after_x = (at.load() for at in here.sums_right_of(j)) if form.swamped else (total - before, total_x - before_x)
    dr = flat * total + steep * (left * before + (1.0 - left) * after)
    drx = flat * total_x + steep * (left * before_x + (1.0 - left) * after_x)
    gradients = (v * (drx + centre * dr), v * dr, w * drx + (b + w * centre) * dr)
    pairs = [moved(here, n, old, g) for n, old, g in zip(here.numbers(j), (w, b, v), gradients)]
    (w, b, v), stores = (value for value, _ in pairs), [store for _, stores in pairs for store in stores]

    # w = 0 and b = 0 give 0 / 0, which the first comparison takes to the end of the data: off everywhere
    cell = cells * (-(b + w * centre) / w) + offset
    cell = (cell < places.cast(dtypes.double)).where(cell, places.cast(dtypes.double))
    cell = (cell > 0.0).where(cell, 0.0)
    found = here.number("place", j).store(fixed.at.cells[cell.cast(dtypes.int32)].load())
    return UOp.group(*stores, found).end(lane).end(block)


def _find_places(here: Memory, fixed: Memory, r: UOp, j: UOp) -> UOp:
    """Halve, at each round, the places that the kinks may have in their cells, until one is left."""
    places, rounds = (fixed.at.extents[n].load() for n in (Extent.PLACES, Extent.ROUNDS))
    here = here.after(r, j)
    w, b, _ = here.centred(j, fixed.scale(Scale.CENTRE))
    start = here.number("place", j).load()
    end = start + (start.const_like(1) << (rounds - 1 - r))
    z = b + w * fixed.x((end - 1).minimum(places))
    nearer = (z > 0.0).ne(w < 0.0).where(start, end.minimum(places))
    return here.number("place", j).store(nearer).end(j).end(r)


def _order(here: Memory, fixed: Memory, m: UOp) -> UOp:
    """Put each unit where it belongs among those before it in the order of the step before."""
    here = here.after(m)
    unit, _ = here.unit_and_place(m)
    place = here.number("place", unit).load()
    key = place * here.form.keys + unit
    if here.form.on_kinks:
        key = key + _rank(here, fixed, unit, place) * here.form.units
    hole = register(1, dtypes.int32, 3)
    made = hole.after(m)[0].store(m + 1)
    again = UOp.loop(5)
    position = hole.after(made, again)[0].load()
    previous = here.after(made, again).number("order", position - 1).load()
    moves = previous > key
    moved_up = UOp.group(here.number("order", position).store(moves.where(previous, key)), hole[0].store(position - 1))
    return moved_up.end(again, moves).end(m)


def _rank(here: Memory, fixed: Memory, unit: UOp, place: UOp) -> UOp:
    """Of units whose kinks have the same place: those with a kink on the point to its left, on none, on the one to its right.

    `points_on_kinks` takes the residual of such a point from the line that holds there.
    """
    w, b, _ = here.centred(unit, fixed.scale(Scale.CENTRE))
    point = (w < 0.0).where(place.minimum(fixed.at.extents[Extent.PLACES].load()), (place - 1).maximum(0))
    on_kink = (b + w * fixed.x(point)).eq(0.0)
    return on_kink.where((w < 0.0).where(point.const_like(2), 0), 1)


def _record(here: Memory, loss: UOp, size: UOp) -> UOp:
    """Keep a sample where one is due, and say whether training goes on, and whether the tables do."""
    rates = here.at.rates
    taken, kept = (here.number("progress", n).load() for n in (Progress.TAKEN, Progress.SAMPLES))
    stops = loss < rates[Rate.STOP_BELOW].load()
    does = size < 1.0
    goes_on = (taken < here.count(Count.STEPS)) & does & (loss < GREATEST) & stops.logical_not()
    due = goes_on & ((here.count(Count.FIRST) + taken) & (here.count(Count.STRIDE) - 1)).eq(0)
    row = kept * (here.form.parameters + 1)
    length = due.where(here.form.parameters, 0)

    n = register(1, dtypes.int32, 6)
    written = here.number("samples", row).store(loss)
    begun = n.after(written)[0].store(0)
    again = UOp.loop(9)
    here, i = here.after(begun, again), n.after(begun, again)[0].load()
    copied = here.number("samples", row + 1 + i).store(here.number("parameters", i).load())  # one, even where none is due
    written = UOp.group(copied, n[0].store(i + 1)).end(again, i + 1 < length)
    here = here.after(written)
    numbers = (
        (Progress.SAMPLES, kept + due.cast(dtypes.int32)),
        (GOES_ON, goes_on.cast(dtypes.int32)),
        (DOUBT, does.logical_not().cast(dtypes.int32)),
    )
    return UOp.group(*(here.number("progress", n).store(value) for n, value in numbers))
