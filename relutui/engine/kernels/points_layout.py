"""The spec and the memory of the kernels by points."""

from enum import IntEnum
from typing import NamedTuple

from tinygrad import dtypes
from tinygrad.uop.ops import AxisType, UOp

from relutui.engine.kernels.activations import PIECEWISE_LINEAR
from relutui.engine.kernels.arguments import CORRECTIONS, Count, Progress, rates_length
from relutui.model.network import Activation
from relutui.model.training import BURST_SAMPLES, Optimizer

TILE = 64  # points visited together, few enough for a compiler to keep their residuals in registers
LANES = 16  # of them side by side
MINIBATCH_NUMBERS = 2**18  # of points in the epochs of one burst, at least two epochs
UNROLLED = 4  # side by side where tinygrad itself makes vectors: more make its assembler run out of registers


class PointsSpec(NamedTuple):
    """What a kernel is compiled for; units, points and networks are the most that it has room for.

    on_kinks: whether the slope at a kink is not 0, so that a point on one counts.  unrolled: UNROLLED points are written out,
    one after the other; else a loop over LANES is left to a compiler, which makes longer vectors of it than of what tinygrad
    writes out, and keeps the residuals of a TILE in them.  threads: of a GPU, which share a network (`by_points_gpu.py`);
    0 for a processor, which visits the networks, tiles, units and points in turn.  decay: whether there is any weight decay.
    minibatches: whether a step goes by some of the points; it visits all, as the loss is that of all.
    """

    activation: Activation
    output_activation: Activation
    optimizer: Optimizer
    on_kinks: bool
    units: int
    points: int
    networks: int = 1
    unrolled: bool = True
    threads: int = 0
    decay: bool = False
    minibatches: bool = False

    @property
    def parallel(self) -> bool:
        """Whether the networks run side by side, with scratch memory each."""
        return self.threads > 0

    @property
    def block(self) -> int:
        """The number of networks that are trained together on a processor."""
        return 1

    @property
    def parameters(self) -> int:
        """The number of parameters of one network."""
        return 3 * self.units + 1

    @property
    def rows(self) -> int:
        """The number of sample rows of one network; one of many has the final state's only."""
        return 1 if self.networks > 1 else BURST_SAMPLES + 1

    @property
    def interleaved(self) -> bool:
        """Whether the networks are interleaved in memory."""
        return False

    @property
    def lanes(self) -> int:
        """The number of points that are computed side by side."""
        return UNROLLED if self.unrolled else LANES

    @property
    def side_by_side(self) -> AxisType:
        """The kind of the loop over lanes."""
        return AxisType.UPCAST if self.unrolled else AxisType.LOOP

    @property
    def tile(self) -> int:
        """The number of points that are visited together, for one unit after the other."""
        return self.points if self.unrolled else TILE

    @property
    def width(self) -> int:
        """The number of partial sums of a unit."""
        return self.terms * self.lanes

    @property
    def terms(self) -> int:
        """The number of sums that the gradient of a unit needs: of r x and r, and of r a unless it follows from them."""
        return 2 if self.activation in PIECEWISE_LINEAR else 3

    @property
    def stores_units(self) -> bool:
        """Whether the value and slope of each unit at each point are stored; cheap ones are computed again instead."""
        return not self.threads and self.terms == 3


class Epochs(IntEnum):
    """The indices of the numbers before those of the points in `minibatches`."""

    STEPS = 0  # of an epoch
    TAKEN = 1  # of the first epoch, when the burst begins


class Buffers(NamedTuple):
    """The memory of a burst, in the order of the kernel's arguments; each a flat array, float32 unless noted as int32.

    Parameters, and all that goes with them, lie as c, w_0, b_0, v_0, w_1, b_1, v_1, ...; those of the next network follow, as
    do its moments, samples and progress.
    """

    parameters: UOp
    free: UOp  # 1 where training may change the parameter, 0 where it is locked
    x: UOp
    y: UOp
    weight: UOp  # of the squared errors: 1/points for mse, 1 for sse, 0 where a point is padding
    residual: UOp  # of each point: first c + sum_j v_j a_j, then d loss / d that
    samples: UOp  # rows of loss and parameters; the row after the last sample holds the loss of the final state
    rates: UOp
    counts: UOp  # int32
    progress: UOp  # int32
    gradient: UOp = None  # absent where threads share a network
    sums: UOp = None  # of each unit over the points, where there are tiles: `terms`, each in parts for the lanes
    activation: UOp = None  # of each unit and point of a tile, where the spec stores them
    slope: UOp = None
    first: UOp = None  # the optimizer's first moments (momentum, adam)
    second: UOp = None  # and its second (adam)
    corrections: UOp = None  # adam's bias corrections, see `corrections()`
    minibatches: UOp = None  # int32: `Epochs`, then epoch by epoch the number of each point's minibatch, absent without any
    minibatch_weights: UOp = None  # of the squared errors of a minibatch, and of those of the last of an epoch


class MinibatchOf(NamedTuple):
    """The minibatch of a step: where the numbers of its epoch begin, its own number, and the weight of its errors."""

    minibatches: UOp
    first: UOp
    number: UOp
    weight: UOp

    def weighted(self, i: UOp, error: UOp) -> UOp:
        """Return the error at point i times its weight, 0 for a point that is not in the minibatch."""
        inside = self.minibatches[self.first + i].load().eq(self.number)
        return error * (inside.cast(dtypes.float32) * self.weight)  # a product, for a choice would be a branch


def minibatch_of(minibatches: UOp, weights: UOp, taken: UOp, points: UOp) -> MinibatchOf:
    """Return the minibatch of the step after `taken` others of the burst.

    minibatches, weights: the memory of that name; points: of an epoch, those that pad it included.
    """
    per_epoch, before = (minibatches[n].load() for n in Epochs)
    step = before + taken
    epoch = step // per_epoch
    number = step - epoch * per_epoch
    last = number.eq(per_epoch - 1).cast(dtypes.int32)
    return MinibatchOf(minibatches, epoch * points + len(Epochs), number, weights[last].load())


def sizes(spec: PointsSpec) -> dict[str, int]:
    """Map the name of every buffer of the spec's kernel to its length."""
    points, networks, parameters = spec.points, spec.networks, spec.networks * spec.parameters
    lengths = Buffers(
        parameters=parameters,
        free=spec.parameters,
        x=points,
        y=points,
        weight=points,
        residual=(networks if spec.parallel else 1) * points,
        samples=networks * spec.rows * (spec.parameters + 1),
        rates=rates_length(spec.decay),
        counts=len(Count),
        progress=networks * len(Progress),
        gradient=parameters,
        sums=spec.units * spec.width,
        activation=spec.units * spec.tile,
        slope=spec.units * spec.tile,
        first=parameters,
        second=parameters,
        corrections=2 * CORRECTIONS,
        minibatches=len(Epochs) + max(2 * points, MINIBATCH_NUMBERS),
        minibatch_weights=2,
    )._asdict()
    absent = {"sgd": ["first", "second", "corrections"], "momentum": ["second", "corrections"], "adam": []}[spec.optimizer]
    if spec.threads:
        absent += ["gradient"]
    if spec.threads or spec.unrolled:
        absent += ["sums"]
    if not spec.minibatches:
        absent += ["minibatches", "minibatch_weights"]
    if not spec.stores_units:
        absent += ["activation", "slope"]
    return {name: length for name, length in lengths.items() if name not in absent}
