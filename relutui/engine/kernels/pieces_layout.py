"""The spec and the memory of the kernel by pieces."""

from enum import IntEnum
from typing import NamedTuple

from tinygrad import dtypes
from tinygrad.uop.ops import UOp

from relutui.engine.kernels.arguments import CORRECTIONS, Count, Progress, rates_length
from relutui.engine.kernels.prefix_sums import ROW, Column
from relutui.model.training import BURST_SAMPLES, Optimizer

GROUP = 32  # networks that a GPU runs in lockstep


class PiecesSpec(NamedTuple):
    """What a kernel is compiled for; units (a power of two), places and networks are the most that it has room for.

    on_kinks: whether a point on a unit's kink counts other than as off, for the slope there is not 0.
    centred: whether x is counted from another number than 0, which takes up to a tenth of the time of a step.
    swamped: whether the sums to the right of each kink are taken from the right end, not as differences (`is_swamped`).
    parallel: the networks, a power of two, run side by side, in groups of GROUP, each on a thread of a GPU; else in turn,
    step by step.  lanes: the units that a compiler is to compute side by side.  few: there are exactly so many units, and
    they are written out one by one (`few_units.py`).  decay: whether there is any weight decay.
    """

    optimizer: Optimizer
    on_kinks: bool
    centred: bool
    swamped: bool
    units: int
    places: int
    networks: int = 1
    parallel: bool = False
    lanes: int = 1
    few: bool = False
    decay: bool = False

    @property
    def parameters(self) -> int:
        """The number of parameters of one network."""
        return 3 * self.units + 1

    @property
    def block(self) -> int:
        """The number of networks that are trained together on a processor."""
        return 1

    @property
    def interleaved(self) -> bool:
        """Whether the networks are interleaved: first number of each, second number of each, and so on."""
        return self.parallel

    @property
    def keys(self) -> int:
        """The number of sort keys a place: a power of two, but never 2**8, which makes clang's code three times as slow."""
        return (8 if self.on_kinks else 2) * self.units

    @property
    def sums(self) -> int:
        """The number of sums of one network."""
        return (4 if self.swamped else 2) * (self.units + 1)

    @property
    def rows(self) -> int:
        """The number of sample rows of one network; one of many has the final state's only."""
        return 1 if self.networks > 1 else BURST_SAMPLES + 1


class Extent(IntEnum):
    """The places in `extents` of the whole numbers that depend on the data."""

    PLACES = 0
    ROUNDS = 1  # comparisons until a place is found, at least 1


class Scale(IntEnum):
    """The places in `scales` of the real numbers that depend on the data and on the network."""

    LEAK = 0  # the slope of the activation where z < 0
    WEIGHT = 1  # of the squared errors: 1/points for mse, 1 for sse
    TWICE = 2  # that weight
    FLAT = 3  # twice the weight, times LEAK
    STEEP = 4  # twice the weight, times what LEAK lacks to 1
    CELLS = 5  # a kink k lies in cell k * CELLS + OFFSET
    OFFSET = 6
    Y_SQUARES = 7  # counted from MIDDLE
    CENTRE = 8  # what x is counted from
    MIDDLE = 9  # and what y is
    PART_A = 10  # of what A, and what B, may be at most
    PART_B = 11


class Buffers(NamedTuple):
    """The memory of a burst, in the order of the kernel's arguments; each a flat array, float64 unless noted as int32.

    Parameters, and all that goes with them, are laid out as c, all w, all b, all v, which a compiler vectorizes; those of the
    next network follow.
    """

    parameters: UOp
    free: UOp  # 1 where training may change the parameter, 0 where it is locked
    table: UOp
    cells: UOp  # int32
    place: UOp  # int32, of the kink of each unit
    order: UOp  # int32: a number below all keys, then the key of each unit, in order: place * spec.keys + rank * units + unit
    sums: UOp  # of r, then of r x: over all points, then over those to the left of each unit's kink; then to the right
    jumps: UOp  # by which A, then B, changes at each unit's kink
    samples: UOp  # rows of loss and parameters; the row after the last sample holds the loss of the final state
    rates: UOp
    scales: UOp
    counts: UOp  # int32
    extents: UOp  # int32
    progress: UOp  # int32: for each network `Progress`, whether training goes on, whether the tables lack digits
    first: UOp = None  # the optimizer's first moments (momentum, adam)
    second: UOp = None  # and its second (adam)
    corrections: UOp = None  # adam's bias corrections


INTEGERS = ("cells", "place", "order", "counts", "extents", "layers", "pairs", "progress", "minibatches")
GOES_ON, DOUBT = len(Progress), len(Progress) + 1


