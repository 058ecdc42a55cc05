"""What the journal keeps on the disk, and what it makes of what it finds there."""

import json
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from relutui.lib import files
from relutui.session.journal import Journal, find_recoverable
from relutui.session.session import Session
from tests.session.journals import abandon, left_behind
from tests.support.sessions import open_lab


def test_one_of_those_left_behind_is_thrown_away(state_folder: Path) -> None:
    orphan = left_behind(replace(open_lab(w1=1), kept=(open_lab(w1=2), open_lab(w1=3))))
    rest = orphan.remove_session(orphan.sessions[1])
    assert rest
    rest.release()
    (again,) = find_recoverable()
    assert [one.state.parameters.w[1] for one in again.sessions] == [1, 3]
    assert again.time_s == orphan.time_s
    for one in again.sessions:
        rest = again.remove_session(one)
        again = rest or again
    assert rest is None
    assert list(state_folder.glob("sessions/*")) == []


def test_only_what_is_not_written_is_kept(state_folder: Path) -> None:
    journal = Journal()
    journal.keep(open_lab())
    assert not state_folder.exists()
    session = open_lab(w1=1)
    journal.keep(session)
    (kept,) = state_folder.glob("sessions/*.json")
    journal.keep(session.with_document(saved=session.state))
    assert not kept.exists()
    journal.close()
    assert list(state_folder.glob("sessions/*")) == []


def test_nobody_else_can_look_into_the_folders(state_folder: Path) -> None:
    old = os.umask(0)
    try:
        Journal().keep(open_lab(w1=1))
    finally:
        os.umask(old)
    assert [folder.stat().st_mode & 0o777 for folder in (state_folder, state_folder / "sessions")] == [0o700, 0o700]


def test_the_journal_of_a_session_that_runs_is_nobody_elses(state_folder: Path) -> None:
    running = Journal()
    running.keep(open_lab(w1=1))
    assert find_recoverable() == []
    abandon(running)
    (orphan,) = find_recoverable()
    assert find_recoverable() == []  # it is being offered
    orphan.release()
    (orphan,) = find_recoverable()
    orphan.remove()
    assert find_recoverable() == []
    assert list(state_folder.glob("sessions/*")) == []


def test_the_newest_is_offered_first(state_folder: Path) -> None:
    for value in (1, 2, 3):
        journal = Journal()
        journal.keep(open_lab(w1=value))
        abandon(journal)
    found = find_recoverable()
    assert [orphan.session.state.parameters.w[1] for orphan in found] == [3, 2, 1]
    for orphan in found:
        orphan.release()


@pytest.mark.parametrize(
    "change",
    [
        {"sessions": []},
        {"sessions": [{"name": "lab"}]},
        {"sessions": 3},
        {"when": "yesterday"},
        {"format": 1},
        {"format": "2"},
        {"past": 3},
        {"past": [{}]},
        {"saved": None},
        {"network": "title = 1"},
        {"scenario": "title = 1"},
        {"scenario": None, "file": ["/nowhere/x.toml", None]},
        {"scenario": None, "file": None},
        {"file": ["/nowhere/x.toml"]},
        {"file": ["/nowhere/\0.toml", None]},
        {"file": ["/nowhere/x.toml", [1, 2]]},
        {"files": [["/nowhere/x.toml", "now"]]},
        {"files": None},
        {"csv": ["wave.csv"]},
        {"csv": ["wave.csv", None, [1, 2]]},
        {"csv": ["wave.csv", None, [[1], 2, "drop"], ""]},
        {"csv": ["wave.csv", None, [1, 2, "keep"], ""]},
        {"csv": ["wave.csv", None, [1, 2, "drop"], 3]},
        {"points": "x,y\n1"},
        {"points": "x,y\n1,inf"},
        {"points": "x,y\n1,1e300"},
        {"points": 3},
        {"first": [1.0]},
        {"first": [float("inf")] * 10},
        {"second": [float("nan")] * 10},
        {"second": "zero"},
        {"step": None},
        {"seed": "one"},
        {"edits": []},
        {"change": 3},
        {"waiting": [[0, float("nan"), 1]]},
        {"waiting": [1]},
        {"marks": [["x", "y"]]},
        {"origin": [1.0, 2.0]},
        {"origin": [float("inf")] * 10},
        {"losses": 7},
        {"losses": None},
        {"name": 4},
    ],
)
def test_a_journal_that_makes_no_sense_is_not_offered_and_stays(state_folder: Path, change: dict[str, object]) -> None:
    journal = Journal()
    journal.keep(open_lab(w1=1))
    abandon(journal)
    (path,) = state_folder.glob("sessions/*.json")
    content = json.loads(path.read_text())
    places = content, content["sessions"][0]["present"], content["sessions"][0]
    next(place for place in places if change.keys() <= place.keys()).update(change)
    path.write_text(json.dumps(content))
    told: list[str] = []
    assert find_recoverable(told.append) == []
    assert path.exists()
    assert len(told) == 1
    assert told[0].startswith(f"{path}: what was not written cannot be read (")
    assert "\n" not in told[0]


