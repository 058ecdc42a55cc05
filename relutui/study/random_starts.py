"""Many random starts of one problem: where each began, and where training has brought it so far."""

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

import numpy as np

from relutui.lib.arrays import Array
from relutui.model.batch import Batch
from relutui.model.network import Parameters
from relutui.model.training import Checkpoint, OptimizerState, Problem, random_start
from relutui.session.edits import fit_limits
from relutui.session.findings import BestFound, locked_values
from relutui.session.session import Session
from relutui.session.state import State
from relutui.study.outcomes import Outcome, outcomes
from relutui.study.sweep import bound, random_starts


@dataclass(frozen=True, eq=False)
class RandomStarts:
    """The starts of the seeds from the scenario's on, each at its place from 0, and the steps that all of them are to take.

    steps: what the goal is at first, and grows by; parts: neighbours that have taken as many steps; of those that have taken
    none nothing is measured.
    """

    session: Session
    steps: int
    goal: int
    parts: tuple[Batch, ...]

    def __len__(self) -> int:
        return sum(len(part) for part in self.parts)

    @property
    def state(self) -> State:
        """What they have in common: network, locks and what is locked, settings."""
        return self.session.state

    @property
    def problem(self) -> Problem:
        """What they are trained on: all the steps, whatever the loss."""
        settings = replace(self.state.settings, stop_below=None)
        return replace(self.state, settings=settings).problem(self.session.dataset)

    @property
    def below(self) -> float:
        """The loss below which a network has solved the problem."""
        return bound(self.session.scenario, self.state.settings)

    @property
    def step(self) -> int:
        """The steps that all have taken."""
        return min(part.step for part in self.parts)

    @property
    def remaining_steps(self) -> int:
        """The steps that are still to be taken, network by network."""
        return sum(len(part) * (self.goal - part.step) for part in self.parts)

    @cached_property
    def losses(self) -> Array:
        """The loss of each, of shape (networks,); nan where it diverged or nothing is measured."""
        return np.concatenate([np.where(part.diverged, np.nan, part.losses) for part in self.parts])

    @cached_property
    def outcomes(self) -> tuple[Outcome | None, ...]:
        """What has become of each, None where that shows only at the goal."""
        found: list[Outcome | None] = []
        for part in self.parts:
            found += outcomes(part, self.problem, self.below) if part.step else (None,) * len(part)
        return tuple(found)

    @property
    def by_loss(self) -> list[int]:
        """The places, that with the lowest loss first; those without a loss last."""
        found: list[int] = np.argsort(self.losses, kind="stable").tolist()
        return found

    @property
    def lagging(self) -> int | None:
        """The number of the first part that is not at the goal."""
        return next((number for number, part in enumerate(self.parts) if part.step < self.goal), None)

    def seed(self, place: int) -> int:
        """The seed of the start at a place."""
        return self.session.scenario.init.seed + place

    def step_of(self, place: int) -> int:
        """The steps that the start at a place has taken."""
        return self._part_of(place)[0].step

    def beginning(self, place: int) -> Parameters:
        """The start at a place as its seed gives it."""
        state = self.state
        return random_start(state.parameters, state.locks, self.session.scenario.init.scale, self.seed(place))

    def checkpoint(self, place: int) -> Checkpoint:
        """Where training has brought the start at a place."""
        part, at = self._part_of(place)
        first, second = (replace(part, values=moments).parameters(at) for moments in (part.first, part.second))
        return Checkpoint(part.parameters(at), OptimizerState(first, second, part.step), part.step)

    def values(self, places: list[int]) -> Array:
        """The parameters of the starts at these places, as a batch has them; of shape (places, 1 + 3 units)."""
        return np.stack([part.values[at] for part, at in map(self._part_of, places)])

    def with_part(self, number: int, part: Batch) -> "RandomStarts":
        """One of the parts some steps further on."""
        return replace(self, parts=(*self.parts[:number], part, *self.parts[number + 1 :]))

    def joined(self) -> "RandomStarts":
        """The same starts in as few parts as there can be."""
        return replace(self, parts=tuple(Batch.joined(list(parts)) for _, parts in groupby(self.parts, lambda part: part.step)))

    def with_more(self, count: int) -> "RandomStarts":
        """So many starts more, at their beginning."""
        return replace(self, parts=(*self.parts, _draw(self.session, len(self), count)))

    def with_further_steps(self) -> "RandomStarts":
        """The same starts, all to take as many steps more."""
        return replace(self, goal=self.goal + self.steps)

    def _part_of(self, place: int) -> tuple[Batch, int]:
        """The part in which a place is, and where in it."""
        for part in self.parts:
            if place < len(part):
                return part, place
            place -= len(part)
        raise IndexError(place)


def begin(session: Session, count: int, steps: int) -> RandomStarts:
    """So many starts at their beginning, all to take so many steps."""
    return RandomStarts(session, steps, steps, (_draw(session, 0, count),))


def carry_over(starts: RandomStarts | None, session: Session) -> RandomStarts | None:
    """The same starts in a later session, if they are those of its problem."""
    if starts is None or starts.session.scenario is not session.scenario:
        return None

    def asked(state: State) -> object:
        return state.network, state.locks, locked_values(state.parameters, state.locks), state.settings

    return replace(starts, session=session) if asked(session.state) == asked(starts.state) else None


def record_best(starts: RandomStarts) -> Session:
    """The session they began from, which now knows the lowest loss of those that have reached the first goal."""
    ended = np.repeat([part.step >= starts.steps for part in starts.parts], [len(part) for part in starts.parts])
    losses = starts.losses[ended & ~np.isnan(starts.losses)]
    if not len(losses):
        return starts.session
    return starts.session.with_found(BestFound.of(starts.problem, starts.state.parameters, float(losses.min())))


def open_start(starts: RandomStarts, place: int) -> Session:
    """The session with one of the starts as its state, where training has brought it; one that diverged, where it began."""
    session, state, name = record_best(starts), starts.state, f"random start {starts.seed(place)}"
    beginning, end, outcome = starts.beginning(place), starts.checkpoint(place), starts.outcomes[place]
    if outcome == "diverged":
        said = f"{name} at its beginning: within {end.step:,} steps it diverges"
        end = Checkpoint.start(beginning)
    else:
        became = f": {outcome}" if outcome else ""
        said = f"{name} after {end.step:,} steps{became}; r goes back to its beginning" if end.step else name
    state = State(state.network, end, state.locks, state.settings, starts.seed(place), change=name, origin=beginning)
    # Not with_state: this is no change by hand in the course of the training before, even where the steps are as many.
    return fit_limits(session.at(session.states.push(state))).say(said)


def _draw(session: Session, first: int, count: int) -> Batch:
    state, init = session.state, session.scenario.init
    return random_starts(state.parameters, state.locks, init.scale, range(init.seed + first, init.seed + first + count))
