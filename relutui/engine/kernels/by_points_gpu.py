"""The burst for a GPU: the points of a network are spread over the threads of a group, and each network has a group of its own.

What `burst.py` does in a pass after the other takes two here, after each of which all threads of a group wait for one another:

1. Each thread computes the residuals of its points, and a part of the loss.
2. LANES threads go over the points for a unit, add up what each of them has found, and one of them updates the unit.

So in the first pass threads are points, in the second units and parts of the points.  What all threads must agree on, the loss
and the steps so far, each has for itself: they compute it from the same numbers in the same order.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from tinygrad import dtypes
from tinygrad.dtype import AddrSpace
from tinygrad.uop.ops import AxisType, KernelInfo, UOp

from relutui.engine.kernels.activations import value_and_slope
from relutui.engine.kernels.arguments import CORRECTIONS, Count, Progress, Rate, register
from relutui.engine.kernels.optimizers import MOMENTS, update_direction
from relutui.engine.kernels.points_layout import Buffers, PointsSpec, sizes

LANES = 16  # threads that go over the points for a unit


def spread(form: PointsSpec) -> Callable[..., UOp]:
    """The kernel, a function of the UOps of its buffers; see `burst` for its loop over steps."""

    def kernel(*arguments: UOp) -> UOp:
        at = Buffers(**dict(zip(sizes(form), arguments)))
        steps, units, blocks, stride, first_step, covered, _ = (at.counts[n].load() for n in Count)
        # by which tinygrad sees that 32 bits do for an index
        units, blocks = units.minimum(form.units), blocks.minimum(form.points // form.threads)
        network, thread = UOp.range(form.networks, 0, AxisType.GLOBAL), UOp.range(form.threads, 1, AxisType.LOCAL)
        here = _Here(form, at, network, thread, units, blocks)
        so_far = register(len(Progress), dtypes.int32, 0)
        begun = UOp.group(*(so_far.after(network, thread)[n].store(0) for n in Progress))
        step = UOp.range(steps + 1, 2, AxisType.LOOP)
        taken, count = (so_far.after(begun, step)[n].load() for n in Progress)

        loss, dc = _residuals(here, step)
        goes_on = (taken < steps) & (loss < float("inf")) & (loss < here.rate(Rate.STOP_BELOW)).logical_not()
        kept = goes_on & ((first_step + taken) & (stride - 1)).eq(0)
        sampled = _sample(here, loss, count)
        t = 2 * (covered + taken).minimum(CORRECTIONS - 1)
        corrections = [at.corrections[t + k].load() for k in (0, 1)] if form.optimizer == "adam" else []
        updated = _update_units(here, sampled, goes_on, corrections)
        c = at.parameters.after(updated)[here.parameter(0)].load()
        updated = UOp.group(*_update(here, here.parameter(0), c, dc, goes_on, corrections, updated))

        news = {Progress.TAKEN: taken + goes_on.cast(dtypes.int32), Progress.SAMPLES: count + kept.cast(dtypes.int32)}
        counted = UOp.group(updated, *(so_far[n].store(new) for n, new in news.items())).barrier().end(step)
        told = [at.progress[network * len(Progress) + n].store(so_far.after(counted)[n].load()) for n in Progress]
        return UOp.group(*told).end(thread, network).sink(arg=KernelInfo(name="spread", opts_to_apply=()))

    return kernel


class _Here(NamedTuple):
    """A thread of a network's group; units and blocks of points, as many as there are threads, are those of the problem."""

    form: PointsSpec
    at: Buffers
    network: UOp
    thread: UOp
    units: UOp
    blocks: UOp

    def rate(self, n: Rate) -> UOp:
        """One of `rates`."""
        return self.at.rates[n].load()

    def parameter(self, n: UOp | int) -> UOp:
        """Where the parameter number n of the network is."""
        return self.network * self.form.parameters + n

    def of_unit(self, unit: UOp, there: UOp) -> list[UOp]:
        """Where w, b and v of a unit are, if there is such a unit."""
        return [(self.parameter(3 * unit) + n).valid(there) for n in (1, 2, 3)]

    def point(self, i: UOp) -> UOp:
        """Where the residual of a point is."""
        return self.network * self.form.points + i

    def value_and_slope(self, z: UOp) -> tuple[UOp, UOp]:
        """Of a unit."""
        return value_and_slope(self.form.activation, z, self.rate(Rate.SLOPE_AT_KINK))


def _residuals(here: _Here, step: UOp) -> list[UOp]:
    """Leave d loss / d (output sum) of each point in `residual`; the loss, and the sum of the residuals."""
    form, at = here.form, here.at
    sums, started = _zeros(2, 1, step)
    block = UOp.range(here.blocks, 3, AxisType.LOOP)
    i = block * form.threads + here.thread
    output = register(1, dtypes.float32, 2)
    begun = output.after(block)[0].store(at.parameters.after(step)[here.parameter(0)].load())
    j = UOp.range(here.units, 4, AxisType.LOOP)
    w, b, v = (at.parameters.after(step, j)[here.parameter(3 * j + n)].load() for n in (1, 2, 3))
    value, _ = here.value_and_slope(w * at.x[i].load() + b)
    summed = output[0].store(output.after(begun, j)[0].load() + v * value).end(j)
    prediction, slope = value_and_slope(form.output_activation, output.after(summed)[0].load(), here.rate(Rate.SLOPE_AT_KINK))
    error = prediction - at.y[i].load()
    weighted = error * at.weight[i].load()
    residual = 2.0 * weighted * slope
    compared = UOp.group(
        at.residual[here.point(i)].store(residual), *_add(sums, [weighted * error, residual], started, block)
    ).end(block)
    return _over_all(here, [sums.after(compared)[n].load() for n in range(2)])


