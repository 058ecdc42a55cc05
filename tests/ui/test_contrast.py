"""Whatever is drawn, in whichever theme, can be read: 4.5:1 on its ground, the least that WCAG 2.2 allows for text (1.4.3)."""

from collections.abc import Callable

import pytest
from rich.style import Style

from relutui.ui.themes import NAMES, PALETTES
from tests.support.every_screen import every_dialog, every_view
from tests.support.screen import Screen, shown
from tests.ui.screens.sessions import begun

BORDERS = set("╭╮╰╯│─▁▔")


def contrast(style: Style) -> float:
    """The WCAG contrast of text in this style, from 1 to 21."""
    assert style.color, style
    assert style.bgcolor, style
    assert not style.dim  # how dim is up to the terminal
    bright, dark = sorted((luminance(colour.triplet) for colour in (style.color, style.bgcolor)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(triplet: tuple[int, int, int] | None) -> float:
    """The relative luminance by the formula of the standard."""
    assert triplet
    shares = [value / 255 for value in triplet]
    light = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return float(light[0] * 0.2126 + light[1] * 0.7152 + light[2] * 0.0722)


def judge(screen: Screen, where: str) -> None:
    """Find nothing drawn that is too faint; only borders may be, which bound what is told without them too."""
    border = PALETTES[screen.app.theme].border
    for strip in screen.cells():
        for text, style, _ in strip:
            assert style
            is_border = BORDERS.issuperset(text) and style.color and style.color.name == border
            if text.strip() and not is_border:
                assert contrast(style) >= 4.5, (screen.app.theme, where, text, str(style))


@pytest.mark.parametrize("theme", NAMES)
async def test_all_views_and_panels(theme: str) -> None:
    async with shown(begun("lab"), (160, 50), theme=theme) as screen:
        async for name in every_view(screen):
            judge(screen, name)


@pytest.mark.parametrize("name", ["dosage-relu", "shifted-100"])
async def test_other_networks(name: str) -> None:
    async with shown(begun(name)) as screen:
        for theme in NAMES:
            screen.app.theme = theme
            await screen.press("i", "p")
            judge(screen, name)


@pytest.mark.parametrize("theme", NAMES)
async def test_all_dialogs(theme: str, times: Callable[[int, int], int]) -> None:
    """Each in a theme, in turn; with --soak in all of them."""
    async with shown(begun("lab"), theme=theme) as screen:
        every = times(len(NAMES), 1)
        async for name in every_dialog(screen, NAMES.index(theme) % every, every):
            judge(screen, name)


@pytest.mark.parametrize("theme", ["dark", "okabe-ito-dark"])
async def test_without_colour(theme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with shown(begun("lab"), theme=theme) as screen:
        for key in ("i", "v", "v"):
            judge(screen, f"NO_COLOR {key}")
            await screen.press(key)
