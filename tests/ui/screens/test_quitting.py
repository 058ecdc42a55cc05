"""Quitting names all that is not written, wherever it was left, and can write it first."""

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from textual import events
from textual.widgets import Input

from relutui.lib.files import File
from relutui.readout.gallery import read_gallery
from relutui.scenario.library import load
from relutui.session.journal import Journal, find_recoverable
from relutui.session.progress import Progress, Solved
from relutui.session.session import Session
from tests.support.screen import Screen, named, shown
from tests.support.sessions import open_lab, opener, with_values
from tests.support.waiting import until

SINE = with_values(opener("sine"), w0=3, b0=1)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def left_sine() -> Session:
    """The lab, edited once, over the sine, edited twice."""
    return replace(open_lab(w1=1), kept=(SINE,))


async def has_quit(screen: Screen) -> bool:
    await screen.pilot.pause()
    return screen.app._exit


async def test_all_of_it_is_named(screen_snapshot: SnapshotAssertion) -> None:
    async with shown(left_sine(), (80, 24)) as screen:
        await screen.press("q")
        assert await screen.at_each([(40, 12), (80, 24), (120, 36)], ".dialog") == screen_snapshot


async def test_quitting_after_leaving() -> None:
    """The lab, 1 in a cell; another from the gallery, then q: that is asked, and of the lab."""
    async with shown(open_lab()) as screen:
        await screen.press("enter", "1", "enter", "o", "home", "enter")
        assert screen.session.scenario.name == "one-unit"
        await screen.press("q")
        dialog = screen.part(".dialog")
        assert "Not written:" in dialog
        assert "lab: 1 edit" in dialog
        assert "activations" not in dialog
        await screen.press("escape")
        assert screen.app.screen is screen.explore


@pytest.mark.parametrize(("session", "said"), [
    (open_lab(w1=1), "q again quits and discards it"),
    (left_sine(), "q again quits and discards all of it"),
])  # fmt: skip
async def test_what_one_quits_without_is_gone_which_is_said(session: Session, said: str, state_folder: Path) -> None:
    async with shown(session, (80, 24), journal=Journal()) as screen:
        await screen.press("q")
        assert said in screen.text
        await screen.pilot.press("q")
        assert await has_quit(screen)
    assert find_recoverable() == []


async def test_what_cannot_be_removed_is_left_to_say_once_the_screen_is_gone(state_folder: Path) -> None:
    async with shown(open_lab(w1=1), (80, 24), journal=Journal()) as screen:
        folder = state_folder / "sessions"
        await until(lambda: any(folder.glob("*.json")))
        (kept,) = folder.glob("*.json")
        folder.rename(state_folder / "moved")
        folder.symlink_to(folder)
        await screen.press("q")
        await screen.pilot.press("q")
        assert await has_quit(screen)
    assert screen.app.return_code == 1
    assert screen.app.return_value == f"{kept}: cannot be removed: {os.strerror(errno.ELOOP)}"


async def test_enter_throws_nothing_away() -> None:
    async with shown(left_sine(), (80, 24)) as screen:
        await screen.press("q", "enter")
        assert screen.app.screen is screen.explore
        assert not await has_quit(screen)
        assert len(screen.session.unwritten_sessions) == 2


async def test_where_all_is_written_enter_quits(folder: Path) -> None:
    async with shown(open_lab(w1=1), (80, 24)) as screen:
        await screen.press("q", "w")
        await screen.press("enter")
        assert "throws" not in screen.text
        await screen.pilot.press("enter")
        assert await has_quit(screen)


async def test_what_is_not_written_is_counted_since_it_was_written_last(folder: Path) -> None:
    async with shown(open_lab(w1=1, b1=-1), (80, 24)) as screen:
        await screen.press("w", "enter", "7", "enter", "q")
        assert "lab: 1 edit since it was written" in screen.text
        await screen.press("escape", "u", "u", "q")
        assert "lab: changed since it was written" in screen.text


