"""The commands, as values: footer, help, palette and the page of keys in the manual all come from this list."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from relutui.explain import hints, why_prediction, why_unit
from relutui.model.selection import Move
from relutui.scenario.scenario import MAX_UNITS, VIEWS
from relutui.session import (
    asking,
    drawing,
    edits,
    hold,
    kink_edits,
    landscape_axes,
    output_edits,
    partial_sum,
    probe_edits,
    range_edits,
    settings_edits,
    unit_edits,
)
from relutui.session.other_sessions import return_from_tour
from relutui.session.session import Session
from relutui.session.settings_edits import next_value
from relutui.session.view_state import FULL, SHARED_TABS, SPEEDS

MOVES: tuple[Move, ...] = ("up", "down", "left", "right", "pageup", "pagedown", "home", "end")


@dataclass(frozen=True)
class Train:
    """A request to train for some steps."""

    steps: int


@dataclass(frozen=True)
class Show:
    """A request to open a dialog, or to quit."""

    what: Literal[
        "open",
        "write",
        "help",
        "lesson",
        "palette",
        "quit",
        "devices",
        "seeds",
        "capacity",
        "one fewer",
        "one more",
        "probe",
        "pieces",
        "equation",
    ]


@dataclass(frozen=True)
class LookAhead:
    """A request to preview where some steps of training would lead, without taking them."""

    steps: int


@dataclass(frozen=True)
class Solve:
    """A request to set v and c to the best for the present w and b."""


Request = Train | Show | LookAhead | Solve


@dataclass(frozen=True)
class Command:
    """A command and its keys: `run` maps the session to the next one, or to a request that the screen carries out.

    A command with an empty `help` is described in TABLE_KEYS; `unavailable` returns why the command cannot run now, or None.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    run: Callable[[Session], Session | Request]
    unavailable: Callable[[Session], str | None] = lambda session: None


PREVIEW_STEPS = 100
MORE_DIGITS = 2  # digits


def _change_view(by: int) -> Callable[[Session], Session]:
    return lambda session: session.with_view(name=next_value(VIEWS, session.view.name, by), message=None)


def _change_tab(by: int) -> Callable[[Session], Session]:
    def change(session: Session) -> Session:
        view = session.view
        if view.full is not None:
            full = next_value(FULL, view.full, by)
            return session.with_view(full=full, tab=view.tab if full == "chart" else full, message=None)
        if view.layout == "small":
            return session.with_view(tab=next_value(session.tabs, view.tab, by), message=None)
        shown = view.shared_tab(session.state.checkpoint.step)
        tabs = tuple(tab for tab in SHARED_TABS if tab in session.tabs)
        return session.with_view(tab=next_value(tabs, shown, by), message=None)

    return change


def _toggle_full(session: Session) -> Session:
    return session.with_view(full=None if session.view.full else "chart", message=None)


def _go_back(session: Session) -> Session:
    return _toggle_full(session) if session.view.full else return_from_tour(session)


def _change_speed(by: int) -> Callable[[Session], Session]:
    def change(session: Session) -> Session:
        speed = SPEEDS[min(max(SPEEDS.index(session.speed) + by, 0), len(SPEEDS) - 1)]
        return replace(session, speed=speed).say(f"runs at {'as many steps as fit in' if speed is None else speed} a frame")

    return change


def _move(move: Move) -> Callable[[Session], Session]:
    return lambda session: edits.move(session, move)


def _move_cursor(across: int, up: int) -> Callable[[Session], Session]:
    return lambda session: drawing.move(session, across, up)


def _choose(row: int) -> Callable[[Session], Session]:
    return lambda session: hold.choose(session, row)


def _run_or_pause(session: Session) -> Session:
    return replace(session.with_view(message=None), running=not session.running)


def _toggle_preview(session: Session) -> Session | Request:
    return session.with_view(message=None).with_findings(preview=None) if session.findings.preview else LookAhead(PREVIEW_STEPS)


def _toggle_gradients(session: Session) -> Session:
    return session.with_view(gradients=not session.view.gradients, message=None)


def _toggle_numbers(session: Session) -> Session:
    shown = session.view.numbered and session.view.name == "fit"
    return session.with_view(numbered=not shown, name="fit", message=None)


