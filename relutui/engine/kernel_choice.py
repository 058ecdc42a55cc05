"""What to compile for a problem: kernels with room for more units, points and networks than asked for, so that few will do."""

from typing import Literal, NamedTuple, TypeVar

import numpy as np
from tinygrad import Device, dtypes
from tinygrad.renderer.cstyle import ClangRenderer, CStyleLanguage
from tinygrad.renderer.isa.x86 import X86Renderer

from relutui.engine.exact import ExactSpec
from relutui.engine.kernels.activations import PIECEWISE_LINEAR
from relutui.engine.kernels.by_points_gpu import LANES
from relutui.engine.kernels.pieces_layout import GROUP, PiecesSpec
from relutui.engine.kernels.points_layout import PointsSpec
from relutui.engine.kernels.prefix_sums import centre_of, is_swamped
from relutui.lib.identity_cache import cached_by_identity
from relutui.model.dataset import Dataset
from relutui.model.training import Problem

_UNITS, _POINTS = 64, 1024  # the smallest sizes; the next are four times as large
_NETWORKS = 256  # of a batch, where they run in turn
_SIDE_BY_SIDE = 2**18  # of a batch, where they run in parallel, as far as their memory allows
_MEMORY = 2**25  # numbers; more would be out of reach of a GPU's cache, and slower
_FEW, _FEW_OF_MANY = 1024, 128  # points that a GPU is soon through with, of one network and of each of a batch
_ORDINARY = 1e-4, 1e4  # between these are the largest x and y for which float32 serves
_NEAR = 4.0  # widths of the data, at most, that an x is away from 0 there
_LANES = 4  # units by pieces, of which clang makes vectors
_MANY = 128  # units that one of its threads walks slowly

Method = Literal["points", "pieces"]
KernelSpec = TypeVar("KernelSpec", PointsSpec, PiecesSpec)


def choose_kernel(problem: Problem, units: int, method: Method | None = None) -> PointsSpec | PiecesSpec | ExactSpec:
    """For training one network of `units` units on this problem: by pieces where that can be done and is faster."""
    room, points = _room(_UNITS, units), _room(_POINTS, len(problem.dataset))
    if _by_pieces(problem, room, _FEW, method):
        compiled = isinstance(Device[Device.DEFAULT].renderer, ClangRenderer)
        return _pieces_form(problem, room, points)._replace(lanes=_LANES if compiled else 1)
    return _form(problem, room, points) if traits(problem.dataset).ordinary else ExactSpec()


def choose_batch_kernel(
    problem: Problem, units: int, networks: int, method: Method | None = None
) -> PointsSpec | PiecesSpec | ExactSpec:
    """For training a batch, or a part of it after the other, where it is larger than the form."""
    if not _has_threads():
        form = choose_kernel(problem, units, method)
        if isinstance(form, ExactSpec):
            return form
        form = form._replace(networks=_NETWORKS)
        if isinstance(form, PiecesSpec) and units <= _LANES:  # the other networks fill the time that one waits
            return form._replace(lanes=1)
        return form
    room, points = _room(4, units, 2), _room(64, len(problem.dataset), 2)  # small, for each network has its own
    if _by_pieces(problem, room, _FEW_OF_MANY, method):
        form = _side_by_side(_pieces_form(problem, room, points), networks, 20 * room)
        return form._replace(parallel=True)
    if not traits(problem.dataset).ordinary:
        return ExactSpec()
    return _side_by_side(_form(problem, room, points), networks, points + 10 * room)


def _side_by_side(form: KernelSpec, networks: int, each: int) -> KernelSpec:
    """With room for as many networks as there are, as far as the memory allows that each needs, in numbers."""
    room = _room(2 * GROUP, min(networks, _SIDE_BY_SIDE))
    while room > 1 and room * each > _MEMORY:
        room //= 2
    return form._replace(networks=room)


def _by_pieces(problem: Problem, room: int, few: int, method: Method | None) -> bool:
    """Whether to train by pieces: wherever it can be done, on a processor.

    On a GPU a network by pieces has one thread, by points many: the latter is faster for few points, and for large networks
    (bounds by measurements on an H100).  How many networks there are plays no part: a batch may be one of those into which a
    sweep is divided as it goes, and all of them are to be trained alike.
    """
    if method == "points" or not (_has_pieces(problem, room) and knows_pieces()):
        return False
    if method == "pieces":
        return True
    few = _FEW if room > _MANY else few
    return not (_has_threads() and len(problem.dataset) <= few and traits(problem.dataset).ordinary)


class Traits(NamedTuple):
    """What of the data decides how to train on them.

    ordinary: whether float32, in which the kernels visit every point, has digits enough for them and what follows from them.
    centred: whether sums by pieces count x from another number than 0.
    swamped: whether those to the right are no differences of others.
    """

    ordinary: bool
    centred: bool
    swamped: bool


@cached_by_identity(4)
def traits(dataset: Dataset) -> Traits:
    """Those of the data."""
    farthest, tallest = (float(np.abs(values).max()) for values in (dataset.x, dataset.y))
    width, (least, most) = float(np.ptp(dataset.x)), _ORDINARY
    sized = all(not size or least <= size <= most for size in (farthest, tallest))
    ordinary = sized and (not width or farthest <= _NEAR * width)
    return Traits(ordinary, centre_of(dataset.x) != 0.0, is_swamped(dataset))


def knows_pieces() -> bool:
    """Whether the device can train by pieces at all: it takes float64 and endless loops."""
    renderer = Device[Device.DEFAULT].renderer
    return isinstance(renderer, CStyleLanguage | X86Renderer) and dtypes.double in renderer.supported_dtypes()


def _has_pieces(problem: Problem, room: int) -> bool:
    """Whether the prediction is made of straight pieces, few enough to be told apart."""
    straight = problem.network.activation in PIECEWISE_LINEAR and problem.network.output_activation == "identity"
    short = _pieces_form(problem, room, 0).keys * len(problem.dataset) < 2**31  # a key is an int32
    return straight and short


def _has_threads() -> bool:
    """Whether the device is a GPU, or an imitation of one."""
    has_threads: bool = Device[Device.DEFAULT].renderer.has_local
    return has_threads


def _pieces_form(problem: Problem, units: int, places: int) -> PiecesSpec:
    on_kinks, data = problem.network.slope_at_kink != 0.0, traits(problem.dataset)
    return PiecesSpec(problem.settings.optimizer, on_kinks, data.centred, data.swamped, units, places)


def _form(problem: Problem, units: int, points: int) -> PointsSpec:
    network, renderer = problem.network, Device[Device.DEFAULT].renderer
    on_kinks = network.slope_at_kink != 0.0
    form = PointsSpec(network.activation, network.output_activation, problem.settings.optimizer, on_kinks, units, points)
    if _has_threads():
        threads = 4 * LANES if units <= LANES else 8 * LANES
        return form._replace(points=max(points, threads), threads=threads)
    return form._replace(unrolled=not isinstance(renderer, ClangRenderer))


def _room(size: int, needed: int, times: int = 4) -> int:
    while size < needed:
        size *= times
    return size
