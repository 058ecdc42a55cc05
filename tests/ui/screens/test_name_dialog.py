"""A learner in a class: asked for a name once, and the report is written as the learner works."""

from pathlib import Path

import pytest

from relutui.session.class_member import join
from relutui.session.journal import Journal
from relutui.session.progress import Progress
from relutui.session.report import Report, read_report, report_text
from tests.support.screen import Screen, shown, until
from tests.support.sessions import opener

TAKEN = "is taken here, or one like it"


def report(folder: Path, file: str) -> Report:
    return read_report((folder / file).read_bytes())


async def typed(screen: Screen, name: str) -> None:
    await screen.pilot.press("ctrl+u", *name, "enter")


def said(screen: Screen) -> str:
    message = screen.session.view.message
    return message.text if message else ""


@pytest.mark.usefixtures("state_folder")
async def test_the_name_is_asked_for_once_and_each_answer_is_in_the_report(tmp_path: Path) -> None:
    (tmp_path / "ann.toml").write_text(report_text(Report(Progress(), "Ann")))
    async with shown(opener("lab-half"), (80, 24), journal=Journal(), class_folder=tmp_path) as screen:
        assert "Your name in this class" in screen.text
        await typed(screen, "Ann")
        await until(lambda: TAKEN in " ".join(screen.text.split()))
        await typed(screen, "Bo")
        await until(lambda: "In this class you are Bo" in screen.text)
        await until(lambda: "lab-half" in report(tmp_path, "bo.toml").progress.opened)
        await screen.press("Q", "1", "enter")
        await until(lambda: len(report(tmp_path, "bo.toml").progress.answers) == 1)
        (answer,) = report(tmp_path, "bo.toml").progress.answers
        assert (answer.ask, answer.right, answer.misconception) == ("lab-half 1", False, "units take turns, one piece each")
    before = report(tmp_path, "bo.toml").id
    async with shown(opener("lab-half"), (80, 24), journal=Journal(), ask=True, class_folder=tmp_path) as screen:
        assert "In this class you are Bo" in screen.text
        assert "Scenarios" in screen.text
        await screen.pilot.press("down")
        assert "In this class you are Bo" not in screen.text
    assert report(tmp_path, "bo.toml").id == before


@pytest.mark.usefixtures("state_folder")
async def test_whoever_gives_no_name_leaves(tmp_path: Path) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    async with shown(journal=Journal(), class_folder=folder) as screen:
        await typed(screen, "?")
        await until(lambda: "expected a name with a letter or a digit" in screen.text)
        await screen.pilot.press("escape")
        await until(lambda: screen.app.return_code == 0)
    assert list(folder.iterdir()) == []


@pytest.mark.usefixtures("state_folder")
async def test_a_report_that_cannot_be_written_is_said_and_written_with_the_next_entry(tmp_path: Path) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    join(folder, "Bo", Progress())
    async with shown(opener("lab-half"), (80, 24), journal=Journal(), class_folder=folder) as screen:
        await until(lambda: "lab-half" in report(folder, "bo.toml").progress.opened)
        folder.rename(tmp_path / "away")
        await screen.press("Q", "1")
        await until(lambda: "your report for the class is not written (No such file or directory)" in said(screen))
        (tmp_path / "away").rename(folder)
        await screen.press("enter", "home", "enter")
        await until(lambda: len(report(folder, "bo.toml").progress.answers) == 2)
