"""What is known of a scenario's networks from looking for good ones."""

from dataclasses import dataclass

from relutui.model.batch import values_of
from relutui.model.landscape import Landscape
from relutui.model.network import Loss, Network, Parameters
from relutui.model.training import Checkpoint, Locks, Problem
from relutui.session.state import State


@dataclass(frozen=True)
class BestFound:
    """The lowest loss that any of many starts ended at, all of which have taken the steps that were first asked for.

    locked: what they have in common, c, w_0, b_0, v_0, w_1, ..., None where it is free.
    """

    network: Network
    locked: tuple[float | None, ...]
    kind: Loss
    loss: float

    @classmethod
    def of(cls, problem: Problem, parameters: Parameters, loss: float) -> "BestFound":
        """Of the starts of a problem; what is locked is as in `parameters`."""
        return cls(problem.network, locked_values(parameters, problem.locks), problem.settings.loss, loss)

    def covers(self, state: State) -> bool:
        """Whether a state could have been one of the starts, and has a loss of the same kind."""
        here = state.network, locked_values(state.parameters, state.locks), state.settings.loss
        return (self.network, self.locked, self.kind) == here


@dataclass(frozen=True)
class Findings:
    """The results of what was computed beside training, as far as they have come in."""

    landscape: Landscape | None = None  # the last one measured
    best_found: tuple[BestFound, ...] = ()  # by many starts, each for another kind of network
    lower_bounds: tuple[float, ...] = ()  # the lowest MSE of straight pieces with 0, 1, 2, ... free kinks, once computed
    preview: Checkpoint | None = None  # where the present state would be 100 steps on, while that is shown


def locked_values(p: Parameters, locks: Locks) -> tuple[float | None, ...]:
    """The parameters as a batch has them, None where they are free."""
    return tuple(value if locked else None for value, locked in zip(values_of(p).tolist(), values_of(locks)))