def _toggle_everything(session: Session) -> Session:
    show = not session.progress.show_everything
    session = replace(session, progress=replace(session.progress, show_everything=show))
    session = session if session.view.tab in session.tabs else session.with_view(tab="units")
    words = ("everything", "what the course has explained so far")
    return session.say(f"shown: {words[0 if show else 1]}; D again: {words[1 if show else 0]}")


def _toggle_digits(session: Session) -> Session:
    return session.with_view(more_digits=0 if session.view.more_digits else MORE_DIGITS, message=None)


def _give_hint(session: Session) -> Session:
    result = session.with_view(hint=hints.next_hint(session))
    return result.say(hints.hint(result))


def _explain_row(session: Session) -> Session:
    row = session.view.selection.row
    return (
        session.say(why_unit.why_unit(session, row)) if row < session.state.parameters.units else _explain_prediction(session)
    )


def _explain_prediction(session: Session) -> Session:
    return session.say(why_prediction.why_prediction(session))


def _why_no_lesson(session: Session) -> str | None:
    return None if session.scenario.lesson or session.scenario.intro else "this scenario has no lesson"


def _why_no_ask(session: Session) -> str | None:
    return None if asking.asks_of(session) else "nothing is asked in this scenario"


def _why_no_unit(session: Session) -> str | None:
    return "select a unit first" if session.view.selection.field == "c" else None


def _why_no_more_units(session: Session) -> str | None:
    return f"a scenario has at most {MAX_UNITS} units" if session.state.parameters.units >= MAX_UNITS else None


def _why_no_comparison(session: Session) -> str | None:
    return settings_edits.why_no_training(session.state.network)


def _why_no_fewer_units(session: Session) -> str | None:
    return "the last unit cannot be removed" if session.state.parameters.units == 1 else _why_no_unit(session)


def _why_no_training(session: Session) -> str | None:
    why = settings_edits.why_no_training(session.state.network)
    return why or (None if session.state.trainable else "every parameter is locked; l unlocks one")


def _why_no_pieces(session: Session) -> str | None:
    return None if session.state.network.kinked else "only units with a kink make straight pieces"


def _why_no_numbers(session: Session) -> str | None:
    bent = session.state.network.output_activation != "identity"
    return "the output activation bends the curve too; K lists the pieces before it" if bent else _why_no_pieces(session)


def _why_no_tabs(session: Session) -> str | None:
    tabbed = session.view.full or session.view.layout in ("small", "medium")
    return None if tabbed else "every panel is on the screen at this size"


