"""What a learner has done: as a value, and in the file that every running app shares."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from relutui.cli.main import main
from relutui.lib.files import File
from relutui.scenario.library import load, shipped
from relutui.session import progress_file
from relutui.session.progress import MAX_ENTRIES, Answer, Progress, Solved, merge, scenario_key
from relutui.session.progress_file import clear_progress, load_progress, save_progress

WRONG = Answer("q6", "up", False, "the bias moves the curve up", 30)
RIGHT = Answer("q6", "sideways", True, "", 40)
SOME = Progress({"lab": Solved(20, 0, 10)}, {"lab": 5, "/home/me/mine.toml": 7}, (WRONG, RIGHT), True)


def test_what_is_saved_is_loaded_again(state_folder: Path) -> None:
    assert load_progress() == Progress()
    assert save_progress(Progress(), SOME) == SOME
    assert load_progress() == SOME
    assert state_folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.usefixtures("state_folder")
def test_two_apps_at_once_lose_nothing() -> None:
    start = save_progress(Progress(), Progress(opened={"lab": 1}))
    one = start.with_answer(RIGHT).with_solved("hat", Solved(1, 2, 3))
    other = replace(start.with_answer(WRONG).with_opened("sine", 4), show_everything=True)
    save_progress(start, one)
    both = save_progress(start, other)
    assert both.answers == (WRONG, RIGHT)
    assert both.solved == {"hat": Solved(1, 2, 3)}
    assert both.opened == {"lab": 1, "sine": 4}
    assert both.show_everything
    assert save_progress(one, one.with_opened("lab", 9)).show_everything  # only the other app has changed it


@pytest.mark.usefixtures("state_folder")
def test_what_was_cleared_does_not_come_back_from_an_app_that_still_runs() -> None:
    save_progress(Progress(), SOME)
    assert clear_progress() == SOME
    assert save_progress(SOME, SOME.with_opened("hat", 50)) == Progress(opened={"hat": 50})


def test_the_first_solution_stays() -> None:
    twice = SOME.with_solved("lab", Solved(3, 0, 99))
    assert twice.solved["lab"] == Solved(20, 0, 10)
    assert merge(Progress(), twice, SOME) == SOME


def test_only_so_much_is_kept_and_the_oldest_is_dropped() -> None:
    many = Progress()
    for when in range(MAX_ENTRIES + 5):
        many = (
            many.with_opened(str(when), when).with_answer(RIGHT._replace(when=when)).with_solved(str(when), Solved(0, 0, when))
        )
    assert len(many.opened) == len(many.answers) == len(many.solved) == MAX_ENTRIES
    assert min(many.opened.values()) == many.answers[0].when == 5


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "Expecting"),
        (b"[]", "expected an object"),
        (b"\xff", "utf-8"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"format": 2}', "format: expected one of 1, got 2"),
        (b'{"format": 1, "answer": [{"ask": "q1"}]}', "answer 0: chosen: missing"),
        (b'{"format": 1, "opened": [{"scenario": "a", "when": -1}]}', "opened 0: when"),
        (b" " * 1_000_001, "at most 1000 kB"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_in_a_line_and_set_aside(content: bytes, reason: str, state_folder: Path) -> None:
    state_folder.mkdir(parents=True)
    path = state_folder / "progress.json"
    path.write_bytes(content)
    said: list[str] = []
    assert load_progress(said.append) == Progress()
    assert path.read_bytes() == content
    assert save_progress(Progress(), SOME, said.append) == SOME
    (aside,) = state_folder.glob("progress-unreadable-*.json")
    assert aside.read_bytes() == content
    assert len(said) == 2
    assert all(reason in line and len(line.splitlines()) == 1 for line in said)
    assert load_progress() == SOME


def test_a_device_or_a_folder_in_its_place_is_said(state_folder: Path) -> None:
    (state_folder / "progress.json").mkdir(parents=True)
    said: list[str] = []
    assert load_progress(said.append) == Progress()
    assert len(said) == 1


def test_text_in_the_file_steers_no_terminal(state_folder: Path) -> None:
    state_folder.mkdir(parents=True)
    answer = {"ask": "q\x1b[2J", "chosen": "a\u202eb", "right": True, "when": 1}
    (state_folder / "progress.json").write_text(json.dumps({"format": 1, "answer": [answer]}))
    assert load_progress().answers == (Answer("q[2J", "ab", True, "", 1),)


def test_a_shipped_scenario_goes_by_its_name_and_a_file_by_its_path(tmp_path: Path) -> None:
    path = shipped()["lab"]
    assert scenario_key(load(path)) == "lab"
    own = tmp_path / "lab.toml"
    own.write_bytes(path.read_bytes())
    assert scenario_key(load(own)) == str(own)
    odd = File(tmp_path / "\udcff\x1b.toml", None)  # as a name that is not UTF-8 is read
    assert scenario_key(replace(load(own), file=odd)) == str(tmp_path / ".toml")


@pytest.mark.usefixtures("state_folder")
def test_the_command_says_it_and_clears_it(capsys: pytest.CaptureFixture[str]) -> None:
    save_progress(Progress(), SOME)
    for arguments, said in ((["progress"], ""), (["progress", "--clear"], "cleared: ")):
        assert main(arguments) == 0
        first, last = capsys.readouterr().out.splitlines()
        assert first.startswith("solved lab  ")
        assert first.endswith("20 edits, 0 steps")
        assert last == f"{said}2 scenarios opened, 1 solved; 2 answers, 1 right"
    assert load_progress() == Progress()


def test_another_that_holds_the_lock_for_too_long_is_an_error(state_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress_file, "_MAX_LOCK_WAIT_S", 0.0)
    state_folder.mkdir(parents=True)
    with progress_file._locked(state_folder / "progress.json"), pytest.raises(OSError, match="another relutui"):
        save_progress(Progress(), SOME)
