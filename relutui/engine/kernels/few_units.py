"""The kernel by pieces for one network of few units, which are written out one after the other for a compiler.

As in `by_pieces.py`, the sums of r and r x over the points where a unit is on follow from sums of 1, x, x^2, y and x y.  Which
points those are seldom changes from one step to the next.  So there are two loops with a condition, one inside the other:

1. The outer loop finds where each unit is on, and sums up over the points where two of them are.
2. The inner loop takes steps for as long as no kink passes a point.  Nothing in it waits for a division or a look into a table:
   with t_k = v_k b_k, u_k = v_k w_k, and s_j the slope of unit j's activation at a point (1 where it is on, leak elsewhere)

       sum of s_j r = c N_j + sum_k (t_k N_jk + u_k X_jk) - Y_j,    N_jk = sum of s_j s_k,    X_jk = sum of s_j s_k x

   and so on.  It also ends where a sample is due or training does, after a step too many: the state before is kept as well.

Where x and y are counted from, and when the sums have enough digits, is as it is there.  A unit that is off at all points has
exact zeros as its sums.  A compiler would turn more than MOST_UNITS into vectors that take longer.
"""

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import NamedTuple

from tinygrad import dtypes
from tinygrad.uop.ops import KernelInfo, UOp

from relutui.engine.kernels.arguments import CORRECTIONS, Count, Progress, Rate, register
from relutui.engine.kernels.optimizers import MOMENTS, update_direction, with_decay
from relutui.engine.kernels.pieces_layout import DOUBT, GOES_ON, Buffers, Extent, Memory, PiecesSpec, Scale, pieces_sizes
from relutui.engine.kernels.prefix_sums import ROW, Column
from relutui.model.gradient import GREATEST

MOST_UNITS = 3
_SUMMED = tuple(Column)[: Column.AT]


class _Axis(IntEnum):
    """The loops of the kernel."""

    PIECES = 0  # the outer loop
    PLACE_ROUND = 1
    STEP = 2  # the inner loop


class _Register(IntEnum):
    """The slots of the registers."""

    PLACE = 0
    COUNTS = 1
    LOSS = 2
    SUMS = 3
    NOW = 4  # parameters and moments, one each
    BEFORE = 7  # the same before the last step
    ROUNDS = 10  # that are left to find a place


class _Counted(IntEnum):
    """The indices of the whole numbers that change from step to step."""

    TAKEN = Progress.TAKEN
    SAMPLES = Progress.SAMPLES
    GOES_ON = GOES_ON
    DOUBT = DOUBT
    DUE = DOUBT + 1  # whether the state is a sample


class _Sums(NamedTuple):
    """What stays while no kink passes a point; all sums are times twice the weight of a squared error in the loss.

    every: over all points, by column.  own: times s_j, by unit and column.  both: times s_j s_k, by two units and column (N, X,
    XX).  parts: what (v_j b_j)^2 and (v_j w_j)^2 count in `Tables.doubt`, by unit.  ends: x of two points, by unit and side: a
    unit is on where it was as long as z_j has the signs there that it had.  on: whether z_j > 0 there, 1 or 0.
    """

    every: "_Numbers"
    own: "_Numbers"
    both: "_Numbers"
    parts: "_Numbers"
    ends: "_Numbers"
    on: "_Numbers"


_Numbers = dict[tuple[int, ...], UOp]


