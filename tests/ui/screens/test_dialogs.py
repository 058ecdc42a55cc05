from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input, Static

from relutui.scenario.library import load
from tests.support.screen import shown, wait_for_steps
from tests.support.sessions import open_lab


async def test_writing_and_opening_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with shown(open_lab(w1=1, b1=-1)) as screen:
        assert "● unsaved" in screen.text
        await screen.press("w")
        await screen.press("enter")
        assert "written: lab-mine.toml" in screen.text
        assert "unsaved" not in screen.text
        assert load(tmp_path / "lab-mine.toml").start == screen.session.state.parameters
        await screen.press("plus", "w")
        await screen.press("enter")
        assert "exists; enter again overwrites it" in screen.text
        assert load(tmp_path / "lab-mine.toml").start.w[1] == 1
        await screen.press("enter")
        assert load(tmp_path / "lab-mine.toml").start.w[1] == 1.1
        await screen.press("r", "o")
        await screen.press("tab", *"nothing.toml", "enter")
        assert "no scenario and no file is called" in screen.text
        await screen.press("ctrl+u", *"lab-mine.toml", "enter")
        assert screen.session.scenario.name == "lab-mine"
        assert screen.session.state.parameters.w[1] == 1.1


async def test_a_folder_that_cannot_be_written_to_is_said_in_one_line() -> None:
    async with shown() as screen:
        await screen.press("w")
        await screen.press("ctrl+u", *"/nowhere/x.toml", "enter")
        assert "/nowhere/x.toml: No such file or directory" in screen.text


async def test_a_name_that_is_none_is_said_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with shown() as screen:
        for name in (".", "..", "/", "a/", "~nouser/x"):
            await screen.press("w")
            await screen.press("ctrl+u", *name, "enter")
            assert "expected the name of a file" in screen.text or "No such file" in screen.text
            await screen.press("escape")
            assert list(tmp_path.iterdir()) == []


async def test_a_pasted_name_that_no_file_can_have_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with shown() as screen:
        for name in ("a\0b", "~a\0b", "~a\ud800b"):
            await screen.press("w", "ctrl+u")
            screen.app.screen.query_one(Input).post_message(events.Paste(name))
            await screen.press("enter")
            assert screen.app.screen is not screen.explore
            said = str(screen.app.screen.query_one("#problem", Static).content)
            assert "a" in said
            assert "\n" not in said
            await screen.press("escape")
            assert list(tmp_path.iterdir()) == []


async def test_quitting_asks_only_for_an_unsaved_state() -> None:
    async with shown() as screen:
        await screen.pilot.press("q")
        await screen.pilot.pause()
        assert not screen.app.is_running or screen.app._exit
    async with shown(open_lab()) as screen:
        await screen.press("plus", "q")
        assert "lab: 1 edit" in screen.text
        await screen.press("escape")
        assert screen.app.screen is screen.explore
        await screen.press("q")
        await screen.pilot.press("q")
        await screen.pilot.pause()
        assert screen.app._exit


async def test_training_that_goes_on_behind_the_dialog_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with shown(open_lab(w1=1, b1=-1)) as screen:
        await screen.pilot.press("space", "w")
        at = screen.session.state.checkpoint.step
        await wait_for_steps(screen, at + 3)
        await screen.pilot.press("enter")
        await screen.pilot.pause()
        assert screen.session.state.checkpoint.step >= at + 3
        assert "● unsaved" in screen.text
        await screen.press("space")


async def test_keys_typed_ahead_act_in_their_order() -> None:
    async with shown() as screen:
        await screen.press("w")
        for key, character in (("ctrl+u", None), ("a", "a"), ("b", "b"), ("backspace", None), ("c", "c")):
            screen.app.post_message(events.Key(key, character))
        await screen.press()
        assert screen.app.screen.query_one(Input).value == "ac"
