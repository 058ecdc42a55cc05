"""The State, which undo and redo restore, and the records in it."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from relutui.lib.identity_cache import cached_by_identity
from relutui.model.dataset import Dataset
from relutui.model.learning_rate import with_automatic_rate
from relutui.model.network import Network, Parameters
from relutui.model.training import Checkpoint, Locks, Problem, TrainingSettings
from relutui.model.values import values_of


class Mark(NamedTuple):
    """An edit made after `step` steps of training, marked there on the loss curve; `change` names it."""

    step: int
    change: str


class PendingKink(NamedTuple):
    """The kink and side that the unit of a row, which has w = 0, gets once it has a slope; see kink_edits.py."""

    row: int
    kink: float | None
    side: float  # 1: right, -1: left, 0: not set


@dataclass(frozen=True)
class State:
    """All that undo and redo restore; `change` names the edit that led to it, for "undone: ..."."""

    network: Network
    checkpoint: Checkpoint
    locks: Locks
    settings: TrainingSettings
    seed: int | None = None
    edits: int = 0  # number of edits of parameters since the start
    change: str = "the start"
    pending_kinks: tuple[PendingKink, ...] = ()  # at most one for each unit
    marks: tuple[Mark, ...] = ()  # the edits since the start, in their order
    origin: Parameters | None = None  # the start that rewind goes back to; None: the scenario's for the seed

    @property
    def parameters(self) -> Parameters:
        """The present parameters."""
        return self.checkpoint.parameters

    @property
    def trainable(self) -> bool:
        """Return whether any parameter is free, and the activation one that is trained."""
        return not self.network.stepped and not values_of(self.locks).all()

    def with_automatic_rate(self, dataset: Dataset) -> "State":
        """Return the state of a start with its automatic learning rate, if it is to have one; any other state unchanged."""
        if self.checkpoint.step:
            return self
        settings = with_automatic_rate(self.problem(dataset), [self.parameters])
        return self if settings == self.settings else replace(self, settings=settings)

    @cached_by_identity(4)
    def problem(self, dataset: Dataset) -> Problem:
        """Return what a trainer needs besides the checkpoint, for one state the same object each time."""
        return Problem(self.network, dataset, self.locks, self.settings)


def decay_part(state: State) -> float:
    """Return what weight decay adds to the loss that training lowers: half of it times the squares of the free parameters."""
    free = values_of(state.parameters)[values_of(state.locks) == 0.0]
    return state.settings.weight_decay / 2.0 * float(free @ free)


@cached_by_identity(2)
def loss_of(state: State, dataset: Dataset) -> float:
    """Return the loss of a state, of the kind that it is trained on."""
    return state.network.loss(state.parameters, dataset.x, dataset.y, state.settings.loss)
