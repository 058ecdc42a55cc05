"""The best fit with a number of free kinks below a ceiling, exactly.

In a best fit each kink is at a point, or strictly between two points, where it could move either way.  There the two parts
that meet are each the best for their own points, since nothing holds them; so the fit is a row of blocks, each the best with
kinks at points only, of which neighbours either happen to meet between their points, with one kink, or are joined by two.
Two lists grow from left to right with the number of kinks: the least squares up to a kink at a point, against the height
there (Fearnhead, Maidstone and Letchford 2019), and the blocks that end before a kink between points, with their last lines.
What cannot stay below the ceiling, by the bound of independent_lines.py for what follows, is dropped.

That a kink between points is stationary and one at a point need not be: Hudson (1966), "Fitting segmented curves whose join
points have to be estimated".
"""

import numpy as np
from numpy.typing import NDArray

from relutui.lib.arrays import Array
from relutui.study.independent_lines import IndependentLines
from relutui.study.kink_blocks import Block
from relutui.study.lowest_parabolas import below, lowest
from relutui.study.partial_fits import CEILING, JOIN, JUMP, KNOT, NO_PARABOLAS, START, Lines, Parabolas, everywhere, joined
from relutui.study.segment_costs import Indices, costs_between

CHUNK = 400_000  # parabolas or pairs of a fit and a stop at once, for memory
WORK_OF_PARABOLA = 10  # times that of a pair of a fit and a stop that is looked at


class TooMuchWork(Exception):
    """The search would take longer than was asked for."""


