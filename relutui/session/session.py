"""The state of the program: one immutable Session, which every command maps to a new one."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Concatenate, ParamSpec, Protocol

import numpy as np

from relutui.lib.arrays import Array, read_only
from relutui.lib.history import History
from relutui.lib.identity_cache import cached_by_identity
from relutui.model.dataset import Dataset
from relutui.model.initialization import random_start
from relutui.model.network import same_bound
from relutui.model.scale import Scale
from relutui.model.selection import Field, existing, first_free, units_of
from relutui.model.training import Checkpoint
from relutui.scenario.course import Word
from relutui.scenario.csv_choice import CsvChoice
from relutui.scenario.scenario import Scenario
from relutui.session import y_range
from relutui.session.device_status import DeviceStatus, Opening
from relutui.session.document import BestSoFar, Document
from relutui.session.findings import BestFound, Findings
from relutui.session.opening_text import opening_text
from relutui.session.progress import Progress
from relutui.session.state import Mark, State, loss_of
from relutui.session.tours import Tour
from relutui.session.view_state import BEYOND_WIDTHS, TABS, Message, Tab, ViewState

P = ParamSpec("P")
WORD_OF_TAB: dict[Tab, Word] = {
    "strips": "on",
    "walk": "probe",
    "loss": "training",
    "network": "probe",
}  # others are always shown
CURVE_POINTS = 400  # x values at which curves are drawn, in addition to the kinks
MAX_MARKS = 200  # of a state; older ones are dropped


def _part_setter(name: str, part: Callable[P, object]) -> Callable[Concatenate["Session", P], "Session"]:
    """Return the method that replaces fields of one part of a session; its keywords are those of the part's class."""

    def changed(session: "Session", /, *_: P.args, **changes: P.kwargs) -> "Session":
        return replace(session, **{name: replace(getattr(session, name), **changes)})

    return changed


