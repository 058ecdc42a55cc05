"""What to compile for a problem: kernels with room for more units, points and networks than asked for, so that few will do."""

from tinygrad import Device

from relutui.engine.burst import GROUP, Form
from relutui.training import Problem

_UNITS, _POINTS = 64, 1024  # the smallest sizes; the next are four times as large
_NETWORKS = 256  # of a batch, where they run in turn
_SIDE_BY_SIDE = 4096  # of a batch, where they run in parallel, as far as their scratch memory allows
_SCRATCH = 2**26  # floats


def form_for(problem: Problem, units: int) -> Form:
    """For training one network of `units` units on this problem."""
    return _form(problem, _room(_UNITS, units), _room(_POINTS, len(problem.dataset)))


def batch_form_for(problem: Problem, units: int, networks: int) -> Form:
    """For training a batch, or a part of it after the other, where it is larger than the form."""
    if not Device[Device.DEFAULT].renderer.has_local:
        return form_for(problem, units)._replace(networks=_NETWORKS)
    # Each network has memory of its own for every unit and point, so the room for these is kept small.
    form = _form(problem, _room(4, units, 2), _room(64, len(problem.dataset), 2))
    room = _room(2 * GROUP, min(networks, _SIDE_BY_SIDE))
    while room > 1 and room * (2 * form.units + 1) * form.points > _SCRATCH:
        room //= 2
    return form._replace(networks=room, parallel=room > 1)


def _form(problem: Problem, units: int, points: int) -> Form:
    network = problem.network
    return Form(network.activation, network.output_activation, problem.settings.optimizer, units, points)


def _room(size: int, needed: int, times: int = 4) -> int:
    while size < needed:
        size *= times
    return size