def few_units_kernel(spec: PiecesSpec) -> Callable[..., UOp]:
    """Return the kernel, a function of the UOps of its buffers (`pieces_layout.Buffers`), for exactly `spec.units` units."""

    def kernel(*arguments: UOp) -> UOp:
        memory = Memory(spec, Buffers(**dict(zip(pieces_sizes(spec), arguments))), 0)
        names = ("parameters", "first", "second")[: 1 + MOMENTS[spec.optimizer]]
        now, before = (
            [register(spec.parameters, dtypes.double, slot + n) for n in range(len(names))]
            for slot in (_Register.NOW, _Register.BEFORE)
        )
        loss, counts = register(1, dtypes.double, _Register.LOSS), register(len(_Counted), dtypes.int32, _Register.COUNTS)
        loaded = [own[n].store(memory.number(name, n).load()) for own, name in zip(now, names) for n in range(spec.parameters)]
        loaded += [counts[n].store(memory.number("progress", n).load()) for n in Progress]
        begun, pieces, step = UOp.group(*loaded), UOp.loop(_Axis.PIECES), UOp.loop(_Axis.STEP)

        sums = _before_loop(step, _sums(memory, now[0], begun, pieces), begun, pieces)
        states = [own.after(begun, pieces, step) for own in now]
        done, again = _take_step(memory, sums, states, before, loss, counts.after(begun, pieces, step))
        stopped = done.end(step, again)
        ended = _sample(memory, before[0], loss, counts, stopped).end(
            pieces, counts.after(stopped)[_Counted.GOES_ON].load().ne(0)
        )

        stores = [
            memory.number(name, n).store(own.after(ended)[n].load())
            for own, name in zip(before, names)
            for n in range(spec.parameters)
        ]
        stores += [memory.number("progress", n).store(counts.after(ended)[n].load()) for n in range(_Counted.DUE)]
        return UOp.group(*stores).sink(arg=KernelInfo(name="few_units", opts_to_apply=()))

    return kernel


def _sums(memory: Memory, state: UOp, *after: UOp) -> _Sums:
    """Find where each unit is on, and sum up over these points; `state` are the parameters."""
    units, leak, twice = range(memory.spec.units), memory.scale(Scale.LEAK), memory.scale(Scale.TWICE)
    places, bend = memory.at.extents[Extent.PLACES].load(), 1.0 - leak
    _, w, b, _ = _unpacked(memory, [state.after(*after)[n].load() for n in range(memory.spec.parameters)])
    found = _places(memory, w, b, *after)
    low = [(w[j] < 0.0).where(found[j].const_like(0), found[j]) for j in units]
    high = [(w[j] < 0.0).where(found[j], places) for j in units]

    total = _between(memory, places.const_like(0), places)
    alone = [_between(memory, low[j], high[j]) for j in units]
    own: _Numbers = {(j, n): twice * (leak * total[n] + bend * alone[j][n]) for j in units for n in _SUMMED}
    both: _Numbers = {}
    for j in units:
        for k in units[j:]:
            begin = low[j].maximum(low[k])
            shared = alone[j] if j == k else _between(memory, begin, high[j].minimum(high[k]).maximum(begin))
            for n in (Column.N, Column.X, Column.XX):
                either = bend * (alone[j][n] + alone[k][n]) + leak * total[n]
                both[j, k, n] = twice * (leak * either + bend * (bend * shared[n]))
    parts: _Numbers = {}
    ends: _Numbers = {}
    on: _Numbers = {}
    for j in units:
        first, last = ((low[j] < 1) & (high[j] > 0), (high[j] > places - 1) & (low[j] < places))
        part = bend * (first.where(leak.const_like(2.0), 0.0) - last.where(leak.const_like(1.0), 0.0)) + leak
        parts[j,] = part * part
        inside = (found[j] > 0) & (found[j] < places)
        for side, place in enumerate((inside.where(found[j] - 1, 0), inside.where(found[j], places))):
            x = memory.x(place)
            ends[j, side], on[j, side] = x, (b[j] + w[j] * x > 0.0).where(x.const_like(1.0), 0.0)
    return _Sums({(n,): twice * total[n] for n in _SUMMED}, own, both, parts, ends, on)


