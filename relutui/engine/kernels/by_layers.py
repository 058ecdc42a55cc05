"""The kernel by layers: training of networks with several hidden layers, each step of which visits every point.

    a_0 = x,    z_l = W_l a_(l-1) + b_l,    a_l = act_l(z_l),    yhat = g(c + v . a_L),
    loss = sum_i weight_i (yhat_i - y_i)**2

Backwards, with r = d loss / d (c + v . a_L) and p_l = d loss / d z_l at each point:

    p_L = r v act_L'(z_L),    p_(l-1) = (W_l^T p_l) act_(l-1)'(z_(l-1)),    d W_l = sum_i p_l a_(l-1)^T,    d b_l = sum_i p_l

As by points (`by_points.py`) the points are visited in tiles, and a compiler makes vectors of loops over LANES of them.  In
such a loop CHUNK units take CHUNK inputs, so that each number that is read serves several products; the sums over the points
of CHUNK * CHUNK weights stay in registers, one part a lane, and are added up in pairs at the end of the tile.

How many layers there are, and units in them, is read from memory.  As the end of a loop must not depend on a loop around it,
all layers are filled up to the widest, with units that are 0 and locked.
"""

from collections.abc import Callable

from tinygrad import dtypes
from tinygrad.renderer import Estimates
from tinygrad.uop.ops import KernelInfo, UOp

from relutui.engine.kernels.arguments import CORRECTIONS, Count, Progress, Rate, rates_length
from relutui.engine.kernels.lane_sums import LaneSums, Loops
from relutui.engine.kernels.layers_layout import Buffers, Head, LayersSpec, layers_sizes
from relutui.engine.kernels.layers_network import LayersNetwork
from relutui.engine.kernels.layers_passes import visited
from relutui.engine.kernels.optimizers import update_direction, with_decay
from relutui.engine.kernels.points_layout import minibatch_of


def layers_kernel(spec: LayersSpec) -> Callable[..., UOp]:
    """Return the kernel, a function of the UOps of its buffers; `points_kernel` describes its loop over steps."""

    def kernel(*arguments: UOp) -> UOp:
        at = Buffers(**dict(zip(layers_sizes(spec), arguments)))
        info = KernelInfo(name="by_layers", opts_to_apply=(), estimates=Estimates())
        return _Kernel(spec, at).trained().sink(arg=info).rtag(1)

    return kernel


class _Kernel:
    """The parts of a kernel, each of which comes after other UOps."""

    def __init__(self, spec: LayersSpec, at: Buffers) -> None:
        self._spec, self._at, self._loops = spec, at, Loops()
        self._count = {n: at.counts[n].load() for n in Count}
        self._rate = {n: at.rates[n].load() for n in list(Rate)[: rates_length(spec.decay)]}

    def trained(self) -> UOp:
        """Train all networks, one after the other."""
        spec, at = self._spec, self._at
        loops = (self._loops.range(self._count[Count.NETWORKS]),) if spec.networks > 1 else ()
        network = loops[0] if loops else 0
        self._p0, self._row0 = network * spec.parameters, network * (spec.rows * (spec.parameters + 1))
        self._progress0 = network * len(Progress)
        reset = UOp.group(*(at.progress.after(*loops)[self._progress0 + n].store(0) for n in Progress))
        step = self._loops.range(self._count[Count.STEPS] + 1)
        taken = at.progress.after(reset, step)[self._progress0 + Progress.TAKEN].load()
        loss, summed = self._visited((reset, step), taken)
        goes_on = (taken < self._count[Count.STEPS]) & (loss < float("inf"))
        goes_on = goes_on & (loss < self._rate[Rate.STOP_BELOW]).logical_not()
        due = goes_on & ((self._count[Count.FIRST] + taken) & (self._count[Count.STRIDE] - 1)).eq(0)
        updated = self._updated(goes_on, taken, self._sampled(loss, due, summed))
        counted = at.progress.after(updated)[self._progress0 + Progress.TAKEN].store(taken + goes_on.cast(dtypes.int32))
        return counted.end(step).end(*loops)

    def _visited(self, after: tuple[UOp, ...], taken: UOp) -> tuple[UOp, UOp]:
        """Visit all points: the loss, and the UOp that leaves the gradient in memory."""
        spec, at, tiles = self._spec, self._at, self._count[Count.TILES]
        points = tiles * at.layers[Head.POINT_BLOCKS].load() * spec.lanes
        weights = at.minibatch_weights
        minibatch = minibatch_of(at.minibatches, weights, taken, points) if spec.minibatches else None
        n, lane, block = self._parameters()
        reset = at.gradient.after(*after)[n].store(0.0).end(lane).end(block)
        total = LaneSums(spec, self._loops, 2)
        started = total.start(reset)
        tile = self._loops.range(tiles)
        net = LayersNetwork(spec, at, self._loops, self._p0)
        net.first_point = tile * (at.layers[Head.POINT_BLOCKS].load().cast(dtypes.long) * spec.lanes)
        done = visited(net, total, minibatch, tile, started).end(tile)
        sums, done = total.added_up(done)
        return sums(0), at.gradient.after(done)[0].store(sums(1))

    def _sampled(self, loss: UOp, due: UOp, after: UOp) -> UOp:
        """Write a sample at every step, of many networks only the loss; one that is due is counted, and not overwritten."""
        spec, at = self._spec, self._at
        count = at.progress.after(after)[self._progress0 + Progress.SAMPLES].load()
        row = self._row0 + count * (spec.parameters + 1)
        written = at.samples.after(after)[row].store(loss)
        if spec.networks > 1:
            return written
        n, lane, block = self._parameters()
        parameter = at.parameters.after(written)[self._p0 + n].load()
        sampled = at.samples[row + 1 + n].store(parameter).end(lane).end(block)
        return at.progress.after(sampled)[self._progress0 + Progress.SAMPLES].store(count + due.cast(dtypes.int32))

    def _updated(self, goes_on: UOp, taken: UOp, after: UOp) -> UOp:
        """Update every parameter that is free."""
        spec, at = self._spec, self._at
        step = 2 * (self._count[Count.ADAM_STEPS] + taken).minimum(CORRECTIONS - 1)
        corrections = [at.corrections[step + k].load() for k in (0, 1)] if at.corrections is not None else []
        n, lane, block = self._parameters()
        memory = [of for of in (at.parameters, at.first, at.second) if of is not None]
        olds = [of.after(after)[self._p0 + n].load() for of in memory]
        gradient = with_decay(at.gradient.after(after)[n].load(), olds[0], self._rate.get(Rate.DECAY))
        direction, moments = update_direction(spec.optimizer, gradient, olds[1:], self._rate[Rate.MOMENTUM], corrections)
        news = [olds[0] - self._rate[Rate.LEARNING] * direction, *moments]
        changes = goes_on & (at.free[n].load() > 0.0)
        stores = [of[self._p0 + n].store(changes.where(new, old)) for of, new, old in zip(memory, news, olds)]
        return UOp.group(*stores).end(lane).end(block)

    def _parameters(self) -> tuple[UOp, UOp, UOp]:
        """Return the number of a parameter, and the two loops over all of them: over lanes and over blocks."""
        block = self._loops.range(self._at.layers[Head.PARAMETER_BLOCKS].load())
        lane = self._loops.range(self._spec.lanes, self._spec.side_by_side)
        return block * self._spec.lanes + lane, lane, block