@pytest.mark.parametrize("content", [b"", b"{", b"null", b"[]", b"\xff", b"[" * 10_000, b"9" * 10_000])
def test_bytes_that_are_no_journal_are_not_offered_and_stay(state_folder: Path, content: bytes) -> None:
    journal = Journal()
    journal.keep(open_lab(w1=1))
    abandon(journal)
    (path,) = state_folder.glob("sessions/*.json")
    path.write_bytes(content)
    assert find_recoverable() == []
    assert path.read_bytes() == content


def test_after_the_last_time_nothing_is_written(state_folder: Path) -> None:
    journal = Journal()
    journal.keep(open_lab(w1=1), last=True)
    journal.keep(open_lab(w1=2))
    abandon(journal)
    (orphan,) = find_recoverable()
    assert orphan.session.state.parameters.w[1] == 1
    orphan.remove()


def test_what_is_dropped_is_gone(state_folder: Path) -> None:
    journal = Journal()
    journal.keep(open_lab(w1=1))
    journal.drop()
    journal.keep(open_lab(w1=2))
    journal.close()
    assert list(state_folder.glob("sessions/*")) == []


def after_all_that_is_slow(monkeypatch: pytest.MonkeyPatch, journal: Journal, slow: Session, then: Callable[[], None]) -> None:
    """Something done while another thread still writes a session to a disk that takes its time, which ends only after that."""
    begun, goes_on, written_beside = threading.Event(), threading.Event(), files._written_beside

    def slowly(path: Path, write: files.Writer) -> Path:
        if threading.current_thread() is writer:
            begun.set()
            assert goes_on.wait(10), "nobody let the slow disk go on"
        return written_beside(path, write)

    monkeypatch.setattr(files, "_written_beside", slowly)
    writer = threading.Thread(target=journal.keep, args=(slow,))
    writer.start()
    assert begun.wait(10), "nothing was written"
    then()
    goes_on.set()
    writer.join(10)
    assert not writer.is_alive()
    abandon(journal)


@pytest.mark.parametrize("kept_before", [False, True])
def test_what_is_dropped_is_gone_however_slow_the_disk(
    state_folder: Path, monkeypatch: pytest.MonkeyPatch, kept_before: bool
) -> None:
    journal = Journal()
    if kept_before:
        journal.keep(open_lab(w1=1))
    after_all_that_is_slow(monkeypatch, journal, open_lab(w1=2), journal.drop)
    assert find_recoverable() == []
    assert list(state_folder.glob("sessions/*.json")) == []


def test_what_has_been_written_meanwhile_is_not_offered_however_slow_the_disk(
    state_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, session = Journal(), open_lab(w1=2)
    written = session.with_document(saved=session.state)
    after_all_that_is_slow(monkeypatch, journal, session, lambda: journal.keep(written, last=True))
    assert find_recoverable() == []


def test_what_is_kept_last_stays_however_slow_the_disk(state_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal()
    after_all_that_is_slow(monkeypatch, journal, open_lab(w1=2), lambda: journal.keep(open_lab(w1=3), last=True))
    (orphan,) = find_recoverable()
    assert orphan.session.state.parameters.w[1] == 3
    orphan.remove()


def test_a_folder_that_cannot_be_made_is_told(state_folder: Path) -> None:
    state_folder.parent.write_text("a file is in the way")
    with pytest.raises(OSError, match=str(state_folder)):
        Journal().keep(open_lab(w1=1))
    assert find_recoverable() == []