def _places(memory: Memory, w: list[UOp], b: list[UOp], *after: UOp) -> list[UOp]:
    """Find the places of the kinks, as `by_pieces.py` does."""
    places, rounds = (memory.at.extents[n].load() for n in (Extent.PLACES, Extent.ROUNDS))
    last, place = places.cast(dtypes.double), register(len(w), dtypes.int32, _Register.PLACE)
    stores = []
    for j, kink in enumerate(-bias / weight for weight, bias in zip(w, b)):
        # w = 0 and b = 0 give 0 / 0, which the first comparison takes to the end of the data: off everywhere
        cell = memory.scale(Scale.CELLS) * kink + memory.scale(Scale.OFFSET)
        cell = (cell < last).where(cell, last)
        cell = (cell > 0.0).where(cell, 0.0)
        stores.append(place.after(*after)[j].store(memory.at.cells[cell.cast(dtypes.int32)].load()))
    rest = register(1, dtypes.int32, _Register.ROUNDS)
    begun, again = UOp.group(*stores, rest.after(*after)[0].store(rounds)), UOp.loop(_Axis.PLACE_ROUND)
    now, left = place.after(begun, again), rest.after(begun, again)[0].load() - 1
    stores = [rest[0].store(left)]
    for j, (weight, bias) in enumerate(zip(w, b)):
        start = now[j].load()
        end = start + (start.const_like(1) << left)
        z = bias + weight * memory.x((end - 1).minimum(places))
        stores.append(place[j].store((z > 0.0).ne(weight < 0.0).where(start, end.minimum(places))))
    found = place.after(UOp.group(*stores).end(again, left > 0))
    return [found[j].load() for j in range(len(w))]


def _between(memory: Memory, low: UOp, high: UOp) -> list[UOp]:
    """Sum up over the points from one place to another, by column."""
    before, after = ([memory.at.table[place * ROW + column].load() for column in _SUMMED] for place in (low, high))
    return [above - below for below, above in zip(before, after)]


def _before_loop(step: UOp, sums: _Sums, *after: UOp) -> _Sums:
    """Return the same sums, computed before the loop over steps and not in it."""
    numbers = [number for kind in sums for number in kind.values()]
    kept = register(len(numbers), dtypes.double, _Register.SUMS)
    stored = UOp.group(*(kept.after(*after)[n].store(number) for n, number in enumerate(numbers)))
    loads = (kept.after(stored, step)[n].load() for n in range(len(numbers)))
    return _Sums(*({key: next(loads) for key in kind} for kind in sums))


def _unpacked(memory: Memory, values: Sequence[UOp]) -> tuple[UOp, list[UOp], list[UOp], list[UOp]]:
    """Return c, counted as y is, all w, all b, for x counted from the centre, and all v."""
    units, centre = memory.spec.units, memory.scale(Scale.CENTRE)
    w, b, v = (list(values[1 + n * units :][:units]) for n in range(3))
    return values[0] - memory.scale(Scale.MIDDLE), w, [bias + weight * centre for weight, bias in zip(w, b)], v


