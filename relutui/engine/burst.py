"""The burst: many training steps of the whole network, or of many networks, as one kernel.

    yhat(x) = g(c + sum_j v_j act(w_j x + b_j)),    loss = sum_i weight_i (yhat_i - y_i)**2

Written as tinygrad UOps, so one definition compiles for every device.  What a run may change between two bursts (the
parameters, the locks, the number of steps, of units and of points, the rates, the slope at the kink) is read from memory,
so that only another kind of network, another optimizer or a larger size compiles again.
"""

from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from tinygrad import dtypes
from tinygrad.dtype import AddrSpace
from tinygrad.uop.ops import AxisType, KernelInfo, UOp

import relutui.engine.x86_vectors  # noqa: F401  # four points in one instruction
from relutui.engine.formulas import PIECEWISE_LINEAR, value_and_slope
from relutui.engine.optimizers import MOMENTS, move
from relutui.network import Activation, Array
from relutui.training import BETA1, BETA2, BURST_SAMPLES, Optimizer

LANES = 16  # points in a block
UNROLLED = 4  # of them at a time where tinygrad itself makes vectors: more make its assembler run out of registers
CORRECTIONS = 20_000  # from here on adam's bias corrections are 1 in float32


class Form(NamedTuple):
    """What a kernel is compiled for; units, points and networks are the most it has room for.

    unrolled: UNROLLED points are written out one after the other; else a loop over the LANES of a block is left to a compiler,
    which makes longer vectors of it than of what tinygrad writes out.  threads: of a GPU, which share a network (`spread.py`);
    0 for a processor, which goes over the networks, units and points in turn.
    """

    activation: Activation
    output_activation: Activation
    optimizer: Optimizer
    units: int
    points: int
    networks: int = 1
    unrolled: bool = True
    threads: int = 0

    @property
    def parallel(self) -> bool:
        """Whether the networks run side by side, with scratch memory each."""
        return self.threads > 0

    @property
    def parameters(self) -> int:
        """Of one network."""
        return 3 * self.units + 1

    @property
    def rows(self) -> int:
        """Of samples of one network; many have none beside the final state's."""
        return 1 if self.networks > 1 else BURST_SAMPLES + 1

    @property
    def interleaved(self) -> bool:
        """Whether the networks' numbers are mixed in memory."""
        return False

    @property
    def stores_units(self) -> bool:
        """Whether the value and slope of each unit at each point are kept; what is as soon computed again is not."""
        return not self.threads and self.activation not in PIECEWISE_LINEAR


class Count(IntEnum):
    """Where the whole numbers that a burst reads lie in `counts`."""

    STEPS = 0
    UNITS = 1
    BLOCKS = 2  # of LANES points
    STRIDE = 3  # a sample is kept at every multiple of it (a power of two)
    FIRST = 4  # the number of the first step, modulo STRIDE
    COVERED = 5  # adam's steps so far
    NETWORKS = 6  # that run in turn


class Rate(IntEnum):
    """Where the real numbers that a burst reads lie in `rates`."""

    LEARNING = 0
    MOMENTUM = 1
    SLOPE_AT_KINK = 2
    STOP_BELOW = 3


class Progress(IntEnum):
    """Where the numbers that a burst writes lie in `progress`."""

    TAKEN = 0  # steps
    SAMPLES = 1


class Buffers(NamedTuple):
    """The memory of a burst, in the order of the kernel's arguments; each a flat array, float32 unless it says int32.

    Parameters, and all that goes with them, lie as c, w_0, b_0, v_0, w_1, b_1, v_1, ...; those of the next network follow, as
    do its moments, samples and progress.
    """

    parameters: UOp
    free: UOp  # 1 where training may change the parameter, 0 where it is locked
    x: UOp
    y: UOp
    weight: UOp  # of the squared errors: 1/points for mse, 1 for sse, 0 where a point is padding
    residual: UOp  # of each point: first c + sum_j v_j a_j, then d loss / d that
    samples: UOp  # rows of loss and parameters; the row after the last sample holds the loss of the final state
    rates: UOp
    counts: UOp  # int32
    progress: UOp  # int32
    gradient: UOp = None  # absent where threads share a network
    activation: UOp = None  # of each unit and point, where the form stores them
    slope: UOp = None
    first: UOp = None  # the optimizer's first moments (momentum, adam)
    second: UOp = None  # and its second (adam)
    corrections: UOp = None  # adam's bias corrections, see `corrections()`


