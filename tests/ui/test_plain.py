"""The plain drawing: ASCII alone, and nothing lost by it."""

import re
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

import relutui
from relutui.plot.plain import ascii_character
from relutui.scenario.scenario import VIEWS
from tests.support.every_screen import every_dialog, every_view
from tests.support.screen import Screen, shown
from tests.support.sessions import opener
from tests.ui.screens.sessions import begun

NARROW = (80, 24)


def words(screen: Screen) -> list[list[str]]:
    """The words and numbers in each row; letters that are marks of a chart, or stand for a Greek one, are none."""
    return [[word for word in re.findall(r"[A-Za-z]{2,}|\d+\.\d+", line) if set(word) > set("o")] for line in screen.lines]


async def drawn(name: str, *, plain: bool) -> dict[str, list[list[str]]]:
    """The words of every view and panel."""
    async with shown(begun(name), NARROW, plain=plain) as screen:
        found = {}
        async for each in every_view(screen):
            assert screen.text.isascii() == plain, screen.text
            found[each] = words(screen)
        return found


@pytest.mark.parametrize("name", ["lab", "dosage-relu"])
async def test_every_view_and_panel_says_the_same_in_ascii(name: str) -> None:
    assert await drawn(name, plain=True) == await drawn(name, plain=False)


async def test_every_dialog_is_in_ascii() -> None:
    async with shown(begun("lab"), NARROW, plain=True) as screen:
        async for _ in every_dialog(screen):
            assert screen.text.isascii(), screen.text


@pytest.mark.parametrize("size", [(40, 12), (200, 60)])
async def test_the_other_layouts_are_in_ascii(size: tuple[int, int]) -> None:
    async with shown(opener("shifted-2"), size, plain=True) as screen:
        for keys in ("p", "1 full_stop 5", "enter", "u", "S"):
            await screen.press(*keys.split())
            assert screen.text.isascii(), screen.text


async def test_every_view(screen_snapshot: SnapshotAssertion) -> None:
    """Look at each before you accept it with `--snapshot-update`."""
    async with shown(begun("lab"), NARROW, plain=True) as screen:
        await screen.press("down")
        assert screen.text == screen_snapshot(name="whole")
        for view in VIEWS:
            assert screen.part("#chart") == screen_snapshot(name=view)
            await screen.press("v")


def test_every_character_that_is_ever_drawn_has_a_plain_form() -> None:
    package = Path(relutui.__file__).parent
    files = [*package.rglob("*.py"), *package.rglob("*.md"), *package.rglob("*.tcss"), *package.parent.glob("scenarios/*")]
    drawn = set("".join(path.read_text(encoding="utf-8") for path in files))
    assert {character for character in drawn if "?" in ascii_character(character)} == {"?"}
