"""The folder of each browser."""

import re
import stat
from pathlib import Path

import pytest

from relutui.web import users
from relutui.web.users import TooManyUsers, Users


def test_each_has_a_folder_that_nobody_else_can_look_into(state_folder: Path) -> None:
    known = Users()
    names = [known.add() for _ in range(20)]
    folders = [known.folder_of(name) for name in names]
    assert len(set(names)) == len(set(folders)) == 20
    for name, folder in zip(names, folders):
        assert folder
        assert folder.parent == state_folder / "browsers"
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}", name)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert name not in str(folder)


def test_what_somebody_has_kept_is_there_after_the_server_ended_and_no_empty_folder(state_folder: Path) -> None:
    before = Users()
    kept, empty = before.add(), before.add()
    folder = before.folder_of(kept)
    assert folder
    (folder / "files").mkdir()
    after = Users()
    assert after.folder_of(kept) == folder
    assert after.folder_of(empty) is None


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../x", "/", "x" * 42, "x" * 44, "x" * 42 + "/", "x" * 42 + "\n", "é" * 43, "\0" * 43]
)
def test_no_other_name_leads_to_a_folder(name: str, state_folder: Path) -> None:
    known = Users()
    known.add()
    assert known.folder_of(name) is None


def test_there_are_only_so_many(state_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(users, "MAX_FOLDERS", 2)
    known = Users()
    known.add()
    known.add()
    with pytest.raises(TooManyUsers):
        known.add()
