"""The state of the program: one immutable Session, which every command maps to a new one."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Concatenate, ParamSpec

import numpy as np

from relutui.lib.arrays import Array, read_only
from relutui.lib.history import History
from relutui.lib.identity_cache import cached_by_identity
from relutui.model.dataset import Dataset, scaling_advice
from relutui.model.network import same_bound
from relutui.model.selection import FIELDS, HANDLE, Field, Selection, existing
from relutui.model.training import Checkpoint, Locks, TrainingSettings, random_start
from relutui.scenario.scenario import Scenario
from relutui.session import y_range
from relutui.session.device_status import DeviceStatus, Opening
from relutui.session.document import BestSoFar, Document
from relutui.session.findings import BestFound, Findings
from relutui.session.state import Mark, State, loss_of
from relutui.session.tours import Tour
from relutui.session.view_state import Message, ViewState

P = ParamSpec("P")
CURVE_POINTS = 400  # x values at which curves are drawn, beside the kinks
MAX_MARKS = 200  # kept of a state, the newest


def _changed_part(name: str, part: Callable[P, object]) -> Callable[Concatenate["Session", P], "Session"]:
    """Return the method that replaces fields of one part of a session; its keywords are those of the part's class."""

    def changed(session: "Session", /, *_: P.args, **changes: P.kwargs) -> "Session":
        return replace(session, **{name: replace(getattr(session, name), **changes)})

    return changed


@dataclass(frozen=True)
class Session:
    """Everything that the screen is derived from: the document, how it is looked at, and what is known of it."""

    document: Document
    view: ViewState
    findings: Findings = field(default_factory=Findings)
    device: DeviceStatus = field(default_factory=Opening)
    speed: int | None = 1  # steps a frame; None: as many as fit
    running: bool = False
    tour: Tour | None = None  # of one of the sixteen questions: under way, or over and still named
    previous: "Session | None" = None  # where the tour of a question was asked for, which esc leads back to
    kept: tuple["Session", ...] = ()  # unwritten sessions in the background, the last one first; they keep none themselves

    def with_document(self, **changes: Any) -> "Session":
        """The session with other values of the document's fields."""
        return replace(self, document=replace(self.document, **changes))

    with_view = _changed_part("view", ViewState)
    with_findings = _changed_part("findings", Findings)

    @property
    def scenario(self) -> Scenario:
        """The scenario that is open."""
        return self.document.scenario

    @property
    def states(self) -> History[State]:
        """The present state between those that undo and redo lead to."""
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
    def domain(self) -> tuple[float, float]:
        """The x-range of the scenario."""
        return self.document.scenario.domain

    @property
    def loss(self) -> float:
        """The loss of the present state."""
        return loss_of(self.state, self.dataset)

    @property
    def solved(self) -> bool:
        """Whether there is an exercise and its loss is below its bound."""
        return _solves(self.scenario, self.state)

    @property
    def unsaved(self) -> bool:
        """Whether the present state differs from the one that was opened or last written; what a tour does is nobody's work."""
        return not self.tour and self.document.unsaved

    @property
    def others(self) -> tuple["Session", ...]:
        """The other sessions that are not written: the one before a tour, and those kept."""
        return (self.previous, *self.kept) if self.previous and self.previous.unsaved else self.kept

    @property
    def unwritten(self) -> tuple["Session", ...]:
        """All that would be lost, this session first."""
        return (self, *self.others) if self.unsaved else self.others

    @property
    def fields(self) -> tuple[Field, ...]:
        """What can be edited of each unit."""
        return HANDLE if self.view.handle_mode else FIELDS

    def curve_x(self) -> Array:
        """Where curves are drawn: evenly over the domain."""
        return _evenly(self.domain)

    def with_state(self, state: State, group: object = None) -> "Session":
        """The session with a new present state, as an entry of its own in the history unless of the last one's group.

        A change by hand in the course of training is marked at its step; one that goes on with the last one is one with it.
        """
        now = self.state
        if 0 < state.checkpoint.step == now.checkpoint.step:
            earlier = now.marks[:-1] if group is not None and group == self.states.group else now.marks
            state = replace(state, marks=(*earlier, Mark(state.checkpoint.step, state.change))[-MAX_MARKS:])
        return self.at(self.states.push(state, group))

    def say(self, text: str, error: bool = False) -> "Session":
        """The session with something to say."""
        return self.with_view(message=Message(text, error))

    def with_best_found(self, new: BestFound) -> "Session":
        """The session that knows what many starts ended at; of networks of one kind only the lowest loss is kept."""
        found = self.findings.best_found
        same = [old for old in found if replace(old, loss=new.loss) == new]
        others = tuple(old for old in found if old not in same)
        return self.with_findings(best_found=(*others, min([*same, new], key=lambda best: best.loss)))

    def at(self, states: History[State]) -> "Session":
        """The session with another history, and all that follows from its present state."""
        state, document, view = states.present, self.document, self.view
        loss, best = loss_of(state, self.dataset), document.best
        if loss < best.loss or (best.network, self.state.settings.loss) != (state.network, state.settings.loss):
            best = BestSoFar(state.network, state.parameters, loss)
        now = state.edits, state.checkpoint.step
        solved_in = (document.solved_in or now) if _solves(self.scenario, state) else None
        units = state.parameters.units
        return replace(
            self,
            document=replace(document, states=states, best=best, solved_in=solved_in),
            view=replace(
                view,
                selection=existing(view.selection, units, self.fields),
                summed_units=view.summed_units if units == self.state.parameters.units else (),
                y_limits=y_range.widened(view.y_limits, self.dataset.y, curve_y(state, self.domain)),
                message=None,
            ),
            findings=replace(self.findings, preview=None) if self.findings.preview else self.findings,
            running=self.running and state.trainable,
        )


