"""The document: a scenario and the states that editing and training have made of it."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from relutui.lib.files import File
from relutui.lib.history import History
from relutui.model.network import Network, Parameters
from relutui.scenario.scenario import Scenario
from relutui.session.state import State


class BestSoFar(NamedTuple):
    """The state with the lowest loss so far."""

    network: Network
    parameters: Parameters
    loss: float


@dataclass(frozen=True)
class Document:
    """The part of a session that the recovery journal keeps, and what follows from its states."""

    scenario: Scenario
    states: History[State]
    saved: State  # the state that was opened or last written
    best: BestSoFar
    solved_in: tuple[int, int] | None = None  # (edits, steps) when the exercise was solved; None while it is not
    files: tuple[File, ...] = ()  # the files read and written in this session, newest first
    new: bool = False  # the scenario was made in the app, and never written

    @property
    def unsaved(self) -> bool:
        """Return whether the present state differs from the one that was opened or last written, or nothing ever was."""
        now, then = (
            replace(state, edits=0, change="", pending_kinks=(), marks=()) for state in (self.states.present, self.saved)
        )
        return self.new or now != then

    @property
    def written(self) -> bool:
        """Return whether it was written in this session, besides being read from a file."""
        return len(self.files) > bool(self.scenario.file)
