"""What to compile for a problem: kernels with room for more units, points and networks than asked for, so that few will do."""

from typing import TypeVar

from tinygrad import Device, dtypes
from tinygrad.renderer.cstyle import ClangRenderer, CStyleLanguage
from tinygrad.renderer.isa.x86 import X86Renderer

from relutui.engine.burst import GROUP, Form
from relutui.engine.formulas import PIECEWISE_LINEAR
from relutui.engine.piece_memory import PiecesForm
from relutui.training import Problem

_UNITS, _POINTS = 64, 1024  # the smallest sizes; the next are four times as large
_NETWORKS = 256  # of a batch, where they run in turn
_SIDE_BY_SIDE = 4096  # of a batch, where they run in parallel, as far as their scratch memory allows
_SCRATCH = 2**26  # numbers

AnyForm = TypeVar("AnyForm", Form, PiecesForm)


def form_for(problem: Problem, units: int, by_points: bool = False) -> Form | PiecesForm:
    """For training one network of `units` units on this problem: by pieces where that can be done and is not refused."""
    room, points = _room(_UNITS, units), _room(_POINTS, len(problem.dataset))
    if not by_points and _has_pieces(problem) and 2 * room * len(problem.dataset) < 2**31:  # a key is an int32
        return PiecesForm(problem.settings.optimizer, room, points)
    return _form(problem, room, points)


def batch_form_for(problem: Problem, units: int, networks: int, by_points: bool = False) -> Form | PiecesForm:
    """For training a batch, or a part of it after the other, where it is larger than the form."""
    form = form_for(problem, units, by_points)
    if not Device[Device.DEFAULT].renderer.has_local:
        return form._replace(networks=_NETWORKS)
    if isinstance(form, PiecesForm):
        return _side_by_side(form, networks, 20 * form.units)
    # Each network has memory of its own for every point and, unless they are piecewise linear, unit: the room is kept small.
    form = _form(problem, _room(4, units, 2), _room(64, len(problem.dataset), 2))
    return _side_by_side(form, networks, (2 * form.units + 1 if form.stores_units else 1) * form.points)


def _side_by_side(form: AnyForm, networks: int, each: int) -> AnyForm:
    """With room for as many networks as there are, as far as the memory allows that each needs, in numbers."""
    room = _room(2 * GROUP, min(networks, _SIDE_BY_SIDE))
    while room > 1 and room * each > _SCRATCH:
        room //= 2
    return form._replace(networks=room, parallel=room > 1)


def _has_pieces(problem: Problem) -> bool:
    """Whether the prediction is made of straight pieces, and the device can compute with them: float64, endless loops."""
    renderer = Device[Device.DEFAULT].renderer
    straight = problem.network.activation in PIECEWISE_LINEAR and problem.network.output_activation == "identity"
    return straight and isinstance(renderer, CStyleLanguage | X86Renderer) and dtypes.double in renderer.supported_dtypes()


def _form(problem: Problem, units: int, points: int) -> Form:
    network, renderer = problem.network, Device[Device.DEFAULT].renderer
    unrolled = not isinstance(renderer, ClangRenderer)
    return Form(network.activation, network.output_activation, problem.settings.optimizer, units, points, unrolled=unrolled)


def _room(size: int, needed: int, times: int = 4) -> int:
    while size < needed:
        size *= times
    return size