def sizes(form: Form) -> dict[str, int]:
    """The length of every buffer that the form's kernel has."""
    points, networks, parameters = form.points, form.networks, form.networks * form.parameters
    lengths = Buffers(
        parameters=parameters,
        free=form.parameters,
        x=points,
        y=points,
        weight=points,
        residual=(networks if form.parallel else 1) * points,
        samples=networks * form.rows * (form.parameters + 1),
        rates=len(Rate),
        counts=len(Count),
        progress=networks * len(Progress),
        gradient=parameters,
        activation=form.units * points,
        slope=form.units * points,
        first=parameters,
        second=parameters,
        corrections=2 * CORRECTIONS,
    )._asdict()
    absent = {"sgd": ["first", "second", "corrections"], "momentum": ["second", "corrections"], "adam": []}[form.optimizer]
    if form.threads:
        absent += ["gradient"]
    if not form.stores_units:
        absent += ["activation", "slope"]
    return {name: length for name, length in lengths.items() if name not in absent}


def corrections() -> Array:
    """1 / (1 - BETA1**t) and 1 / sqrt(1 - BETA2**t) in turn, for t = 1, 2, ...: float32 could not compute them."""
    t = np.arange(1, CORRECTIONS + 1)
    return np.stack([1 / (1 - BETA1**t), 1 / np.sqrt(1 - BETA2**t)], axis=1).ravel()


def burst(form: Form) -> Callable[..., UOp]:
    """The kernel, a function of the UOps of its buffers.

    A loop over steps; in it four passes: forward, loss, backward, update.  Each pass waits for the one before by `after`,
    which is the only order that UOps have.  The loop runs one step more than asked, which finds the loss of the final state
    and changes nothing.  When the loss falls below STOP_BELOW or is no longer finite, nothing changes from there on.
    """

    def kernel(*arguments: UOp) -> UOp:
        at = Buffers(**dict(zip(sizes(form), arguments)))
        steps, units, blocks, stride, first_step, covered, networks = (at.counts[n].load() for n in Count)
        rate, momentum, slope_at_kink, stop_below = (at.rates[n].load() for n in Rate)
        loops = (UOp.range(networks, 0, AxisType.LOOP),) if form.networks > 1 else ()
        network = loops[0] if loops else 0
        p0, row0, progress0 = (network * n for n in (form.parameters, form.rows * (form.parameters + 1), len(Progress)))
        points = _Points(form, blocks)
        step = UOp.range(steps + 1, 2, AxisType.LOOP)  # in order: a GPU would run another kind of loop in parallel
        begun = UOp.group(*(at.progress.after(*loops)[progress0 + n].store(0) for n in Progress))
        taken = at.progress.after(begun, step)[progress0 + Progress.TAKEN].load()

        # forward: residual = c + sum_j v_j act(w_j x + b_j)
        i, lane, block = points.loops(3)
        passed = at.residual[i].store(at.parameters.after(step)[p0].load()).end(lane).end(block)
        j = UOp.range(units, 5)
        w, b, v = (at.parameters.after(passed, j)[p0 + 3 * j + n].load() for n in (1, 2, 3))
        i, lane, block = points.loops(6)
        value, slope = value_and_slope(form.activation, w * at.x[i].load() + b, slope_at_kink)
        forward = at.residual[i].store(at.residual.after(passed, j)[i].load() + v * value)
        if form.stores_units:
            ji = j * form.points + i
            forward = UOp.group(forward, at.activation[ji].store(value), at.slope[ji].store(slope))
        forward = forward.end(lane).end(block).end(j)

        # loss, and residual = d loss / d (output sum)
        i, lane, block = points.loops(8)
        output = at.residual.after(forward)[i].load()
        prediction, slope = value_and_slope(form.output_activation, output, slope_at_kink)
        error = prediction - at.y[i].load()
        weighted = error * at.weight[i].load()
        residual = 2.0 * weighted * slope
        sums = _Sums(points, 2, 10, forward)
        compared = UOp.group(at.residual[i].store(residual), *sums.add([weighted * error, residual], lane, block))
        compared = compared.end(lane).end(block)
        loss, dc = sums.totals(compared)
        goes_on = (taken < steps) & (loss < float("inf")) & (loss < stop_below).logical_not()

        # a sample, written at every step, and kept, by counting it, where the step is a multiple of the stride
        count = at.progress.after(compared)[progress0 + Progress.SAMPLES].load()
        kept = goes_on & ((first_step + taken) & (stride - 1)).eq(0)
        row = row0 + count * (form.parameters + 1)
        n = UOp.range(3 * units + 1, 11)
        parameter = at.parameters.after(compared, n)[p0 + n].load()
        sampled = UOp.group(at.samples[row].store(loss), at.samples[row + 1 + n].store(parameter)).end(n)
        sampled = at.progress.after(sampled)[progress0 + Progress.SAMPLES].store(count + kept.cast(dtypes.int32))

        # backward: the gradient
        j = UOp.range(units, 12)
        w, b, v = (at.parameters.after(sampled, j)[p0 + 3 * j + n].load() for n in (1, 2, 3))
        i, lane, block = points.loops(13)
        x, residual = at.x[i].load(), at.residual.after(sampled, j)[i].load()
        if form.stores_units:
            ji = j * form.points + i
            slope = at.slope.after(sampled, j)[ji].load()
            terms = [residual * slope * x, residual * slope, residual * at.activation.after(sampled, j)[ji].load()]
        else:
            _, slope = value_and_slope(form.activation, w * x + b, slope_at_kink)
            terms = [residual * slope * x, residual * slope]
        sums = _Sums(points, len(terms), 15, sampled, j)
        dw, db, *rest = sums.totals(UOp.group(*sums.add(terms, lane, block)).end(lane).end(block))
        dv = rest[0] if rest else w * dw + b * db  # the latter as act(z) = slope z
        backward = UOp.group(*(at.gradient[p0 + 3 * j + n].store(d) for n, d in ((1, v * dw), (2, v * db), (3, dv)))).end(j)
        backward = at.gradient.after(backward)[p0].store(dc)

        # update, of what is free
        n = UOp.range(3 * units + 1, 16)
        buffers = [at.parameters, at.first, at.second][: 1 + MOMENTS[form.optimizer]]
        gradient = at.gradient.after(backward, n)[p0 + n].load()
        olds = [buffer.after(backward, n)[p0 + n].load() for buffer in buffers]
        t = 2 * (covered + taken).minimum(CORRECTIONS - 1)
        correct = [at.corrections[t + k].load() for k in (0, 1)] if form.optimizer == "adam" else []
        moved, moments = move(form.optimizer, gradient, olds[1:], momentum, correct)
        news = [olds[0] - rate * moved, *moments]
        changes = goes_on & (at.free[n].load() > 0.0)
        updated = UOp.group(
            *(buffer[p0 + n].store(changes.where(new, was)) for buffer, new, was in zip(buffers, news, olds))
        ).end(n)

        counted = at.progress.after(updated)[progress0 + Progress.TAKEN].store(taken + goes_on.cast(dtypes.int32))
        return counted.end(step).end(*loops).sink(arg=KernelInfo(name="burst", opts_to_apply=()))

    return kernel


