"""The spec and the memory of the kernel by lanes."""

from enum import Enum, IntEnum, auto
from typing import NamedTuple

from tinygrad.uop.ops import UOp

from relutui.engine.kernels.arguments import CORRECTIONS, Count, rates_length
from relutui.engine.kernels.optimizers import MOMENTS
from relutui.engine.kernels.pieces_layout import DOUBT, Extent, Scale
from relutui.engine.kernels.prefix_sums import ROW
from relutui.model.training import Optimizer

LANES = 16  # networks of a block: at least twice as many as a vector has numbers, or clang makes no vectors


class LanesSpec(NamedTuple):
    """What a kernel is compiled for; units, places and networks are the most that it has room for.

    on_kinks, centred: as in a `PiecesSpec`.  even: whether the points are at equal distances (`prefix_sums.even_spacing`).
    chunk: the units, of which `units` is a multiple, that are computed in one go.  Where it is all of them, nothing is kept in
    memory from one to the next.  decay: whether there is any weight decay.
    """

    optimizer: Optimizer
    on_kinks: bool
    centred: bool
    even: bool
    units: int
    chunk: int
    places: int
    networks: int
    decay: bool = False

    @property
    def parameters(self) -> int:
        """The number of parameters of one network."""
        return 3 * self.units + 1

    @property
    def block(self) -> int:
        """The number of networks that are trained together on a processor."""
        return LANES

    @property
    def parallel(self) -> bool:
        """Whether a GPU runs the networks side by side."""
        return False

    @property
    def interleaved(self) -> bool:
        """Whether the networks are interleaved: first number of each, second number of each, and so on."""
        return True

    @property
    def rows(self) -> int:
        """The number of sample rows of one network: the final state's only."""
        return 1


class Row(Enum):
    """Numbers of a network, in rows with one for each lane."""

    C = auto()
    FREE = auto()
    FIRST = auto()
    SECOND = auto()
    TAKEN = auto()
    DOUBT = auto()
    LOSS = auto()
    LEARNS = auto()  # 1, or 0 where nothing changes any more
    NEAR = auto()  # 1 where a kink is so near a point that its place is in doubt
    WRONG = auto()  # the last unit in order that belongs before the one before it; 0 if there is none
    # from here on they last no longer than a step
    LAST_KEY = auto()
    A = auto()
    B = auto()
    SIZE_A = auto()
    SIZE_B = auto()
    R = auto()
    RX = auto()
    SQUARES = auto()
    N = auto()
    X = auto()
    XX = auto()
    Y = auto()
    XY = auto()
    FLAT = auto()
    FLAT_X = auto()
    STEEP = auto()
    CORRECTION = auto()
    SQUARE_CORRECTION = auto()


class UnitRow(Enum):
    """Numbers of a unit, in such rows; the units are in the order of their kinks."""

    W = auto()
    B = auto()
    V = auto()
    FREE_W = auto()
    FREE_B = auto()
    FREE_V = auto()
    FIRST_W = auto()
    FIRST_B = auto()
    FIRST_V = auto()
    SECOND_W = auto()
    SECOND_B = auto()
    SECOND_V = auto()
    LABEL = auto()  # the number of the unit
    PLACE = auto()
    RANK = auto()  # among units of the same place, as by pieces
    POINT_N = auto()  # sums of 1, x and y over the points on the kink
    POINT_X = auto()
    POINT_Y = auto()
    # from here on they last no longer than a step
    JUMP_A = auto()
    JUMP_B = auto()
    LINE_A = auto()
    LINE_B = auto()
    LEFT = auto()  # the sums of r and r x to the left of the kink
    LEFT_X = auto()


AnyRow = Row | UnitRow
PARAMETER = UnitRow.W, UnitRow.B, UnitRow.V
FREE = UnitRow.FREE_W, UnitRow.FREE_B, UnitRow.FREE_V
_FIRST = UnitRow.FIRST_W, UnitRow.FIRST_B, UnitRow.FIRST_V
_SECOND = UnitRow.SECOND_W, UnitRow.SECOND_B, UnitRow.SECOND_V
ON_KINK = UnitRow.RANK, UnitRow.POINT_N, UnitRow.POINT_X, UnitRow.POINT_Y


def state_rows(optimizer: Optimizer) -> dict[str, tuple[Row, tuple[UnitRow, ...]]]:
    """Map the buffers of the state to the rows of c, and of w, b and v."""
    rows = {"parameters": (Row.C, PARAMETER), "first": (Row.FIRST, _FIRST), "second": (Row.SECOND, _SECOND)}
    return {name: rows[name] for name in list(rows)[: 1 + MOMENTS[optimizer]]}


def sorted_rows(spec: LanesSpec) -> list[UnitRow]:
    """The rows of a unit that go with it when the units are sorted."""
    state = [row for _, rows in state_rows(spec.optimizer).values() for row in rows]
    return [*state, *FREE, UnitRow.LABEL, UnitRow.PLACE, *(ON_KINK if spec.on_kinks else ())]


def lasts(row: AnyRow) -> bool:
    """Whether a row lasts longer than a step."""
    return bool(row.value < (Row.LAST_KEY if isinstance(row, Row) else UnitRow.JUMP_A).value)


class EvenScale(IntEnum):
    """Where the real numbers of points at equal distances lie in `scales`, after those of `Scale`."""

    ORIGIN = len(Scale)  # the place at which the sums are 0
    START = auto()  # x there
    START_SQUARE = auto()
    HALF_STEP = auto()
    LINEAR = auto()  # of the sum of x^2
    CUBIC = auto()


class Buffers(NamedTuple):
    """The memory of a burst, in the order of the kernel's arguments; each a flat array, float64 unless noted as int32.

    Parameters, and all that goes with them, are laid out as c, all w, all b, all v, each of them of all networks.
    """

    parameters: UOp
    free: UOp  # 1 where training may change the parameter, 0 where it is locked
    table: UOp
    cells: UOp  # int32
    rows: UOp  # `Row`, of the networks of a block
    unit_rows: UOp  # `UnitRow`, of each unit in turn
    samples: UOp  # the loss of the final state
    rates: UOp
    scales: UOp
    counts: UOp  # int32
    extents: UOp  # int32
    progress: UOp  # int32, as by pieces
    first: UOp = None  # the optimizer's first moments (momentum, adam)
    second: UOp = None  # and its second (adam)
    corrections: UOp = None  # adam's bias corrections


def lanes_sizes(spec: LanesSpec) -> dict[str, int]:
    """Map the name of every buffer of the spec's kernel to its length."""
    parameters = spec.networks * spec.parameters
    lengths = Buffers(
        parameters=parameters,
        free=spec.parameters,
        table=(spec.places + 2) * ROW,
        cells=spec.places + 1,
        rows=len(Row) * LANES,
        unit_rows=spec.units * len(UnitRow) * LANES,
        samples=spec.networks,
        rates=rates_length(spec.decay),
        scales=len(Scale) + len(EvenScale),
        counts=len(Count),
        extents=len(Extent),
        progress=spec.networks * (DOUBT + 1),
        first=parameters,
        second=parameters,
        corrections=2 * CORRECTIONS,
    )._asdict()
    absent = {"sgd": ("first", "second", "corrections"), "momentum": ("second", "corrections"), "adam": ()}[spec.optimizer]
    return {name: length for name, length in lengths.items() if name not in absent}