COMMANDS: tuple[Command, ...] = (
    *(Command(move, (move,), move.capitalize(), "", _move(move)) for move in MOVES),
    Command("panel", ("tab",), "Panel", "next panel, when panels are behind tabs or one is full", _change_tab(1), _why_no_tabs),
    Command("panel-back", ("shift+tab",), "Panel back", "previous panel", _change_tab(-1), _why_no_tabs),
    Command(
        "step",
        ("s",),
        "Step",
        "train one step, or as many as the scenario sets",
        lambda s: Train(s.state.settings.steps),
        _why_no_training,
    ),
    Command(
        "steps",
        ("S",),
        "100 steps",
        "train a hundred times as many",
        lambda s: Train(100 * s.state.settings.steps),
        _why_no_training,
    ),
    Command("run", ("space",), "Run", "run or pause training", _run_or_pause, _why_no_training),
    Command("slower", (",",), "Slower", "run slower: 1, 10, 100, 1,000 steps a frame, or all that fit", _change_speed(-1)),
    Command("faster", (".",), "Faster", "run faster", _change_speed(1)),
    Command("halve", ("(",), "Halve rate", "halve the learning rate", lambda s: settings_edits.scale_learning_rate(s, 0.5)),
    Command("double", (")",), "Double rate", "double the learning rate", lambda s: settings_edits.scale_learning_rate(s, 2.0)),
    Command("optimizer", ("O",), "Optimizer", "next optimizer: sgd, momentum, adam", settings_edits.next_optimizer),
    Command(
        "momentum",
        ("M",),
        "Momentum",
        "next momentum: 0, 0.5, 0.9, 0.99",
        settings_edits.next_momentum,
        settings_edits.why_no_momentum,
    ),
    Command("weight-decay", ("W",), "Weight decay", "next weight decay: 0, 0.0001, ..., 0.1", settings_edits.next_weight_decay),
    Command("loss", ("e",), "Loss", "next loss: mse, sse", settings_edits.next_loss),
    Command("gradient", ("G",), "Gradient", "show or hide the gradients in the table", _toggle_gradients),
    Command(
        "predict", ("p",), "Preview", "show where 100 more steps would lead, or hide it", _toggle_preview, _why_no_training
    ),
    Command(
        "solve",
        ("b",),
        "Best v and c",
        "set v and c to the best for these w and b, by least squares",
        lambda s: Solve(),
        output_edits.why_not_solvable,
    ),
    Command(
        "seeds", ("g",), "Seeds", "train many random starts at once and compare them", lambda s: Show("seeds"), _why_no_training
    ),
    Command(
        "capacity",
        ("n",),
        "How many units",
        "how good n units can be: the loss by number of units",
        lambda s: Show("capacity"),
        _why_no_comparison,
    ),
    Command(
        "activation",
        ("f",),
        "Activation",
        "next activation of the units: relu, leaky_relu, ...",
        settings_edits.next_activation,
    ),
    Command("output", ("F",), "Output activation", "next activation of the output", settings_edits.next_output_activation),
    Command(
        "slope-at-kink",
        ("k",),
        "Slope at the kink",
        "next slope at the kink: 0, 0.5, 1",
        settings_edits.next_slope_at_kink,
        settings_edits.why_no_kink,
    ),
    Command("nudge-up", ("+", "="), "Nudge up", "nudge the parameter up by its step", lambda s: edits.nudge(s, 1)),
    Command("nudge-down", ("-",), "Nudge down", "nudge it down", lambda s: edits.nudge(s, -1)),
    Command("nudge-up-10", (">",), "Nudge up ten", "nudge it up by ten steps", lambda s: edits.nudge(s, 10)),
    Command("nudge-down-10", ("<",), "Nudge down ten", "nudge it down by ten steps", lambda s: edits.nudge(s, -10)),
    Command("handle", ("m",), "Kink handle", "edit (kink, slope, side) instead of (w, b), or go back", kink_edits.toggle_form),
    Command("hold", ("z",), "Move", "take hold of the chart: arrows move the unit's kink and slope", hold.take),
    Command("lock", ("l",), "Lock", "lock or unlock the parameter", edits.toggle_lock),
    Command("lock-unit", ("L",), "Lock unit", "lock or unlock the whole unit", edits.toggle_unit_lock),
    Command("add", ("a",), "Add unit", "add a unit with its kink at the probe", unit_edits.add_unit, _why_no_more_units),
    Command("remove", ("x",), "Remove unit", "remove the selected unit", unit_edits.remove_unit, _why_no_fewer_units),
    Command(
        "one-fewer",
        ("X",),
        "One fewer",
        "remove the unit, refit the others and compare",
        lambda s: Show("one fewer"),
        lambda s: _why_no_comparison(s) or _why_no_fewer_units(s),
    ),
    Command(
        "one-more",
        ("A",),
        "One more",
        "add a unit where it helps most, refit and compare",
        lambda s: Show("one more"),
        lambda s: _why_no_comparison(s) or _why_no_more_units(s),
    ),
    Command("undo", ("u",), "Undo", "undo", edits.undo, lambda s: None if s.states.past else "nothing to undo"),
    Command("redo", ("U",), "Redo", "redo", edits.redo, lambda s: None if s.states.future else "nothing to redo"),
    Command("rewind", ("r",), "Rewind", "rewind to the start, except what is locked", edits.rewind),
    Command("random", ("R",), "Random start", "new random start, next seed, except what is locked", edits.next_random_start),
    Command("probe-left", ("[",), "Probe left", "move the probe left by a point", lambda s: probe_edits.probe_by_points(s, -1)),
    Command(
        "probe-right", ("]",), "Probe right", "move the probe right by a point", lambda s: probe_edits.probe_by_points(s, 1)
    ),
    Command(
        "probe-far-left",
        ("{",),
        "Probe far left",
        "move it left by a tenth of the range",
        lambda s: probe_edits.probe_by_range(s, -1),
    ),
    Command(
        "probe-far-right",
        ("}",),
        "Probe far right",
        "move it right by a tenth of the range",
        lambda s: probe_edits.probe_by_range(s, 1),
    ),
    Command("probe-at", ("P",), "Probe at", "probe at an x that you type", lambda s: Show("probe")),
    Command("equation", ('"',), "Equation", "write out the equation of the network, to take along", lambda s: Show("equation")),
    Command("digits", ("#",), "More digits", "two digits more in the table and at the probe, or as usual", _toggle_digits),
    Command(
        "everything",
        ("D",),
        "Everything",
        "show everything, or in the course only what was explained so far",
        _toggle_everything,
    ),
    Command(
        "pieces",
        ("K",),
        "Pieces",
        "list the slopes and joints of all straight pieces",
        lambda s: Show("pieces"),
        _why_no_pieces,
    ),
    Command(
        "numbers",
        ("N",),
        "Number the pieces",
        "number the straight pieces (segments) of the prediction, or not",
        _toggle_numbers,
        _why_no_numbers,
    ),
    Command(
        "view",
        ("v",),
        "View",
        "next view: Fit, Units, Contributions, Outputs, Trace, Network, Residual, Sizes, Activations, Trail, Loss, Landscape",
        _change_view(1),
    ),
    Command("view-back", ("V",), "View back", "previous view", _change_view(-1)),
    Command(
        "add-term",
        ("c",),
        "Add to the sum",
        "Contributions: add the selected unit, or the next, to the sum",
        partial_sum.add_term,
    ),
    Command("take-term", ("C",), "Take back", "Contributions: take the last unit out of the sum", partial_sum.remove_term),
    Command("across", ("j",), "Across", "Landscape: put the selected parameter on the x axis", landscape_axes.set_x_axis),
    Command("upward", ("J",), "Up", "Landscape: put the selected parameter on the y axis", landscape_axes.set_y_axis),
    Command("full", ("Z",), "Full screen", "the chart on the full screen; tab: the other panels", _toggle_full),
    Command("fit-range", ("y",), "Fit y-range", "fit the y-range to the data and the prediction", edits.fit_limits),
    Command(
        "beyond",
        ("B",),
        "Beyond the data",
        "widen the x-range beyond the data: twice, four times, or back",
        range_edits.widen_x_range,
    ),
    Command("hint", ("h",), "Hint", "next hint for the exercise", _give_hint, hints.why_no_hint),
    Command("ask", ("Q",), "Ask", "answer a question before it is shown", asking.open_ask, _why_no_ask),
    Command("lesson", ("t",), "Lesson", "show the lesson", lambda s: Show("lesson"), _why_no_lesson),
    Command("why", ("i",), "Why", "explain the selected unit; on c, the prediction", _explain_row),
    Command(
        "why-prediction", ("I",), "Why, prediction", "explain the prediction, and what it cannot reach", _explain_prediction
    ),
    Command("draw", ("T",), "Draw a target", "draw a target: put its points with a cursor", drawing.begin),
    Command("open", ("o",), "Open", "open the gallery of scenarios; there, / takes a path", lambda s: Show("open")),
    Command("write", ("w",), "Write", "write the present state as a scenario", lambda s: Show("write")),
    Command("device", ("d",), "Device", "choose what to train on: the processor or a GPU", lambda s: Show("devices")),
    Command("help", ("?",), "Keys", "every key; there, tab leads to words, questions and manual", lambda s: Show("help")),
    Command("back", ("escape",), "Back", "leave the full screen; after a tour, go back to where you were", _go_back),
    Command("palette", ("ctrl+p",), "Commands", "find a command, view, question or word by name", lambda s: Show("palette")),
    Command("quit", ("q",), "Quit", "quit", lambda s: Show("quit")),
)

