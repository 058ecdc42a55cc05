"""Sums over points in the kernel by layers, and the loops and registers that it has them in."""

from collections.abc import Callable, Iterator, Sequence

from tinygrad import dtypes
from tinygrad.uop.ops import AxisType, UOp

from relutui.engine.kernels.arguments import register
from relutui.engine.kernels.gpu_sums import pairwise
from relutui.engine.kernels.layers_layout import LayersSpec


class Loops:
    """Gives each loop, and each array of registers, a number of its own."""

    def __init__(self) -> None:
        self._loops = self._registers = 0

    def range(self, end: UOp | int, kind: AxisType = AxisType.WEAK) -> UOp:
        """Return a loop."""
        self._loops += 1
        return UOp.range(end, self._loops, kind)

    def slot(self) -> int:
        """Return the number of an array of registers."""
        self._registers += 1
        return self._registers

    def register(self, size: int) -> UOp:
        """Return registers for float32."""
        return register(size, dtypes.float32, self.slot())


class LaneSums:
    """Sums over points in registers, one part a lane, so that no lane waits for another."""

    def __init__(self, spec: LayersSpec, loops: Loops, number: int) -> None:
        self.number, self._spec, self._loops = number, spec, loops
        self._registers = loops.register(number * spec.lanes)

    def start(self, *after: UOp) -> UOp:
        """Set all parts to 0."""
        n = self._loops.range(self.number * self._spec.lanes, self._spec.side_by_side)
        return self._registers.after(*after)[n].store(0.0).end(n)

    def add(self, terms: Sequence[UOp], lane: UOp, *after: UOp) -> Iterator[UOp]:
        """Yield the stores that add a point's terms, one to each sum."""
        before = self._registers.after(*after)
        for n, term in enumerate(terms):
            place = n * self._spec.lanes + lane
            yield self._registers[place].store(before[place].load() + term)

    def added_up(self, after: UOp) -> tuple[Callable[[UOp | int], UOp], UOp]:
        """Add the parts of each sum in pairs: return what gives the sum of a number, and what that comes after."""
        parts, lanes = self._registers, self._spec.lanes
        if self._spec.unrolled:
            all_parts = parts.after(after)
            return lambda n: pairwise([all_parts[n * lanes + lane].load() for lane in range(lanes)]), after
        while lanes > 2:
            lanes //= 2
            halves, n = self._loops.register(self.number * lanes), self._loops.range(self.number * lanes, AxisType.LOOP)
            one, other = (parts.after(after, n)[2 * n + k].load() for k in (0, 1))
            parts, after = halves, halves[n].store(one + other).end(n)
        pairs = parts.after(after)
        return lambda n: pairs[2 * n].load() + pairs[2 * n + 1].load(), after
