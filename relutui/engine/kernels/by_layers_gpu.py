"""The kernel by layers for a GPU: each network has a group of threads.

What `by_layers.py` computes is done in two passes, after each of which all threads of a group wait for one another:

1. Each thread takes its points through the layers and back, and leaves a, act'(z) and d loss / d z of each unit in memory.
2. Each thread takes its parameters: the gradient of each is a sum over the points of the products of two of these numbers, of
   one of them and x, or of one alone.

A group finds the loss in between; each thread counts the steps for itself, from the same numbers in the same order.
"""

from collections.abc import Callable

from tinygrad import dtypes
from tinygrad.uop.ops import AxisType, KernelInfo, UOp

from relutui.engine.kernels.activations import value_and_slope
from relutui.engine.kernels.arguments import CORRECTIONS, Count, Progress, Rate, register
from relutui.engine.kernels.gpu_sums import add, over_all, zeros
from relutui.engine.kernels.lane_sums import Loops
from relutui.engine.kernels.layers_gpu_layout import GpuBuffers, layers_gpu_sizes, rows_of
from relutui.engine.kernels.layers_layout import Head, LayersSpec
from relutui.engine.kernels.optimizers import update_direction, with_decay
from relutui.engine.kernels.points_layout import minibatch_of
from relutui.model.network import Activation

After = tuple[UOp, ...]
_SHARED = 2**10, 2**10 + 1  # slots of what a group shares, beyond those of registers


def layers_gpu_kernel(spec: LayersSpec) -> Callable[..., UOp]:
    """Return the kernel, a function of the UOps of its buffers; `points_kernel` describes its loop over steps."""

    def kernel(*arguments: UOp) -> UOp:
        at = GpuBuffers(**dict(zip(layers_gpu_sizes(spec), arguments)))
        return _Kernel(spec, at).trained().sink(arg=KernelInfo(name="by_layers_gpu", opts_to_apply=()))

    return kernel