async def test_training_since_it_was_written_is_said_and_edits_before_are_not_counted(folder: Path) -> None:
    async with shown(open_lab(w1=1, b1=-1), (80, 24)) as screen:
        await screen.press("s", "w", "enter", "s", "q")
        assert "lab: changed since it was written, at step 2" in screen.text
        await screen.press("escape", "8", "enter", "left", "9", "enter", "q")
        assert "lab: 2 edits since it was written, at step 2" in screen.text


async def test_w_writes_the_only_one_says_where_and_leaves_quitting_to_the_next_key(folder: Path) -> None:
    async with shown(open_lab(w1=1), (80, 24)) as screen:
        await screen.press("q", "w")
        await screen.press("enter")
        assert load(folder / "lab-mine.toml").start == screen.session.state.parameters
        assert "written: lab-mine.toml" in screen.text
        assert "Not written:" not in screen.text
        assert not screen.session.unwritten_sessions
        await screen.press("escape")
        assert screen.app.screen is screen.explore
        await screen.pilot.press("q")
        assert await has_quit(screen)


async def test_w_writes_the_marked_one_of_several_and_asks_of_the_others(folder: Path) -> None:
    async with shown(left_sine(), (80, 24)) as screen:
        lab = screen.session
        await screen.press("q", "down", "w")
        await screen.press("enter")
        assert load(folder / "sine-mine.toml").start == SINE.state.parameters
        assert "written: sine-mine.toml" in screen.text
        assert "lab: 1 edit" in screen.text
        assert "sine:" not in screen.text
        assert (screen.session.state, screen.session.kept) == (lab.state, ())
        await screen.press("w")
        await screen.press("enter")
        assert "written: lab-mine.toml" in screen.text
        await screen.pilot.press("q")
        assert await has_quit(screen)


async def test_esc_from_the_path_asks_again() -> None:
    async with shown(left_sine(), (80, 24)) as screen:
        await screen.press("q", "w")
        await screen.press("escape")
        assert "lab: 1 edit" in screen.text
        assert "sine: 2 edits" in screen.text
        await screen.press("escape")
        assert screen.app.screen is screen.explore
        assert len(screen.session.unwritten_sessions) == 2


LAB = with_values(opener("lab"), w1=1, b1=-1, w2=2, b2=-4)  # solved, by hand
HALF = with_values(opener("lab-half"), w2=2, b2=-4)
TICKED = Progress(solved={"lab": Solved(4, 0, 1), "lab-half": Solved(2, 0, 1)})


async def test_exercises_left_solved_are_not_asked_about() -> None:
    assert LAB.solved
    assert HALF.solved
    async with shown(replace(opener("one-unit"), kept=(LAB, HALF), progress=TICKED), (80, 24)) as screen:
        await screen.pilot.press("q")
        assert await has_quit(screen)


async def test_beside_other_work_they_are_counted() -> None:
    async with shown(replace(LAB, kept=(SINE, HALF), progress=TICKED), (80, 24)) as screen:
        await screen.press("q")
        dialog = screen.part(".dialog")
        assert "lab: 4 edits" in dialog  # it is on the screen
        assert "sine: 2 edits" in dialog
        assert "lab-half" not in dialog
        assert "Besides 1 solved exercise, which stays ticked." in dialog


@pytest.mark.parametrize("kept", [
    with_values(HALF, b2=-4.001),
    HALF.with_document(files=(File(Path("mine.toml"), None), *HALF.document.files)),
])  # fmt: skip
async def test_what_was_edited_or_written_after_it_was_solved_is_asked_about(kept: Session) -> None:
    async with shown(replace(opener("one-unit"), kept=(kept,), progress=TICKED), (80, 24)) as screen:
        assert kept.solved
        await screen.press("q")
        assert "lab-half:" in screen.part(".dialog")


async def test_one_that_is_not_ticked_is_asked_about() -> None:
    async with shown(replace(opener("one-unit"), kept=(HALF,)), (80, 24)) as screen:
        await screen.press("q")
        assert "lab-half: 2 edits" in screen.part(".dialog")


