"""What undo covers: the State, and what is remembered of it."""

from dataclasses import dataclass

from relutui.lib.identity_cache import cached_by_identity
from relutui.model.dataset import Dataset
from relutui.model.network import Network, Parameters
from relutui.model.training import Checkpoint, Locks, Problem, TrainingSettings


@dataclass(frozen=True)
class Mark:
    """A change made by hand after `step` steps of training: where it stands on the loss curve, and what it was."""

    step: int
    change: str


@dataclass(frozen=True)
class PendingKink:
    """The kink and the side that a unit with w = 0 will have once it has a slope; see kink_edits.py."""

    row: int
    kink: float | None
    side: float  # 1: right, -1: left, 0: not said


@dataclass(frozen=True)
class State:
    """What undo covers; `change` names what made it so, for "undone: ..."."""

    network: Network
    checkpoint: Checkpoint
    locks: Locks
    settings: TrainingSettings
    seed: int | None = None
    edits: int = 0  # of parameters, by hand, since the start
    change: str = "the start"
    waiting: tuple[PendingKink, ...] = ()  # one a unit at most
    marks: tuple[Mark, ...] = ()  # the changes since the start, in their order
    origin: Parameters | None = None  # the start that rewind leads to, where it is not the one that the scenario gives the seed

    @property
    def parameters(self) -> Parameters:
        """The present parameters."""
        return self.checkpoint.parameters

    @property
    def trainable(self) -> bool:
        """Whether anything is not locked."""
        return not (self.locks.c and (self.locks.w & self.locks.b & self.locks.v).all())

    def problem(self, dataset: Dataset) -> Problem:
        """What a trainer is given beside the checkpoint."""
        return Problem(self.network, dataset, self.locks, self.settings)


@cached_by_identity(2)
def loss_of(state: State, dataset: Dataset) -> float:
    """The loss of a state, of the kind that it is trained on."""
    return state.network.loss(state.parameters, dataset.x, dataset.y, state.settings.loss)
