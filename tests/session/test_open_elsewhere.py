"""Who else has a file open, however one comes to it."""

import os
from pathlib import Path

import pytest

from relutui.lib import files
from relutui.model.selection import Selection
from relutui.session import edits
from relutui.session.journal import Journal, find_recoverable
from tests.session.journals import abandon
from tests.support.sessions import opener


def test_sessions_know_who_else_has_their_file_open(state_folder: Path) -> None:
    file = Path("/home/somebody/dose.toml")
    mine, its, other = Journal(), Journal(), Journal()
    mine.announce(file)
    assert mine.find_others(file) == []
    before = mine.last_change_ns()
    its.announce(file)
    other.announce(Path("/home/somebody/else.toml"))
    assert mine.last_change_ns() != before
    assert [who.pid for who in mine.find_others(file)] == [os.getpid()]
    assert len(its.find_others(file)) == 1
    its.announce(None)
    assert mine.find_others(file) == []
    its.announce(file)
    its.close()
    assert mine.find_others(file) == []
    for journal in (mine, other):
        journal.close()
    assert list(state_folder.glob("sessions/*")) == []


@pytest.fixture
def ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Ways to one file: its own path, two links, a linked folder, round by another folder, and from the present one."""
    folder = tmp_path / "data"
    folder.mkdir()
    file = folder / "dose.toml"
    file.write_text("the same")
    (tmp_path / "link.toml").symlink_to(file)
    (tmp_path / "hard.toml").hardlink_to(file)
    (tmp_path / "folder").symlink_to(folder)
    monkeypatch.chdir(tmp_path)
    return [
        *(file, tmp_path / "link.toml", tmp_path / "hard.toml", tmp_path / "folder" / "dose.toml"),
        *(folder / ".." / "data" / "dose.toml", Path("data/dose.toml")),
    ]


def test_a_file_is_the_same_however_one_comes_to_it(state_folder: Path, ways: list[Path]) -> None:
    for mine in ways:
        for its in ways:
            first, second = Journal(), Journal()
            first.announce(mine)
            second.announce(its)
            assert (len(first.find_others(mine)), len(second.find_others(its))) == (1, 1), (mine, its)
            for journal in (first, second):
                journal.close()


def test_a_file_that_was_written_meanwhile_is_the_same(state_folder: Path, ways: list[Path]) -> None:
    """Which makes it another file to the system, at the same place."""
    first, second = Journal(), Journal()
    first.announce(ways[1])
    files.replace_atomically(ways[0], "another")
    second.announce(ways[0])
    assert (len(first.find_others(ways[1])), len(second.find_others(ways[0]))) == (1, 1)


def test_a_copy_is_another_file(state_folder: Path, tmp_path: Path) -> None:
    for name in ("one.toml", "two.toml"):
        (tmp_path / name).write_text("the same")
    first, second = Journal(), Journal()
    first.announce(tmp_path / "one.toml")
    second.announce(tmp_path / "two.toml")
    assert first.find_others(tmp_path / "one.toml") == []


def test_one_that_was_killed_has_nothing_open(state_folder: Path) -> None:
    file = Path("/home/somebody/dose.toml")
    mine, its = Journal(), Journal()
    mine.announce(file)
    its.announce(file)
    abandon(its)
    assert mine.find_others(file) == []


def test_what_is_offered_of_one_that_was_killed_is_not_open_elsewhere(state_folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "dose.toml"
    mine, its = Journal(), Journal()
    its.announce(file)
    its.keep(edits.set_parameter(opener("lab"), Selection(1, "w"), 2.5))
    abandon(its)
    (offered,) = find_recoverable()  # which holds its lock
    assert mine.find_others(file) == []
    offered.release()
    (again,) = find_recoverable()
    assert len(again.sessions) == 1
    again.remove()
