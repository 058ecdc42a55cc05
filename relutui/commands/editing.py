"""The commands that edit the network: its activations, its parameters, its units, and its start."""

from relutui.commands.command import Command, Show
from relutui.commands.training import why_no_comparison
from relutui.scenario.scenario import MAX_UNITS
from relutui.session import edits, hold, kink_edits, settings_edits
from relutui.session.session import Session


def _why_no_unit(session: Session) -> str | None:
    return "select a unit first" if session.view.selection.field == "c" else None


def _why_no_more_units(session: Session) -> str | None:
    return f"a scenario has at most {MAX_UNITS} units" if session.state.parameters.units >= MAX_UNITS else None


def _why_no_fewer_units(session: Session) -> str | None:
    return "the last unit cannot be removed" if session.state.parameters.units == 1 else _why_no_unit(session)


# Below, what only few commands need is imported when one of them runs, because start-up time counts.


def _add_unit(session: Session) -> Session:
    from relutui.session.unit_edits import add_unit

    return add_unit(session)


def _remove_unit(session: Session) -> Session:
    from relutui.session.unit_edits import remove_unit

    return remove_unit(session)


def _toggle_scale(session: Session) -> Session:
    from relutui.session.scale_edits import toggle_scale

    return toggle_scale(session)


EDITING: tuple[Command, ...] = (
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
    Command("add", ("a",), "Add unit", "add a unit with its kink at the probe", _add_unit, _why_no_more_units),
    Command("remove", ("x",), "Remove unit", "remove the selected unit", _remove_unit, _why_no_fewer_units),
    Command(
        "one-fewer",
        ("X",),
        "One fewer",
        "remove the unit, refit the others and compare",
        lambda s: Show("one fewer"),
        lambda s: why_no_comparison(s) or _why_no_fewer_units(s),
    ),
    Command(
        "one-more",
        ("A",),
        "One more",
        "add a unit where it helps most, refit and compare",
        lambda s: Show("one more"),
        lambda s: why_no_comparison(s) or _why_no_more_units(s),
    ),
    Command(
        "scale",
        ("%",),
        "Scale",
        "scale x and y to mean 0 and deviation 1 for training, or not; it begins anew",
        _toggle_scale,
    ),
    Command("undo", ("u",), "Undo", "undo", edits.undo, lambda s: None if s.states.past else "nothing to undo"),
    Command("redo", ("U",), "Redo", "redo", edits.redo, lambda s: None if s.states.future else "nothing to redo"),
    Command("rewind", ("r",), "Rewind", "rewind to the start, except what is locked", edits.rewind),
    Command("random", ("R",), "Random start", "new random start, next seed, except what is locked", edits.next_random_start),
)
