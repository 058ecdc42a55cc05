"""The kernel by points for a GPU: each network has a group of threads, over which its points are spread.

The passes of `by_points.py` are two here, after each of which all threads of a group wait for one another:

1. Each thread computes the residuals of its points and its part of the loss.
2. LANES threads visit the points for a unit and add up their sums, and one of them updates the unit.

So a thread stands for points in the first pass, and for a unit and a part of the points in the second.  Each thread computes
the loss and the count of steps for itself, from the same numbers in the same order, so that all agree.
"""

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import NamedTuple

from tinygrad import dtypes
from tinygrad.dtype import AddrSpace
from tinygrad.uop.ops import AxisType, KernelInfo, UOp

from relutui.engine.kernels.activations import value_and_slope
from relutui.engine.kernels.arguments import CORRECTIONS, Count, Progress, Rate, register
from relutui.engine.kernels.gpu_sums import LANES, add, over_all, pairwise, zeros
from relutui.engine.kernels.optimizers import MOMENTS, update_direction, with_decay
from relutui.engine.kernels.points_layout import Buffers, MinibatchOf, PointsSpec, minibatch_of, sizes


class _Axis(IntEnum):
    """The loops of the kernel."""

    NETWORK = 0
    THREAD = 1
    STEP = 2
    RESIDUAL_BLOCK = 3
    OUTPUT_UNIT = 4
    SAMPLE_BLOCK = 6
    UNIT_TURN = 7
    UNIT_BLOCK = 8


class _Slot(IntEnum):
    """The kernel's own memory: registers, then what a group shares."""

    PROGRESS = 0
    LOSS_SUMS = 1
    OUTPUT = 2
    UNIT_SUMS = 3
    SHARED_TERMS = 4
    SHARED_LANE_SUMS = 5
    SHARED_UNIT_SUMS = 6


