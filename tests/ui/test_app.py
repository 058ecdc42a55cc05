import asyncio

import pytest
from textual import events
from textual.binding import Binding
from textual.command import CommandList
from textual.css.stylesheet import Stylesheet
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widgets import Input

from relutui.terminal.cell_diff import CellStyle
from relutui.terminal.input import GroundReported, InputDropped
from relutui.ui.screens.palette import Palette
from relutui.ui.themes import DEFAULT, PALETTES
from tests.support.screen import Screen, shown, until
from tests.support.sessions import open_lab
from tests.ui.test_contrast import judge


async def test_the_theme_is_set_before_the_style_sheet_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parsing it again would take a tenth of the time to the first frame."""
    again: list[Stylesheet] = []
    reparse = Stylesheet.reparse

    def counted(sheet: Stylesheet) -> None:
        again.append(sheet)
        reparse(sheet)

    monkeypatch.setattr(Stylesheet, "reparse", counted)
    async with shown() as screen:
        assert screen.app.current_theme.name == DEFAULT
        assert screen.app.screen.styles.background.hex == PALETTES[DEFAULT].ground
        assert screen.app.get_css_variables()["primary"] == PALETTES[DEFAULT].primary.upper()
    assert again == []


async def test_a_command_is_carried_out_once_however_often_it_is_entered() -> None:
    async with shown(open_lab(w1=1)) as screen:
        await screen.find_command("double rate", "Double rate")
        type_ahead(screen, "enter", "enter", "enter", "a")
        await until(lambda: screen.session.state.settings.learning_rate > 0.05)
        await screen.press("+")
        assert screen.session.state.settings.learning_rate == 0.1
        assert screen.app.screen_stack == [screen.explore]


@pytest.mark.parametrize("opening", ["ctrl+p", "q", "question_mark"])
async def test_keys_typed_ahead_of_a_screen_that_goes_are_survived(opening: str) -> None:
    """In Textual 8.2 each of them has a screen go: this one, what lies below, ...; and a palette that is gone searches on."""
    async with shown(open_lab(w1=1)) as screen:
        await screen.press("+", opening)
        assert len(screen.app.screen_stack) == 2
        type_ahead(screen, "escape", "z", "z", "escape", "escape", "z")
        await until(lambda: screen.app.screen is screen.explore)
        await screen.press("+")
        assert screen.app.screen_stack == [screen.explore]


async def test_keys_typed_ahead_of_the_palette_are_not_typed_into_it() -> None:
    async with shown() as screen:
        await screen.press("ctrl+p", "escape")  # what opens it is imported
        type_ahead(screen, "plus", "plus", "l", "ctrl+p")
        await until(lambda: isinstance(screen.app.screen, Palette))
        await screen.press()
        assert screen.app.screen.query_one(Input).value == ""
        assert screen.session.state.parameters.w[1] == 0.2
        assert screen.session.state.locks.w[1]


def type_ahead(screen: Screen, *keys: str) -> None:
    """Type keys faster than they are worked off."""
    for key in keys:
        screen.app.post_message(events.Key(key, key if len(key) == 1 else None))


@pytest.mark.parametrize("over", ["question_mark", "w", "o", "ctrl+p"])
async def test_everything_is_drawn_anew_over_every_screen(over: str) -> None:
    async with shown() as screen:
        await screen.press(over)
        screen.app._shown._size, screen.app._shown._cells = Size(1, 1), [[("?", CellStyle())]]
        await screen.press("ctrl+l")
        assert not screen.app._shown.known


async def test_what_was_left_out_is_said() -> None:
    async with shown() as screen:
        screen.app.post_message(InputDropped(12345))
        await until(lambda: "12,345 typed or pasted characters were dropped: too many at once" in screen.text)


async def test_a_search_that_begins_when_the_palette_is_gone_does_no_harm() -> None:
    async with shown() as screen:
        await screen.press("ctrl+p")
        palette = screen.app.screen
        assert isinstance(palette, Palette)
        await screen.app.pop_screen()
        palette._gather_commands("run")
        await screen.press("plus")
        assert screen.session.state.parameters.w[1] == 0.1


async def test_a_key_that_moves_in_the_palettes_list_does_no_harm_when_the_list_is_gone() -> None:
    """Keys typed ahead of a palette that is closed reach it when its list is gone already."""
    async with shown() as screen:
        await screen.press("ctrl+p")
        palette = screen.app.screen
        await palette.query_one(CommandList).remove()
        await screen.press("ctrl+end", "ctrl+home", "pageup", "pagedown", "up", "down")
        assert screen.app.screen is palette
        await screen.press("escape", "plus")
        assert screen.session.state.parameters.w[1] == 0.1


async def test_a_key_waits_until_the_screen_that_it_reaches_is_composed() -> None:
    """It reaches a screen that opened meanwhile, as nobody below has taken it."""

    class Slow(ModalScreen[None]):
        BINDINGS = [Binding("z", "mark")]
        gate, marked = asyncio.Event(), list[bool]()

        async def on_mount(self) -> None:
            await self.gate.wait()

        def action_mark(self) -> None:
            self.marked.append(self.gate.is_set())

    async with shown() as screen:
        key = events.Key("z", "z")
        key._set_forwarded()  # as one that was given to the screen below, which has not taken it
        screen.app.post_message(key)
        screen.app.push_screen(Slow())
        for _ in range(50):
            await asyncio.sleep(0.001)
        early = list(Slow.marked)
        Slow.gate.set()
        await until(lambda: bool(Slow.marked))
        assert (early, Slow.marked) == ([], [True])


async def test_a_light_terminal_gets_the_light_theme_and_only_its_first_answer_counts() -> None:
    async with shown(ask=True) as screen:
        screen.app.post_message(GroundReported(True))
        await until(lambda: screen.app.theme == "light")
        await screen.pilot.pause()
        judge(screen, "the gallery")
        screen.app.post_message(GroundReported(False))
        await screen.press("escape")
        assert screen.app.theme == "light"
        judge(screen, "under the gallery")


async def test_a_late_answer_does_not_change_a_theme_that_was_chosen() -> None:
    async with shown() as screen:
        await screen.find_command("theme dark", "Theme: dark")
        await screen.press("enter")
        screen.app.post_message(GroundReported(True))
        await screen.press()
        assert screen.app.theme == "dark"
    async with shown(theme="okabe-ito-dark") as screen:
        screen.app.post_message(GroundReported(True))
        await screen.press()
        assert screen.app.theme == "okabe-ito-dark"
