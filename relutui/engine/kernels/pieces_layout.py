"""The form and the memory of the burst by pieces."""

from enum import IntEnum
from typing import NamedTuple

from tinygrad import dtypes
from tinygrad.uop.ops import UOp

from relutui.engine.kernels.arguments import CORRECTIONS, Count, Progress, Rate
from relutui.engine.kernels.prefix_sums import ROW, Column
from relutui.model.training import BURST_SAMPLES, Optimizer

GROUP = 32  # networks in step on a GPU


class PiecesSpec(NamedTuple):
    """What a kernel is compiled for; units (a power of two), places and networks are the most it has room for.

    on_kinks: whether a point on a unit's kink counts other than as off, for the slope there is not 0.
    centred: whether x is counted from another number than 0, which takes up to a tenth of the time of a step.
    swamped: whether the sums to the right of each kink are taken from the right end, not as differences (`is_swamped`).
    parallel: the networks, a power of two, run side by side, GROUP and GROUP, each on a thread of a GPU; else in turn, step by
    step.  lanes: the units that a compiler is to take side by side.
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

    @property
    def parameters(self) -> int:
        """Of one network."""
        return 3 * self.units + 1

    @property
    def interleaved(self) -> bool:
        """Whether the first numbers of all networks come first, then the second of all, and so on."""
        return self.parallel

    @property
    def keys(self) -> int:
        """For each place; a power of two, but never 2**8, with which clang's code is three times as slow."""
        return (8 if self.on_kinks else 2) * self.units

    @property
    def sums(self) -> int:
        """Of one network."""
        return (4 if self.swamped else 2) * (self.units + 1)

    @property
    def rows(self) -> int:
        """Of samples of one network; many have none beside the final state's."""
        return 1 if self.networks > 1 else BURST_SAMPLES + 1


class Extent(IntEnum):
    """Where the whole numbers that depend on the data lie in `extents`."""

    PLACES = 0
    ROUNDS = 1  # comparisons until a place is found, at least 1


class Scale(IntEnum):
    """Where the real numbers that depend on the data and on the network lie in `scales`."""

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
    """The memory of a burst, in the order of the kernel's arguments; each a flat array, float64 unless it says int32.

    Parameters, and all that goes with them, lie as c, all w, all b, all v, of which a compiler makes vectors; those of the next
    network follow.
    """

    parameters: UOp
    free: UOp  # 1 where training may change the parameter, 0 where it is locked
    table: UOp
    cells: UOp  # int32
    place: UOp  # int32, of the kink of each unit
    order: UOp  # int32: a number below all keys, then the key of each unit, in order: place * form.keys + rank * units + unit
    sums: UOp  # of r, then of r x: over all points, then over those to the left of each unit's kink; then to the right
    jumps: UOp  # by which A, then B, changes at each unit's kink
    samples: UOp  # rows of loss and parameters; the row after the last sample holds the loss of the final state
    rates: UOp
    scales: UOp
    counts: UOp  # int32
    extents: UOp  # int32
    progress: UOp  # int32: for each network those of `Progress`, whether training goes on, and whether the tables may not do
    first: UOp = None  # the optimizer's first moments (momentum, adam)
    second: UOp = None  # and its second (adam)
    corrections: UOp = None  # adam's bias corrections


INTEGERS = ("cells", "place", "order", "counts", "extents", "progress")
GOES_ON, DOUBT = len(Progress), len(Progress) + 1


def pieces_sizes(form: PiecesSpec) -> dict[str, int]:
    """The length of every buffer that the form's kernel has."""
    networks, parameters = form.networks, form.networks * form.parameters
    lengths = Buffers(
        parameters=parameters,
        free=form.parameters,
        table=(form.places + 2) * ROW,
        cells=form.places + 1,
        place=networks * form.units,
        order=networks * (form.units + 1),
        sums=networks * form.sums,
        jumps=networks * 2 * form.units,
        samples=networks * form.rows * (form.parameters + 1),
        rates=len(Rate),
        scales=len(Scale),
        counts=len(Count),
        extents=len(Extent),
        progress=networks * (DOUBT + 1),
        first=parameters,
        second=parameters,
        corrections=2 * CORRECTIONS,
    )._asdict()
    absent = {"sgd": ("first", "second", "corrections"), "momentum": ("second", "corrections"), "adam": ()}[form.optimizer]
    return {name: length for name, length in lengths.items() if name not in absent}


class Memory:
    """The buffers as they are after something, and the part of them that is a network's."""

    def __init__(self, form: PiecesSpec, at: Buffers, network: UOp | int, *after: UOp) -> None:
        self.form, self._network, self._after = form, network, after
        self.at = Buffers(*(buffer if buffer is None else buffer.after(*after) for buffer in at))

    def after(self, *done: UOp) -> "Memory":
        """The same later."""
        return Memory(self.form, self.at, self._network, *done)

    def own(self, register: UOp) -> UOp:
        """The kernel's own memory at the same time."""
        return register.after(*self._after)

    def number(self, buffer: str, n: UOp | int) -> UOp:
        """One of the numbers of the network; `samples` begins at a row."""
        units = self.form.units
        each = {"place": units, "order": units + 1, "sums": self.form.sums, "jumps": 2 * units, "progress": DOUBT + 1}
        each["samples"] = self.form.rows * (self.form.parameters + 1)
        if self.form.parallel:  # as they run in step, they read neighbours
            return getattr(self.at, buffer)[n * self.form.networks + self._network]
        return getattr(self.at, buffer)[self._network * each.get(buffer, self.form.parameters) + n]

    def unit_and_place(self, m: UOp) -> tuple[UOp, UOp]:
        """Of the kink number m."""
        key = self.number("order", m + 1).load()
        return key & (self.form.units - 1), key >> (self.form.keys.bit_length() - 1)

    def unit(self, unit: UOp) -> list[UOp]:
        """w, b and v of a unit."""
        return [self.number("parameters", n).load() for n in self.numbers(unit)]

    def centred(self, unit: UOp, centre: UOp) -> list[UOp]:
        """w, b and v of a unit whose x is counted from the centre."""
        w, b, v = self.unit(unit)
        return [w, b + w * centre, v]

    def numbers(self, unit: UOp) -> list[UOp]:
        """Those of w, b and v of a unit among the parameters."""
        return [unit + (n * self.form.units + 1) for n in range(3)]

    def sums_left_of(self, unit: UOp) -> list[UOp]:
        """Where the sums of r and r x to the left of a unit's kink are."""
        return [self.number("sums", unit + (n * (self.form.units + 1) + 1)) for n in range(2)]

    def sums_right_of(self, unit: UOp) -> list[UOp]:
        """Where those to the right of it are, if the form has them."""
        return [self.number("sums", unit + (n * (self.form.units + 1) + 1)) for n in (2, 3)]

    def sums_back(self) -> list[UOp]:
        """Where the sums from the right end on are while they are summed up."""
        return [self.number("sums", n * (self.form.units + 1)) for n in (2, 3)]

    def all_sums(self) -> list[UOp]:
        """Where the sums of r and r x over all points are."""
        return [self.number("sums", n * (self.form.units + 1)) for n in range(2)]

    def count(self, n: Count) -> UOp:
        """One of `counts`."""
        return self.at.counts[n].load()

    def x(self, place: UOp) -> UOp:
        """Of the point at a place."""
        return self.at.table[place * ROW + Column.AT].load()

    def scale(self, n: Scale) -> UOp:
        """One of `scales`."""
        if n == Scale.CENTRE and not self.form.centred:
            return UOp.const(0.0, dtypes.double)  # and what is multiplied by it goes
        return self.at.scales[n].load()