def pieces_sizes(spec: PiecesSpec) -> dict[str, int]:
    """Map the name of every buffer of the spec's kernel to its length."""
    networks, parameters = spec.networks, spec.networks * spec.parameters
    lengths = Buffers(
        parameters=parameters,
        free=spec.parameters,
        table=(spec.places + 2) * ROW,
        cells=spec.places + 1,
        place=networks * spec.units,
        order=networks * (spec.units + 1),
        sums=networks * spec.sums,
        jumps=networks * 2 * spec.units,
        samples=networks * spec.rows * (spec.parameters + 1),
        rates=rates_length(spec.decay),
        scales=len(Scale),
        counts=len(Count),
        extents=len(Extent),
        progress=networks * (DOUBT + 1),
        first=parameters,
        second=parameters,
        corrections=2 * CORRECTIONS,
    )._asdict()
    absent = {"sgd": ("first", "second", "corrections"), "momentum": ("second", "corrections"), "adam": ()}[spec.optimizer]
    return {name: length for name, length in lengths.items() if name not in absent}


class Memory:
    """The buffers after some UOps, and a network's part of them."""

    def __init__(self, spec: PiecesSpec, at: Buffers, network: UOp | int, *after: UOp) -> None:
        self.spec, self._network, self._after = spec, network, after
        self.at = Buffers(*(buffer if buffer is None else buffer.after(*after) for buffer in at))

    def after(self, *done: UOp) -> "Memory":
        """Return the same memory after other UOps."""
        return Memory(self.spec, self.at, self._network, *done)

    def own(self, register: UOp) -> UOp:
        """Return a register after the same UOps."""
        return register.after(*self._after)

    def number(self, buffer: str, n: UOp | int) -> UOp:
        """Return number n of the network in a buffer."""
        units = self.spec.units
        each = {"place": units, "order": units + 1, "sums": self.spec.sums, "jumps": 2 * units, "progress": DOUBT + 1}
        each["samples"] = self.spec.rows * (self.spec.parameters + 1)
        if self.spec.parallel:  # in lockstep they read neighbours
            return getattr(self.at, buffer)[n * self.spec.networks + self._network]
        return getattr(self.at, buffer)[self._network * each.get(buffer, self.spec.parameters) + n]

    def unit_and_place(self, m: UOp) -> tuple[UOp, UOp]:
        """Load the unit and the place of the kink that is number m in order."""
        key = self.number("order", m + 1).load()
        return key & (self.spec.units - 1), key >> (self.spec.keys.bit_length() - 1)

    def unit(self, unit: UOp) -> list[UOp]:
        """Load w, b and v of a unit."""
        return [self.number("parameters", n).load() for n in self.numbers(unit)]

    def centred(self, unit: UOp, centre: UOp) -> list[UOp]:
        """Load w, b and v of a unit, with b for x counted from the centre."""
        w, b, v = self.unit(unit)
        return [w, b + w * centre, v]

    def numbers(self, unit: UOp) -> list[UOp]:
        """The indices of w, b and v of a unit among the parameters."""
        return [unit + (n * self.spec.units + 1) for n in range(3)]

    def sums_left_of(self, unit: UOp) -> list[UOp]:
        """The sums of r and r x to the left of a unit's kink."""
        return [self.number("sums", unit + (n * (self.spec.units + 1) + 1)) for n in range(2)]

    def sums_right_of(self, unit: UOp) -> list[UOp]:
        """The sums of r and r x to the right of a unit's kink, if the spec has them."""
        return [self.number("sums", unit + (n * (self.spec.units + 1) + 1)) for n in (2, 3)]

    def sums_back(self) -> list[UOp]:
        """The running sums of r and r x from the right end."""
        return [self.number("sums", n * (self.spec.units + 1)) for n in (2, 3)]

    def all_sums(self) -> list[UOp]:
        """The sums of r and r x over all points."""
        return [self.number("sums", n * (self.spec.units + 1)) for n in range(2)]

    def count(self, n: Count) -> UOp:
        """Load one of `counts`."""
        return self.at.counts[n].load()

    def x(self, place: UOp) -> UOp:
        """Load x of the point at a place."""
        return self.at.table[place * ROW + Column.AT].load()

    def scale(self, n: Scale) -> UOp:
        """Load one of `scales`; a centre of 0 is a constant, so that products with it are optimized away."""
        if n == Scale.CENTRE and not self.spec.centred:
            return UOp.const(0.0, dtypes.double)
        return self.at.scales[n].load()