def _over_all(here: _Here, terms: Sequence[UOp]) -> list[UOp]:
    """The sums of the threads' terms, for each thread, in two steps: of every LANES-th, then of these."""
    threads = here.form.threads
    for slot in (4, 5):
        parts = UOp.placeholder((len(terms) * threads,), dtypes.float32, slot=slot, addrspace=AddrSpace.LOCAL)
        told = parts.after(UOp.group(*(parts[k * threads + here.thread].store(term) for k, term in enumerate(terms))))
        read = [here.thread % LANES + n for n in range(0, threads, LANES)] if slot == 4 else range(LANES)
        terms = [_sum([told[k * threads + n].load() for n in read]) for k in range(len(terms))]
    return list(terms)


def _sample(here: _Here, loss: UOp, count: UOp) -> UOp:
    """Write a sample, which counting it keeps; of many networks only the loss."""
    form, at = here.form, here.at
    row = (here.network * form.rows + count) * (form.parameters + 1)
    told = at.samples[row].store(loss)
    if form.networks > 1:
        return told
    block = UOp.range((3 * here.units + form.threads) // form.threads, 6, AxisType.LOOP)
    n = block * form.threads + here.thread
    there = n < 3 * here.units + 1
    parameter = at.parameters.after(told, block)[here.parameter(n).valid(there)].load()
    return at.samples[(row + 1 + n).valid(there)].store(parameter).end(block)


def _update_units(here: _Here, sampled: UOp, goes_on: UOp, corrections: Sequence[UOp]) -> UOp:
    """Update w, b and v of every unit, `threads / LANES` of them at a time."""
    form, at, thread = here.form, here.at, here.thread
    at_once = form.threads // LANES
    turn = UOp.range((here.units + (at_once - 1)) // at_once, 7, AxisType.LOOP)

    # over the points, LANES apart, for one of the units
    unit = turn * at_once + thread // LANES
    w, b, _ = (at.parameters.after(sampled, turn)[n].load() for n in here.of_unit(unit, unit < here.units))
    sums, started = _zeros(form.terms, 3, turn)
    block = UOp.range(here.blocks * at_once, 8, AxisType.LOOP)
    i = block * LANES + thread % LANES
    x, residual = at.x[i].load(), at.residual.after(sampled, block)[here.point(i)].load()
    value, slope = here.value_and_slope(w * x + b)
    added = [residual * slope * x, residual * slope, residual * value][: form.terms]
    summed = UOp.group(*_add(sums, added, started, block)).end(block)

    # what LANES threads have found, for another of the units
    row, size = LANES + 1, at_once * (LANES + 1)  # one more than LANES, so that no thread waits for its turn at the memory
    parts = UOp.placeholder((form.terms * size,), dtypes.float32, slot=6, addrspace=AddrSpace.LOCAL)
    own = thread // LANES * row + thread % LANES
    found = UOp.group(*(parts[k * size + own].store(sums.after(summed)[k].load()) for k in range(form.terms)))
    told, first = parts.after(found), thread % at_once * row
    dw, db, *rest = (_sum([told[k * size + first + m].load() for m in range(LANES)]) for k in range(form.terms))
    unit = turn * at_once + thread
    numbers = here.of_unit(unit, (thread < at_once) & (unit < here.units))
    w, b, v = (at.parameters.after(found)[n].load() for n in numbers)
    dv = rest[0] if rest else w * dw + b * db  # the latter as act(z) = slope z
    changed = [
        store
        for n, old, gradient in zip(numbers, (w, b, v), (v * dw, v * db, dv))
        for store in _update(here, n, old, gradient, goes_on, corrections, found)
    ]
    return UOp.group(*changed).end(turn)


def _update(here: _Here, n: UOp, old: UOp, gradient: UOp, goes_on: UOp, corrections: Sequence[UOp], after: UOp) -> list[UOp]:
    """The stores of a parameter and of its moments, where it is free."""
    form, at = here.form, here.at
    moments = [at.first, at.second][: MOMENTS[form.optimizer]]
    means = [moment.after(after)[n].load() for moment in moments]
    by, news = update_direction(form.optimizer, gradient, means, here.rate(Rate.MOMENTUM), corrections)
    changes = goes_on & (at.free[n - here.parameter(0)].load() > 0.0)
    pairs = zip((at.parameters, *moments), (old - here.rate(Rate.LEARNING) * by, *news), (old, *means))
    return [buffer[n].store(changes.where(new, was)) for buffer, new, was in pairs]


def _zeros(number: int, slot: int, after: UOp) -> tuple[UOp, UOp]:
    """Registers for so many sums, and the store by which they start at 0."""
    sums = register(number, dtypes.float32, slot)
    return sums, UOp.group(*(sums.after(after)[n].store(0.0) for n in range(number)))


def _add(sums: UOp, terms: Sequence[UOp], started: UOp, loop: UOp) -> list[UOp]:
    """The stores that add the terms to the sums."""
    before = sums.after(started, loop)
    return [sums[n].store(before[n].load() + term) for n, term in enumerate(terms)]


def _sum(terms: list[UOp]) -> UOp:
    """Of so many, a power of two, in pairs."""
    while len(terms) > 1:
        terms = [a + b for a, b in zip(terms[::2], terms[1::2])]
    return terms[0]
