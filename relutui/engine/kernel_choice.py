"""Chooses the kernel for a problem, with room for more units, points and networks than asked for, so that few kernels do."""

from itertools import groupby
from typing import Literal, NamedTuple, TypeVar

import numpy as np
from tinygrad import Device, dtypes
from tinygrad.renderer.cstyle import ClangRenderer, CStyleLanguage
from tinygrad.renderer.isa.x86 import X86Renderer

from relutui.engine.exact import ExactSpec
from relutui.engine.kernels.activations import PIECEWISE_LINEAR
from relutui.engine.kernels.few_units import MOST_UNITS
from relutui.engine.kernels.gpu_sums import LANES
from relutui.engine.kernels.lanes_layout import LanesSpec
from relutui.engine.kernels.layers_gpu_layout import rows_of
from relutui.engine.kernels.layers_layout import LayersSpec
from relutui.engine.kernels.pieces_layout import GROUP, PiecesSpec
from relutui.engine.kernels.points_layout import PointsSpec
from relutui.engine.kernels.prefix_sums import centre_of, even_spacing, is_swamped
from relutui.lib.identity_cache import cached_by_identity
from relutui.model.dataset import Dataset
from relutui.model.training import Problem

_MIN_UNITS, _MIN_POINTS = 64, 1024  # the smallest capacities; the next are four times as large
_SEQUENTIAL_NETWORKS = 256  # capacity for a batch on a processor, which trains one after the other
_SEQUENTIAL_UNITS = 2**14  # of all of them, at most: 3 MB of memory, which each worker has
_SEQUENTIAL_NUMBERS = 2**20  # of all of them, of several layers: 4 MB
_MAX_PARALLEL_NETWORKS = 2**18  # capacity for a batch on a GPU, as far as its memory allows
_MAX_GPU_NUMBERS = 2**25  # for all networks; more do not stay in a GPU's cache, and take longer
_GPU_FEW_POINTS, _GPU_FEW_POINTS_OF_BATCH = 1024, 128  # that a GPU visits faster than it goes by pieces
_FLOAT32_SIZES = 1e-4, 1e4  # the range of the largest |x| and |y| for which float32 has enough digits
_MAX_DISTANCE_WIDTHS = 4.0  # of the data: how far from 0 an x may be for which float32 has enough digits
_CLANG_LANES = 4  # units that clang puts in a vector
_MAX_LANE_UNITS = 60  # that are trained faster with a network in each lane of a vector; a multiple of all chunks
_CHUNKS = 5, 4, 3, 2, 1  # units that are computed in one go there; clang takes long over more
_GPU_MANY_UNITS = 128  # that one thread of a GPU walks slowly

Method = Literal["points", "pieces"]
SpecT = TypeVar("SpecT", PointsSpec, PiecesSpec, LayersSpec)


def choose_kernel(
    problem: Problem, units: int, method: Method | None = None
) -> PointsSpec | PiecesSpec | LayersSpec | ExactSpec:
    """Return the spec for one network of `units` units, or of as many in its widest layer: by pieces where that is faster."""
    if problem.network.deeper:
        return _layers_spec(problem, _capacity(_MIN_UNITS, units))
    spec = _choose_for_turns(problem, units, method)
    if isinstance(spec, PiecesSpec) and spec.lanes > 1 and units <= MOST_UNITS and not (spec.on_kinks or spec.swamped):
        return spec._replace(units=units, lanes=1, few=True)
    return spec


