import json
import os
import threading
from array import array
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from relutui.commands import by_id
from relutui.lib import files
from relutui.model.selection import Selection
from relutui.model.training import OptimizerState, Sample, TrainingSettings
from relutui.scenario.library import shipped
from relutui.session import edits, kink_edits
from relutui.session.journal import Journal, RecoverableSession, find_recoverable
from relutui.session.journal_entries import NUMBERS, UNDO
from relutui.session.session import Session
from relutui.session.state import Mark, PendingKink
from relutui.study.random_starts import begin, opened
from tests.support.sessions import open_lab, opener, parameters, with_values, without_trail


def abandon(journal: Journal) -> None:
    """What the system does when a process ends."""
    assert journal._lock is not None
    os.close(journal._lock)


def left_behind(session: Session) -> RecoverableSession:
    """The only journal left behind, of a session that was kept and then cut off."""
    journal = Journal()
    journal.keep(session)
    abandon(journal)
    (orphan,) = find_recoverable()
    return orphan


def trained(session: Session) -> Session:
    """The session 1,234 steps of adam on, its numbers made up."""
    first = parameters([0, 1e-7, 0.1], [0, 2, 3], [0, 0, 0])
    moments = OptimizerState(first, parameters([0, 1e-9, 4], [0, 5, 6], [0, 0, 0], 7), 90)
    samples = tuple(Sample(step, 1 / (step + 3), array("f", [0.5] * 10)) for step in range(0, 1234, 2))
    checkpoint = replace(session.state.checkpoint, optimizer=moments, step=1234, history=samples)
    settings = TrainingSettings("adam", 0.0123, loss="sse", stop_below=1e-5)
    return session.with_state(replace(session.state, checkpoint=checkpoint, settings=settings))


def test_a_session_comes_back_with_all_that_training_goes_on_from(state_folder: Path) -> None:
    session = trained(open_lab(w1=1 / 3, b1=-1))
    recovered = left_behind(session).session
    now, then = recovered.state, session.state
    assert (now.network, now.locks, now.settings, now.seed) == (then.network, then.locks, then.settings, then.seed)
    assert now.checkpoint == without_trail(then).checkpoint
    assert (recovered.scenario, recovered.loss, recovered.unsaved) == (session.scenario, session.loss, True)


def test_undo_and_rewind_lead_from_what_came_back_to_the_start(state_folder: Path) -> None:
    recovered = left_behind(open_lab(w1=1, b1=-1)).session
    assert edits.undo(recovered).state.parameters == open_lab(w1=1).state.parameters
    assert edits.undo(edits.undo(recovered)).state.parameters == open_lab().state.parameters
    assert edits.rewind(recovered).state.parameters == open_lab().state.parameters


def test_rewinding_leads_to_the_start_that_was_opened_of_many(state_folder: Path) -> None:
    """Not to what its seed gives the scenario, which leaves w of unit 0 free: here it was locked at 1.25."""
    session = edits.toggle_lock(with_values(opener("lab-free"), w0=1.25))
    started = opened(begin(session, 3, 10), 1)
    recovered = left_behind(with_values(started, b1=3)).session
    rewound = edits.rewind(recovered)
    assert rewound.state.parameters == started.state.parameters
    assert rewound.state.parameters.w[0] == 1.25


def test_a_kink_that_waits_for_its_slope_comes_back(state_folder: Path) -> None:
    session = kink_edits.toggle(opener("lab"))
    for field, value in (("slope", 0.0), ("kink", 1.5), ("side", -1.0)):
        session = edits.set_parameter(session, Selection(1, field), value)  # type: ignore[arg-type]
    assert session.state.waiting == (PendingKink(1, 1.5, -1.0),)
    recovered = left_behind(with_values(session, w2=3)).session
    sloped = edits.set_parameter(recovered, Selection(1, "slope"), 2.0)
    assert (sloped.state.parameters.w[1], sloped.state.parameters.b[1]) == (-2.0, 3.0)


