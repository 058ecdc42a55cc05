"""The folder of a class: what has changed is read again, nothing else is, and no file ends the reading."""

import os
import time
from pathlib import Path

import pytest

from relutui.session import class_folder
from relutui.session.class_folder import ClassFolder
from relutui.session.class_place import Place, place_of
from relutui.session.progress import Progress, Solved
from relutui.session.report import Report, report_text
from tests.support.class_reports import ANN, BOB, CY, MIN, NOW, write_class

LONG_AGO = time.time() - 1000


def written(path: Path, text: str) -> None:
    """Write a file that counts as unchanged from the next look on."""
    path.write_text(text)
    os.utime(path, (LONG_AGO, LONG_AGO))


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read."""
    names: list[str] = []
    read = class_folder._read

    def noted(path: Path) -> bytes:
        names.append(path.name)
        return read(path)

    monkeypatch.setattr(class_folder, "_read", noted)
    return names


def test_only_what_has_changed_is_read_again(tmp_path: Path, reads: list[str]) -> None:
    for name in ("a", "b"):
        written(tmp_path / name, report_text(Report(BOB, name)))
    folder = ClassFolder(tmp_path)
    first = folder.read()
    assert reads == ["a", "b"]
    assert folder.read() is first
    assert reads == ["a", "b"]
    written(tmp_path / "b", report_text(Report(ANN, "b")))
    second = folder.read()
    assert reads == ["a", "b", "b"]
    assert second.files[0] is first.files[0]
    assert second.files[1].report == Report(ANN, "b")
    (tmp_path / "a").unlink()
    assert [file.name for file in folder.read().files] == ["b"]


def test_a_change_within_the_same_tick_of_the_clock_is_seen(tmp_path: Path) -> None:
    folder, path = ClassFolder(tmp_path), tmp_path / "a"
    path.write_text(report_text(Report(Progress(opened={"lab": 1}), "a")))
    stamp = path.stat().st_mtime_ns
    folder.read()
    path.write_text(report_text(Report(Progress(opened={"hat": 1}), "a")))
    os.utime(path, ns=(stamp, stamp))
    (file,) = folder.read().files
    assert file.place == place_of(Progress(opened={"hat": 1}))


def test_a_torn_file_is_said_and_is_counted_once_it_is_whole(tmp_path: Path) -> None:
    folder, text = ClassFolder(tmp_path), report_text(Report(ANN, "Ann"))
    for length in range(0, len(text) - 1, 97):
        (tmp_path / "ann").write_text(text[:length])
        (file,) = folder.read().files
        assert file.report is None
        assert len(file.problem.splitlines()) == 1
    (tmp_path / "ann").write_text(text)
    (file,) = folder.read().files
    assert (file.problem, file.report) == ("", Report(ANN, "Ann"))


def test_what_takes_longer_goes_on_at_the_next_look(tmp_path: Path) -> None:
    write_class(tmp_path)
    folder = ClassFolder(tmp_path)
    assert folder.read(0.0) == ((), 0, 3)
    found = folder.read()
    assert (len(found.files), found.unread) == (3, 0)


def test_of_too_many_files_the_first_by_name_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(class_folder, "MAX_FILES", 2)
    for name in "dbca":
        (tmp_path / name).write_text("")
    found = ClassFolder(tmp_path).read()
    assert ([file.name for file in found.files], found.left_out) == (["a", "b"], 2)


def test_a_folder_that_is_gone_is_an_error_and_comes_back(tmp_path: Path) -> None:
    folder = ClassFolder(tmp_path / "later")
    with pytest.raises(FileNotFoundError):
        folder.read()
    (tmp_path / "later").mkdir()
    write_class(tmp_path / "later")
    assert len(folder.read().learners) == 3


def test_where_learners_are() -> None:
    assert place_of(ANN) == Place("lab", NOW - 12 * MIN, False, 2, frozenset({"one-unit", "lab-half"}), NOW - 10 * MIN)
    assert place_of(BOB) == Place("lab-half", NOW - 3 * MIN, False, 1, frozenset({"one-unit"}), NOW - 1 * MIN)
    assert place_of(CY) == Place("lab-half", NOW - 7 * MIN, False, 1, frozenset(), NOW - 5 * MIN)
    assert place_of(Progress()) == Place()
    done_again = ANN.with_opened("one-unit", NOW)
    assert place_of(done_again)[:3] == ("one-unit", NOW, True)
    own = Progress({"mine.toml": Solved(1, 1, 5)}, {"mine.toml": 3})
    assert place_of(own) == Place("mine.toml", 3, True, 0, frozenset({"mine.toml"}), 5)
    assert place_of(own).done_in_course == 0
