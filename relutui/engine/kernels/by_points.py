"""The kernel by points: many training steps of a network, or of many networks, each of which visits every point.

    yhat(x) = g(c + sum_j v_j act(w_j x + b_j)),    loss = sum_i weight_i (yhat_i - y_i)**2

The kernel is written as tinygrad UOps, so that one definition compiles for every device.  What may change between two bursts
(parameters, locks, rates, the slope at the kink, and the numbers of steps, units and points) is read from memory.  Only another
kind of network, another optimizer, a larger size, or a slope at the kink other than 0 compiles a new kernel.

The points are visited in tiles.  All units add to the outputs of a tile, which a compiler keeps in registers; these become
residuals, from which each unit takes its sums.  So memory is read and written once a unit and tile, not once a unit and point.
"""

from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import NamedTuple

from tinygrad import dtypes
from tinygrad.dtype import AddrSpace
from tinygrad.uop.ops import AxisType, KernelInfo, UOp

from relutui.engine.kernels.activations import times_slope, value_and_slope
from relutui.engine.kernels.arguments import CORRECTIONS, Count, Progress, Rate, rates_length
from relutui.engine.kernels.optimizers import MOMENTS, update_direction, with_decay
from relutui.engine.kernels.points_layout import TILE, Buffers, MinibatchOf, PointsSpec, minibatch_of, sizes


class _Axis(IntEnum):
    """The loops of the kernel; a pair over points takes the number after its own, too."""

    NETWORK = 0
    STEP = 2
    SUM_RESET = 3
    TOTAL = 4  # of the loss and of the residuals, in lanes
    TILE = 5
    OUTPUT_START = 6  # a pair
    FORWARD_UNIT = 8
    FORWARD = 9  # a pair
    COMPARE = 11  # a pair
    BACKWARD_UNIT = 13
    UNIT_SUM = 14  # of a unit, in lanes
    BACKWARD = 15  # a pair
    SUM_STORE = 17
    SAMPLE = 18
    GRADIENT_UNIT = 19
    UPDATE = 20


