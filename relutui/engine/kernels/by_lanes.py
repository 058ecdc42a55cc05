"""The kernel by lanes: training by pieces (`by_pieces.py`) of many networks on a processor, one in each lane of its vectors.

Clang makes vectors of loops over LANES networks whose numbers lie side by side, in rows (`lanes_layout.Row`, `UnitRow`).  The
networks are trained in blocks of so many, each block to its end.  What is done in such a loop is in `lane_passes.py` and
`lane_places.py`.

What differs from lane to lane cannot be a loop, so the units lie in the order of their kinks, and stay there from step to step.
Where they are out of order in some lane, which seldom happens, they are exchanged.  The order is that of their places, and
among equal places of their numbers: it depends on the state of the network alone, and so does the last digit of its sums.

Points at equal distances need neither a search for the place of a kink nor tables of sums of 1, x and x^2.  Only a kink very
near a point must be held against that point itself, as rounding may put it on the wrong side: steps are interrupted for it.

What to know of clang 14: it makes no vectors of a loop over less than twice as many lanes as a vector has, nor of one whose
addresses are sums in 32 bits that might overflow.  And of tinygrad 0.14.0, beside what `by_pieces.py` has: the end of a loop
must not depend on what is computed in the loops around it; two loops of one kind may not be nested directly; and it makes a
branch of storing `where(c, new, old)` in the place of `old`, not of `where(c, old, new)`.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby
from typing import NamedTuple

from tinygrad import dtypes
from tinygrad.renderer import Estimates
from tinygrad.uop.ops import AxisType, KernelInfo, UOp

from relutui.engine.kernels import lane_passes as passes
from relutui.engine.kernels import lane_places as places
from relutui.engine.kernels.arguments import Count, register
from relutui.engine.kernels.lane import Lane, address
from relutui.engine.kernels.lanes_layout import LANES, Buffers, LanesSpec, Row, lanes_sizes, sorted_rows
from relutui.engine.kernels.pieces_layout import Extent

_NEAR = 2**20  # a status above that of any unit out of order


class _Each(NamedTuple):
    """What is done to each unit in turn."""

    functions: tuple[Callable[[Lane, int], list[UOp] | None], ...]


_Pass = _Each | Callable[[Lane], list[UOp] | None]


def _each(*functions: Callable[[Lane, int], list[UOp] | None]) -> _Each:
    return _Each(functions)


def lanes_kernel(spec: LanesSpec) -> Callable[..., UOp]:
    """Return the kernel, a function of the UOps of its buffers (`lanes_layout.Buffers`).

    As by pieces, the steps run once more than asked: the last one changes nothing and leaves the loss of the final state.
    """

    def kernel(*arguments: UOp) -> UOp:
        at = Buffers(**dict(zip(lanes_sizes(spec), arguments)))
        # To estimate the work of so large a kernel takes tinygrad as long as all else, and without a tag it would do so still.
        info = KernelInfo(name="by_lanes", opts_to_apply=(), estimates=Estimates())
        return _Kernel(spec, at).trained().sink(arg=info).rtag(1)

    return kernel


class _Kernel:
    """The parts of a kernel, each of which comes after other UOps.

    Its status is 0 when nothing is learned any more, 1 while training goes on, 1 + n when unit n, in order, belongs before the
    one before it, and _NEAR or more when the place of a kink is in doubt: the greatest of the statuses of the lanes.
    """

    def __init__(self, spec: LanesSpec, at: Buffers) -> None:
        self._spec, self._at, self._loops = spec, at, 0
        self._status = register(1, dtypes.int32, 0)
        self._rounds = at.extents[Extent.ROUNDS].load()  # loaded outside all loops
        self._chunks = (at.counts[Count.UNITS].load() + (spec.chunk - 1)) // spec.chunk
        self._block = self._range((at.counts[Count.NETWORKS].load() + (LANES - 1)) // LANES)

    def trained(self) -> UOp:
        """Train all blocks."""
        begun = self._over_units((self._block,), passes.load, _each(passes.load_unit))
        outer = self._loop()
        located = self._located((self._block, begun, outer))
        checked = self._checked((self._block, begun, outer, located))
        inner = self._loop()
        before: tuple[UOp, ...] = (self._block, begun, outer, checked, inner)
        if self._spec.units > 1:
            before = (*before, self._sorted(before))
        stepped = self._stepped(before)
        status = self._status_after(stepped)
        known = stepped.end(inner, (status > 1) & (status < _NEAR))
        trained = known.end(outer, self._status_after(known) >= _NEAR)
        return self._over_units((self._block, trained), passes.store, _each(passes.store_unit)).end(self._block)

    def _stepped(self, after: Sequence[UOp]) -> UOp:
        """Take steps as long as the status is 1."""
        again = self._loop()
        after = (*after, again)
        walk = passes.begin_step, places.begin_check, _each(passes.add_to_line), _each(passes.walk), passes.end_walk
        if self._spec.even:
            done = self._over_chunks(after, *walk, _each(passes.update, places.locate_evenly, places.check))
        else:
            done = self._over_chunks(after, *walk, _each(passes.update))
            done = self._over_units((*after, self._located((*after, done))), places.begin_check, _each(places.check))
        done = self._with_status(
            (*after, done), lambda here: here.get(Row.LEARNS) * (here.get(Row.NEAR) * _NEAR + here.get(Row.WRONG) + 1.0)
        )
        return done.end(again, self._status_after(done).eq(1))

    def _located(self, after: Sequence[UOp]) -> UOp:
        """Find the places of all kinks."""
        found = self._over_units(after, _each(places.find_cell))
        turn = self._range(self._rounds)
        half = (self._rounds.const_like(1) << (self._rounds - 1 - turn)).cast(dtypes.double)
        found = self._over_units((*after, found, turn), _each(lambda here, j: places.bisect(here, j, half))).end(turn)
        if self._spec.on_kinks:
            found = self._over_units((*after, found), _each(places.find_points_on_kink))
        return found

    def _sorted(self, after: Sequence[UOp]) -> UOp:
        """Exchange units until all are in order."""
        again = self._loop()
        after = (*after, again)
        exchanged = self._exchanged(after, (self._status_after(*after) - 2).maximum(0))
        checked = self._checked((*after, exchanged))
        return checked.end(again, self._status_after(checked) > 1)

    def _checked(self, after: Sequence[UOp]) -> UOp:
        """Find out whether the units are in order."""
        checked = self._over_units(after, places.begin_check, _each(places.check))
        return self._with_status((*after, checked), lambda here: here.get(Row.WRONG) + 1.0)

    def _exchanged(self, after: Sequence[UOp], unit: UOp) -> UOp:
        """Exchange a unit and the next, in order, in the lanes where they are out of order."""
        spec, lane = self._spec, self._range(LANES, AxisType.LOOP)
        unit = unit.cast(dtypes.long)
        pairs = {row: [address(self._at, row, lane, unit, (*after, lane), n) for n in (0, 1)] for row in sorted_rows(spec)}
        first, second = (places.key(spec, *(pairs[row][n].load() for row in places.key_rows(spec))) for n in (0, 1))
        stays, stores = first < second, []
        for pair in pairs.values():
            one, other = (at.load() for at in pair)
            stores += [pair[0].store(stays.where(one, other)), pair[1].store(stays.where(other, one))]
        return UOp.group(*stores).end(lane)

    def _with_status(self, after: Sequence[UOp], of_lane: Callable[[Lane], UOp]) -> UOp:
        """Set the status to the greatest of those of all lanes."""
        begun = self._status.after(*after)[0].store(0)
        lane = self._range(LANES, AxisType.LOOP)
        here = Lane(self._spec, self._at, self._block, lane, 0, (*after, lane))
        so_far = self._status.after(begun, lane)[0].load()
        return self._status[0].store(so_far.maximum(of_lane(here).cast(dtypes.int32))).end(lane)

    def _status_after(self, *after: UOp) -> UOp:
        return self._status.after(*after)[0].load()

    def _over_units(self, after: Sequence[UOp], *what: _Pass) -> UOp:
        """Do something that is seldom done, to one unit after the other: in little code, which is compiled in less time."""
        return self._over(1, after, what)

    def _over_chunks(self, after: Sequence[UOp], *what: _Pass) -> UOp:
        """Do something to one chunk of units after the other."""
        return self._over(self._spec.chunk, after, what)

    def _over(self, size: int, after: Sequence[UOp], what: Sequence[_Pass]) -> UOp:
        """Do something to `size` units at a time: all of it in one loop over the lanes, if these are all units."""
        if size == self._spec.units:
            return self._over_lanes(size, 0, after, what, lasting=True)
        done: tuple[UOp, ...] = ()
        for of_units, some in groupby(what, lambda one: isinstance(one, _Each)):
            if not of_units:
                done = (self._over_lanes(size, 0, (*after, *done), tuple(some), lasting=False),)
                continue
            for one in some:
                turn = self._range(self._chunks * (self._spec.chunk // size))
                done = (self._over_lanes(size, turn * size, (*after, *done, turn), (one,), lasting=False).end(turn),)
        return done[0]

    def _over_lanes(
        self, size: int, first_unit: UOp | int, after: Sequence[UOp], what: Sequence[_Pass], *, lasting: bool
    ) -> UOp:
        """Do something to all lanes of the block, and to `size` of their units; store all of it or what lasts."""
        lane = self._range(LANES, AxisType.LOOP)
        here = Lane(self._spec, self._at, self._block, lane, first_unit, (*after, lane))
        calls: list[Callable[[], list[UOp] | None]] = []
        for one in what:
            if isinstance(one, _Each):
                calls += [partial(function, here, j) for j in range(size) for function in one.functions]
            else:
                calls.append(partial(one, here))
        stores = [store for call in calls for store in call() or []]
        return UOp.group(*here.stores(lasting), *stores).end(lane)

    def _range(self, end: UOp | int, kind: AxisType = AxisType.WEAK) -> UOp:
        self._loops += 1
        return UOp.range(end, self._loops, kind)

    def _loop(self) -> UOp:
        self._loops += 1
        return UOp.loop(self._loops)