# While the chart is in hand these come before all others; what they leave of a command's keys goes on working.
HOLD_COMMANDS: tuple[Command, ...] = (
    Command("kink-left", ("left",), "Kink left", "", lambda s: hold.move_kink(s, -1)),
    Command("kink-right", ("right",), "Kink right", "", lambda s: hold.move_kink(s, 1)),
    Command("kink-left-10", ("<",), "Kink far left", "", lambda s: hold.move_kink(s, -10)),
    Command("kink-right-10", (">",), "Kink far right", "", lambda s: hold.move_kink(s, 10)),
    Command("slope-up", ("up",), "Steeper", "", lambda s: hold.change_slope(s, 1)),
    Command("slope-down", ("down",), "Flatter", "", lambda s: hold.change_slope(s, -1)),
    Command("flip", ("f",), "Other side", "", hold.flip),
    Command("height-up", ("+", "="), "v up", "", lambda s: hold.change_height(s, 1)),
    Command("height-down", ("-",), "v down", "", lambda s: hold.change_height(s, -1)),
    Command("next-unit", ("tab",), "Next unit", "", lambda s: hold.choose_next(s, 1)),
    Command("previous-unit", ("shift+tab",), "Previous unit", "", lambda s: hold.choose_next(s, -1)),
    *(Command(f"unit-{n}", (str(n),), f"Unit {n}", "", _choose(n)) for n in range(10)),
    Command("keep", ("enter", "z"), "Keep", "", hold.keep),
    Command("restore", ("escape",), "As it was", "", hold.restore),
)