@dataclass(frozen=True)
class Session:
    """Everything that the screen is derived from: the document, its view, and the findings about it."""

    document: Document
    view: ViewState
    findings: Findings = field(default_factory=Findings)
    device: DeviceStatus = field(default_factory=Opening)
    speed: int | None = 1  # steps a frame; None: as many as fit
    running: bool = False
    tour: Tour | None = None  # the tour of a question that is playing, or has ended and is still shown
    previous: "Session | None" = None  # the session before the tour, to which esc goes back
    kept: tuple["Session", ...] = ()  # unwritten sessions in the background, newest first; their own `kept` is empty
    progress: Progress = field(default_factory=Progress)  # the learner's, whatever scenario is open

    def with_document(self, **changes: Any) -> "Session":
        """Replace fields of the document."""
        return replace(self, document=replace(self.document, **changes))

    with_view = _part_setter("view", ViewState)
    with_findings = _part_setter("findings", Findings)

    @property
    def scenario(self) -> Scenario:
        """The scenario that is open."""
        return self.document.scenario

    @property
    def states(self) -> History[State]:
        """The present state, and those that undo and redo lead to."""
        return self.document.states

    @property
    def state(self) -> State:
        """The present state."""
        return self.document.states.present

    @property
    def dataset(self) -> Dataset:
        """The points of the scenario."""
        return self.document.scenario.dataset

    @property
    def scale(self) -> Scale:
        """The scale of the points, from which all places and heights of a session are converted where they are written."""
        return self.document.scenario.dataset.scale

    @property
    def domain(self) -> tuple[float, float]:
        """The x-range of the scenario."""
        return self.document.scenario.domain

    @property
    def x_range(self) -> tuple[float, float]:
        """The x-range of the charts: the domain, or a wider one."""
        return _widened(self.domain, BEYOND_WIDTHS[self.view.beyond])

    @property
    def data_range(self) -> tuple[float, float] | None:
        """The first and last x of the points while the x-range goes beyond them, else None."""
        x = self.dataset.x
        return (float(x[0]), float(x[-1])) if self.view.beyond else None

    @property
    def loss(self) -> float:
        """The loss of the present state."""
        return loss_of(self.state, self.dataset)

    @property
    def solved(self) -> bool:
        """Return whether there is an exercise and its loss is below its bound."""
        return _solves(self.scenario, self.state)

    @property
    def unsaved(self) -> bool:
        """Return whether the present state differs from the one opened or last written; during a tour it never does."""
        return not self.tour and self.document.unsaved

    @property
    def other_sessions(self) -> tuple["Session", ...]:
        """The other unwritten sessions: the one before a tour, and those in the background."""
        return (self.previous, *self.kept) if self.previous and self.previous.unsaved else self.kept

    @property
    def unwritten_sessions(self) -> tuple["Session", ...]:
        """All unwritten sessions, this one first."""
        return (self, *self.other_sessions) if self.unsaved else self.other_sessions

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields of each unit of the selected layer that can be edited."""
        return self.view.fields_of(self.state.parameters.sizes, self.view.selection.layer)

    def shows(self, word: Word) -> bool:
        """Return whether the screen may show what a word of the course stands for."""
        return word in self.view.words or self.progress.show_everything or self.tour is not None

    @property
    def tabs(self) -> tuple[Tab, ...]:
        """The panels that may be shown behind tabs: the loss also once there was training."""
        unheard = {tab: not self.shows(word) for tab, word in WORD_OF_TAB.items()}
        hidden = unheard | {"loss": unheard["loss"] and not self.state.checkpoint.step}
        return tuple(tab for tab in TABS if not hidden.get(tab))

    def curve_x(self) -> Array:
        """Return the x at which curves are drawn, evenly spaced over the x-range: float64 of shape (CURVE_POINTS,)."""
        return even_grid(self.x_range)

    def with_state(self, state: State, group: object = None) -> "Session":
        """Set a new present state, which replaces the last entry of the history if it is of the same group.

        An edit after training has begun is marked at its step; consecutive edits of one group share a mark.
        """
        present = self.state
        if 0 < state.checkpoint.step == present.checkpoint.step:
            earlier = present.marks[:-1] if group is not None and group == self.states.group else present.marks
            state = replace(state, marks=(*earlier, Mark(state.checkpoint.step, state.change))[-MAX_MARKS:])
        return self.with_states(self.states.push(state, group))

    def say(self, text: str, error: bool = False) -> "Session":
        """Set the message."""
        return self.with_view(message=Message(text, error))

    def with_best_found(self, new: BestFound) -> "Session":
        """Record the best loss of many starts; of comparable ones only the lowest is kept."""
        records = self.findings.best_found
        same = [old for old in records if old._replace(loss=new.loss) == new]
        others = tuple(old for old in records if old not in same)
        return self.with_findings(best_found=(*others, min([*same, new], key=lambda best: best.loss)))

    def with_states(self, states: History[State]) -> "Session":
        """Replace the history, and update all that follows from its present state."""
        document, view = self.document, self.view
        state = states.present.with_automatic_rate(self.dataset)
        if state is not states.present:
            states = replace(states, present=state)
        loss, best = loss_of(state, self.dataset), document.best
        if loss < best.loss or (best.network, self.state.settings.loss) != (state.network, state.settings.loss):
            best = BestSoFar(state.network, state.parameters, loss)
        progress = state.edits, state.checkpoint.step
        solved_in = (document.solved_in or progress) if _solves(self.scenario, state) else None
        sizes, place = state.parameters.sizes, view.selection
        return replace(
            self,
            document=replace(document, states=states, best=best, solved_in=solved_in),
            view=replace(
                view,
                selection=existing(place, units_of(sizes, place.layer), view.fields_of(sizes, place.layer)),
                summed_units=view.summed_units if sizes == self.state.parameters.sizes else (),
                y_limits=y_range.widen(view.y_limits, self.dataset.y, curve_y(state, self.x_range)),
                message=None,
                just_solved=bool(solved_in) and (view.just_solved or not document.solved_in),
                hold=view.hold if view.hold and states.group is view.hold.group else None,  # any other edit keeps what it did
            ),
            findings=replace(self.findings, preview=None) if self.findings.preview else self.findings,
            running=self.running and state.trainable,
        )


def _solves(scenario: Scenario, state: State) -> bool:
    """Return whether a state solves the exercise, judged by the scenario's kind of loss whatever the state is trained on."""
    exercise = scenario.exercise
    return exercise is not None and exercise_loss(scenario, state) < exercise.solved_below


