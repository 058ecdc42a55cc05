"""A network in the kernel by layers (`by_layers.py`): where its numbers lie, and what is done to a chunk of its units."""

from collections.abc import Sequence
from typing import NamedTuple

from tinygrad import dtypes
from tinygrad.uop.ops import UOp

from relutui.engine.kernels.arguments import Rate
from relutui.engine.kernels.lane_sums import LaneSums, Loops
from relutui.engine.kernels.layers_layout import TILE, Buffers, Head, LayersSpec
from relutui.model.network import Activation

After = tuple[UOp, ...]


class Rows(NamedTuple):
    """Memory with a row of TILE numbers for each unit of a layer, and where the first of them begins."""

    of: UOp
    first: UOp | int = 0


class Blocks(NamedTuple):
    """Blocks of weights: where the first one begins, and how many there are from one to the next.

    transposed: whether they lead back to their inputs.
    """

    first: UOp
    step: UOp | int
    transposed: bool = False


class LayersNetwork:
    """The network whose parameters begin at p0, at a tile of points that begins at `first_point`; layers count from 0.

    Addresses have 64 bits: of a sum of 32 bits a compiler cannot know that it does not overflow, and makes no vectors then.
    """

    def __init__(self, spec: LayersSpec, at: Buffers, loops: Loops, p0: UOp | int) -> None:
        self.spec, self.at, self.loops, self._p0 = spec, at, loops, p0
        self.slope_at_kink = at.rates[Rate.SLOPE_AT_KINK].load() if spec.on_kinks else UOp.const(0.0, dtypes.float32)
        numbers = range(len(Head) + len(spec.further) + len(spec.before))
        blocks, _, self.chunks, *counts = (at.layers[n].load().cast(dtypes.long) for n in numbers)
        self.further: list[tuple[Activation, UOp]] = list(zip(spec.further, counts))
        self.before: list[tuple[Activation, UOp]] = list(zip(spec.before, counts[len(spec.further) :]))
        self.first, self.last = UOp.const(0, dtypes.long), sum(counts[1 : len(spec.further)], counts[0])
        self._blocks, self._width = blocks, self.chunks * spec.chunk
        self.v, self.w, self._b = UOp.const(spec.chunk, dtypes.long), self._width + spec.chunk, 2 * self._width + spec.chunk
        self._weights = self._b + (self.last + 1) * self._width
        self.first_point: UOp | int = 0

    def biases(self, layer: UOp) -> UOp:
        """Return where the biases of a layer begin."""
        return self._b + layer * self._width

    def weights(self, layer: UOp) -> UOp:
        """Return where the weights of a layer begin, which is not the first."""
        return self._weights + (layer - 1) * (self._width * self._width)

    def rows(self, memory: UOp, layer: UOp) -> Rows:
        """Return the rows of a layer in memory of all layers."""
        return Rows(memory, layer * (self.spec.units * TILE))

    def c(self, after: After) -> UOp:
        """Load c."""
        return self.at.parameters.after(*after)[self._p0].load()

    def of_units(self, start: UOp, number: UOp, after: After, together: int) -> list[UOp]:
        """Load a parameter of each of the units that are done together; those of all units begin at `start`."""
        place = self._p0 + start + number * together
        return [self.at.parameters.after(*after, number)[place + u].load() for u in range(together)]

    def points(self) -> tuple[UOp, UOp, UOp]:
        """Return the number of a point in its tile, and the two loops over the tile: over lanes and over blocks."""
        block, lane = self.loops.range(self._blocks), self.loops.range(self.spec.lanes, self.spec.side_by_side)
        return block * self.spec.lanes + lane, lane, block

    def x(self, i: UOp) -> UOp:
        """Load x of point i of the tile."""
        return self.at.x[self.first_point + i].load()

    def at_point(self, rows: Rows, number: UOp, i: UOp, after: After | None = None, together: int = 0) -> list[UOp]:
        """Return the addresses in rows of the units that are done together, or of a chunk of them, at point i.

        after: load the numbers there, after this.
        """
        together = together or self.spec.chunk
        places = [rows.first + number * (together * TILE) + u * TILE + i for u in range(together)]
        return [rows.of[place] for place in places] if after is None else [rows.of.after(*after)[n].load() for n in places]

    def to_gradient(self, sums: LaneSums, place: UOp, after: UOp) -> UOp:
        """Add what the lanes have summed to the gradient from `place` on."""
        gradient = self.at.gradient
        sum_of, after = sums.added_up(after)
        n = self.loops.range(sums.number, self.spec.side_by_side)
        return gradient[place + n].store(gradient.after(after)[place + n].load() + sum_of(n)).end(n)

    def products(self, chunk: UOp, rows: Rows, blocks: Blocks, begun: Sequence[UOp], after: After) -> UOp:
        """Store in the rows of a chunk of `sums` what they begin with, plus weights times the rows of all units of a layer."""
        chunks, taken = self.chunks, 0
        if self.spec.unrolled:
            i, lane, block = self.points()
            places = self.at_point(Rows(self.at.sums.after(*after)), chunk, i)
            done = UOp.group(*(place.store(number) for place, number in zip(places, begun))).end(lane).end(block)
        else:  # a compiler is quick enough for another copy of the code, which begins without reading memory
            done, chunks, taken = self._added(chunk, UOp.const(0, dtypes.long), rows, blocks, begun, after), chunks - 1, 1
        other = self.loops.range(chunks)
        return self._added(chunk, other + taken, rows, blocks, None, (*after, done, other)).end(other)

    def _added(self, chunk: UOp, other: UOp, rows: Rows, blocks: Blocks, begun: Sequence[UOp] | None, after: After) -> UOp:
        """Add the products with the rows of one other chunk; begun: to what, if not to what is there."""
        size, sums = self.spec.chunk, Rows(self.at.sums)
        first = self._p0 + blocks.first + other * (blocks.step * size**2)
        across, down = (size, 1) if blocks.transposed else (1, size)
        weights = self.at.parameters.after(*after)
        i, lane, block = self.points()
        values, stores = self.at_point(rows, other, i, after), []
        for u, (place, total) in enumerate(zip(self.at_point(sums, chunk, i), begun or self.at_point(sums, chunk, i, after))):
            for n, value in enumerate(values):
                total = total + weights[first + (u * down + n * across)].load() * value
            stores.append(place.store(total))
        return UOp.group(*stores).end(lane).end(block)
