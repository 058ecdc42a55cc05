"""The kernel by pieces: many training steps of a network, or of many networks, without visiting the points.

    yhat(x) = c + sum_j v_j act(w_j x + b_j),    act(z) = z where z > 0, leak * z elsewhere

Between two kinks yhat = A + B x.  The sums of the residual r = yhat - y and of r x over such a piece follow from sums of
1, x, x^2, y and x y over its points, which are differences of two rows of a table (`prefix_sums.py`; float64, as they cancel).
So the time of a step is proportional to the number of units, whatever the number of points:

1. Each unit is updated: its gradient needs only the sums of r and r x over the points where it is on.  The place of its
   new kink among the points is looked up.
2. The units are sorted by their kinks: an insertion sort, since they were in order a step ago.
3. The pieces are walked from left to right.  At each kink A and B change by its unit, which is given the sums to its left.

This loses no digits that a visit to every point would keep:

- x and y are counted from a centre: with x' = x - m and b' = b + m w a unit is act(w x' + b'), and d / d w is that of the
  latter plus m d / d b'.  The numbers that are updated, and the optimizer's moments, are those of w and b themselves.
- A unit that is off at all points has no part in A and B, and one that is on at all of them has no jump: no large numbers are
  added only to be subtracted again.  The sums of the former are exact zeros, and so is its gradient.
- Where points far to the left outweigh those to the right, the sums to the right of each kink are added up from the right end.
- What may still cancel is bounded by the squares of the v_j b'_j and v_j w_j that have a part.  Where these are too large for
  the data (`prefix_sums.py`) the kernel stops before the step and reports it; `exact.py` computes that step point by point.

Like `by_points.py`, which trains all other networks, this is one kernel of tinygrad UOps, and what may change between bursts is
read from memory.  What to know of tinygrad 0.14.0: whatever follows a loop with a condition must be loaded after it, or it is
computed inside; two such loops may not follow one another; its assembler is wrong about loops that run zero times; and in C it
drops the parentheses of x + (y + z), so write y + z + x to add y and z first.
"""

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import NamedTuple

from tinygrad import dtypes
from tinygrad.uop.ops import AxisType, KernelInfo, UOp

from relutui.engine.kernels.arguments import CORRECTIONS, Count, Progress, Rate, register
from relutui.engine.kernels.optimizers import MOMENTS, update_direction, with_decay
from relutui.engine.kernels.piece_walk import left_of_all_kinks, points_on_kinks, walk, walk_back
from relutui.engine.kernels.pieces_layout import DOUBT, GOES_ON, GROUP, Buffers, Extent, Memory, PiecesSpec, Scale, pieces_sizes
from relutui.model.gradient import GREATEST


class _Axis(IntEnum):
    """The loops of the kernel."""

    GROUP = 0
    MEMBER = 1
    STEP = 2
    UPDATE_TURN = 3
    WALK_TURN = 4
    SORT_SHIFT = 5
    SORT = 6
    WALK = 7
    POINTS_ON_KINKS = 8
    SAMPLE = 9
    PLACE_UNIT = 11
    PLACE_ROUND = 12
    WALK_BACK = 13
    RESET = 14
    UPDATE_LANE = 15
    UPDATE_BLOCK = 16
    LEFT_LANE = 17
    LEFT_BLOCK = 18


class _Register(IntEnum):
    """The slots of this file's registers; `piece_walk.py` has the others."""

    NETWORK = 0
    SORT_HOLE = 3
    SAMPLE_NUMBER = 6


