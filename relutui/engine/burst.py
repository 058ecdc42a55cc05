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
from relutui.engine.formulas import PIECEWISE_LINEAR, times_slope, value_and_slope
from relutui.engine.optimizers import MOMENTS, move
from relutui.network import Activation, Array
from relutui.training import BETA1, BETA2, BURST_SAMPLES, Optimizer

TILE = 64  # points that are gone through together, so that a compiler keeps their residuals in registers
LANES = 16  # of them side by side
UNROLLED = 4  # side by side where tinygrad itself makes vectors: more make its assembler run out of registers
CORRECTIONS = 20_000  # from here on adam's bias corrections are 1 in float32


class Form(NamedTuple):
    """What a kernel is compiled for; units, points and networks are the most it has room for.

    on_kinks: whether the slope at a kink is not 0, so that a point on one counts.  unrolled: UNROLLED points are written out,
    one after the other; else a loop over LANES is left to a compiler, which makes longer vectors of it than of what tinygrad
    writes out, and keeps the residuals of a TILE in them.  threads: of a GPU, which share a network (`spread.py`); 0 for a
    processor, which goes over the networks, tiles, units and points in turn.
    """

    activation: Activation
    output_activation: Activation
    optimizer: Optimizer
    on_kinks: bool
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
    def lanes(self) -> int:
        """The points that are side by side."""
        return UNROLLED if self.unrolled else LANES

    @property
    def side_by_side(self) -> AxisType:
        """The kind of their loop."""
        return AxisType.UPCAST if self.unrolled else AxisType.LOOP

    @property
    def tile(self) -> int:
        """The points that are gone through together, for one unit after the other."""
        return self.points if self.unrolled else TILE

    @property
    def width(self) -> int:
        """The numbers in which the sums of a unit are kept."""
        return self.terms * self.lanes

    @property
    def terms(self) -> int:
        """The sums over the points that the gradient of a unit takes: of r x and r where it is on, and of r a, which follows
        from the two where a = slope z.
        """
        return 2 if self.activation in PIECEWISE_LINEAR else 3

    @property
    def stores_units(self) -> bool:
        """Whether the value and slope of each unit at each point are kept; what is as soon computed again is not."""
        return not self.threads and self.terms == 3


class Count(IntEnum):
    """Where the whole numbers that a burst reads lie in `counts`."""

    STEPS = 0
    UNITS = 1
    TILES = 2  # of TILE points, or of as many as there are threads
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
    sums: UOp = None  # of each unit over the points: `terms`, each in parts for the lanes
    activation: UOp = None  # of each unit and point of a tile, where the form stores them
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
        sums=form.units * form.width,
        activation=form.units * form.tile,
        slope=form.units * form.tile,
        first=parameters,
        second=parameters,
        corrections=2 * CORRECTIONS,
    )._asdict()
    absent = {"sgd": ["first", "second", "corrections"], "momentum": ["second", "corrections"], "adam": []}[form.optimizer]
    if form.threads:
        absent += ["gradient", "sums"]
    if not form.stores_units:
        absent += ["activation", "slope"]
    return {name: length for name, length in lengths.items() if name not in absent}


def corrections() -> Array:
    """1 / (1 - BETA1**t) and 1 / sqrt(1 - BETA2**t) in turn, for t = 1, 2, ...: float32 could not compute them."""
    t = np.arange(1, CORRECTIONS + 1)
    return np.stack([1 / (1 - BETA1**t), 1 / np.sqrt(1 - BETA2**t)], axis=1).ravel()


