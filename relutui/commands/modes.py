"""The commands of the modes: what keys do while the chart is in hand, and while a target is drawn."""

from collections.abc import Callable

from relutui.commands.command import Command
from relutui.session import drawing, hold
from relutui.session.session import Session


def _choose(row: int) -> Callable[[Session], Session]:
    return lambda session: hold.choose(session, row)


def _move_cursor(across: int, up: int) -> Callable[[Session], Session]:
    return lambda session: drawing.move(session, across, up)


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