def test_the_gallery_lists_first_what_quitting_asks_about_and_last_the_exercises_that_were_left_solved() -> None:
    kept = replace(opener("one-unit"), kept=(SINE, HALF))
    for progress, first, last in ((TICKED, ["sine"], ["lab-half"]), (Progress(), ["sine", "lab-half"], [])):
        listed = {
            each.heading: [e.name for e in each.entries]
            for each in read_gallery(replace(kept, progress=progress), Path.cwd).sections
        }
        assert next(iter(listed.items())) == ("Not written", first)
        assert listed.get("Solved, as you left them", []) == last


OPENING = ["o", "question_mark", "t", "w", "d", "n", "g", "A", "ctrl+p", "ctrl+c", "ctrl+q", "q o"]
CHANGING = ["S", "plus q", "1 enter q"]


@pytest.mark.parametrize("keys", [*OPENING, *CHANGING])
async def test_keys_typed_ahead_of_the_end_neither_open_anything_nor_are_kept(keys: str, state_folder: Path) -> None:
    async with shown(journal=Journal()) as screen:
        for key in ["q", *keys.split()]:
            screen.app.post_message(events.Key(key, key if len(key) == 1 else {"plus": "+"}.get(key)))
        assert await has_quit(screen)
        assert screen.app.screen_stack == [screen.explore]
    assert screen.app._exception is None
    assert find_recoverable() == []


@pytest.mark.parametrize("size", [(40, 12), (80, 24)], ids=named)
async def test_ctrl_c_says_how_to_quit(size: tuple[int, int]) -> None:
    async with shown(open_lab(w1=1), size) as screen:
        before = screen.session
        await screen.press("ctrl+c")
        assert screen.lines[-1 if size == (40, 12) else -3].strip() == "q quits"
        assert screen.session == before.with_view(message=screen.session.view.message)
        await screen.press("q")
        await screen.press("ctrl+c")
        assert screen.lines[-1].strip() == "q quits"
        await screen.pilot.press("q")
        assert await has_quit(screen)


OVER = ["o", "o slash", "w", "question_mark", "question_mark tab", "t", "d", "ctrl+p", "g", "n", "X", "A"]


async def test_ctrl_c_says_it_whatever_lies_over_the_screen() -> None:
    async with shown(open_lab(w1=1, b1=-1), (80, 24)) as screen:
        screen.trainer.gate.clear()  # what is to be trained there takes its time
        for keys in OVER:
            await screen.pilot.press(*keys.split(), "ctrl+c", "ctrl+c")
            await screen.pilot.pause()
            assert screen.lines[-1].strip() == "esc leads back, then q quits", keys
            while screen.app.screen is not screen.explore:
                await screen.pilot.press("escape")
                await screen.pilot.pause()
            await screen.pilot.press("q")
            await screen.pilot.pause()
            assert "Not written:" in screen.text, keys
            await screen.pilot.press("escape")
        screen.trainer.gate.set()


async def test_a_key_after_ctrl_c_is_meant_for_what_lies_below() -> None:
    async with shown(open_lab(w1=1), (80, 24)) as screen:
        await screen.press("w", "ctrl+u", "a", "ctrl+c", "b")
        assert screen.app.screen.query_one(Input).value == "ab"


async def test_ctrl_c_says_it_while_a_value_is_typed_and_in_a_tour() -> None:
    async with shown(size=(80, 24)) as screen:
        await screen.press("1", "ctrl+c")
        assert "esc leaves the cell, then q quits" in screen.text
        assert screen.session.view.typing
        await screen.press("escape", "question_mark", "tab", "tab", "enter", "ctrl+c")
        assert "q quits" in screen.text
        await screen.pilot.press("q")
        assert await has_quit(screen)


async def test_q_is_named_where_the_keys_are() -> None:
    async with shown(size=(80, 24)) as screen:
        for size in ((60, 18), (80, 24), (120, 36)):
            await screen.resize(size)
            assert screen.lines[-1].endswith(" q Quit  ? Keys")


async def test_what_is_typed_after_the_key_that_quits_is_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    async with shown() as screen:
        await screen.pilot.press("q")
        assert await has_quit(screen)
        with monkeypatch.context() as gone:
            gone.setattr(type(screen.app), "screen", property(lambda app: pytest.fail("asked for a screen")))
            await screen.app.on_event(events.Key("escape", None))