def test_the_marks_of_the_loss_come_back(state_folder: Path) -> None:
    session = with_values(trained(open_lab(w1=1 / 3)), b1=-1, w2=2)
    assert left_behind(session).session.state.marks == (Mark(1234, "b of unit 1"), Mark(1234, "w of unit 2"))


def test_undo_and_redo_come_back_step_by_step(state_folder: Path) -> None:
    session = edits.toggle_lock(trained(open_lab(w1=1, b1=-1)))
    for _ in range(2):
        session = edits.undo(session)
    recovered = left_behind(session).session
    assert recovered.states.present == session.states.present
    for now, then in zip(recovered.states.past, session.states.past, strict=True):
        assert now == then
    for now, then in zip(recovered.states.future, session.states.future, strict=True):
        assert now == without_trail(then)


def test_what_was_written_is_known_to_be_when_it_is_undone_to(state_folder: Path) -> None:
    written = trained(open_lab(w1=1))
    recovered = left_behind(with_values(replace(written, saved=written.state), b1=-1)).session
    assert recovered.unsaved
    assert not edits.undo(recovered).unsaved


def test_the_lowest_loss_of_what_came_back_is_known(state_folder: Path) -> None:
    session = with_values(open_lab(w1=1, b1=-1, w2=2, b2=-4), c3=9)
    assert left_behind(session).session.best == session.best


def test_of_undo_the_nearest_steps_are_kept(state_folder: Path) -> None:
    session = opener("lab-free")
    for number in range(2 * UNDO):
        session = with_values(session, w0=number + 10)
    orphan = left_behind(session)
    assert orphan.session.states.past == session.states.past[-UNDO:]
    orphan.remove()
    session = opener("shifted-100")
    for number in range(2 * UNDO):
        session = edits.set_parameter(session, Selection(100, "c"), float(number))
    orphan = left_behind(session)
    assert orphan.path.stat().st_size < 500_000
    past = orphan.session.states.past
    assert len(past) == NUMBERS // (3 * 301)
    assert past == session.states.past[-len(past) :]
    assert edits.rewind(orphan.session).state.parameters == opener("shifted-100").state.parameters


def test_a_random_start_comes_back_with_its_seed(state_folder: Path) -> None:
    session = by_id("random").run(opener("sine"))
    assert isinstance(session, Session)
    recovered = left_behind(with_values(session, w0=0.5)).session
    assert recovered.state.seed == session.state.seed
    rewound = by_id("rewind").run(recovered)
    assert isinstance(rewound, Session)
    assert rewound.state.parameters == session.state.parameters


def test_all_that_was_left_comes_back_too_and_nothing_else(state_folder: Path) -> None:
    left = open_lab(w1=2), with_values(opener("parabola"), w0=4)
    for sine in (opener("sine"), with_values(opener("sine"), w0=3)):
        orphan = left_behind(replace(sine, kept=left))
        expected = [one for one in (sine, *left) if one.unsaved]
        assert [one.scenario.name for one in orphan.sessions] == [one.scenario.name for one in expected]
        for now, then in zip(orphan.sessions, expected, strict=True):
            assert (now.states.present, now.states.past, now.saved) == (then.state, then.states.past, then.saved)
        orphan.remove()


