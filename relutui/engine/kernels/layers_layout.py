"""The spec and the memory of the kernels by layers."""

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from tinygrad.uop.ops import AxisType, UOp

from relutui.engine.kernels.activations import PIECEWISE_LINEAR
from relutui.engine.kernels.arguments import CORRECTIONS, Count, Progress, rates_length
from relutui.engine.kernels.points_layout import MINIBATCH_NUMBERS, Epochs
from relutui.model.network import Activation
from relutui.model.training import BURST_SAMPLES, Optimizer

TILE = 256  # points visited together at most, few enough for the activations of two layers to stay in a processor's cache
MAX_LAYERS = 10
LANES = 16  # of them side by side, and parameters that are updated together
CHUNK = 4  # units whose sums over 4 inputs, or over the points, a compiler keeps in registers
UNROLLED, UNROLLED_CHUNK = 4, 2  # the same where tinygrad itself makes vectors: its assembler has fewer registers


class LayersSpec(NamedTuple):
    """What a kernel is compiled for; layers, units (of any layer), points and networks are the most that it has room for.

    first: the activation of the first hidden layer.  further: those of the others, named once where several in a row have the
    same; before: likewise those of all layers but the last.  The other fields are those of a `PointsSpec`.
    """

    first: Activation
    further: tuple[Activation, ...]
    before: tuple[Activation, ...]
    output_activation: Activation
    optimizer: Optimizer
    on_kinks: bool
    units: int
    points: int
    layers: int = MAX_LAYERS
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
    def interleaved(self) -> bool:
        """Whether the networks are interleaved in memory."""
        return False

    @property
    def parameters(self) -> int:
        """The length of the parameters of one network, with those that fill up its chunks."""
        return Places((self.units,) * self.layers, self).length

    @property
    def rows(self) -> int:
        """The number of sample rows of one network; one of many has the final state's only."""
        return 1 if self.networks > 1 else BURST_SAMPLES + 1

    @property
    def lanes(self) -> int:
        """The number of points that are computed side by side, and of parameters that are updated so."""
        return self.threads or (UNROLLED if self.unrolled else LANES)

    @property
    def chunk(self) -> int:
        """The number of units of a layer that are computed together."""
        return 1 if self.threads else UNROLLED_CHUNK if self.unrolled else CHUNK

    @property
    def activated(self) -> int:
        """The number of units whose activation is computed together: those of a chunk, or one to keep the code short."""
        return 1 if self.unrolled else self.chunk

    @property
    def side_by_side(self) -> AxisType:
        """The kind of the loop over lanes."""
        return AxisType.UPCAST if self.unrolled else AxisType.LOOP

    @property
    def stores_slopes(self) -> bool:
        """Whether the slopes of all units are stored; those of relu and the like follow from the units' values."""
        names = (self.first, *self.further)
        return any(name not in PIECEWISE_LINEAR or (self.on_kinks and name != "identity") for name in names)


class Head(IntEnum):
    """The indices of the whole numbers at the beginning of `layers`."""

    POINT_BLOCKS = 0  # of a tile: as many points as there are lanes
    PARAMETER_BLOCKS = 1  # of as many parameters
    CHUNKS = 2  # of the units of each layer: all are filled up to the widest


class Places:
    """Where the parameters of networks whose hidden layers have `sizes` units lie in memory, in layers that are filled up.

    c is followed by v, the w of the first layer, the biases of all layers, and the weights of the further ones: for each chunk
    of units those from each chunk of inputs, unit by unit.

    chunks: of a layer.  columns: the places of the parameters in the order of `values.py`, of shape (values,).  length: of all,
    filled up to a multiple of the spec's lanes.
    """

    def __init__(self, sizes: Sequence[int], spec: "LayersSpec") -> None:
        size = spec.chunk
        self.chunks = -(-max(sizes) // size)
        units, layers = self.chunks * size, len(sizes)
        v, w, b = size, size + units, size + 2 * units
        weights, rows, inputs = b + layers * units, [np.zeros(1, np.intp)], 1
        for layer, some in enumerate(sizes):
            k, j = np.arange(some)[:, None], np.arange(inputs)
            block = weights + (layer - 1) * units**2 + (k // size * self.chunks + j // size) * size**2
            row = [block + k % size * size + j % size if layer else w + k, b + layer * units + k]
            rows.append(np.hstack([*row, v + k] if layer == layers - 1 else row).ravel())
            inputs = some
        self.length = weights + (layers - 1) * units**2
        self.length += -self.length % spec.lanes
        self.columns: NDArray[np.intp] = np.concatenate(rows)


class Buffers(NamedTuple):
    """The memory of a burst, in the order of the kernel's arguments; each a flat array, float32 unless noted as int32.

    Parameters, and all that goes with them, lie as in `Places`; those of the next network follow, as do its moments, samples
    and progress.  Of each unit of a layer the numbers at the points of a tile lie together.
    """

    parameters: UOp
    free: UOp  # 1 where training may change the parameter, 0 where it is locked or fills up a chunk
    layers: UOp  # int32: `Head`, then how many layers each activation of `further`, and each of `before`, stands for
    x: UOp
    y: UOp
    weight: UOp  # of the squared errors: 1/points for mse, 1 for sse, 0 where a point is padding
    residual: UOp  # of each point of a tile: first the input of the output activation, then d loss / d that
    gradient: UOp
    samples: UOp  # rows of loss and parameters; the row after the last sample holds the loss of the final state
    rates: UOp
    counts: UOp  # int32
    progress: UOp  # int32
    values: UOp  # a of the units of all hidden layers
    sums: UOp  # z of the units of a layer, or what the next layer hands back to them
    pushes: UOp  # d loss / d z of the units of a layer
    slopes: UOp | None = None  # act'(z) of the units of all hidden layers, where the spec stores them
    first: UOp | None = None  # the optimizer's first moments (momentum, adam)
    second: UOp | None = None  # and its second (adam)
    corrections: UOp | None = None  # adam's bias corrections, see `corrections()`
    minibatches: UOp | None = None  # int32: as in `points_layout.Buffers`
    minibatch_weights: UOp | None = None


def layers_sizes(spec: LayersSpec) -> dict[str, int]:
    """Map the name of every buffer of the spec's kernel to its length."""
    points, networks, parameters = spec.points, spec.networks, spec.networks * spec.parameters
    units = spec.units * TILE
    lengths = dict(
        parameters=parameters,
        free=spec.parameters,
        layers=len(Head) + len(spec.further) + len(spec.before),
        x=points,
        y=points,
        weight=points,
        residual=TILE,
        gradient=spec.parameters,
        samples=networks * spec.rows * (spec.parameters + 1),
        rates=rates_length(spec.decay),
        counts=len(Count),
        progress=networks * len(Progress),
        values=spec.layers * units,
        sums=units,
        pushes=units,
        slopes=spec.layers * units,
        first=parameters,
        second=parameters,
        corrections=2 * CORRECTIONS,
        minibatches=len(Epochs) + max(2 * points, MINIBATCH_NUMBERS),
        minibatch_weights=2,
    )
    absent = {"sgd": ["first", "second", "corrections"], "momentum": ["second", "corrections"], "adam": []}[spec.optimizer]
    if not spec.minibatches:
        absent += ["minibatches", "minibatch_weights"]
    if not spec.stores_slopes:
        absent += ["slopes"]
    return {name: length for name, length in lengths.items() if name not in absent}
