"""The results of searches and computations beside training: best losses, lower bounds, landscape and preview."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from relutui.model.network import Loss, Network, Parameters
from relutui.model.training import Checkpoint, Locks, Problem
from relutui.model.values import values_of
from relutui.session.state import State

if TYPE_CHECKING:
    from relutui.model.landscape import Landscape


class BestFound(NamedTuple):
    """The lowest loss that any of many starts reached, each trained for the number of steps first asked for.

    locked: the values that the starts share, in the order c, w_0, b_0, v_0, w_1, ...; None for a free parameter.
    """

    network: Network
    locked: tuple[float | None, ...]
    kind: Loss
    loss: float

    @classmethod
    def of(cls, problem: Problem, parameters: Parameters, loss: float) -> "BestFound":
        """Return the best found of the starts of a problem, whose locked values are those in `parameters`."""
        return cls(problem.network, locked_values(parameters, problem.locks), problem.settings.loss, loss)

    def covers(self, state: State) -> bool:
        """Return whether a state could have come from one of the starts and has the same kind of loss."""
        comparison = state.network, locked_values(state.parameters, state.locks), state.settings.loss
        return (self.network, self.locked, self.kind) == comparison


class Trial(NamedTuple):
    """Where training led from a state: as it is, or with the change that a reason for being stuck advises.

    reason: its kind, empty for the state as it is; change: what was changed, in words; loss: after `steps`, nan if it diverged;
    no steps: there was nothing that could be tried.
    """

    state: State
    reason: str
    change: str
    steps: int
    loss: float


@dataclass(frozen=True)
class Findings:
    """The results of computations beside training, as far as they have arrived."""

    landscape: "Landscape | None" = None  # the one measured last
    best_found: tuple[BestFound, ...] = ()  # one for each network, set of locked values and kind of loss
    lower_bounds: tuple[float, ...] = ()  # of the MSE of straight pieces with 0, 1, 2, ... free kinks; empty until computed
    best_fits: tuple[float, ...] = ()  # the lowest MSE found of such fits: the bound itself, unless the search took too long
    best_networks: tuple[float, ...] = ()  # the lowest MSE found of networks of 0, 1, 2, ... units of which nothing is locked
    preview: Checkpoint | None = None  # the present state 100 steps on, while that is shown
    trials: tuple[Trial, ...] = ()  # of one state, that in which the loss stood still last


def locked_values(p: Parameters, locks: Locks) -> tuple[float | None, ...]:
    """Return the parameters in the order c, w_0, b_0, v_0, w_1, ...; None for a free one."""
    return tuple(value if locked else None for value, locked in zip(values_of(p).tolist(), values_of(locks)))