def _take_step(memory: Memory, sums: _Sums, now: list[UOp], before: list[UOp], loss_kept: UOp, counts: UOp) -> tuple[UOp, UOp]:
    """Find the loss of the state `now`, keep it in `before`, and update it; return that, and whether to take another step."""
    spec, units, rates = memory.spec, range(memory.spec.units), memory.at.rates
    values = [now[0][n].load() for n in range(spec.parameters)]
    c, w, b, v = _unpacked(memory, values)
    heights, slopes = ([v[j] * of[j] for j in units] for of in (b, w))  # a unit that is on adds height + slope x

    def residuals(weighted: Sequence[UOp], pairs: Sequence[Sequence[UOp]]) -> tuple[UOp, UOp]:
        """Return the sums of r and r x over points in which they have some weight."""
        n, x, _, y, xy = weighted
        terms = [height * pair[0] + slope * pair[1] for height, slope, pair in zip(heights, slopes, pairs)]
        terms_x = [height * pair[1] + slope * pair[2] for height, slope, pair in zip(heights, slopes, pairs)]
        return sum(terms, c * n - y), sum(terms_x, c * x - xy)

    every, own = list(sums.every.values()), [[sums.own[j, n] for n in _SUMMED] for j in units]
    total, _ = residuals(every, own)
    both = [[[sums.both[min(j, k), max(j, k), n] for n in range(3)] for k in units] for j in units]
    found = [residuals(own[j], both[j]) for j in units]

    parts = [  # r^2 - y^2 = yhat (r - y)
        heights[j] * (r - own[j][Column.Y]) + slopes[j] * (rx - own[j][Column.XY]) for j, (r, rx) in enumerate(found)
    ]
    squares = 0.5 * sum(parts, c * (total - every[Column.Y]))
    loss = (squares + memory.scale(Scale.WEIGHT) * memory.scale(Scale.Y_SQUARES)).maximum(0.0)
    part_a, part_b = memory.scale(Scale.PART_A), memory.scale(Scale.PART_B)
    sizes = [sums.parts[j,] * (heights[j] * heights[j] * part_a + slopes[j] * slopes[j] * part_b) for j in units]
    enough_digits = sum(sizes, c * c * part_a) < 1.0

    taken, stops = counts[_Counted.TAKEN].load(), loss < rates[Rate.STOP_BELOW].load()
    goes_on = (taken < memory.count(Count.STEPS)) & enough_digits & (loss < GREATEST) & stops.logical_not()
    due = goes_on & ((memory.count(Count.FIRST) + taken) & (memory.count(Count.STRIDE) - 1)).eq(0)
    flags = {_Counted.GOES_ON: goes_on, _Counted.DOUBT: enough_digits.logical_not(), _Counted.DUE: due}
    stores = [counts[n].store(flag.cast(dtypes.int32)) for n, flag in flags.items()]
    stores += [counts[_Counted.TAKEN].store(taken + goes_on.cast(dtypes.int32)), loss_kept[0].store(loss)]

    centre = memory.scale(Scale.CENTRE)
    gradients = [
        total,
        *(v[j] * (rx + centre * r) for j, (r, rx) in enumerate(found)),
        *(v[j] * r for j, (r, _) in enumerate(found)),
    ]
    gradients += [w[j] * rx + b[j] * r for j, (r, rx) in enumerate(found)]
    correction = 2 * (memory.count(Count.ADAM_STEPS) + taken).minimum(CORRECTIONS - 1)
    corrections = [memory.at.corrections[correction + k].load() for k in (0, 1)] if spec.optimizer == "adam" else []
    momentum, updated = rates[Rate.MOMENTUM].load(), []
    decay = rates[Rate.DECAY].load() if spec.decay else None
    for n, (old, gradient) in enumerate(zip(values, gradients)):
        free, means = memory.at.free[n].load(), [own[n].load() for own in now[1:]]
        gradient = with_decay(gradient, old, decay)
        direction, moments = update_direction(spec.optimizer, gradient, means, momentum, corrections)
        updated.append(old - rates[Rate.LEARNING].load() * free * direction)
        news = [updated[n], *(free * moment + (1.0 - free) * mean for moment, mean in zip(moments, means))]
        stores += [own[n].store(value) for own, value in zip((*before, *now), (old, *means, *news))]

    _, w, b, _ = _unpacked(memory, updated)
    stays = goes_on & due.logical_not()
    for (j, side), x in sums.ends.items():
        stays = stays & (b[j] + w[j] * x > 0.0).ne(sums.on[j, side].ne(0.0)).logical_not()
    return UOp.group(*stores), stays


def _sample(memory: Memory, state: UOp, loss: UOp, counts: UOp, stopped: UOp) -> UOp:
    """Write a state and its loss as a sample; one that is due is counted, so that the next does not overwrite it."""
    samples, due = (counts.after(stopped)[n].load() for n in (_Counted.SAMPLES, _Counted.DUE))
    row = samples * (memory.spec.parameters + 1)
    stores = [memory.number("samples", row).store(loss.after(stopped)[0].load())]
    stores += [
        memory.number("samples", row + (1 + n)).store(state.after(stopped)[n].load()) for n in range(memory.spec.parameters)
    ]
    return UOp.group(*stores, counts[_Counted.SAMPLES].store(samples + due))
