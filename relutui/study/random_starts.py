"""Many random starts of one problem: where each began, and how far it is trained."""

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

import numpy as np

from relutui.lib.arrays import Array
from relutui.model.batch import Batch
from relutui.model.initialization import random_start, random_values
from relutui.model.network import Parameters
from relutui.model.training import Checkpoint, OptimizerState, Problem
from relutui.session.edits import fit_limits
from relutui.session.findings import BestFound, locked_values
from relutui.session.session import Session
from relutui.session.state import State
from relutui.study.outcomes import Outcome, outcomes
from relutui.study.sweep import bound


@dataclass(frozen=True, eq=False)
class RandomStarts:
    """The starts of consecutive seeds from the scenario's on, numbered by their place from 0, and the steps they are to take.

    goal: the steps that all are to take; steps: the first goal, and what it grows by; parts: batches of neighbouring starts at
    the same step, whose losses are not measured at step 0.
    """

    session: Session
    steps: int
    goal: int
    parts: tuple[Batch, ...]

    def __len__(self) -> int:
        return sum(len(part) for part in self.parts)

    @property
    def state(self) -> State:
        """What the starts share: network, locks and locked values, settings."""
        return self.session.state

    @property
    def problem(self) -> Problem:
        """The problem they are trained on, without an early stop."""
        settings = replace(self.state.settings, stop_below=None)
        return replace(self.state, settings=settings).problem(self.session.dataset)

    @property
    def below(self) -> float:
        """The loss below which a network counts as solved."""
        return bound(self.session.scenario, self.state.settings)

    @property
    def step(self) -> int:
        """The steps that every start has taken."""
        return min(part.step for part in self.parts)

    @property
    def remaining_steps(self) -> int:
        """The steps still to be taken, summed over the starts."""
        return sum(len(part) * (self.goal - part.step) for part in self.parts)

    @cached_property
    def losses(self) -> Array:
        """The loss of each start, of shape (networks,); nan if it diverged or is not measured yet."""
        return np.concatenate([np.where(part.diverged, np.nan, part.losses) for part in self.parts])

    @cached_property
    def outcomes(self) -> tuple[Outcome | None, ...]:
        """The outcome of each start; None while it is not known."""
        each: list[Outcome | None] = []
        for part in self.parts:
            each += outcomes(part, self.problem, self.below) if part.step else (None,) * len(part)
        return tuple(each)

    @property
    def by_loss(self) -> list[int]:
        """The places in order of loss, the lowest first and those without a loss last."""
        places: list[int] = np.argsort(self.losses, kind="stable").tolist()
        return places

    @property
    def lagging(self) -> int | None:
        """The index of the first part that is not at the goal; None if all are."""
        return next((number for number, part in enumerate(self.parts) if part.step < self.goal), None)

    def seed(self, place: int) -> int:
        """The seed of the start at a place."""
        return self.session.scenario.init.seed + place

    def step_of(self, place: int) -> int:
        """The steps taken by the start at a place."""
        return self._part_of(place)[0].step

    def beginning(self, place: int) -> Parameters:
        """The untrained parameters of the start at a place."""
        state, init, x = self.state, self.session.scenario.init, self.session.dataset.x
        return random_start(state.parameters, state.locks, init, x, self.seed(place), state.network)

    def checkpoint(self, place: int) -> Checkpoint:
        """The checkpoint that the start at a place has reached."""
        part, index = self._part_of(place)
        first, second = (replace(part, values=moments).parameters(index) for moments in (part.first, part.second))
        return Checkpoint(part.parameters(index), OptimizerState(first, second, part.step), part.step)

    def values(self, places: list[int]) -> Array:
        """The parameters of the starts at these places, as in a Batch; of shape (places, 1 + 3 units)."""
        return np.stack([part.values[index] for part, index in map(self._part_of, places)])

    def with_part(self, number: int, part: Batch) -> "RandomStarts":
        """Replace a part by the same part at a later step."""
        return replace(self, parts=(*self.parts[:number], part, *self.parts[number + 1 :]))

    def joined(self) -> "RandomStarts":
        """Join neighbouring parts that are at the same step."""
        return replace(self, parts=tuple(Batch.joined(list(parts)) for _, parts in groupby(self.parts, lambda part: part.step)))

    def with_more(self, count: int) -> "RandomStarts":
        """Add so many starts, at step 0."""
        return replace(self, parts=(*self.parts, _draw(self.session, len(self), count)))

    def with_further_steps(self) -> "RandomStarts":
        """Raise the goal by another `steps`."""
        return replace(self, goal=self.goal + self.steps)

    def _part_of(self, place: int) -> tuple[Batch, int]:
        """The part that holds a place, and the index in it.  Raises IndexError."""
        for part in self.parts:
            if place < len(part):
                return part, place
            place -= len(part)
        raise IndexError(place)


def begin(session: Session, count: int, steps: int) -> RandomStarts:
    """Draw so many starts, with a goal of so many steps."""
    return RandomStarts(session, steps, steps, (_draw(session, 0, count),))


def carry_over(starts: RandomStarts | None, session: Session) -> RandomStarts | None:
    """The same starts in a later session, or None if its problem is another one."""
    if starts is None or starts.session.scenario is not session.scenario:
        return None

    def asked(state: State) -> object:
        return state.network, state.locks, locked_values(state.parameters, state.locks), state.settings

    return replace(starts, session=session) if asked(session.state) == asked(starts.state) else None


def record_best(starts: RandomStarts) -> Session:
    """The session of the starts, with the lowest loss of those that have reached the first goal recorded in it."""
    ended = np.repeat([part.step >= starts.steps for part in starts.parts], [len(part) for part in starts.parts])
    losses = starts.losses[ended & ~np.isnan(starts.losses)]
    if not len(losses):
        return starts.session
    return starts.session.with_best_found(BestFound.of(starts.problem, starts.state.parameters, float(losses.min())))


def open_start(starts: RandomStarts, place: int) -> Session:
    """Open the start at a place as the session's state: its checkpoint, or its untrained parameters if it diverged."""
    session, state, name = record_best(starts), starts.state, f"random start {starts.seed(place)}"
    beginning, end, outcome = starts.beginning(place), starts.checkpoint(place), starts.outcomes[place]
    if outcome == "diverged":
        said = f"{name} at its start: within {end.step:,} steps it diverges"
        end = Checkpoint.start(beginning)
    else:
        became = f": {outcome}" if outcome else ""
        said = f"{name} after {end.step:,} steps{became}; r goes back to its start" if end.step else name
    state = State(state.network, end, state.locks, state.settings, starts.seed(place), change=name, origin=beginning)
    # Not with_state, which would mark this as an edit during the previous training if the steps happen to be equal.
    return fit_limits(session.with_states(session.states.push(state))).say(said)


def _draw(session: Session, first: int, count: int) -> Batch:
    state, init, x = session.state, session.scenario.init, session.dataset.x
    seeds = range(init.seed + first, init.seed + first + count)
    p = state.parameters
    return Batch.start(random_values(p, state.locks, init, x, seeds, state.network), p.sizes)
