"""Writing where there is a file already: what is asked, what is refused, and what is said."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from relutui.scenario.library import load, shipped
from relutui.session.session import Session
from tests.support.screen import Screen, shown
from tests.support.sessions import open_lab, opener


@asynccontextmanager
async def writing(path: Path, session: Session | None = None) -> AsyncIterator[Screen]:
    """The dialog with a path typed into it, entered once."""
    async with shown(session or open_lab(w1=1, b1=-1)) as screen:
        await screen.press("w")
        await screen.enter_path(path)
        yield screen


def said(screen: Screen) -> str:
    """What stands in the dialog, on one line, without its frame."""
    return " ".join(screen.part(".dialog").replace("│", " ").split())


async def test_a_read_only_file_is_not_replaced_by_a_second_enter(tmp_path: Path) -> None:
    """Which its folder would allow, and which whoever runs the test may be."""
    path = tmp_path / "kept.toml"
    path.write_text("kept")
    path.chmod(0o444)
    async with writing(path) as screen:
        assert "is read-only: choose another name" in said(screen)
        await screen.press("enter", "enter")
        assert path.read_text() == "kept"
        assert screen.app.screen is not screen.explore
        await screen.press("escape")
        assert "● unsaved" in screen.text


async def test_one_that_became_read_only_in_between_is_not_replaced_either(tmp_path: Path) -> None:
    path = tmp_path / "kept.toml"
    path.write_text("kept")
    async with writing(path) as screen:
        assert "exists; enter again overwrites it" in said(screen)
        path.chmod(0o444)
        await screen.press("enter", "enter")
        assert "is read-only" in said(screen)
        assert path.read_text() == "kept"


@pytest.mark.parametrize("link", [False, True])
async def test_what_comes_with_the_program_is_never_written_over(tmp_path: Path, link: bool) -> None:
    lab = shipped()["lab"]
    before, path = lab.read_bytes(), lab
    if link:
        path = tmp_path / "link.toml"
        path.symlink_to(lab)
    async with writing(path) as screen:
        assert "comes with relutui and cannot be changed: choose another name" in said(screen)
        await screen.press("enter", "enter")
        assert lab.read_bytes() == before


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
async def test_what_is_no_regular_file_stays(tmp_path: Path, make: object) -> None:
    path = tmp_path / "kept.toml"
    make(path)  # type: ignore[operator]
    kind = path.stat().st_mode
    async with writing(path) as screen:
        assert "is not a regular file" in said(screen)
        await screen.press("enter")
        assert path.stat().st_mode == kind


async def test_a_file_that_changed_since_it_was_read_is_said(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(shipped()["lab"].read_bytes())
    session = opener(str(path))
    async with writing(path, session) as screen:
        assert "exists; enter again overwrites it" in said(screen)
        await screen.press("escape")
        path.write_text("somebody else's")
        await screen.press("w")
        await screen.enter_path(path)
        assert "has changed since; enter again overwrites it" in said(screen)
        assert path.read_text() == "somebody else's"
        await screen.press("enter")
        assert load(path).start == screen.session.state.parameters


async def test_a_file_that_changed_since_it_was_written_is_said(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    async with writing(path) as screen:
        assert "● unsaved" not in screen.text
        await screen.press("plus", "w")
        await screen.enter_path(path)
        assert "exists; enter again overwrites it" in said(screen)
        await screen.press("enter")
        assert load(path).start.w[1] == 1.1
        path.write_text("somebody else's")
        await screen.press("plus", "w")
        await screen.enter_path(path)
        assert "has changed since" in said(screen)


async def test_a_file_that_changed_since_it_was_asked_about_is_asked_about_again(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("first")
    async with writing(path) as screen:
        path.write_text("somebody else's")
        await screen.press("enter")
        assert path.read_text() == "somebody else's"
        assert "has changed since; enter again overwrites it" in said(screen)
        await screen.press("enter")
        assert load(path).start.w[1] == 1
