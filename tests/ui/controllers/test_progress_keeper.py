"""What the app notes of a learner's progress, and when it is in the file."""

from dataclasses import replace
from pathlib import Path

import pytest

from relutui.session.journal import Journal
from relutui.session.progress import Progress
from relutui.session.progress_file import load_progress, save_progress
from tests.support.screen import shown, until
from tests.support.sessions import open_lab


@pytest.mark.usefixtures("state_folder")
async def test_what_is_opened_and_solved_is_in_the_file_at_once() -> None:
    async with shown(open_lab(w1=1, b1=-1, w2=2, b2=-3.9), journal=Journal()) as screen:
        await until(lambda: "lab" in load_progress().opened)
        assert not load_progress().solved
        save_progress(Progress(), Progress(opened={"hat": 1}))  # as another app does
        await screen.press("down", "right", "-")
        assert screen.session.solved
        await until(lambda: "lab" in load_progress().solved)
        await until(lambda: "hat" in screen.session.progress.opened)
    assert load_progress().solved["lab"][:2] == (5, 0)


@pytest.mark.usefixtures("state_folder")
async def test_what_nobody_has_opened_is_not_noted() -> None:
    async with shown(journal=Journal(), ask=True) as screen:
        await screen.press("escape", "+")
        assert screen.session.unsaved
        assert not screen.session.progress.opened
    assert load_progress() == Progress()


async def test_where_nothing_can_be_kept_it_is_said_once_it_matters(state_folder: Path) -> None:
    state_folder.parent.mkdir(parents=True)
    state_folder.write_text("in the way")
    async with shown(journal=Journal()) as screen:
        await until(lambda: "lab" in screen.session.progress.opened)
        screen.explore.session = replace(screen.session, progress=screen.session.progress.with_opened("hat", 1))
        screen.explore.session = open_lab(w1=1, b1=-1, w2=2, b2=-4)
        await until(lambda: "your progress is not kept (File exists)" in screen.text)


async def test_a_file_that_cannot_be_read_is_said(state_folder: Path) -> None:
    state_folder.mkdir(parents=True)
    (state_folder / "progress.json").write_text("{")
    async with shown(size=(80, 24), journal=Journal()) as screen:
        await until(lambda: "it is kept as progress-unreadable-" in " ".join(screen.text.split()))
