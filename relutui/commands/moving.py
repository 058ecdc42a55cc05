"""The commands that move: in the table, and from panel to panel."""

from collections.abc import Callable

from relutui.commands.command import Command
from relutui.model.selection import Move
from relutui.session import edits
from relutui.session.session import Session
from relutui.session.settings_edits import next_value
from relutui.session.view_state import FULL, SHARED_TABS, Tab

MOVES: tuple[Move, ...] = ("up", "down", "left", "right", "pageup", "pagedown", "home", "end")


def _move(move: Move) -> Callable[[Session], Session]:
    return lambda session: edits.move(session, move)


def _change_tab(by: int) -> Callable[[Session], Session]:
    def change(session: Session) -> Session:
        view = session.view
        if view.full is not None:
            full = next_value([each for each in FULL if each == "chart" or each in session.tabs], view.full, by)
            return session.with_view(full=full, tab=view.tab if full == "chart" else full, message=None)
        if view.layout == "small":
            return session.with_view(tab=next_value(session.tabs, view.tab, by), message=None)
        shown = view.shared_tab(session.state.checkpoint.step)
        return session.with_view(tab=next_value(_shared_tabs(session), shown, by), message=None)

    return change


def _shared_tabs(session: Session) -> list[Tab]:
    return [tab for tab in SHARED_TABS if tab in session.tabs]


def _why_no_tabs(session: Session) -> str | None:
    tabbed = session.view.full or session.view.layout == "small" or (session.view.layout == "medium" and _shared_tabs(session))
    return None if tabbed else "every panel is on the screen at this size"


MOVING: tuple[Command, ...] = (
    *(Command(move, (move,), move.capitalize(), "", _move(move)) for move in MOVES),
    Command("panel", ("tab",), "Panel", "next panel, when panels are behind tabs or one is full", _change_tab(1), _why_no_tabs),
    Command("panel-back", ("shift+tab",), "Panel back", "previous panel", _change_tab(-1), _why_no_tabs),
)