def _solves(scenario: Scenario, state: State) -> bool:
    """Whether a state solves the exercise, by the kind of loss that the exercise is about, whatever it is trained on."""
    exercise = scenario.exercise
    return exercise is not None and exercise_loss(scenario, state) < exercise.solved_below


@cached_by_identity(2)
def exercise_loss(scenario: Scenario, state: State) -> float:
    """The loss that the exercise of a scenario is about."""
    data = scenario.dataset
    return state.network.loss(state.parameters, data.x, data.y, scenario.settings.loss)


def start_of(scenario: Scenario, seed: int | None) -> Checkpoint:
    """Step 0 of the scenario: as it is listed, or the random start of a seed."""
    if seed is None:
        return Checkpoint.start(scenario.start)
    return Checkpoint.start(random_start(scenario.start, scenario.locks, scenario.init.scale, seed))


def open_session(scenario: Scenario, settings: TrainingSettings | None = None, seed: int | None = None) -> Session:
    """The session in which a scenario begins; settings and the seed of a random start may stand in for its own."""
    if seed is None and scenario.init.units:
        seed = scenario.init.seed
    state = State(scenario.network, start_of(scenario, seed), scenario.locks, settings or scenario.settings, seed)
    document = Document(
        scenario=scenario,
        states=History(state),
        saved=state,
        best=BestSoFar(state.network, state.parameters, loss_of(state, scenario.dataset)),
        files=(scenario.file,) if scenario.file else (),
    )
    view = ViewState(
        probe=sum(scenario.domain) / 2,
        selection=_first_free(scenario.locks),
        y_limits=y_range.fitted(scenario.dataset.y, curve_y(state, scenario.domain)),
    )
    session = Session(document, view)
    advice = scaling_advice(scenario.dataset)
    return session.say(advice) if advice else session


def _first_free(locks: Locks) -> Selection:
    """The first parameter that is not locked, c being the last; the very first where all are."""
    free = np.argwhere(~np.array([locks.w, locks.b, locks.v]).T)
    if len(free):
        row, column = free[0].tolist()
        return Selection(row, FIELDS[column])
    return Selection(0, "w") if locks.c else Selection(len(locks.w), "c")


def as_scenario(session: Session, name: str) -> Scenario:
    """The present state as a scenario of its own."""
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


@cached_by_identity(1)
def _evenly(domain: tuple[float, float]) -> Array:
    return read_only(np.linspace(*domain, CURVE_POINTS))


@cached_by_identity(2)
def curve_y(state: State, domain: tuple[float, float]) -> Array:
    """The prediction of a state over the domain, of shape (CURVE_POINTS,)."""
    return state.network.prediction(state.parameters, _evenly(domain))


Opener = Callable[[str], Session]  # the session in which the scenario of a name or path begins; raises ScenarioError
