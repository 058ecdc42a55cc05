import pytest
from fake_trainer import FakeTrainer
from screen import shown
from support import open_lab, opener
from textual.css.stylesheet import Stylesheet

from relutui.app import COLOURS, THEME, RelutuiApp


async def test_the_theme_is_set_before_the_style_sheet_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parsing it again would take a tenth of the time to the first frame."""
    again: list[Stylesheet] = []
    reparse = Stylesheet.reparse

    def counted(sheet: Stylesheet) -> None:
        again.append(sheet)
        reparse(sheet)

    monkeypatch.setattr(Stylesheet, "reparse", counted)
    async with shown() as screen:
        assert screen.app.current_theme == THEME
        assert screen.app.screen.styles.background.hex == THEME.background
        assert screen.app.get_css_variables()["primary"] == THEME.primary.upper()
    assert again == []


def test_the_sixteen_colours_of_a_terminal_are_the_apps_own() -> None:
    app = RelutuiApp(open_lab(), FakeTrainer(), opener)
    (ansi,) = [f for f in app._filters if type(f).__name__ == "ANSIToTruecolor"]
    assert ansi._terminal_theme is COLOURS  # type: ignore[attr-defined]
