"""The table of contents of the program: footer, help, palette and the page of keys in the manual all come from here."""

from relutui.commands.command import Command, key_text
from relutui.commands.editing import EDITING
from relutui.commands.learning import LEARNING
from relutui.commands.moving import MOVING
from relutui.commands.program import PROGRAM, PROGRAM_IN_BROWSER
from relutui.commands.training import TRAINING
from relutui.commands.viewing import VIEWING
from relutui.lib.face import IN_BROWSER

COMMANDS: tuple[Command, ...] = (*MOVING, *TRAINING, *EDITING, *VIEWING, *LEARNING, *PROGRAM)
_BY_ID = {command.id: command for command in COMMANDS}

# The keys of the table, and those that share a line; the help screen and the manual list them first.
TABLE_KEYS: tuple[tuple[str, str], ...] = (
    ("arrows, page up, page down, home, end", "move in the table; the last row is c, the output bias"),
    ("page up, page down", "of several hidden layers: the layer before, the next one"),
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


def offered() -> list[Command]:
    """Return the commands that there are where the app is seen."""
    if not IN_BROWSER.get():
        return list(COMMANDS)
    return [here for command in COMMANDS if (here := PROGRAM_IN_BROWSER.get(command.id, command))]


def key_table() -> list[tuple[str, str]]:
    """Return every key with what it does."""
    keys = ((key_text(command), command.help) for command in offered() if command.help)
    return [*TABLE_KEYS, *keys, *HOLD_KEYS, *DRAWING_KEYS]


def by_id(id: str) -> Command:
    """Return the command with this id.  Raises KeyError if there is none."""
    return _BY_ID[id]
