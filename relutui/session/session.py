"""The state of the program: one immutable Session, which every command maps to a new one."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from relutui.lib.arrays import Array, read_only
from relutui.lib.files import File
from relutui.lib.history import History
from relutui.lib.identity_cache import cached_by_identity
from relutui.model.dataset import Dataset, scaling_advice
from relutui.model.landscape import Landscape
from relutui.model.network import same_bound
from relutui.model.selection import FIELDS, HANDLE, Field, Selection, existing
from relutui.model.training import Checkpoint, Locks, TrainingSettings, random_start
from relutui.scenario.scenario import Scenario
from relutui.session.findings import BestFound, BestSoFar
from relutui.session.state import Mark, State, loss_of
from relutui.session.tours import Tour
from relutui.session.view_state import Hint, Layout, Message, Tab, Typing, View

CURVE_POINTS = 400  # x values at which curves are drawn, beside the kinks
HEADROOM = 0.25  # of the y-range, added where the curve has left it
FARTHEST = 3.0  # y-ranges of the data beyond which the y-range no longer follows the curve
MARKS = 200  # kept of a state, the newest


@dataclass(frozen=True)
class Session:
    """All that the screen shows is derived from this."""

    scenario: Scenario
    states: History[State]
    saved: State
    best: BestSoFar
    y_limits: tuple[float, float]
    probe: float
    selection: Selection
    column: Field = "w"  # the last field of a unit that was selected: where `up` from c leads
    view: View = "fit"
    tab: Tab = "units"
    layout: Layout = "medium"
    added: tuple[int, ...] = ()  # rows whose terms are in the sum of the Contributions view, in their order; see terms()
    gradients: bool = False  # whether the table shows the gradient of each parameter
    ahead: Checkpoint | None = None  # where the present state would be 100 steps on, while that is shown
    axes: tuple[Selection, Selection] | None = None  # the parameters of the landscape, across and up, once chosen
    landscape: Landscape | None = None  # the last one measured
    found: tuple[BestFound, ...] = ()  # by many starts, each for another kind of network
    possible: tuple[float, ...] = ()  # the lowest MSE of straight pieces with 0, 1, 2, ... free kinks, once computed
    handle: bool = False  # whether (kink, slope, side) of a unit are edited instead of (w, b)
    solved_in: tuple[int, int] | None = None  # edits and steps when the exercise was solved, while it is
    hint: Hint | None = None  # the one last asked for
    speed: int | None = 1
    running: bool = False
    typing: Typing | None = None
    device: str = "opening the device"
    advice: str = ""  # what would train faster than the device
    message: Message | None = None
    tour: Tour | None = None  # of one of the sixteen questions: under way, or over and still named
    files: tuple[File, ...] = ()  # read and written in this session, as they were then, the newest first
    before: "Session | None" = None  # where the tour of a question was asked for: that is gone back to
    kept: tuple["Session", ...] = ()  # left without being written, the last one first; they keep none themselves

    @property
    def state(self) -> State:
        """The present state."""
        return self.states.present

    @property
    def dataset(self) -> Dataset:
        """The points of the scenario."""
        return self.scenario.dataset

    @property
    def domain(self) -> tuple[float, float]:
        """The x-range of the scenario."""
        return self.scenario.domain

    @property
    def loss(self) -> float:
        """The loss of the present state."""
        return loss_of(self.state, self.dataset)

    @property
    def solved(self) -> bool:
        """Whether there is an exercise and its loss is below its bound."""
        return self._solves(self.state)

    @property
    def unsaved(self) -> bool:
        """Whether the present state differs from the one that was opened or last written; what a tour does is nobody's work."""
        if self.tour:
            return False
        now, then = (replace(state, edits=0, change="", waiting=(), marks=()) for state in (self.state, self.saved))
        return now != then

    @property
    def others(self) -> tuple["Session", ...]:
        """The other sessions that are not written: the one before a tour, and those kept."""
        return (self.before, *self.kept) if self.before and self.before.unsaved else self.kept

    @property
    def unwritten(self) -> tuple["Session", ...]:
        """All that would be lost, this session first."""
        return (self, *self.others) if self.unsaved else self.others

    @property
    def fields(self) -> tuple[Field, ...]:
        """What can be edited of each unit."""
        return HANDLE if self.handle else FIELDS

    def curve_x(self) -> Array:
        """Where curves are drawn: evenly over the domain."""
        return _evenly(self.domain)

    def with_state(self, state: State, group: object = None) -> "Session":
        """The session with a new present state, as an entry of its own in the history unless of the last one's group.

        A change by hand in the course of training is marked at its step; one that goes on with the last one is one with it.
        """
        now = self.state
        if 0 < state.checkpoint.step == now.checkpoint.step:
            kept = now.marks[:-1] if group is not None and group == self.states.group else now.marks
            state = replace(state, marks=(*kept, Mark(state.checkpoint.step, state.change))[-MARKS:])
        return self.at(self.states.push(state, group))

    def say(self, text: str, error: bool = False) -> "Session":
        """The session with something to say."""
        return replace(self, message=Message(text, error))

    def with_found(self, new: BestFound) -> "Session":
        """The session that knows what many starts ended at; of networks of one kind only the lowest loss is kept."""
        same = [old for old in self.found if replace(old, loss=new.loss) == new]
        others = tuple(old for old in self.found if old not in same)
        return replace(self, found=(*others, min([*same, new], key=lambda found: found.loss)))

    def at(self, states: History[State]) -> "Session":
        """The session with another history, and all that follows from its present state."""
        state = states.present
        loss = loss_of(state, self.dataset)
        best = self.best
        if loss < best.loss or (best.network, self.state.settings.loss) != (state.network, state.settings.loss):
            best = BestSoFar(state.network, state.parameters, loss)
        running = self.running and state.trainable
        solved_in = self.solved_in or (state.edits, state.checkpoint.step)
        added = self.added if state.parameters.units == self.state.parameters.units else ()
        moved = replace(
            self,
            states=states,
            best=best,
            selection=existing(self.selection, state.parameters.units, self.fields),
            added=added,
            solved_in=solved_in if self._solves(state) else None,
            running=running,
            ahead=None,
            message=None,
        )
        return replace(moved, y_limits=held_limits(moved))

    def _solves(self, state: State) -> bool:
        """Whether a state solves the exercise, by the kind of loss that the exercise is about, whatever it is trained on."""
        exercise = self.scenario.exercise
        return exercise is not None and exercise_loss(self.scenario, state) < exercise.solved_below


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
    session = Session(
        scenario=scenario,
        states=History(state),
        saved=state,
        best=BestSoFar(state.network, state.parameters, loss_of(state, scenario.dataset)),
        y_limits=(0.0, 1.0),
        probe=sum(scenario.domain) / 2,
        selection=_first_free(scenario.locks),
        files=(scenario.file,) if scenario.file else (),
    )
    session = replace(session, y_limits=fitted_limits(session))
    said = scaling_advice(scenario.dataset)
    return session.say(said) if said else session


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


