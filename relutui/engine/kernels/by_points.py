"""The burst: many training steps of the whole network, or of many networks, as one kernel.

    yhat(x) = g(c + sum_j v_j act(w_j x + b_j)),    loss = sum_i weight_i (yhat_i - y_i)**2

Written as tinygrad UOps, so one definition compiles for every device.  What a run may change between two bursts (the
parameters, the locks, the number of steps, of units and of points, the rates, the slope at the kink) is read from memory,
so that only another kind of network (of which a slope at the kink that is not 0 makes one), another optimizer or a larger size
compiles again.

The points are gone through in tiles.  All units add to the outputs of a tile, which a compiler keeps in registers meanwhile;
these become residuals there, and each unit then takes its sums from them.  So memory is read and written for a unit and a tile,
not for a unit and a point.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from tinygrad import dtypes
from tinygrad.dtype import AddrSpace
from tinygrad.uop.ops import AxisType, KernelInfo, UOp

from relutui.engine.kernels.activations import times_slope, value_and_slope
from relutui.engine.kernels.arguments import CORRECTIONS, Count, Progress, Rate
from relutui.engine.kernels.optimizers import MOMENTS, update_direction
from relutui.engine.kernels.points_layout import TILE, Buffers, PointsSpec, sizes


def burst(form: PointsSpec) -> Callable[..., UOp]:
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

        cleared = begun
        if not form.unrolled:
            n = UOp.range(units * form.width, 3)
            cleared = at.sums.after(begun, step)[n].store(0.0).end(n)
        overall = _Parts(form, 2, 4)
        started = overall.start(lambda n: 0.0, cleared, step)
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
        if not form.unrolled:
            j = UOp.range(units, 19)
            sampled = _gradient(here, j, at.sums.after(sampled, j), j * form.width).end(j)
        found = at.gradient.after(sampled)[p0].store(dc)

        # update, of what is free
        n = UOp.range(3 * units + 1, 20)
        buffers = [at.parameters, at.first, at.second][: 1 + MOMENTS[form.optimizer]]
        gradient = at.gradient.after(found, n)[p0 + n].load()
        olds = [buffer.after(found, n)[p0 + n].load() for buffer in buffers]
        t = 2 * (covered + taken).minimum(CORRECTIONS - 1)
        correct = [at.corrections[t + k].load() for k in (0, 1)] if form.optimizer == "adam" else []
        moved, moments = update_direction(form.optimizer, gradient, olds[1:], momentum, correct)
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

    form: PointsSpec
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
    """Add what the points of the tile have to the sums of each unit; of the only tile, the gradient follows at once."""
    form, at = here.form, here.at
    j = UOp.range(here.units, 13)
    own = _Parts(form, form.terms, 14)
    started = own.start(lambda n: 0.0 if form.unrolled else at.sums.after(compared, j)[j * form.width + n].load(), compared, j)
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
    if form.unrolled:
        return _gradient(here, j, own.registers.after(added), 0).end(j)
    n = UOp.range(form.width, 17, form.side_by_side)
    return at.sums[j * form.width + n].store(own.registers.after(added)[n].load()).end(n).end(j)


def _gradient(here: _Here, j: UOp, parts: UOp, first: UOp | int) -> UOp:
    """Of the parameters of a unit, whose sums begin there."""
    form, at = here.form, here.at
    w, b, v = here.unit(j, parts)
    dw, db, *rest = (_sum(form, parts, first + k * form.lanes) for k in range(form.terms))
    dv = rest[0] if rest else w * dw + b * db  # the latter as act(z) = slope z
    return UOp.group(*(at.gradient[here.p0 + 3 * j + n].store(d) for n, d in ((1, v * dw), (2, v * db), (3, dv))))


class _Parts:
    """Sums over points, in registers: a part of each in every lane, so that the lanes need not wait for one another."""

    def __init__(self, form: PointsSpec, number: int, axis: int) -> None:
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


def _sum(form: PointsSpec, parts: UOp, first: UOp | int) -> UOp:
    """Of the parts of a sum, added in pairs, which is soonest done."""
    some = [parts[first + n].load() for n in range(form.lanes)]
    while len(some) > 1:
        some = [a + b for a, b in zip(some[::2], some[1::2])]
    return some[0]