def points_gpu_kernel(spec: PointsSpec) -> Callable[..., UOp]:
    """Return the kernel, a function of the UOps of its buffers; `points_kernel` describes its loop over steps."""

    def kernel(*arguments: UOp) -> UOp:
        at = Buffers(**dict(zip(sizes(spec), arguments)))
        steps, units, blocks, stride, first_step, adam_steps, _ = (at.counts[n].load() for n in Count)
        # bounds that show tinygrad that 32 bits are enough for an index
        units, blocks = units.minimum(spec.units), blocks.minimum(spec.points // spec.threads)
        network = UOp.range(spec.networks, _Axis.NETWORK, AxisType.GLOBAL)
        thread = UOp.range(spec.threads, _Axis.THREAD, AxisType.LOCAL)
        here = _Thread(spec, at, network, thread, units, blocks)
        so_far = register(len(Progress), dtypes.int32, _Slot.PROGRESS)
        begun = UOp.group(*(so_far.after(network, thread)[n].store(0) for n in Progress))
        step = UOp.range(steps + 1, _Axis.STEP, AxisType.LOOP)
        taken, count = (so_far.after(begun, step)[n].load() for n in Progress)

        minibatch = (
            minibatch_of(at.minibatches, at.minibatch_weights, taken, blocks * spec.threads) if spec.minibatches else None
        )
        loss, dc = _residuals(here, step, minibatch)
        goes_on = (taken < steps) & (loss < float("inf")) & (loss < here.rate(Rate.STOP_BELOW)).logical_not()
        kept = goes_on & ((first_step + taken) & (stride - 1)).eq(0)
        sampled = _sample(here, loss, count)
        t = 2 * (adam_steps + taken).minimum(CORRECTIONS - 1)
        corrections = [at.corrections[t + k].load() for k in (0, 1)] if spec.optimizer == "adam" else []
        updated = _update_units(here, sampled, goes_on, corrections)
        c = at.parameters.after(updated)[here.parameter(0)].load()
        updated = UOp.group(*_update(here, here.parameter(0), c, dc, goes_on, corrections, updated))

        news = {Progress.TAKEN: taken + goes_on.cast(dtypes.int32), Progress.SAMPLES: count + kept.cast(dtypes.int32)}
        counted = UOp.group(updated, *(so_far[n].store(new) for n, new in news.items())).barrier().end(step)
        told = [at.progress[network * len(Progress) + n].store(so_far.after(counted)[n].load()) for n in Progress]
        return UOp.group(*told).end(thread, network).sink(arg=KernelInfo(name="by_points_gpu", opts_to_apply=()))

    return kernel


class _Thread(NamedTuple):
    """A thread of a network's group; `units` and `blocks` (of as many points as threads) are the problem's."""

    spec: PointsSpec
    at: Buffers
    network: UOp
    thread: UOp
    units: UOp
    blocks: UOp

    def rate(self, n: Rate) -> UOp:
        """Load one of `rates`."""
        return self.at.rates[n].load()

    def parameter(self, n: UOp | int) -> UOp:
        """The index of the network's parameter n."""
        return self.network * self.spec.parameters + n

    def of_unit(self, unit: UOp, there: UOp) -> list[UOp]:
        """The indices of w, b and v of a unit, valid if there is such a unit."""
        return [(self.parameter(3 * unit) + n).valid(there) for n in (1, 2, 3)]

    def point(self, i: UOp) -> UOp:
        """The index of the residual of a point."""
        return self.network * self.spec.points + i

    def value_and_slope(self, z: UOp) -> tuple[UOp, UOp]:
        """The activation of a unit at z, and its slope there."""
        return value_and_slope(self.spec.activation, z, self.rate(Rate.SLOPE_AT_KINK))


def _residuals(here: _Thread, step: UOp, minibatch: MinibatchOf | None) -> list[UOp]:
    """Store d loss / d (output sum) of each point in `residual`; return the loss and the sum of the residuals.

    minibatch: the points by which the derivatives go, if not all.
    """
    spec, at = here.spec, here.at
    sums, started = zeros(2, _Slot.LOSS_SUMS, step)
    block = UOp.range(here.blocks, _Axis.RESIDUAL_BLOCK, AxisType.LOOP)
    i = block * spec.threads + here.thread
    output = register(1, dtypes.float32, _Slot.OUTPUT)
    begun = output.after(block)[0].store(at.parameters.after(step)[here.parameter(0)].load())
    j = UOp.range(here.units, _Axis.OUTPUT_UNIT, AxisType.LOOP)
    w, b, v = (at.parameters.after(step, j)[here.parameter(3 * j + n)].load() for n in (1, 2, 3))
    value, _ = here.value_and_slope(w * at.x[i].load() + b)
    summed = output[0].store(output.after(begun, j)[0].load() + v * value).end(j)
    prediction, slope = value_and_slope(spec.output_activation, output.after(summed)[0].load(), here.rate(Rate.SLOPE_AT_KINK))
    error = prediction - at.y[i].load()
    weighted = error * at.weight[i].load()
    residual = 2.0 * (minibatch.weighted(i, error) if minibatch else weighted) * slope
    compared = UOp.group(
        at.residual[here.point(i)].store(residual), *add(sums, [weighted * error, residual], started, block)
    ).end(block)
    terms = [sums.after(compared)[n].load() for n in range(2)]
    return over_all(spec.threads, here.thread, terms, (_Slot.SHARED_TERMS, _Slot.SHARED_LANE_SUMS))


def _sample(here: _Thread, loss: UOp, count: UOp) -> UOp:
    """Write a sample at `count`; of many networks only the loss."""
    spec, at = here.spec, here.at
    row = (here.network * spec.rows + count) * (spec.parameters + 1)
    written = at.samples[row].store(loss)
    if spec.networks > 1:
        return written
    block = UOp.range((3 * here.units + spec.threads) // spec.threads, _Axis.SAMPLE_BLOCK, AxisType.LOOP)
    n = block * spec.threads + here.thread
    exists = n < 3 * here.units + 1
    parameter = at.parameters.after(written, block)[here.parameter(n).valid(exists)].load()
    return at.samples[(row + 1 + n).valid(exists)].store(parameter).end(block)


def _update_units(here: _Thread, sampled: UOp, goes_on: UOp, corrections: Sequence[UOp]) -> UOp:
    """Update w, b and v of every unit, `threads / LANES` of them at a time."""
    spec, at, thread = here.spec, here.at, here.thread
    at_once = spec.threads // LANES
    turn = UOp.range((here.units + (at_once - 1)) // at_once, _Axis.UNIT_TURN, AxisType.LOOP)

    # visit the points, LANES apart, for one of the units
    unit = turn * at_once + thread // LANES
    w, b, _ = (at.parameters.after(sampled, turn)[n].load() for n in here.of_unit(unit, unit < here.units))
    sums, started = zeros(spec.terms, _Slot.UNIT_SUMS, turn)
    block = UOp.range(here.blocks * at_once, _Axis.UNIT_BLOCK, AxisType.LOOP)
    i = block * LANES + thread % LANES
    x, residual = at.x[i].load(), at.residual.after(sampled, block)[here.point(i)].load()
    value, slope = here.value_and_slope(w * x + b)
    added = [residual * slope * x, residual * slope, residual * value][: spec.terms]
    summed = UOp.group(*add(sums, added, started, block)).end(block)

    # add up what LANES threads have found, for another of the units
    row, size = LANES + 1, at_once * (LANES + 1)  # one more than LANES avoids bank conflicts
    parts = UOp.placeholder((spec.terms * size,), dtypes.float32, slot=_Slot.SHARED_UNIT_SUMS, addrspace=AddrSpace.LOCAL)
    own = thread // LANES * row + thread % LANES
    stored = UOp.group(*(parts[k * size + own].store(sums.after(summed)[k].load()) for k in range(spec.terms)))
    sums, first = parts.after(stored), thread % at_once * row
    dw, db, *rest = (pairwise([sums[k * size + first + m].load() for m in range(LANES)]) for k in range(spec.terms))
    unit = turn * at_once + thread
    numbers = here.of_unit(unit, (thread < at_once) & (unit < here.units))
    w, b, v = (at.parameters.after(stored)[n].load() for n in numbers)
    dv = rest[0] if rest else w * dw + b * db  # for act(z) = slope z: sum r a = w sum r x + b sum r
    changed = [
        store
        for n, old, gradient in zip(numbers, (w, b, v), (v * dw, v * db, dv))
        for store in _update(here, n, old, gradient, goes_on, corrections, stored)
    ]
    return UOp.group(*changed).end(turn)


def _update(here: _Thread, n: UOp, old: UOp, gradient: UOp, goes_on: UOp, corrections: Sequence[UOp], after: UOp) -> list[UOp]:
    """Return the stores of parameter n and of its moments, which change where it is free."""
    spec, at = here.spec, here.at
    moments = [at.first, at.second][: MOMENTS[spec.optimizer]]
    means = [moment.after(after)[n].load() for moment in moments]
    gradient = with_decay(gradient, old, here.rate(Rate.DECAY) if spec.decay else None)
    direction, news = update_direction(spec.optimizer, gradient, means, here.rate(Rate.MOMENTUM), corrections)
    changes = goes_on & (at.free[n - here.parameter(0)].load() > 0.0)
    pairs = zip((at.parameters, *moments), (old - here.rate(Rate.LEARNING) * direction, *news), (old, *means))
    return [buffer[n].store(changes.where(new, was)) for buffer, new, was in pairs]