class _Kernel:
    """The parts of a kernel, each of which comes after other UOps."""

    def __init__(self, spec: LayersSpec, at: GpuBuffers) -> None:
        self._spec, self._at, self._loops = spec, at, Loops()
        self._network = self._loops.range(spec.networks, AxisType.GLOBAL)
        self._thread = self._loops.range(spec.threads, AxisType.LOCAL)
        heads = [at.layers[n].load() for n in range(len(Head) + len(spec.further) + len(spec.before))]
        # bounds that show tinygrad that 32 bits are enough for an index
        self._parameter_blocks = heads[Head.PARAMETER_BLOCKS].minimum(spec.parameters // spec.threads)
        self._units = heads[Head.CHUNKS].minimum(spec.units)
        counts = [number.minimum(spec.layers - 1) for number in heads[len(Head) :]]
        self._further, self._before = list(zip(spec.further, counts)), list(zip(spec.before, counts[len(spec.further) :]))
        self._last = sum(counts[1 : len(spec.further)], counts[0]).minimum(spec.layers - 1)
        self._layers = self._last + 1
        self._blocks = at.counts[Count.TILES].load().minimum(spec.points // spec.threads)
        self._slope_at_kink = at.rates[Rate.SLOPE_AT_KINK].load()

    def trained(self) -> UOp:
        """Train the networks side by side."""
        spec, at = self._spec, self._at
        steps, _, _, stride, first_step, adam_steps, _ = (at.counts[n].load() for n in Count)
        so_far = register(len(Progress), dtypes.int32, self._loops.slot())
        begun = UOp.group(*(so_far.after(self._network, self._thread)[n].store(0) for n in Progress))
        step = self._loop(steps + 1)
        taken, count = (so_far.after(begun, step)[n].load() for n in Progress)
        (loss,) = over_all(spec.threads, self._thread, [self._loss(step, taken)], _SHARED)
        goes_on = (taken < steps) & (loss < float("inf")) & (loss < self._rate(Rate.STOP_BELOW)).logical_not()
        kept = goes_on & ((first_step + taken) & (stride - 1)).eq(0)
        updated = self._updated(goes_on, adam_steps + taken, self._sampled(loss, count))
        news = {Progress.TAKEN: taken + goes_on.cast(dtypes.int32), Progress.SAMPLES: count + kept.cast(dtypes.int32)}
        counted = UOp.group(updated, *(so_far[n].store(new) for n, new in news.items())).barrier().end(step)
        told = [at.progress[self._network * len(Progress) + n].store(so_far.after(counted)[n].load()) for n in Progress]
        return UOp.group(*told).end(self._thread, self._network)

    # the first pass: a thread has points

    def _loss(self, step: UOp, taken: UOp) -> UOp:
        """Take the thread's points through the layers and back: its part of the loss."""
        spec, at = self._spec, self._at
        sums, started = zeros(1, self._loops.slot(), step)
        block = self._loop(self._blocks)
        i = self._i = block * spec.threads + self._thread
        x, one, residual = (3 * self._layers * self._units + n for n in range(3))
        done = UOp.group(self._row(x).store(at.x[i].load()), self._row(one).store(1.0))
        output = self._outputs((started, done, block))
        prediction, slope = value_and_slope(spec.output_activation, output, self._slope_at_kink)
        error = prediction - at.y[i].load()
        weighted = error * at.weight[i].load()
        learned = weighted
        if spec.minibatches:
            minibatch = minibatch_of(at.minibatches, at.minibatch_weights, taken, self._blocks * spec.threads)
            learned = minibatch.weighted(i, error)
        pushed = self._row(residual).store(2.0 * learned * slope)
        done = self._backwards(at.rows.after(pushed)[self._place(residual)].load(), (pushed, block))
        added = UOp.group(done, *add(sums, [weighted * error], started, block)).end(block)
        return sums.after(added)[0].load()

    def _outputs(self, after: After) -> UOp:
        """Store a and act'(z) of all units; return c + v . a."""
        units, number = self._units, UOp.const(1, dtypes.int32)
        k = self._loop(units)
        w, b = (self._parameter(1 + n * units + k, (*after, k)) for n in (1, 2))
        done = self._activated(self._spec.first, k, w * self._at.x[self._i].load() + b).end(k)
        for name, count in self._further:
            turn = self._loop(count)
            layer, k = number + turn, self._loop(units)
            here = *after, done, turn, k
            z = self._sum(self._parameter(self._b(layer, k), here), (self._w(layer, k, 0), 1), (layer - 1) * units, here)
            done = self._activated(name, layer * units + k, z).end(k).end(turn)
            number = number + count
        return self._sum(self._parameter(0, after), (1, 1), self._last * units, (*after, done))

    def _activated(self, name: Activation, unit: UOp, z: UOp) -> UOp:
        """Store act(z) and act'(z) of a unit of any layer."""
        value, slope = value_and_slope(name, z, self._slope_at_kink)
        return UOp.group(self._row(unit).store(value), self._row(self._layers * self._units + unit).store(slope))

    def _backwards(self, residual: UOp, after: After) -> UOp:
        """Store d loss / d z of all units."""
        units, layers, number, rows = self._units, self._layers, self._last, self._at.rows
        k = self._loop(units)
        slope = rows.after(*after, k)[self._place((layers + number) * units + k)].load()
        push = residual * self._parameter(1 + k, (*after, k)) * slope
        done = self._row((2 * layers + number) * units + k).store(push).end(k)
        for _, count in self._before[::-1]:
            turn = self._loop(count)
            layer = number - turn
            j = self._loop(units)
            here = (*after, done, turn, j)
            total = self._sum(0.0, (self._w(layer, 0, j), units), (2 * layers + layer) * units, here)
            slope = rows.after(*here)[self._place((layers + layer - 1) * units + j)].load()
            done = self._row((2 * layers + layer - 1) * units + j).store(total * slope).end(j).end(turn)
            number = number - count
        return done

    def _sum(self, start: UOp | float, parameters: tuple[UOp | int, UOp | int], first_row: UOp, after: After) -> UOp:
        """Return the start plus, for each unit of a layer, a parameter times the number in a row at the thread's point.

        parameters: the first one, and how far it is from one to the next.
        """
        total = self._loops.register(1)
        begun = total.after(*after)[0].store(start)
        n = self._loop(self._units)
        here = *after, n
        product = (
            self._parameter(parameters[0] + n * parameters[1], here)
            * self._at.rows.after(*here)[self._place(first_row + n)].load()
        )
        return total.after(total[0].store(total.after(begun, n)[0].load() + product).end(n))[0].load()

    # the second pass: a thread has parameters

    def _sampled(self, loss: UOp, count: UOp) -> UOp:
        """Write a sample at `count`; of many networks only the loss."""
        spec, at = self._spec, self._at
        row = (self._network * spec.rows + count) * (spec.parameters + 1)
        written = at.samples[row].store(loss)
        if spec.networks > 1:
            return written
        block = self._loop(self._parameter_blocks)
        n = block * spec.threads + self._thread
        return at.samples[row + 1 + n].store(self._parameter(n, (written, block))).end(block)

    def _updated(self, goes_on: UOp, adam_step: UOp, after: UOp) -> UOp:
        """Update the thread's parameters."""
        spec, at = self._spec, self._at
        step = 2 * adam_step.minimum(CORRECTIONS - 1)
        corrections = [at.corrections[step + k].load() for k in (0, 1)] if at.corrections is not None else []
        block = self._loop(self._parameter_blocks)
        n = block * spec.threads + self._thread
        pair = [at.pairs[2 * n + k].load().maximum(0).minimum(rows_of(spec.units, spec.layers) - 1) for k in (0, 1)]
        sums, started = zeros(1, self._loops.slot(), block)
        i = self._loop(self._blocks * spec.threads)
        one, other = (at.rows.after(after, i)[self._place(row, i)].load() for row in pair)
        summed = UOp.group(*add(sums, [one * other], started, i)).end(i)
        place = self._network * spec.parameters + n
        memory = [of for of in (at.parameters, at.first, at.second) if of is not None]
        olds = [of.after(summed)[place].load() for of in memory]
        gradient = with_decay(sums.after(summed)[0].load(), olds[0], self._rate(Rate.DECAY) if spec.decay else None)
        direction, moments = update_direction(spec.optimizer, gradient, olds[1:], self._rate(Rate.MOMENTUM), corrections)
        news, changes = [olds[0] - self._rate(Rate.LEARNING) * direction, *moments], goes_on & (at.free[n].load() > 0.0)
        stores = [of[place].store(changes.where(new, old)) for of, new, old in zip(memory, news, olds)]
        return UOp.group(*stores).end(block)

    # both

    def _loop(self, end: UOp) -> UOp:
        return self._loops.range(end, AxisType.LOOP)  # in order: a GPU would run another kind of loop in parallel

    def _rate(self, n: Rate) -> UOp:
        return self._at.rates[n].load()

    def _parameter(self, n: UOp | int, after: After) -> UOp:
        """Load parameter n of the network."""
        return self._at.parameters.after(*after)[self._network * self._spec.parameters + n].load()

    def _place(self, row: UOp, i: UOp | None = None) -> UOp:
        """Return the index of the number of point i, or of the thread's, in a row of the network."""
        spec = self._spec
        start = (self._network * rows_of(spec.units, spec.layers) + row) * spec.points
        return start + (self._i if i is None else i)

    def _row(self, row: UOp) -> UOp:
        """Return the address of the thread's point in a row."""
        return self._at.rows[self._place(row)]

    def _b(self, layer: UOp, k: UOp) -> UOp:
        return 1 + (2 + layer) * self._units + k

    def _w(self, layer: UOp, k: UOp | int, j: UOp | int) -> UOp:
        return 1 + (2 + self._layers) * self._units + ((layer - 1) * self._units + k) * self._units + j