def points_kernel(spec: PointsSpec) -> Callable[..., UOp]:
    """Return the kernel, a function of the UOps of its buffers (`points_layout.Buffers`).

    A loop over steps holds a loop over tiles of points with three passes: forward, comparison, backward; the gradient and the
    update follow.  Each waits for the one before by `after`, the only order that UOps have.  The loop runs one step more than
    asked, which finds the loss of the final state and changes nothing.  Once the loss is below STOP_BELOW, or not finite,
    nothing changes any more.
    """

    def kernel(*arguments: UOp) -> UOp:
        at = Buffers(**dict(zip(sizes(spec), arguments)))
        steps, units, tiles, stride, first_step, adam_steps, networks = (at.counts[n].load() for n in Count)
        rates = _Rates(*(at.rates[n].load() for n in list(Rate)[: rates_length(spec.decay)]))
        loops = (UOp.range(networks, _Axis.NETWORK, AxisType.LOOP),) if spec.networks > 1 else ()
        number = loops[0] if loops else 0
        p0, row0, progress0 = (number * n for n in (spec.parameters, spec.rows * (spec.parameters + 1), len(Progress)))
        blocks, tiles = (tiles * (TILE // spec.lanes), 1) if spec.unrolled else (TILE // spec.lanes, tiles)
        slope_at_kink = rates.slope_at_kink if spec.on_kinks else rates.slope_at_kink.const_like(0.0)
        network = _Network(spec, at, p0, units, blocks, slope_at_kink)
        step = UOp.range(steps + 1, _Axis.STEP, AxisType.LOOP)  # in order: a GPU would run another kind of loop in parallel
        reset = UOp.group(*(at.progress.after(*loops)[progress0 + n].store(0) for n in Progress))
        taken = at.progress.after(reset, step)[progress0 + Progress.TAKEN].load()

        minibatch = (
            minibatch_of(at.minibatches, at.minibatch_weights, taken, at.counts[Count.TILES].load() * TILE)
            if spec.minibatches
            else None
        )
        loss, dc, summed = _pass_over_points(network, tiles, reset, step, minibatch)
        goes_on = (taken < steps) & (loss < float("inf")) & (loss < rates.stop_below).logical_not()
        due = goes_on & ((first_step + taken) & (stride - 1)).eq(0)
        sampled = _sample(network, row0, progress0, loss, due, summed)
        if not spec.unrolled:
            j = UOp.range(units, _Axis.GRADIENT_UNIT)
            sampled = _gradient(network, j, at.sums.after(sampled, j), j * spec.width).end(j)
        gradient = at.gradient.after(sampled)[p0].store(dc)
        updated = _update(network, rates, 2 * (adam_steps + taken).minimum(CORRECTIONS - 1), goes_on, gradient)
        counted = at.progress.after(updated)[progress0 + Progress.TAKEN].store(taken + goes_on.cast(dtypes.int32))
        return counted.end(step).end(*loops).sink(arg=KernelInfo(name="by_points", opts_to_apply=()))

    return kernel


class _Rates(NamedTuple):
    """The numbers in `rates`, loaded."""

    learning: UOp
    momentum: UOp
    slope_at_kink: UOp
    stop_below: UOp
    decay: UOp | None = None


class _Network(NamedTuple):
    """A network whose parameters begin at p0; a tile of its points has `blocks` blocks."""

    spec: PointsSpec
    at: Buffers
    p0: UOp | int
    units: UOp
    blocks: UOp | int
    slope_at_kink: UOp

    def unit(self, j: UOp, *after: UOp) -> list[UOp]:
        """Load w, b and v of unit j."""
        return [self.at.parameters.after(*after, j)[self.p0 + 3 * j + n].load() for n in (1, 2, 3)]

    def points(self, tile: UOp, axis: int) -> tuple[UOp, UOp, UOp, UOp]:
        """Return the number of a point, its number in its tile, and the two loops over the tile: over lanes and over blocks."""
        spec = self.spec
        block, lane = UOp.range(self.blocks, axis), UOp.range(spec.lanes, axis + 1, spec.side_by_side)
        p = block * spec.lanes + lane
        return tile * spec.tile + p, p, lane, block


def _pass_over_points(
    network: _Network, tiles: UOp | int, reset: UOp, step: UOp, minibatch: MinibatchOf | None
) -> tuple[UOp, UOp, UOp]:
    """Visit all points: the loss, d loss / d c, and the UOp that leaves the sums of each unit in memory.

    minibatch: the points by which the derivatives go, if not all.
    """
    spec, at = network.spec, network.at
    sums_reset = reset
    if not spec.unrolled:
        n = UOp.range(network.units * spec.width, _Axis.SUM_RESET)
        sums_reset = at.sums.after(reset, step)[n].store(0.0).end(n)
    total = _LaneSums(spec, 2, _Axis.TOTAL)
    started = total.start(lambda n: 0.0, sums_reset, step)
    tile = UOp.range(tiles, _Axis.TILE)
    compared = _compare(network, tile, _forward(network, tile, started), total, minibatch)
    summed = _backward(network, tile, compared).end(tile)
    loss, dc = (_sum(spec, total.registers.after(summed), n * spec.lanes) for n in range(2))
    return loss, dc, summed


def _sample(network: _Network, row0: UOp | int, progress0: UOp | int, loss: UOp, due: UOp, summed: UOp) -> UOp:
    """Write a sample at every step; one that is due is counted, so that the next does not overwrite it."""
    spec, at = network.spec, network.at
    count = at.progress.after(summed)[progress0 + Progress.SAMPLES].load()
    row = row0 + count * (spec.parameters + 1)
    n = UOp.range(3 * network.units + 1, _Axis.SAMPLE)
    parameter = at.parameters.after(summed, n)[network.p0 + n].load()
    sampled = UOp.group(at.samples[row].store(loss), at.samples[row + 1 + n].store(parameter)).end(n)
    return at.progress.after(sampled)[progress0 + Progress.SAMPLES].store(count + due.cast(dtypes.int32))


def _update(network: _Network, rates: _Rates, correction: UOp, goes_on: UOp, gradient_stored: UOp) -> UOp:
    """Update every parameter that is free; adam's corrections are the two numbers at `correction`."""
    spec, at, p0 = network.spec, network.at, network.p0
    n = UOp.range(3 * network.units + 1, _Axis.UPDATE)
    buffers = [at.parameters, at.first, at.second][: 1 + MOMENTS[spec.optimizer]]
    gradient = at.gradient.after(gradient_stored, n)[p0 + n].load()
    olds = [buffer.after(gradient_stored, n)[p0 + n].load() for buffer in buffers]
    corrections = [at.corrections[correction + k].load() for k in (0, 1)] if spec.optimizer == "adam" else []
    gradient = with_decay(gradient, olds[0], rates.decay)
    direction, moments = update_direction(spec.optimizer, gradient, olds[1:], rates.momentum, corrections)
    news = [olds[0] - rates.learning * direction, *moments]
    changes = goes_on & (at.free[n].load() > 0.0)
    stores = [buffer[p0 + n].store(changes.where(new, old)) for buffer, new, old in zip(buffers, news, olds)]
    return UOp.group(*stores).end(n)


def _forward(network: _Network, tile: UOp, begun: UOp) -> UOp:
    """Store residual = c + sum_j v_j act(w_j x + b_j)."""
    spec, at = network.spec, network.at
    i, _, lane, block = network.points(tile, _Axis.OUTPUT_START)
    begun = at.residual.after(begun, tile)[i].store(at.parameters.after(begun)[network.p0].load()).end(lane).end(block)
    j = UOp.range(network.units, _Axis.FORWARD_UNIT)
    w, b, v = network.unit(j, begun)
    i, p, lane, block = network.points(tile, _Axis.FORWARD)
    value, slope = value_and_slope(spec.activation, w * at.x[i].load() + b, network.slope_at_kink)
    stores = [at.residual[i].store(at.residual.after(begun, j)[i].load() + v * value)]
    if spec.stores_units:
        stores += [at.activation[j * spec.tile + p].store(value), at.slope[j * spec.tile + p].store(slope)]
    return UOp.group(*stores).end(lane).end(block).end(j)


def _compare(network: _Network, tile: UOp, forward: UOp, total: "_LaneSums", minibatch: MinibatchOf | None) -> UOp:
    """Store residual = d loss / d (output sum), and add up the loss and the residuals."""
    spec, at = network.spec, network.at
    i, _, lane, block = network.points(tile, _Axis.COMPARE)
    output = at.residual.after(forward)[i].load()
    prediction, slope = value_and_slope(spec.output_activation, output, network.slope_at_kink)
    error = prediction - at.y[i].load()
    weighted = error * at.weight[i].load()
    residual = 2.0 * (minibatch.weighted(i, error) if minibatch else weighted) * slope
    added = total.add([weighted * error, residual], lane, forward, block)
    return UOp.group(at.residual[i].store(residual), *added).end(lane).end(block)


def _backward(network: _Network, tile: UOp, compared: UOp) -> UOp:
    """Add the tile's part to the sums of each unit; where there is one tile only, its gradient follows at once."""
    spec, at = network.spec, network.at
    j = UOp.range(network.units, _Axis.BACKWARD_UNIT)
    own = _LaneSums(spec, spec.terms, _Axis.UNIT_SUM)
    started = own.start(lambda n: 0.0 if spec.unrolled else at.sums.after(compared, j)[j * spec.width + n].load(), compared, j)
    w, b, _ = network.unit(j, compared)
    i, p, lane, block = network.points(tile, _Axis.BACKWARD)
    x, residual = at.x[i].load(), at.residual.after(compared, j)[i].load()
    if spec.stores_units:
        value, slope = (buffer.after(compared, j)[j * spec.tile + p].load() for buffer in (at.activation, at.slope))
        terms = [residual * slope * x, residual * slope, residual * value]
    else:
        residual = times_slope(spec.activation, w * x + b, residual, network.slope_at_kink if spec.on_kinks else None)
        terms = [residual * x, residual]
    added = UOp.group(*own.add(terms, lane, started, block)).end(lane).end(block)
    if spec.unrolled:
        return _gradient(network, j, own.registers.after(added), 0).end(j)
    n = UOp.range(spec.width, _Axis.SUM_STORE, spec.side_by_side)
    return at.sums[j * spec.width + n].store(own.registers.after(added)[n].load()).end(n).end(j)


def _gradient(network: _Network, j: UOp, parts: UOp, first: UOp | int) -> UOp:
    """Store the gradient of unit j, whose sums begin at `first`."""
    spec, at = network.spec, network.at
    w, b, v = network.unit(j, parts)
    dw, db, *rest = (_sum(spec, parts, first + k * spec.lanes) for k in range(spec.terms))
    dv = rest[0] if rest else w * dw + b * db  # for act(z) = slope z: sum r a = w sum r x + b sum r
    return UOp.group(*(at.gradient[network.p0 + 3 * j + n].store(d) for n, d in ((1, v * dw), (2, v * db), (3, dv))))


class _LaneSums:
    """Sums over points in registers, one part a lane, so that no lane waits for another."""

    def __init__(self, spec: PointsSpec, number: int, axis: int) -> None:
        self._spec, self._length, self._axis = spec, number * spec.lanes, axis
        self.registers = UOp.placeholder((self._length,), dtypes.float32, slot=axis, addrspace=AddrSpace.REG)

    def start(self, value: Callable[[UOp], UOp | float], *after: UOp) -> UOp:
        """Store the first value of each part."""
        n = UOp.range(self._length, self._axis, self._spec.side_by_side)
        return self.registers.after(*after)[n].store(value(n)).end(n)

    def add(self, terms: list[UOp], lane: UOp, *after: UOp) -> Iterator[UOp]:
        """Yield the stores that add a point's terms, one to each sum."""
        before = self.registers.after(*after)
        for k, term in enumerate(terms):
            place = k * self._spec.lanes + lane
            yield self.registers[place].store(before[place].load() + term)


def _sum(spec: PointsSpec, parts: UOp, first: UOp | int) -> UOp:
    """Add the parts of a sum in pairs, which takes the fewest steps."""
    some = [parts[first + n].load() for n in range(spec.lanes)]
    while len(some) > 1:
        some = [a + b for a, b in zip(some[::2], some[1::2])]
    return some[0]