Opener = Callable[[str], Session]  # the session in which the scenario of a name or path begins; raises ScenarioError


def fitted_limits(session: Session) -> tuple[float, float]:
    """The y-range of data and prediction, with a little room; bounded where the prediction is far off."""
    low, high = _extent(session)
    room = 0.05 * (high - low)
    return low - room, high + room


def held_limits(session: Session) -> tuple[float, float]:
    """The y-range as it stands, widened only on the side where the curve has left it: a chart that jumps cannot be read."""
    (low, high), (least, most) = session.y_limits, _extent(session)
    room = HEADROOM * (max(high, most) - min(low, least))
    return (least - room if least < low else low), (most + room if most > high else high)


def _extent(session: Session) -> tuple[float, float]:
    """The lowest and highest y of the data and, as far as FARTHEST allows, of the prediction; never of no height."""
    data = session.dataset.y
    low, high = float(data.min()), float(data.max())
    span = (high - low) or max(1.0, abs(high))
    curve = session.state.network.prediction(session.state.parameters, session.curve_x())
    curve = curve[np.isfinite(curve)]
    if len(curve):
        low = max(min(low, float(curve.min())), low - FARTHEST * span)
        high = min(max(high, float(curve.max())), high + FARTHEST * span)
    if not math.isfinite(high - low) or high - low <= 1e-9 * max(abs(low), abs(high), 1e-300):
        low, high = low - span / 2, high + span / 2
    return low, high