def test_the_files_that_were_read_and_written_come_back_as_they_were(state_folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes(shipped()["lab"].read_bytes())
    session = with_values(opener(str(file)), w1=1)
    assert session.scenario.file == files.File.at(file)
    written = files.File.at(tmp_path / "other.toml")  # not there any more
    orphan = left_behind(replace(session, files=(written, *session.files)))
    assert (orphan.session.scenario.file, orphan.session.files) == (session.scenario.file, (written, *session.files))
    orphan.release()


def test_one_of_those_left_behind_is_thrown_away(state_folder: Path) -> None:
    orphan = left_behind(replace(open_lab(w1=1), kept=(open_lab(w1=2), open_lab(w1=3))))
    rest = orphan.without(orphan.sessions[1])
    assert rest
    rest.release()
    (again,) = find_recoverable()
    assert [one.state.parameters.w[1] for one in again.sessions] == [1, 3]
    assert again.when == orphan.when
    for one in again.sessions:
        rest = again.without(one)
        again = rest or again
    assert rest is None
    assert list(state_folder.glob("sessions/*")) == []


def test_a_start_drawn_with_a_number_locked_is_what_rewinding_leads_to_after_recovery(state_folder: Path) -> None:
    session = edits.toggle_lock(edits.select(with_values(opener("lab-free"), w0=1.25), Selection(0, "w")))
    drawn = edits.next_random_start(session)
    recovered = left_behind(with_values(edits.toggle_lock(drawn), w0=3, b1=2)).session
    assert edits.rewind(recovered).state.parameters == drawn.state.parameters
    assert drawn.state.parameters.w[0] == 1.25


def test_only_what_is_not_written_is_kept(state_folder: Path) -> None:
    journal = Journal()
    journal.keep(open_lab())
    assert not state_folder.exists()
    session = open_lab(w1=1)
    journal.keep(session)
    (kept,) = state_folder.glob("sessions/*.json")
    journal.keep(replace(session, saved=session.state))
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

    def slowly(path: Path, text: str) -> Path:
        if threading.current_thread() is writer:
            begun.set()
            assert goes_on.wait(10), "nobody let the slow disk go on"
        return written_beside(path, text)

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
    written = replace(session, saved=session.state)
    after_all_that_is_slow(monkeypatch, journal, session, lambda: journal.keep(written, last=True))
    assert find_recoverable() == []


def test_what_is_kept_last_stays_however_slow_the_disk(state_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal()
    after_all_that_is_slow(monkeypatch, journal, open_lab(w1=2), lambda: journal.keep(open_lab(w1=3), last=True))
    (orphan,) = find_recoverable()
    assert orphan.session.state.parameters.w[1] == 3
    orphan.remove()


def test_sessions_know_who_else_has_their_file_open(state_folder: Path) -> None:
    file = Path("/home/somebody/dose.toml")
    mine, its, other = Journal(), Journal(), Journal()
    mine.announce(file)
    assert mine.others(file) == []
    before = mine.changed()
    its.announce(file)
    other.announce(Path("/home/somebody/else.toml"))
    assert mine.changed() != before
    assert [who.pid for who in mine.others(file)] == [os.getpid()]
    assert len(its.others(file)) == 1
    its.announce(None)
    assert mine.others(file) == []
    its.announce(file)
    its.close()
    assert mine.others(file) == []
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
            assert (len(first.others(mine)), len(second.others(its))) == (1, 1), (mine, its)
            for journal in (first, second):
                journal.close()


def test_a_file_that_was_written_meanwhile_is_the_same(state_folder: Path, ways: list[Path]) -> None:
    """Which makes it another file to the system, at the same place."""
    first, second = Journal(), Journal()
    first.announce(ways[1])
    files.replace_atomically(ways[0], "another")
    second.announce(ways[0])
    assert (len(first.others(ways[1])), len(second.others(ways[0]))) == (1, 1)


def test_a_copy_is_another_file(state_folder: Path, tmp_path: Path) -> None:
    for name in ("one.toml", "two.toml"):
        (tmp_path / name).write_text("the same")
    first, second = Journal(), Journal()
    first.announce(tmp_path / "one.toml")
    second.announce(tmp_path / "two.toml")
    assert first.others(tmp_path / "one.toml") == []


def test_one_that_was_killed_has_nothing_open(state_folder: Path) -> None:
    file = Path("/home/somebody/dose.toml")
    mine, its = Journal(), Journal()
    mine.announce(file)
    its.announce(file)
    abandon(its)
    assert mine.others(file) == []


def test_a_folder_that_cannot_be_made_is_told(state_folder: Path) -> None:
    state_folder.parent.write_text("a file is in the way")
    with pytest.raises(OSError, match=str(state_folder)):
        Journal().keep(open_lab(w1=1))
    assert find_recoverable() == []


def test_a_lock_makes_no_difference_to_what_is_kept(state_folder: Path) -> None:
    session = edits.toggle_lock(open_lab(w1=1))
    assert left_behind(session).session.state.locks == session.state.locks
