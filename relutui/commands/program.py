"""The commands around the network: targets, scenarios and files, the device, help, and the way out."""

from relutui.commands.command import Command, Show
from relutui.commands.viewing import toggle_full
from relutui.lib.face import IN_BROWSER
from relutui.session import drawing
from relutui.session.other_sessions import return_from_tour
from relutui.session.session import Session


def _go_back(session: Session) -> Session:
    return toggle_full(session) if session.view.full else return_from_tour(session)


PROGRAM: tuple[Command, ...] = (
    Command("draw", ("T",), "Draw a target", "draw a target: put its points with a cursor", drawing.begin),
    Command("open", ("o",), "Open", "open the gallery of scenarios; there, / takes a path", lambda s: Show("open")),
    Command("write", ("w",), "Write", "write the present state as a scenario", lambda s: Show("write")),
    Command("export", ("E",), "Export", "export the network or its chart for other programs", lambda s: Show("export")),
    Command("share", ("Y",), "Share", "the present state as a string, to be pasted anywhere", lambda s: Show("share")),
    Command(
        "device",
        ("d",),
        "Device",
        "choose what to train on: the processor or a GPU",
        lambda s: Show("devices"),
        lambda s: "whoever runs the server chooses what to train on" if IN_BROWSER.get() else None,
    ),
    Command("help", ("?",), "Keys", "every key; there, tab leads to words, questions and manual", lambda s: Show("help")),
    Command("back", ("escape",), "Back", "leave the full screen; after a tour, go back to where you were", _go_back),
    Command("palette", ("ctrl+p",), "Commands", "find a command, view, question or word by name", lambda s: Show("palette")),
    Command("quit", ("q",), "Quit", "quit", lambda s: Show("quit")),
)

_OPEN = next(command for command in PROGRAM if command.id == "open")
# In a browser, by the ids of commands: those that are something else there; None for one that is not offered.
PROGRAM_IN_BROWSER: dict[str, Command | None] = {
    "open": _OPEN._replace(help="open the gallery of scenarios; there, u opens a file of yours"),
    "device": None,
}