def pieces_kernel(spec: PiecesSpec) -> Callable[..., UOp]:
    """Return the kernel, a function of the UOps of its buffers (`pieces_layout.Buffers`).

    The loop over steps runs once more than asked.  It begins with the update, which does nothing the first time, and ends with
    the sums and the loss of the new state.  Once that is below STOP_BELOW, or not finite, nothing changes any more.
    """

    def kernel(*arguments: UOp) -> UOp:
        at = Buffers(**dict(zip(pieces_sizes(spec), arguments)))
        steps, networks = at.counts[Count.STEPS].load(), at.counts[Count.NETWORKS].load()
        first: UOp | int = 0
        member: UOp | int = 0
        outer: tuple[UOp, ...] = ()
        if spec.parallel:
            size = min(GROUP, spec.networks)
            group = UOp.range(spec.networks // size, _Axis.GROUP, AxisType.GLOBAL)
            member = UOp.range(size, _Axis.MEMBER, AxisType.LOCAL)
            first, outer = group * size, (member, group)
        step = UOp.range(steps + 1, _Axis.STEP, AxisType.LOOP)  # in order: a GPU would run another kind of loop in parallel
        loops: tuple[UOp, ...] = (step, *outer)
        turns: tuple[UOp, ...] = ()
        if spec.networks > 1 and not spec.parallel:  # two loops: what the first looks up is cached for the second
            turns = UOp.range(networks, _Axis.UPDATE_TURN, AxisType.LOOP), UOp.range(networks, _Axis.WALK_TURN, AxisType.LOOP)
        first, again = turns or (first, first)
        reset = _reset_sums(spec, at, first + member)
        updated = _update_and_locate(spec, at, first + member, (*loops, *turns[:1], reset))
        walked = _sort_and_walk(spec, at, again, member, (*loops, *turns[1:], updated.end(*turns[:1])))
        return walked.end(*turns[1:]).end(*loops).sink(arg=KernelInfo(name="by_pieces", opts_to_apply=()))

    return kernel


def _reset_sums(spec: PiecesSpec, at: Buffers, network: UOp | int) -> UOp:
    """Set all sums to 0: what a diverged run left there may be inf or nan, which a factor 0 does not remove."""
    size = pieces_sizes(spec)["sums"]
    n = UOp.range(size // spec.networks if spec.parallel else size, _Axis.RESET, AxisType.LOOP)
    own = n * spec.networks + network if spec.parallel else n
    return at.sums[own].store(0).end(n)


def _update_and_locate(spec: PiecesSpec, at: Buffers, network: UOp | int, after: Sequence[UOp]) -> UOp:
    """Update a network, and find the places of its kinks."""
    units, rounds = (
        at.counts[Count.UNITS].load(),
        at.extents[Extent.ROUNDS].load(),
    )  # loaded outside all loops
    fixed, here = Memory(spec, at, network), Memory(spec, at, network, *after)
    updated = _update(here, fixed, *_lanes_and_blocks(spec, units, _Axis.UPDATE_LANE, _Axis.UPDATE_BLOCK))
    places, units = UOp.range(rounds, _Axis.PLACE_ROUND), UOp.range(_padded(spec, units), _Axis.PLACE_UNIT)
    return _find_places(here.after(updated), fixed, places, units)


def _sort_and_walk(spec: PiecesSpec, at: Buffers, first: UOp | int, member: UOp | int, after: Sequence[UOp]) -> UOp:
    """Sort the units of the network `first + member`, walk its pieces, and record its loss; a group shares `first`."""
    units = at.counts[Count.UNITS].load()
    fixed, here = Memory(spec, at, first + member), Memory(spec, at, first + member, *after)
    kept = register(1, dtypes.int32, _Register.NETWORK)  # across the loop with a condition in the sort
    begun = kept.after(*after)[0].store(first)
    line = left_of_all_kinks(here.after(begun), fixed, *_lanes_and_blocks(spec, units, _Axis.LEFT_LANE, _Axis.LEFT_BLOCK))
    ordered = _sort(here.after(line), fixed, UOp.range(units, _Axis.SORT))
    network = 0 if spec.networks == 1 else kept.after(ordered)[0].load() + member
    later = Memory(spec, at, network, ordered)
    walked, loss = walk(later, UOp.range(units, _Axis.WALK), line.after(ordered))
    if spec.swamped:
        walked = walk_back(later.after(walked), UOp.range(units, _Axis.WALK_BACK), units)
    if spec.on_kinks:
        walked = points_on_kinks(later.after(walked), UOp.range(units, _Axis.POINTS_ON_KINKS), line.after(ordered))
    return _record(later.after(walked), loss, line.after(walked)[2].load())


def _lanes_and_blocks(spec: PiecesSpec, units: UOp, lane: _Axis, block: _Axis) -> tuple[UOp, UOp]:
    """Return the loops over the units: over lanes, and over blocks of lanes.

    The units beyond the last in the last block are all zeros, and every update leaves them so.
    """
    return UOp.range(spec.lanes, lane, AxisType.LOOP), UOp.range((units + (spec.lanes - 1)) // spec.lanes, block)


def _padded(spec: PiecesSpec, units: UOp) -> UOp:
    """Round the number of units up to a multiple of eight, which leaves a vectorizing compiler no scalar rest."""
    return (units < 8).where(units, (units + 7) // 8 * 8) if spec.lanes > 1 else units


def _update(here: Memory, fixed: Memory, lane: UOp, block: UOp) -> UOp:
    """Update all parameters, and store the cell of each kink's place; `fixed` loads what does not change during a burst."""
    spec = here.spec
    twice, flat, steep = (fixed.scale(n) for n in (Scale.TWICE, Scale.FLAT, Scale.STEEP))
    centre = fixed.scale(Scale.CENTRE)
    goes_on = here.number("progress", GOES_ON).load() > 0
    taken = here.number("progress", Progress.TAKEN).load()
    learns = goes_on.cast(dtypes.double)  # a factor: a `where` would be evaluated in all that its branches wait for, too
    rule = _Rule(fixed, learns, learns * fixed.at.rates[Rate.LEARNING].load(), taken)

    total, total_x = (at.load() for at in here.all_sums())
    _, stores = rule.update(here, 0, here.number("parameters", 0).load(), twice * total)
    counted = here.number("progress", Progress.TAKEN).store(taken + goes_on.cast(dtypes.int32))
    begun = UOp.group(*stores, counted)

    here, j = here.after(begun, lane, block), block * spec.lanes + lane
    w, b, v = here.unit(j)
    left = (w < 0.0).where(w.const_like(1.0), 0.0)  # a factor, for clang vectorizes two choices by one condition badly
    before, before_x = (at.load() for at in here.sums_left_of(j))
    after, after_x = (at.load() for at in here.sums_right_of(j)) if spec.swamped else (total - before, total_x - before_x)
    dr = flat * total + steep * (left * before + (1.0 - left) * after)
    drx = flat * total_x + steep * (left * before_x + (1.0 - left) * after_x)
    gradients = (v * (drx + centre * dr), v * dr, w * drx + (b + w * centre) * dr)
    pairs = [rule.update(here, n, old, g) for n, old, g in zip(here.numbers(j), (w, b, v), gradients)]
    (w, b, v), stores = (value for value, _ in pairs), [store for _, stores in pairs for store in stores]
    return UOp.group(*stores, _store_cell(here, fixed, j, -(b + w * centre) / w)).end(lane).end(block)


class _Rule(NamedTuple):
    """The optimizer's rule for one step; `learns` is 1, or 0 where nothing changes any more, `learning` the rate times that."""

    fixed: Memory
    learns: UOp
    learning: UOp
    taken: UOp

    def update(self, here: Memory, n: UOp | int, old: UOp, gradient: UOp) -> tuple[UOp, list[UOp]]:
        """Return the new value of parameter n, and the stores of it and of its moments."""
        fixed, optimizer = self.fixed, here.spec.optimizer
        correction = 2 * (fixed.count(Count.ADAM_STEPS) + self.taken).minimum(CORRECTIONS - 1)
        corrections = [] if optimizer != "adam" else [fixed.at.corrections[correction + k].load() for k in (0, 1)]
        moments = ("first", "second")[: MOMENTS[optimizer]]
        free = fixed.at.free[n].load()
        means = [here.number(name, n).load() for name in moments]
        momentum = fixed.at.rates[Rate.MOMENTUM].load()
        gradient = with_decay(gradient, old, fixed.at.rates[Rate.DECAY].load() if here.spec.decay else None)
        direction, news = update_direction(optimizer, gradient, means, momentum, corrections)
        value, changes = old - self.learning * free * direction, self.learns * free
        stores = [
            here.number(name, n).store(changes * mean + (1.0 - changes) * before)
            for name, mean, before in zip(moments, news, means)
        ]
        return value, [here.number("parameters", n).store(value), *stores]


def _store_cell(here: Memory, fixed: Memory, j: UOp, kink: UOp) -> UOp:
    """Store the first place of the cell that a kink lies in."""
    cells, offset = fixed.scale(Scale.CELLS), fixed.scale(Scale.OFFSET)
    last = fixed.at.extents[Extent.PLACES].load().cast(dtypes.double)
    # w = 0 and b = 0 give 0 / 0, which the first comparison takes to the end of the data: off everywhere
    cell = cells * kink + offset
    cell = (cell < last).where(cell, last)
    cell = (cell > 0.0).where(cell, 0.0)
    return here.number("place", j).store(fixed.at.cells[cell.cast(dtypes.int32)].load())


def _find_places(here: Memory, fixed: Memory, r: UOp, j: UOp) -> UOp:
    """Bisect the places that each kink may have in its cell; one is left after the last round."""
    places, rounds = (fixed.at.extents[n].load() for n in (Extent.PLACES, Extent.ROUNDS))
    here = here.after(r, j)
    w, b, _ = here.centred(j, fixed.scale(Scale.CENTRE))
    start = here.number("place", j).load()
    end = start + (start.const_like(1) << (rounds - 1 - r))
    z = b + w * fixed.x((end - 1).minimum(places))
    nearer = (z > 0.0).ne(w < 0.0).where(start, end.minimum(places))
    return here.number("place", j).store(nearer).end(j).end(r)


def _sort(here: Memory, fixed: Memory, m: UOp) -> UOp:
    """Insert unit m of the order of the step before where it belongs among those before it."""
    here = here.after(m)
    unit, _ = here.unit_and_place(m)
    place = here.number("place", unit).load()
    key = place * here.spec.keys + unit
    if here.spec.on_kinks:
        key = key + _rank(here, fixed, unit, place) * here.spec.units
    hole = register(1, dtypes.int32, _Register.SORT_HOLE)
    made = hole.after(m)[0].store(m + 1)
    again = UOp.loop(_Axis.SORT_SHIFT)
    position = hole.after(made, again)[0].load()
    previous = here.after(made, again).number("order", position - 1).load()
    moves = previous > key
    moved_up = UOp.group(here.number("order", position).store(moves.where(previous, key)), hole[0].store(position - 1))
    return moved_up.end(again, moves).end(m)


def _rank(here: Memory, fixed: Memory, unit: UOp, place: UOp) -> UOp:
    """Rank units whose kinks have the same place: with a kink on the point to its left 0, on none 1, on that to its right 2.

    So `points_on_kinks` takes the residual of such a point from the line that holds there.
    """
    w, b, _ = here.centred(unit, fixed.scale(Scale.CENTRE))
    point = (w < 0.0).where(place.minimum(fixed.at.extents[Extent.PLACES].load()), (place - 1).maximum(0))
    on_kink = (b + w * fixed.x(point)).eq(0.0)
    return on_kink.where((w < 0.0).where(point.const_like(2), 0), 1)


def _record(here: Memory, loss: UOp, size: UOp) -> UOp:
    """Record a sample where one is due, whether training goes on, and whether the tables have enough digits."""
    rates = here.at.rates
    taken, kept = (here.number("progress", n).load() for n in (Progress.TAKEN, Progress.SAMPLES))
    stops = loss < rates[Rate.STOP_BELOW].load()
    enough_digits = size < 1.0
    goes_on = (taken < here.count(Count.STEPS)) & enough_digits & (loss < GREATEST) & stops.logical_not()
    due = goes_on & ((here.count(Count.FIRST) + taken) & (here.count(Count.STRIDE) - 1)).eq(0)
    row = kept * (here.spec.parameters + 1)
    length = due.where(here.spec.parameters, 0)

    n = register(1, dtypes.int32, _Register.SAMPLE_NUMBER)
    written = here.number("samples", row).store(loss)
    begun = n.after(written)[0].store(0)
    again = UOp.loop(_Axis.SAMPLE)
    here, i = here.after(begun, again), n.after(begun, again)[0].load()
    copied = here.number("samples", row + 1 + i).store(here.number("parameters", i).load())  # one, even where none is due
    written = UOp.group(copied, n[0].store(i + 1)).end(again, i + 1 < length)
    here = here.after(written)
    numbers = (
        (Progress.SAMPLES, kept + due.cast(dtypes.int32)),
        (GOES_ON, goes_on.cast(dtypes.int32)),
        (DOUBT, enough_digits.logical_not().cast(dtypes.int32)),
    )
    return UOp.group(*(here.number("progress", n).store(value) for n, value in numbers))