# While a target is drawn no others count, but for those that only look.
DRAWING_COMMANDS: tuple[Command, ...] = (
    *(
        Command(f"cursor-{key}", (key,), "Cursor", "", _move_cursor(across, up))
        for key, across, up in (
            *(("left", -1, 0), ("right", 1, 0), ("<", -10, 0), (">", 10, 0)),
            *(("up", 0, 1), ("down", 0, -1), ("pageup", 0, 10), ("pagedown", 0, -10)),
        )
    ),
    Command("put", ("space", "enter"), "Put", "", drawing.put),
    Command("take-back", ("backspace", "ctrl+h"), "Take back", "", drawing.take_back),
    Command("remove-point", ("delete",), "Remove", "", drawing.remove),
    Command("done-joined", ("T",), "Done", "", lambda s: drawing.finish(s, joined=True)),
    Command("done", ("p",), "Done, points alone", "", lambda s: drawing.finish(s, joined=False)),
    Command("leave", ("escape",), "As it was", "", drawing.leave),
)
NOT_IN_DRAWING = Command("not-in-drawing", (), "", "", drawing.refuse)

# The keys of the table, and those that share a line; the help screen and the manual list them first.
TABLE_KEYS: tuple[tuple[str, str], ...] = (
    ("arrows, page up, page down, home, end", "move in the table; the last row is c, the output bias"),
    ("enter, 0-9", "type a value; a - or . pressed just before is part of it"),
    ("enter, just after solving", "go on to the next scenario of the course"),
    ("enter, tab, up, down", "while typing: keep the value; the last three also move on"),
    ("esc", "while typing: leave the cell as it was"),
)

HOLD_KEYS: tuple[tuple[str, str], ...] = (
    ("z, then arrows", "left, right: the kink; up, down: the slope; < > ten steps"),
    ("z, then f, + -", "f: the other side; + -: v, which scales what it adds"),
    ("z, then tab, 0-9", "the next unit, or that of the number; c is the last"),
    ("z, then enter, esc", "enter keeps what was moved, esc leaves all as it was"),
)
DRAWING_KEYS: tuple[tuple[str, str], ...] = (
    ("T, then arrows", "move the cursor by a step; < > page up, page down by ten"),
    ("T, then space", "put a point (or enter); backspace takes the last one back, delete the one here"),
    ("T, then T, p, esc", "T: done, the points joined; p: the points alone; esc: leave all as it was"),
)


def key_table() -> list[tuple[str, str]]:
    """Return every key with what it does."""
    keys = ((key_text(command), command.help) for command in COMMANDS if command.help)
    return [*TABLE_KEYS, *keys, *HOLD_KEYS, *DRAWING_KEYS]


def by_id(id: str) -> Command:
    """Return the command with this id.  Raises StopIteration if there is none."""
    return next(command for command in COMMANDS if command.id == id)


def key_text(command: Command) -> str:
    """Return the keys of a command as the help shows them, such as "esc" for escape."""
    return " ".join("esc" if key == "escape" else key for key in command.keys)


def apply(command: Command, session: Session) -> Session | Request:
    """Run a command; if it is unavailable, return the session with a message that says why."""
    why = command.unavailable(session)
    return session.say(why) if why else command.run(session)
