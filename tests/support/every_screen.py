"""Every view, panel and dialog that there is, found by itself: so that what holds for all is asked of new ones too."""

from collections.abc import AsyncIterator

from relutui.commands.command import Show
from relutui.commands.contents import COMMANDS
from relutui.scenario.scenario import VIEWS
from relutui.session.view_state import TABS
from tests.support.screen import Screen

IN_DIALOGS = {"help": ["tab", "tab"]}  # keys that lead on in a dialog, by what it shows


def opening_keys(screen: Screen) -> dict[str, str]:
    """The key of each command that opens something over the main screen, by what it shows."""
    found: dict[str, str] = {}
    for command in COMMANDS:
        if command.unavailable(screen.session) is None:
            asked = command.run(screen.session)
            if isinstance(asked, Show):
                found[asked.what] = command.keys[0]
    return found


async def every_view(screen: Screen) -> AsyncIterator[str]:
    """Lead through the views, then the tabs, and yield the name of each."""
    for _ in VIEWS:
        yield screen.session.view.name
        await screen.press("v")
    for _ in TABS:
        yield screen.session.view.tab
        await screen.press("tab")


async def every_dialog(screen: Screen, first: int = 0, every: int = 1) -> AsyncIterator[str]:
    """Open whatever a command opens, or one in so many, and yield its name, again after each key that leads on in it.

    What trains there waits for ever.
    """
    screen.trainer.gate.clear()
    for what, key in [*opening_keys(screen).items()][first::every]:
        await screen.pilot.press(KEY_NAMES.get(key, key))
        assert screen.app.screen is not screen.explore, what
        yield what
        for more in IN_DIALOGS.get(what, []):
            await screen.pilot.press(more)
            yield f"{what} {more}"
        while screen.app.screen is not screen.explore:
            await screen.pilot.press("escape")
    screen.trainer.gate.set()


KEY_NAMES = {"?": "question_mark"}