def burst(form: Form) -> Callable[..., UOp]:
    """The kernel, a function of the UOps of its buffers.

    A loop over steps; in it one over tiles of points, with three passes: forward, loss, backward; then the gradient and the
    update.  Each waits for the one before by `after`, which is the only order that UOps have.  The loop runs one step more than
    asked, which finds the loss of the final state and changes nothing.  When the loss falls below STOP_BELOW or is no longer
    finite, nothing changes from there on.
    """

    def kernel(*arguments: UOp) -> UOp:
        at = Buffers(**dict(zip(sizes(form), arguments)))
        steps, units, tiles, stride, first_step, covered, networks = (at.counts[n].load() for n in Count)
        rate, momentum, slope_at_kink, stop_below = (at.rates[n].load() for n in Rate)
        loops = (UOp.range(networks, 0, AxisType.LOOP),) if form.networks > 1 else ()
        network = loops[0] if loops else 0
        p0, row0, progress0 = (network * n for n in (form.parameters, form.rows * (form.parameters + 1), len(Progress)))
        blocks, tiles = (tiles * (TILE // form.lanes), 1) if form.unrolled else (TILE // form.lanes, tiles)
        here = _Here(form, at, p0, units, blocks, slope_at_kink if form.on_kinks else slope_at_kink.const_like(0.0))
        step = UOp.range(steps + 1, 2, AxisType.LOOP)  # in order: a GPU would run another kind of loop in parallel
        begun = UOp.group(*(at.progress.after(*loops)[progress0 + n].store(0) for n in Progress))
        taken = at.progress.after(begun, step)[progress0 + Progress.TAKEN].load()

        n = UOp.range(units * form.width, 3)
        cleared = at.sums.after(begun, step)[n].store(0.0).end(n)
        overall = _Parts(form, 2, 4)
        started = overall.start(lambda n: 0.0, cleared)
        tile = UOp.range(tiles, 5)
        compared = _compare(here, tile, _forward(here, tile, started), overall)
        summed = _backward(here, tile, compared).end(tile)
        loss, dc = (_sum(form, overall.registers.after(summed), n * form.lanes) for n in range(2))
        goes_on = (taken < steps) & (loss < float("inf")) & (loss < stop_below).logical_not()

        # a sample, written at every step, and kept, by counting it, where the step is a multiple of the stride
        count = at.progress.after(summed)[progress0 + Progress.SAMPLES].load()
        kept = goes_on & ((first_step + taken) & (stride - 1)).eq(0)
        row = row0 + count * (form.parameters + 1)
        n = UOp.range(3 * units + 1, 18)
        parameter = at.parameters.after(summed, n)[p0 + n].load()
        sampled = UOp.group(at.samples[row].store(loss), at.samples[row + 1 + n].store(parameter)).end(n)
        sampled = at.progress.after(sampled)[progress0 + Progress.SAMPLES].store(count + kept.cast(dtypes.int32))
        found = at.gradient.after(_gradient(here, sampled))[p0].store(dc)

        # update, of what is free
        n = UOp.range(3 * units + 1, 20)
        buffers = [at.parameters, at.first, at.second][: 1 + MOMENTS[form.optimizer]]
        gradient = at.gradient.after(found, n)[p0 + n].load()
        olds = [buffer.after(found, n)[p0 + n].load() for buffer in buffers]
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


class _Here(NamedTuple):
    """A network, whose parameters begin at p0; a tile of its points is of so many blocks."""

    form: Form
    at: Buffers
    p0: UOp | int
    units: UOp
    blocks: UOp | int
    slope_at_kink: UOp

    def unit(self, j: UOp, *after: UOp) -> list[UOp]:
        """Its w, b and v."""
        return [self.at.parameters.after(*after, j)[self.p0 + 3 * j + n].load() for n in (1, 2, 3)]

    def points(self, tile: UOp, axis: int) -> tuple[UOp, UOp, UOp, UOp]:
        """The number of a point, that in its tile, and the loops that run it over all of these: over lanes, and over blocks."""
        form = self.form
        block, lane = UOp.range(self.blocks, axis), UOp.range(form.lanes, axis + 1, form.side_by_side)
        p = block * form.lanes + lane
        return tile * form.tile + p, p, lane, block


def _forward(here: _Here, tile: UOp, begun: UOp) -> UOp:
    """residual = c + sum_j v_j act(w_j x + b_j)"""
    form, at = here.form, here.at
    i, _, lane, block = here.points(tile, 6)
    begun = at.residual.after(begun, tile)[i].store(at.parameters.after(begun)[here.p0].load()).end(lane).end(block)
    j = UOp.range(here.units, 8)
    w, b, v = here.unit(j, begun)
    i, p, lane, block = here.points(tile, 9)
    value, slope = value_and_slope(form.activation, w * at.x[i].load() + b, here.slope_at_kink)
    stores = [at.residual[i].store(at.residual.after(begun, j)[i].load() + v * value)]
    if form.stores_units:
        stores += [at.activation[j * form.tile + p].store(value), at.slope[j * form.tile + p].store(slope)]
    return UOp.group(*stores).end(lane).end(block).end(j)


def _compare(here: _Here, tile: UOp, forward: UOp, overall: "_Parts") -> UOp:
    """residual = d loss / d (output sum); and add up the loss and the residuals."""
    form, at = here.form, here.at
    i, _, lane, block = here.points(tile, 11)
    output = at.residual.after(forward)[i].load()
    prediction, slope = value_and_slope(form.output_activation, output, here.slope_at_kink)
    error = prediction - at.y[i].load()
    weighted = error * at.weight[i].load()
    residual = 2.0 * weighted * slope
    added = overall.add([weighted * error, residual], lane, forward, block)
    return UOp.group(at.residual[i].store(residual), *added).end(lane).end(block)


def _backward(here: _Here, tile: UOp, compared: UOp) -> UOp:
    """Add what the points of the tile have to the sums of each unit."""
    form, at = here.form, here.at
    j = UOp.range(here.units, 13)
    own = _Parts(form, form.terms, 14)
    started = own.start(lambda n: at.sums.after(compared, j)[j * form.width + n].load(), compared, j)
    w, b, _ = here.unit(j, compared)
    i, p, lane, block = here.points(tile, 15)
    x, residual = at.x[i].load(), at.residual.after(compared, j)[i].load()
    if form.stores_units:
        value, slope = (buffer.after(compared, j)[j * form.tile + p].load() for buffer in (at.activation, at.slope))
        terms = [residual * slope * x, residual * slope, residual * value]
    else:
        residual = times_slope(form.activation, w * x + b, residual, here.slope_at_kink if form.on_kinks else None)
        terms = [residual * x, residual]
    added = UOp.group(*own.add(terms, lane, started, block)).end(lane).end(block)
    n = UOp.range(form.width, 17, form.side_by_side)
    return at.sums[j * form.width + n].store(own.registers.after(added)[n].load()).end(n).end(j)


def _gradient(here: _Here, summed: UOp) -> UOp:
    """Of the parameters of the units."""
    form, at = here.form, here.at
    j = UOp.range(here.units, 19)
    w, b, v = here.unit(j, summed)
    parts = at.sums.after(summed, j)
    dw, db, *rest = (_sum(form, parts, j * form.width + k * form.lanes) for k in range(form.terms))
    dv = rest[0] if rest else w * dw + b * db  # the latter as act(z) = slope z
    return UOp.group(*(at.gradient[here.p0 + 3 * j + n].store(d) for n, d in ((1, v * dw), (2, v * db), (3, dv)))).end(j)


class _Parts:
    """Sums over points, in registers: a part of each in every lane, so that the lanes need not wait for one another."""

    def __init__(self, form: Form, number: int, axis: int) -> None:
        self._form, self._length, self._axis = form, number * form.lanes, axis
        self.registers = UOp.placeholder((self._length,), dtypes.float32, slot=axis, addrspace=AddrSpace.REG)

    def start(self, value: Callable[[UOp], UOp | float], *after: UOp) -> UOp:
        """Give each part its first value."""
        n = UOp.range(self._length, self._axis, self._form.side_by_side)
        return self.registers.after(*after)[n].store(value(n)).end(n)

    def add(self, terms: list[UOp], lane: UOp, *after: UOp) -> Iterator[UOp]:
        """The stores that add a point's terms, one to each sum."""
        before = self.registers.after(*after)
        for k, term in enumerate(terms):
            place = k * self._form.lanes + lane
            yield self.registers[place].store(before[place].load() + term)


def _sum(form: Form, parts: UOp, first: UOp | int) -> UOp:
    """Of the parts of a sum, added in pairs, which is soonest done."""
    some = [parts[first + n].load() for n in range(form.lanes)]
    while len(some) > 1:
        some = [a + b for a, b in zip(some[::2], some[1::2])]
    return some[0]
