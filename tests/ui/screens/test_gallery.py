from dataclasses import replace
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from textual import events
from textual.widgets import Input, OptionList

from relutui.readout import gallery as gallery_readout
from relutui.scenario.library import shipped
from relutui.session.progress import Progress, Solved
from relutui.ui.app import RelutuiApp
from relutui.ui.screens import gallery
from relutui.ui.screens.explore import Explore
from tests.support.fake_trainer import FakeTrainer
from tests.support.screen import shown
from tests.support.sessions import open_lab, opener

HAT = """
title = "[bold]A hat[/bold]"
summary = "Up and [@click=app.bell]down[/]."
[target]
points = [[0, 0], [0.5, 1], [1, 0]]
[[unit]]
w = 1.0
b = 0.0
v = 1.0
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose files are all that is shipped: a hat, and one that cannot be read."""
    (tmp_path / "hat.toml").write_text(HAT)
    (tmp_path / "broken.toml").write_text("title = 3\n")
    monkeypatch.chdir(tmp_path.parent)
    monkeypatch.setattr(gallery_readout, "shipped", lambda: {name: tmp_path / f"{name}.toml" for name in ("broken", "hat")})
    return tmp_path


async def test_the_scenarios_are_listed_in_their_order_and_the_present_one_is_marked() -> None:
    async with shown() as screen:
        await screen.press("o")
        named = [word for line in screen.lines[1:] for word in line[:60].split() if word in shipped()]
        assert named[:5] == list(shipped())[:5]
        marked = [line for line in screen.lines if "▸" in line]
        assert len(marked) == 1
        assert "Three units, one curve" in marked[0]


async def test_the_marked_one_is_drawn_and_opened_by_enter() -> None:
    names = list(shipped())
    async with shown() as screen:
        await screen.press("o")
        assert "Set two units by hand so that three ReLUs" in screen.text
        assert "3 units   300 points   exercise" in screen.text
        assert "3.0│" in screen.text  # the end of the x axis
        await screen.press("home", *["down"] * names.index("lab-half"))  # over the headings
        assert "╭─ lab-half ─" in screen.text
        await screen.press("enter")
        assert screen.app.screen is screen.explore
        assert screen.session.scenario.name == "lab-half"


async def test_esc_leaves_the_session_as_it_was() -> None:
    async with shown(open_lab(w1=1)) as screen:
        before = screen.session
        await screen.press("o", "down")
        await screen.press("escape")
        assert screen.session is before


async def test_without_a_name_the_gallery_is_over_the_lab() -> None:
    app = RelutuiApp(open_lab(), FakeTrainer(), opener, ask=True)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, gallery.Gallery)
        await pilot.press("escape")
        assert isinstance(app.screen, Explore)
        assert app.screen.session.scenario.name == "lab"


async def test_a_path_is_opened(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(own))
    async with shown() as screen:
        await screen.press("o", "slash", *"~/hat.toml", "enter")
        assert screen.session.scenario.name == "hat"


async def test_a_path_to_nothing_is_said_and_nothing_is_lost() -> None:
    async with shown(open_lab(w1=1)) as screen:
        before = screen.session
        await screen.press("o", "tab", *"labb.toml", "enter")
        assert 'no scenario and no file is called "labb.toml" (did you mean lab?)' in screen.text
        assert screen.app.screen.query_one(Input).value == "labb.toml"
        assert "Three units, one curve" in screen.text
        assert screen.session is before
        await screen.press("tab", "enter")
        assert screen.session.scenario.name == "lab"


async def test_a_path_that_cannot_be_opened_is_said() -> None:
    async with shown() as screen:
        for name in ("x" * 300, "no\tsuch", "a\0b", "~a\0b", "~a\ud800b", "~nobody/x"):
            await screen.press("o", "tab")
            screen.app.screen.query_one(Input).post_message(events.Paste(name))
            await screen.press("enter")
            assert screen.app.screen.query_one(Input).value == name
            assert screen.app.screen is not screen.explore
            assert "File name too long" in screen.text or "no scenario and no file" in screen.text
            await screen.press("escape", "escape")