class ExactSearch:
    """The search for the best fit with at most `kinks` kinks, all at or after stops, with squares up to `ceiling`.

    most_work: parabolas and lines made before it gives up with TooMuchWork.
    """

    def __init__(self, lines: IndependentLines, kinks: int, ceiling: float, most_work: int):
        self._bound, self._costs = lines, costs_between(lines.points, lines.stops)
        self._kinks, self._ceiling, self._left = kinks, ceiling, most_work
        self._stops, self._last, points = lines.stops, len(lines.stops) - 1, lines.points
        at, following = np.maximum(self._stops, 0), np.minimum(self._stops + 1, len(points.x) - 1)
        self._x, self._next_x = points.x[at], points.x[following]
        self._y, self._next_y, self._weight = points.y[at], points.y[following], points.weight[at]
        self._parabolas, self._lines = list[Parabolas](), list[Lines]()
        self._within = list[NDArray[np.bool_]]()  # for each parabola, up to which stops a line can go on from it
        self._cheapest = list[tuple[Array, Indices]]()

    def run(self) -> list[Block]:
        """Return the blocks of the best fit, none if there is none.  Raises TooMuchWork."""
        for kinks in range(self._kinks + 1):
            lines = [self._free_lines(kinks), self._extend_parabolas(self._parabolas_with(kinks), kinks)]
            self._lines.append(self._useful(joined(lines), kinks))
            self._cheapest.append(self._cheapest_lines(kinks))
        ends = [(squares[self._last], kinks, int(which[self._last])) for kinks, (squares, which) in enumerate(self._cheapest)]
        squares, kinks, which = min(ends)
        return self._trace_back(kinks, which) if np.isfinite(squares) else []

    def _spend(self, work: int) -> None:
        self._left -= work
        if self._left < 0:
            raise TooMuchWork

    def _rest(self, kinks: int) -> Array:
        """A lower bound on the squares after each stop, where so many kinks are used up to it or right after it."""
        if kinks <= self._kinks:
            return self._bound.after(self._kinks - kinks)
        return np.append(np.full(self._last, np.inf), 0.0)

    def _cheapest_lines(self, kinks: int) -> tuple[Array, Indices]:
        """The least squares of the lines with so many kinks at each stop, and their numbers; -1 for none."""
        lines, which = self._lines[kinks], np.full(self._last + 1, -1)
        order = np.argsort(-lines.squares, kind="stable")
        which[lines.stop[order]] = order
        return np.append(lines.squares, np.inf)[which], which

    def _useful(self, lines: Lines, kinks: int) -> Lines:
        """The lines that are better than the cheapest of one kink less, which with one kink more any line may follow."""
        return lines.at(lines.squares < self._cheapest[kinks - 1][0][lines.stop]) if kinks else lines

    def _free_lines(self, kinks: int) -> Lines:
        """The best line of the points between any two stops, after the cheapest fit that it can follow."""
        costs, size = self._costs, self._last + 1
        squares, parent = np.full((size, size), np.inf), np.full((size, size), -1)
        origin = np.full((size, size), JUMP if kinks else START)
        if not kinks:
            squares[0] = 0.0
        elif kinks > 1:
            cheapest, which = self._cheapest[kinks - 2]
            squares, parent = np.repeat(cheapest[:, None], size, axis=1), np.repeat(which[:, None], size, axis=1)
        if kinks:
            lines, ceiling = self._lines[kinks - 1], self._ceiling - self._rest(kinks + 1)
            pairs = list[tuple[Indices, Indices]]()
            for part in self._parts(len(lines.stop)):
                hopeful, b = self._pairs(lines.squares[part, None] + costs.squares[lines.stop[part]] <= ceiling)
                pairs.append((hopeful + part.start, b))
            which, b = (np.concatenate(indices) for indices in zip(*pairs))
            a = lines.stop[which]
            height = costs.height[a, b] + costs.slope[a, b] * (self._next_x[a] - self._x[b])
            meet = self._meet(lines, which, height - costs.slope[a, b] * (self._next_x[a] - self._x[a]), height)
            which, a, b = which[meet], a[meet], b[meet]
            order = np.argsort(-lines.squares[which], kind="stable")
            which, a, b = which[order], a[order], b[order]  # the last one that is written is the cheapest
            joined, by = np.full((size, size), np.inf), np.full((size, size), -1)
            joined[a, b], by[a, b] = lines.squares[which], which
            better = joined < squares
            squares[better], parent[better], origin[better] = joined[better], by[better], JOIN
        total = np.where(costs.counts > 1, squares + costs.squares, np.inf)
        chosen = np.nonzero(total + self._rest(kinks + 1) <= self._ceiling)
        return Lines(chosen[1], total[chosen], costs.height[chosen], costs.slope[chosen], origin[chosen], parent[chosen])

    def _parts(self, rows: int) -> list[slice]:
        """Split rows, each with a column for every stop, so that a part has at most CHUNK elements."""
        size = max(1, CHUNK // (self._last + 1))
        return [slice(start, start + size) for start in range(0, max(rows, 1), size)]

    def _extend_parabolas(self, parabolas: Parabolas, kinks: int) -> Lines:
        """The best lines that go on from the last kinks at points; those from which none can are forgotten."""
        kept, within, lines, count = list[Parabolas](), list[NDArray[np.bool_]](), list[Lines](), 0
        for part in self._parts(len(parabolas.stop)):
            some, inside, new = self._extend_some(Parabolas._make(field[part] for field in parabolas), kinks)
            kept.append(some)
            within.append(inside)
            lines.append(new._replace(parent=new.parent + count))
            count += len(some.stop)
        self._parabolas.append(joined(kept))
        self._within.append(np.concatenate(within))
        return joined(lines)

    def _extend_some(self, parabolas: Parabolas, kinks: int) -> tuple[Parabolas, NDArray[np.bool_], Lines]:
        """The parabolas from which lines can go on, up to which stops they can, and the best of these lines."""
        a, b, c, rise, slope = (field[parabolas.stop] for field in self._costs.after)
        with np.errstate(invalid="ignore", divide="ignore"):
            a, b, c = parabolas.a[:, None] + a, parabolas.b[:, None] + b, parabolas.c[:, None] + c
            height = -b / (2.0 * a)
            squares = c + b * height / 2.0
        within = np.asarray(squares + self._rest(kinks + 1) <= self._ceiling)
        hopeful = np.flatnonzero(within.any(axis=1))
        parabolas, within = parabolas.at(hopeful), within[hopeful]
        height, rise, slope = height[hopeful], rise[hopeful], slope[hopeful]
        held = (height >= parabolas.low[:, None]) & (height <= parabolas.high[:, None])
        which, stop = chosen = self._pairs(within & held)
        way = self._x[stop] - self._x[parabolas.stop[which]]
        slopes = rise[chosen] * height[chosen] + slope[chosen]
        origin = np.full(len(which), KNOT)
        lines = Lines(stop, squares[hopeful][chosen], height[chosen] + slopes * way, slopes, origin, which)
        return parabolas, within, lines

    def _parabolas_with(self, kinks: int) -> Parabolas:
        """The least squares up to each stop with the last of so many kinks there, against its height."""
        possible = self._bound.up_to(max(kinks - 1, 0)) + self._rest(kinks) <= self._ceiling
        possible &= (self._stops > 0) & (self._stops < self._stops[-1])
        sources = [len(self._parabolas[kinks - 1].stop) if kinks else 0]
        sources += [len(self._lines[kinks - 2].stop) if kinks > 1 else 0, self._last + 1]
        knots = np.flatnonzero(possible) if kinks else np.empty(0, np.intp)
        some = [NO_PARABOLAS]
        for part in np.array_split(knots, max(1, len(knots) * sum(sources) // CHUNK)):
            ways = [self._from_knots(kinks, part)] if kinks > 1 else [self._from_start(part)]
            ways += [self._from_joins(kinks, part)] if kinks > 1 else []
            ways += [self._from_jumps(kinks, part)] if kinks > 2 else []
            new = joined(ways)
            y, weight = self._y[new.stop], self._weight[new.stop]
            new = new._replace(a=new.a + weight, b=new.b - 2.0 * weight * y, c=new.c + weight * y**2)
            new = below(new, self._ceiling - self._rest(kinks)[new.stop])
            self._spend(WORK_OF_PARABOLA * len(new.stop))
            some.append(lowest(joined([self._ceilings(kinks, new.stop), new])))
        return joined(some)

    def _from_start(self, knots: Indices) -> Parabolas:
        a, b, c, *_ = (field[0, knots] for field in self._costs.before)
        return everywhere(knots, a, b, c, START, np.full(len(knots), -1))

    def _from_jumps(self, kinks: int, knots: Indices) -> Parabolas:
        """From the cheapest fits up to each stop, joined by two kinks."""
        cheapest, which = self._cheapest[kinks - 3]
        at, b = self._pairs(cheapest[:, None] + self._costs.before.c[:, knots] < np.inf)
        a, linear, c, *_ = (field[at, knots[b]] for field in self._costs.before)
        return everywhere(knots[b], a, linear, c + cheapest[at], JUMP, which[at])

    def _from_joins(self, kinks: int, knots: Indices) -> Parabolas:
        """From the lines that end before a kink between points, for the heights at which the next line meets them there."""
        lines, before = self._lines[kinks - 2], self._costs.before
        ceiling = self._ceiling - self._rest(kinks)[knots]
        hopeful = lines.squares[:, None] + self._costs.squares[lines.stop][:, knots] <= ceiling
        which, b = self._pairs(hopeful & (self._costs.counts[lines.stop][:, knots] > 1))
        start, stop = lines.stop[which], knots[b]
        a, linear, c, rise, slope = (field[start, stop] for field in before)
        edges = []
        for x, height in zip((self._x[start], self._next_x[start]), self._heights(lines, which)):
            way = x - self._x[stop]
            with np.errstate(invalid="ignore", divide="ignore"):
                edges.append((height - slope * way) / (1.0 + rise * way))
        # A line of one point goes through it at any height.
        above = np.where(self._next_y[start] >= self._heights(lines, which)[1], np.inf, -np.inf)
        edges[1] = np.where(self._costs.counts[start, stop] == 2, above, edges[1])
        low, high = np.minimum(*edges), np.maximum(*edges)
        return Parabolas(stop, a, linear, c + lines.squares[which], low, high, np.full(len(which), JOIN), which)

    def _from_knots(self, kinks: int, knots: Indices) -> Parabolas:
        """From the previous kink at a point, for the heights at which its best height is one that it can have."""
        earlier = self._parabolas[kinks - 1]
        which, part = self._pairs(self._within[kinks - 1][:, knots])
        start, stop = earlier.stop[which], knots[part]
        a, b, c, d, e, f = (field[start, stop] for field in self._costs.between)
        old = earlier.at(which)
        with np.errstate(invalid="ignore", divide="ignore"):
            # With the parabola of p added, the squares are least at p = -(linear + 2 b q) / (2 squares).
            squares, linear = old.a + a, old.b - 2.0 * d
            best = -linear / (2.0 * squares)
            ends = [(best - end) * squares / b for end in (old.low, old.high)]
        held = np.where((best >= old.low) & (best <= old.high), np.inf, -np.inf)  # where it is the same for every q
        low, high = np.where(b == 0.0, (-held, held), (np.minimum(*ends), np.maximum(*ends)))
        new = np.maximum(c - b**2 / squares, 0.0), -2.0 * e - linear * b / squares, old.c + f - linear**2 / (4.0 * squares)
        return Parabolas(stop, *new, low, high, np.full(len(which), KNOT), which)

    def _ceilings(self, kinks: int, used: Indices) -> Parabolas:
        """At each stop the squares with the height free, after the cheapest fit before it, two kinks and a jump."""
        stops = np.unique(used)
        stops = stops[self._costs.counts[stops - 1, stops] == 1] if kinks > 1 else stops[:0]
        cheapest = self._cheapest[kinks - 2][0][stops - 1] if kinks > 1 else np.empty(0)
        stops, cheapest = stops[np.isfinite(cheapest)], cheapest[np.isfinite(cheapest)]
        y, weight = self._y[stops], self._weight[stops]
        return everywhere(stops, weight, -2.0 * weight * y, weight * y**2 + cheapest, CEILING, np.full(len(stops), -1))

    def _pairs(self, chosen: NDArray[np.bool_]) -> tuple[Indices, Indices]:
        """The indices of what is chosen of all pairs, which counts as work."""
        self._spend(chosen.size)
        first, second = np.nonzero(chosen)
        return first, second

    def _heights(self, lines: Lines, which: Indices) -> tuple[Array, Array]:
        """The heights of lines at their stops and at the next points."""
        start = lines.stop[which]
        height = lines.height[which]
        return height, height + lines.slope[which] * (self._next_x[start] - self._x[start])

    def _meet(self, lines: Lines, which: Indices, here: Array, following: Array) -> NDArray[np.bool_]:
        """Whether lines meet others between their stops and the next points, at which the others have these heights."""
        one, two = self._heights(lines, which)
        return np.asarray((here - one) * (following - two) <= 0.0)

    def _trace_back(self, kinks: int, which: int) -> list[Block]:
        """The blocks of a fit, from its last line."""
        blocks, last, knots = list[Block](), int(self._stops[-1]), list[int]()
        fits: Lines | Parabolas = self._lines[kinks]
        while True:
            origin, parent = int(fits.origin[which]), int(fits.parent[which])
            knot = isinstance(fits, Parabolas)
            if knot:
                knots.insert(0, int(self._stops[fits.stop[which]]))
            if origin == KNOT:
                kinks -= knot
                fits = self._parabolas[kinks]
            else:
                kinks -= knot + {START: 0, JOIN: 1, JUMP: 2}[origin]
                fits = self._lines[kinks]
                end = -1 if origin == START else int(self._stops[fits.stop[parent]])
                blocks.insert(0, Block(end + 1, last, tuple(knots), origin))
                if origin == START:
                    return blocks
                last, knots = end, []
            which = parent
