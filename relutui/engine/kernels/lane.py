"""A lane of the kernel by lanes: the numbers of one network, as a loop over the lanes reads and sets them."""

from collections.abc import Iterable

from tinygrad import dtypes
from tinygrad.uop.ops import UOp

from relutui.engine.kernels.arguments import Rate
from relutui.engine.kernels.lanes_layout import LANES, PARAMETER, AnyRow, Buffers, EvenScale, LanesSpec, Row, UnitRow, lasts
from relutui.engine.kernels.pieces_layout import Extent, Scale
from relutui.engine.kernels.prefix_sums import ROW

ZERO, ONE = (UOp.const(value, dtypes.double) for value in (0.0, 1.0))


class Lane:
    """The rows of one network of a block in a loop over the lanes.

    What is set is stored when the loop ends, and until then not read from memory.
    """

    def __init__(
        self, spec: LanesSpec, at: Buffers, block: UOp, lane: UOp, first_unit: UOp | int, after: Iterable[UOp]
    ) -> None:
        self.spec, self.at, self.network = spec, at, block * LANES + lane
        self._lane, self._first_unit, self._after = lane, first_unit, tuple(after)
        self._values: dict[tuple[AnyRow, int], UOp] = {}
        self._changed: dict[tuple[AnyRow, int], None] = {}

    def get(self, row: AnyRow, j: int = 0) -> UOp:
        """Return the number in a row, of unit j of the chunk."""
        if (row, j) not in self._values:
            self._values[row, j] = self._address(row, j).load()
        return self._values[row, j]

    def set(self, row: AnyRow, value: UOp | float, j: int = 0) -> None:
        """Set the number in a row, of unit j of the chunk."""
        self._values[row, j] = value if isinstance(value, UOp) else UOp.const(value, dtypes.double)
        self._changed[row, j] = None

    def stores(self, lasting: bool) -> list[UOp]:
        """Return the stores of all that has been set, or of what lasts longer than a step."""
        return [self._address(row, j).store(self._values[row, j]) for row, j in self._changed if not lasting or lasts(row)]

    def number(self, j: int) -> UOp:
        """Return the number of unit j of the chunk among all units, in order."""
        return self._first_unit + UOp.const(j)

    def scale(self, n: Scale | EvenScale) -> UOp:
        """Load one of `scales`; a centre of 0 is a constant, so that products with it are optimized away."""
        if n is Scale.CENTRE and not self.spec.centred:
            return UOp.const(0.0, dtypes.double)
        return self.at.scales[n].load()

    def centred(self, j: int) -> list[UOp]:
        """Return w, b and v of unit j of the chunk, with b for x counted from the centre."""
        w, b, v = (self.get(row, j) for row in PARAMETER)
        return [w, b + w * self.scale(Scale.CENTRE), v]

    def rate(self, n: Rate) -> UOp:
        """Load one of `rates`."""
        return self.at.rates[n].load()

    def column(self, place: UOp, column: int) -> UOp:
        """Load a number of a row of the table."""
        return self.at.table[place * ROW + column].load()

    @property
    def places(self) -> UOp:
        """The number of places, int32."""
        return self.at.extents[Extent.PLACES].load()

    def _address(self, row: AnyRow, j: int) -> UOp:
        return address(self.at, row, self._lane, self._first_unit, self._after, j)


def address(at: Buffers, row: AnyRow, lane: UOp, unit: UOp | int, after: Iterable[UOp], j: int = 0) -> UOp:
    """Return where the number of a lane lies in a row, of the j-th unit after one, in order."""
    if isinstance(row, Row):
        return at.rows.after(*after)[lane + (row.value - 1) * LANES]
    return at.unit_rows.after(*after)[lane + unit * (len(UnitRow) * LANES) + (j * len(UnitRow) + row.value - 1) * LANES]
