"""The memory of the kernel by layers for a GPU."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from tinygrad.uop.ops import UOp

from relutui.engine.kernels.arguments import CORRECTIONS, Count, Progress, rates_length
from relutui.engine.kernels.layers_layout import Head, LayersSpec, Places
from relutui.engine.kernels.points_layout import MINIBATCH_NUMBERS, Epochs


class GpuBuffers(NamedTuple):
    """The memory of a burst, in the order of the kernel's arguments; each a flat array, float32 unless noted as int32.

    Parameters, and all that goes with them, lie as in `Places`, in chunks of one unit.  rows: a number for each point, in rows
    for a, act'(z) and d loss / d z of each unit, layer by layer, then for x, for 1, and for d loss / d (c + v . a); those of
    the next network follow.  pairs: int32, two rows for each parameter, the sum of whose products is its gradient.
    """

    parameters: UOp
    free: UOp
    layers: UOp
    x: UOp
    y: UOp
    weight: UOp
    rows: UOp
    pairs: UOp
    samples: UOp
    rates: UOp
    counts: UOp
    progress: UOp
    first: UOp | None = None
    second: UOp | None = None
    corrections: UOp | None = None
    minibatches: UOp | None = None
    minibatch_weights: UOp | None = None


def rows_of(units: int, layers: int) -> int:
    """Return the number of rows of a network."""
    return 3 * layers * units + 3


def layers_gpu_sizes(spec: LayersSpec) -> dict[str, int]:
    """Map the name of every buffer of the spec's kernel to its length."""
    points, parameters = spec.points, spec.networks * spec.parameters
    lengths = dict(
        parameters=parameters,
        free=spec.parameters,
        layers=len(Head) + len(spec.further) + len(spec.before),
        x=points,
        y=points,
        weight=points,
        rows=spec.networks * rows_of(spec.units, spec.layers) * points,
        pairs=2 * spec.parameters,
        samples=spec.networks * spec.rows * (spec.parameters + 1),
        rates=rates_length(spec.decay),
        counts=len(Count),
        progress=spec.networks * len(Progress),
        first=parameters,
        second=parameters,
        corrections=2 * CORRECTIONS,
        minibatches=len(Epochs) + max(2 * points, MINIBATCH_NUMBERS),
        minibatch_weights=2,
    )
    absent = {"sgd": ["first", "second", "corrections"], "momentum": ["second", "corrections"], "adam": []}[spec.optimizer]
    if not spec.minibatches:
        absent += ["minibatches", "minibatch_weights"]
    return {name: length for name, length in lengths.items() if name not in absent}


def pairs_of(sizes: Sequence[int], places: Places) -> NDArray[np.int32]:
    """Return `pairs` for networks whose hidden layers have `sizes` units, of shape (2 * places.length,)."""
    units, layers = places.chunks, len(sizes)
    x, one, residual = 3 * layers * units + np.arange(3)
    rows, inputs = [np.array([[residual, one]])], np.array([x])
    for layer, some in enumerate(sizes):
        push, values = (2 * layers + layer) * units + np.arange(some), layer * units + np.arange(some)
        ends = [[residual]] if layer == layers - 1 else []
        of_unit = [[*((p, a) for a in inputs), (p, one), *((r, a) for (r,) in ends)] for p, a in zip(push, values)]
        rows.append(np.array(of_unit).reshape(-1, 2))
        inputs = values
    pairs = np.zeros((places.length, 2), np.int32)
    pairs[places.columns] = np.concatenate(rows)
    return pairs.ravel()