@cached_by_identity(2)
def exercise_loss(scenario: Scenario, state: State) -> float:
    """Return the loss that the exercise of a scenario sets a bound for, of the scenario's own kind."""
    data = scenario.dataset
    return state.network.loss(state.parameters, data.x, data.y, scenario.settings.loss)


def start_of(scenario: Scenario, seed: int | None) -> Checkpoint:
    """Return step 0 of the scenario: its listed parameters, or the random start of a seed."""
    if seed is None:
        return Checkpoint.start(scenario.start)
    x, network = scenario.dataset.x, scenario.network
    return Checkpoint.start(random_start(scenario.start, scenario.locks, scenario.init, x, seed, network))


def open_session(scenario: Scenario, seed: int | None = None) -> Session:
    """Open a scenario; the seed of a random start replaces its own if given."""
    if seed is None and scenario.init.units:
        seed = scenario.init.seed
    state = State(scenario.network, start_of(scenario, seed), scenario.locks, scenario.settings, seed)
    state = state.with_automatic_rate(scenario.dataset)
    document = Document(
        scenario=scenario,
        states=History(state),
        saved=state,
        best=BestSoFar(state.network, state.parameters, loss_of(state, scenario.dataset)),
        files=(scenario.file,) if scenario.file else (),
    )
    view = ViewState(
        name=scenario.view,
        probe=sum(scenario.domain) / 2,
        selection=first_free(scenario.locks),
        y_limits=y_range.fit(scenario.dataset.y, curve_y(state, scenario.domain)),
    )
    session, text = Session(document, view), opening_text(scenario)
    return session.say(text) if text else session


def as_scenario(session: Session, name: str) -> Scenario:
    """Return the present state as a scenario of its own."""
    state, scenario = session.state, session.scenario
    exercise = scenario.exercise
    if exercise:
        bound = same_bound(exercise.solved_below, scenario.settings.loss, state.settings.loss, len(session.dataset))
        exercise = replace(exercise, solved_below=bound)
    return replace(
        scenario,
        name=name,
        network=state.network,
        start=state.parameters,
        locks=state.locks,
        settings=state.settings,
        exercise=exercise,
    )


@lru_cache(2)
def _widened(domain: tuple[float, float], widths: float) -> tuple[float, float]:
    """Return the domain, or a range that goes beyond both ends of it by so many of its widths."""
    low, high = domain
    return (low - widths * (high - low), high + widths * (high - low)) if widths else domain


@cached_by_identity(2)
def even_grid(x_range: tuple[float, float]) -> Array:
    """Return evenly spaced x over a range: float64 of shape (CURVE_POINTS,)."""
    return read_only(np.linspace(*x_range, CURVE_POINTS))


@cached_by_identity(2)
def curve_y(state: State, x_range: tuple[float, float]) -> Array:
    """Return the prediction of a state, evenly spaced over an x-range: float64 of shape (CURVE_POINTS,)."""
    return state.network.prediction(state.parameters, even_grid(x_range))


class Opener(Protocol):
    """What opens a scenario."""

    def __call__(self, name: str, choice: CsvChoice = ..., /) -> Session:
        """Open the scenario of a name or path; choice: what is chosen of a CSV file.  Raises ScenarioError."""