async def test_a_broken_file_shows_its_problem_instead_of_a_drawing(own: Path) -> None:
    async with shown(size=(80, 24)) as screen:
        await screen.press("o", "end")
        for size in ((80, 24), (120, 36)):
            await screen.resize(size)
            before = screen.session
            assert "✗ unreadable" in screen.text
            assert "broken.toml: title: expected" in screen.text
            await screen.press("enter")
            assert screen.app.screen is not screen.explore
            assert screen.session is before


async def test_chapters_ticks_and_what_is_next(screen_snapshot: SnapshotAssertion) -> None:
    progress = Progress().with_solved("one-unit", Solved(3, 0, 1)).with_opened("one-unit-kink", 1).with_opened("shifted-1", 2)
    async with shown(replace(opener("one-unit"), progress=progress), (80, 24)) as screen:
        await screen.press("o")
        assert "▸ next one-unit-kink  Where a unit bends" in screen.text  # opened is not solved
        assert f"✓ 1 of {len(shipped())} solved or answered" in screen.text
        assert await screen.at_each([(80, 24), (120, 36), (40, 12)], "#scenarios", "#note") == screen_snapshot


async def test_words_are_searched_as_they_are_typed() -> None:
    async with shown(size=(80, 24)) as screen:
        await screen.press("o", "slash", *"HALF solved")
        listed = screen.part("#scenarios")
        assert "lab-half  Half solved" in listed  # the name is never cut
        assert "One unit" not in listed
        await screen.press("enter")
        assert screen.session.scenario.name == "lab-half"


async def test_a_name_is_found_before_what_only_has_the_word_in_it() -> None:
    """The summary of sawtooth speaks of teeth, too, and its chapter comes first."""
    async with shown(size=(80, 24)) as screen:
        await screen.press("o", "slash", *"teeth", "enter")
        assert screen.session.scenario.name == "teeth"


async def test_a_search_is_moved_in_and_left() -> None:
    async with shown(size=(80, 24)) as screen:
        await screen.press("o", "slash", *"shifted", "down", "down")
        assert "╭─ shifted-weighted ─" in screen.text
        await screen.press(*"zz")
        assert "no scenario has these words" in screen.text
        await screen.press("escape")
        assert "Three units, one curve" in screen.part("#scenarios")
        await screen.press("escape")
        assert screen.app.screen is screen.explore


async def test_files_of_this_folder_and_those_opened_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    for folder in (here, elsewhere):
        folder.mkdir()
        (folder / "own.toml").write_text(HAT)
    (here / "pyproject.toml").write_text("[project]\n")
    monkeypatch.chdir(here)
    opened = [elsewhere / "gone.toml", elsewhere / "own.toml", here / "own.toml"]
    progress = Progress(opened={str(path): when for when, path in enumerate(opened)})
    async with shown(replace(open_lab(), progress=progress), (80, 24)) as screen:
        await screen.press("o", "end")
        listed = screen.part("#scenarios")
        here_, before = listed.index("Files of this folder"), listed.index("Opened before")
        assert "own.toml" in listed[here_:before]
        assert "own.toml" in listed[before:]
        assert "pyproject" not in listed
        assert "gone" not in listed
        await screen.press("enter")
        assert screen.session.scenario.source == elsewhere / "own.toml"


async def test_markup_in_a_scenario_is_shown_as_it_is(own: Path) -> None:
    async with shown(size=(80, 24)) as screen:
        await screen.press("o", "home")
        for size in ((80, 24), (120, 36)):
            await screen.resize(size)
            assert "[bold]A hat[/bo" in screen.text  # cut at 80 columns
            assert "[@click=app.bell]down[/]." in screen.text
            assert "1 unit   3 points" in screen.text


async def test_at_40_by_12_there_is_the_list_alone() -> None:
    async with shown(size=(40, 12)) as screen:
        await screen.press("o")
        assert "▸      lab  Three units, one curve" in screen.text
        assert "Set two units by hand" not in screen.text
        await screen.press("enter")
        assert screen.app.screen is screen.explore


async def test_the_mark_stays_when_the_terminal_changes_its_size() -> None:
    async with shown() as screen:
        await screen.press("o", "down", "down")
        marked = screen.app.screen.query_one(OptionList).highlighted
        for size in ((80, 24), (40, 12), (1, 1), (200, 60)):
            await screen.pilot.resize_terminal(*size)
            await screen.pilot.pause()
            assert screen.app.screen.query_one(OptionList).highlighted == marked