def choose_batch_kernel(
    problem: Problem, units: int, networks: int, method: Method | None = None
) -> PointsSpec | PiecesSpec | LanesSpec | LayersSpec | ExactSpec:
    """Return the spec for a batch; one that is larger than the spec is trained in parts."""
    if problem.network.deeper:
        several = _layers_spec(problem, _capacity(8, units, 2))
        if isinstance(several, ExactSpec):
            return several
        if _has_threads():  # each network has memory of its own
            several = several._replace(
                layers=len(problem.network.layer_activations), points=_capacity(128, len(problem.dataset), 2)
            )
            return _with_parallel_networks(several, networks, rows_of(several.units, several.layers) * several.points)
        return several._replace(networks=max(1, min(_SEQUENTIAL_NETWORKS, _SEQUENTIAL_NUMBERS // several.parameters)))
    if not _has_threads():
        spec = _choose_for_turns(problem, units, method)
        if isinstance(spec, ExactSpec):
            return spec
        if isinstance(spec, PiecesSpec) and units <= _MAX_LANE_UNITS and _has_vectors() and not spec.swamped:
            return _lanes_spec(spec, units, traits(problem.dataset).even)
        spec = spec._replace(networks=max(1, min(_SEQUENTIAL_NETWORKS, _SEQUENTIAL_UNITS // spec.units)))
        if isinstance(spec, PiecesSpec) and units <= _CLANG_LANES:  # the processor overlaps networks
            return spec._replace(lanes=1)
        return spec
    # small, for each network has memory of its own
    capacity, points = _capacity(4, units, 2), _capacity(64, len(problem.dataset), 2)
    if _trains_by_pieces(problem, capacity, _GPU_FEW_POINTS_OF_BATCH, method):
        spec = _with_parallel_networks(_pieces_spec(problem, capacity, points), networks, 20 * capacity)
        return spec._replace(parallel=True)
    if not traits(problem.dataset).fits_float32:
        return ExactSpec()
    return _with_parallel_networks(_points_spec(problem, capacity, points), networks, points + 10 * capacity)


def _choose_for_turns(problem: Problem, units: int, method: Method | None) -> PointsSpec | PiecesSpec | ExactSpec:
    """Return the spec for one network, whose kernel can also train several in turn."""
    capacity, points = _capacity(_MIN_UNITS, units), _capacity(_MIN_POINTS, len(problem.dataset))
    if _trains_by_pieces(problem, capacity, _GPU_FEW_POINTS, method):
        return _pieces_spec(problem, capacity, points)._replace(lanes=_CLANG_LANES if _has_vectors() else 1)
    return _points_spec(problem, capacity, points) if traits(problem.dataset).fits_float32 else ExactSpec()


def _with_parallel_networks(spec: SpecT, networks: int, each: int) -> SpecT:
    """Return the spec with room for `networks` networks of `each` numbers, as far as the memory allows."""
    capacity = _capacity(2 * GROUP, min(networks, _MAX_PARALLEL_NETWORKS))
    while capacity > 1 and capacity * each > _MAX_GPU_NUMBERS:
        capacity //= 2
    return spec._replace(networks=capacity)


def _trains_by_pieces(problem: Problem, capacity: int, few: int, method: Method | None) -> bool:
    """Return whether to train by pieces: on a processor, wherever it is possible; with minibatches it is not.

    On a GPU a network has one thread by pieces and many by points: the latter is faster for few points and for large networks
    (bounds measured on an H100).  The number of networks plays no part: a sweep is divided into batches of any size, and all
    of them must be trained alike.
    """
    if method == "points" or problem.uses_minibatches or not (_has_pieces(problem, capacity) and supports_pieces()):
        return False
    if method == "pieces":
        return True
    few = _GPU_FEW_POINTS if capacity > _GPU_MANY_UNITS else few
    return not (_has_threads() and len(problem.dataset) <= few and traits(problem.dataset).fits_float32)


class Traits(NamedTuple):
    """The properties of data that decide how to train on them.

    fits_float32: whether float32, in which the kernels visit every point, has enough digits for them.
    centred: whether the sums by pieces count x from another number than 0.
    swamped: whether the sums to the right of a kink lose too many digits as differences of others.
    even: whether the points are at equal distances.
    """

    fits_float32: bool
    centred: bool
    swamped: bool
    even: bool


@cached_by_identity(4)
def traits(dataset: Dataset) -> Traits:
    """Return the traits of the data."""
    farthest, tallest = (float(np.abs(values).max()) for values in (dataset.x, dataset.y))
    width, (least, most) = float(np.ptp(dataset.x)), _FLOAT32_SIZES
    sized = all(not size or least <= size <= most for size in (farthest, tallest))
    fits_float32 = sized and (not width or farthest <= _MAX_DISTANCE_WIDTHS * width)
    return Traits(fits_float32, centre_of(dataset.x) != 0.0, is_swamped(dataset), even_spacing(dataset) is not None)


def supports_pieces() -> bool:
    """Return whether the device can train by pieces, which needs float64 and loops that end by a condition."""
    renderer = Device[Device.DEFAULT].renderer
    return isinstance(renderer, CStyleLanguage | X86Renderer) and dtypes.double in renderer.supported_dtypes()


def _has_pieces(problem: Problem, capacity: int) -> bool:
    """Return whether the prediction consists of straight pieces, and few enough for the kernel to number them."""
    straight = problem.network.activation in PIECEWISE_LINEAR and problem.network.output_activation == "identity"
    short = _pieces_spec(problem, capacity, 0).keys * len(problem.dataset) < 2**31  # a key is an int32
    return straight and short


def _has_threads() -> bool:
    """Return whether the device runs groups of threads, as a GPU does."""
    has_threads: bool = Device[Device.DEFAULT].renderer.has_local
    return has_threads


def _has_vectors() -> bool:
    """Return whether the compiler makes vectors of loops."""
    return isinstance(Device[Device.DEFAULT].renderer, ClangRenderer)


def _lanes_spec(spec: PiecesSpec, units: int, even: bool) -> LanesSpec:
    """Return the spec with the chunk that leaves the least of the last one empty; of those, the largest."""
    chunk = min(_CHUNKS, key=lambda chunk: -units % chunk)
    capacity = chunk if units == chunk else _MAX_LANE_UNITS
    kind = spec.optimizer, spec.on_kinks, spec.centred, even
    return LanesSpec(*kind, capacity, chunk, spec.places, _SEQUENTIAL_NETWORKS, spec.decay)


def _pieces_spec(problem: Problem, units: int, places: int) -> PiecesSpec:
    on_kinks, data = problem.network.slope_at_kink != 0.0, traits(problem.dataset)
    decay = problem.settings.weight_decay > 0.0
    return PiecesSpec(problem.settings.optimizer, on_kinks, data.centred, data.swamped, units, places, decay=decay)


def _points_spec(problem: Problem, units: int, points: int) -> PointsSpec:
    network, renderer = problem.network, Device[Device.DEFAULT].renderer
    on_kinks = network.slope_at_kink != 0.0
    decay = problem.settings.weight_decay > 0.0
    activations = network.activation, network.output_activation
    spec = PointsSpec(*activations, problem.settings.optimizer, on_kinks, units, points, decay=decay)
    spec = spec._replace(minibatches=problem.uses_minibatches)
    if _has_threads():
        threads = 4 * LANES if units <= LANES else 8 * LANES
        return spec._replace(points=max(points, threads), threads=threads)
    return spec._replace(unrolled=not isinstance(renderer, ClangRenderer))


def _layers_spec(problem: Problem, units: int) -> LayersSpec | ExactSpec:
    if not traits(problem.dataset).fits_float32:
        return ExactSpec()
    network, names, points = problem.network, problem.network.layer_activations, _capacity(_MIN_POINTS, len(problem.dataset))
    further, before = (tuple(name for name, _ in groupby(some)) for some in (names[1:], names[:-1]))
    kind = names[0], further, before, network.output_activation, problem.settings.optimizer, network.slope_at_kink != 0.0
    spec = LayersSpec(*kind, units, points, decay=problem.settings.weight_decay > 0.0, minibatches=problem.uses_minibatches)
    return spec._replace(threads=8 * LANES) if _has_threads() else spec._replace(unrolled=not _has_vectors())


def _capacity(size: int, needed: int, times: int = 4) -> int:
    while size < needed:
        size *= times
    return size