class _Points:
    """The loops over the points, UNROLLED or LANES of them side by side."""

    def __init__(self, form: Form, blocks: UOp) -> None:
        self.lanes, self.kind = (UNROLLED, AxisType.UPCAST) if form.unrolled else (LANES, AxisType.LOOP)
        self._blocks = blocks * (LANES // self.lanes)

    def loops(self, axis: int) -> tuple[UOp, UOp, UOp]:
        """The index of a point, and the two loops that run it over all points: over the lanes, over the blocks of so many."""
        block, lane = UOp.range(self._blocks, axis), UOp.range(self.lanes, axis + 1, self.kind)
        return block * self.lanes + lane, lane, block


class _Sums:
    """Sums over the points, each of a part in every lane, so that the lanes need not wait for one another."""

    def __init__(self, points: _Points, number: int, axis: int, *after: UOp) -> None:
        self._lanes, length = points.lanes, number * points.lanes
        n = UOp.range(length, axis, points.kind)
        self.parts = UOp.placeholder((length,), dtypes.float32, slot=axis, addrspace=AddrSpace.REG)
        self.zeroed = self.parts.after(*after)[n].store(0.0).end(n)

    def add(self, terms: list[UOp], lane: UOp, block: UOp) -> Iterator[UOp]:
        """The stores that add a point's terms, one to each sum."""
        before = self.parts.after(self.zeroed, block)
        for k, term in enumerate(terms):
            yield self.parts[k * self._lanes + lane].store(before[k * self._lanes + lane].load() + term)

    def totals(self, summed: UOp) -> Iterator[UOp]:
        """The sums, once `summed`; the parts are added in pairs, which is soonest done."""
        parts = self.parts.after(summed)
        for k in range(0, self.parts.shape[0], self._lanes):
            some = [parts[k + n].load() for n in range(self._lanes)]
            while len(some) > 1:
                some = [a + b for a, b in zip(some[::2], some[1::2])]
            yield some[0]
