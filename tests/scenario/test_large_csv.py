"""A target of more points than a scenario file may list: written, and written over nothing, and recovered."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from relutui.cli.main import main
from relutui.scenario.csv_choice import CsvChoice, CsvSource
from relutui.scenario.library import load
from relutui.scenario.reader import parse
from relutui.scenario.scenario import Scenario, ScenarioError
from relutui.scenario.scenario_files import csv_problem, files_of, write
from relutui.session.journal import Journal, find_recoverable
from relutui.session.journal_entries import entry_of, session_of
from relutui.session.session import Session, as_scenario
from tests.support.screen import shown
from tests.support.sessions import opener, with_values

POINTS = 3000


def made(folder: Path, points: int = POINTS) -> Path:
    """A scenario in a folder, and beside it the CSV file with its points."""
    folder.mkdir(exist_ok=True)
    x = np.linspace(-1.0, 2.0, points)
    rows = [f"{at!r},{value!r}" for at, value in zip(x.tolist(), np.sin(x).tolist())]
    (folder / "wave.csv").write_text("\n".join(["x,y", *rows]))
    file = folder / "wave.toml"
    file.write_text(
        'title = "wave"\n[target]\ncsv = "wave.csv"\nnoise = 0.25\nnoise_seed = 7\n[[unit]]\nw = 1.0\nb = 0.0\nv = 1.0\n'
    )
    return file


@pytest.fixture
def wave(tmp_path: Path) -> Path:
    return made(tmp_path / "data")


def edited(file: Path) -> Session:
    return with_values(opener(str(file)), w0=0.5)


def state_of(session: Session) -> Scenario:
    return as_scenario(session, "any")


def assert_same(written: Path, session: Session) -> None:
    found = load(written)
    assert found.start == session.state.parameters
    assert found.dataset == session.dataset
    assert found.target == session.scenario.target
    assert len(found.dataset) == POINTS


def test_beside_its_csv_file_it_goes_on_with_that(wave: Path) -> None:
    session, path = edited(wave), wave.with_name("mine.toml")
    before = wave.with_name("wave.csv").read_bytes()
    assert write(state_of(session), path) == "its 3,000 points are in wave.csv beside it"
    assert 'csv = "wave.csv"' in path.read_text()
    assert_same(path, session)
    assert sorted(file.name for file in wave.parent.iterdir()) == ["mine.toml", "wave.csv", "wave.toml"]
    assert wave.with_name("wave.csv").read_bytes() == before


def test_in_another_folder_a_copy_of_the_points_goes_with_it(wave: Path, tmp_path: Path) -> None:
    session = edited(wave)
    assert write(state_of(session), tmp_path / "mine.toml") == "its 3,000 points are in wave.csv beside it"
    assert_same(tmp_path / "mine.toml", session)
    copy = as_it_is(tmp_path / "wave.csv")
    write(state_of(session), tmp_path / "again.toml")  # which has the same points, so that the copy does for both
    assert_same(tmp_path / "again.toml", session)
    assert as_it_is(tmp_path / "wave.csv") == copy


def as_it_is(path: Path) -> tuple[int, bytes]:
    return path.stat().st_ino, path.read_bytes()


@pytest.mark.parametrize("content", ["x,y\n1,2\n", "no points at all"])
def test_a_csv_file_with_other_points_is_never_written_over(wave: Path, tmp_path: Path, content: str) -> None:
    session = edited(wave)
    (tmp_path / "wave.csv").write_text(content)
    assert write(state_of(session), tmp_path / "mine.toml") == "its 3,000 points are in mine.csv beside it"
    assert_same(tmp_path / "mine.toml", session)
    (tmp_path / "other.csv").write_text(content)
    with pytest.raises(ScenarioError, match=r"3,000 points need a CSV file beside it, and wave\.csv and other\.csv have"):
        write(state_of(session), tmp_path / "other.toml")
    assert [(tmp_path / name).read_text() for name in ("wave.csv", "other.csv")] == [content] * 2
    assert not (tmp_path / "other.toml").exists()


@pytest.mark.parametrize("gone", [True, False])
def test_where_its_csv_file_is_gone_or_changed_the_points_that_were_read_are_written(wave: Path, gone: bool) -> None:
    session, csv = edited(wave), wave.with_name("wave.csv")
    if gone:
        csv.unlink()
    else:
        csv.write_text("x,y\n1,2\n")
    write(state_of(session), wave.with_name("mine.toml"))
    assert_same(wave.with_name("mine.toml"), session)
    assert csv.exists() if gone else csv.read_text() == "x,y\n1,2\n"


def test_what_cannot_be_written_leaves_no_csv_file_behind(wave: Path, tmp_path: Path) -> None:
    session = edited(wave)
    (tmp_path / "mine.toml").write_text("there")
    for path in (tmp_path / "mine.toml", tmp_path / "nowhere" / "mine.toml"):
        with pytest.raises(OSError, match=r"mine|nowhere"):
            write(state_of(session), path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["data", "mine.toml"]


def test_few_points_are_listed_wherever_they_came_from(tmp_path: Path) -> None:
    session = edited(made(tmp_path / "data", 30))
    files = files_of(state_of(session), tmp_path / "mine.toml")
    assert (files.csv, files.points) == (None, "")
    assert parse(files.scenario, "any", None).dataset == session.dataset


def test_points_that_were_listed_and_have_no_room_when_written_in_full_go_into_a_csv_file(tmp_path: Path) -> None:
    file = tmp_path / "whole.toml"
    rows = ",".join(f"[{x},1]" for x in range(6000))
    file.write_text(f'title = "whole"\n[target]\npoints = [{rows}]\n[[unit]]\nw = 1.0\nb = 0.0\nv = 1.0\n')
    session = edited(file)
    assert write(state_of(session), tmp_path / "mine.toml") == "its 6,000 points are in mine.csv beside it"
    assert load(tmp_path / "mine.toml").dataset == session.dataset


async def test_w_writes_it_and_says_where_the_points_are(wave: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with shown(edited(wave), (80, 24)) as screen:
        await screen.press("w", "enter")
        assert "written: wave-mine.toml; its 3,000 points are in wave.csv beside it" in screen.text
        assert "● unsaved" not in screen.text
        assert_same(tmp_path / "wave-mine.toml", screen.session)
        await screen.press("plus", "w", "enter")
        assert "exists; enter again overwrites it" in screen.text
        await screen.press("enter")
        assert_same(tmp_path / "wave-mine.toml", screen.session)


def test_train_saves_it_and_says_before_the_training_where_it_cannot(
    wave: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "trained.toml"
    assert main(["train", str(wave), "--steps", "3", "--save", str(saved)]) == 0
    assert capsys.readouterr().err.splitlines() == [
        "wave.csv: 2 columns: x, y; separated by ,",
        f"{saved}: its 3,000 points are in wave.csv beside it",
    ]
    assert len(load(saved).dataset) == POINTS
    for name in ("wave.csv", "other.csv"):
        (tmp_path / name).write_text("x,y\n1,2\n")
    assert main(["train", str(wave), "--steps", "3", "--save", str(tmp_path / "other.toml")]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "wave.csv and other.csv have others; choose another name" in said.err


def recovered(session: Session) -> Session:
    journal = Journal()
    journal.keep(session)
    assert journal._lock is not None
    os.close(journal._lock)
    (orphan,) = find_recoverable()
    orphan.remove()
    return orphan.session


@pytest.mark.parametrize("what", ["the same", "gone", "changed", "all gone"])
@pytest.mark.parametrize("points", [30, POINTS])
def test_it_is_recovered_with_the_points_that_were_read(tmp_path: Path, state_folder: Path, points: int, what: str) -> None:
    wave = made(tmp_path / "data", points)
    session, csv = edited(wave), wave.with_name("wave.csv")
    if what == "changed":
        csv.write_text("x,y\n1,2\n")
    elif what != "the same":
        csv.unlink()
    if what == "all gone":
        wave.unlink()
    back = recovered(session)
    assert back.state.parameters == session.state.parameters
    assert back.dataset == session.dataset
    assert back.scenario == session.scenario
    assert back.scenario.target.csv == session.scenario.target.csv
    problems = {"the same": "", "changed": "wave.csv has changed"}
    assert csv_problem(back.scenario.target) == problems.get(what, "wave.csv is gone")


def test_what_was_chosen_of_a_csv_file_is_recovered(tmp_path: Path, state_folder: Path) -> None:
    file = tmp_path / "river.csv"
    file.write_text("no;year;flow\n1;1871;1120,5\n2;1872;NA\n")
    session = with_values(opener(str(file), CsvChoice("year", 3, "drop")), w0=0.5)
    back = recovered(session)
    assert back.scenario == session.scenario
    assert back.scenario.target.csv == session.scenario.target.csv
    entry = json.loads(json.dumps(entry_of(session)))
    before = session_of(entry | {"csv": entry["csv"][:2]})  # as it was before there was anything to choose
    assert session.scenario.target.csv
    assert before.scenario.target.csv == CsvSource(session.scenario.target.csv.file)


def test_a_csv_file_that_was_only_touched_has_not_changed(wave: Path) -> None:
    session = edited(wave)
    os.utime(wave.with_name("wave.csv"))
    assert csv_problem(session.scenario.target) == ""
    wave.with_name("wave.csv").rename(wave.with_name("moved.csv"))
    wave.with_name("wave.csv").symlink_to("moved.csv")  # which no scenario follows
    assert csv_problem(session.scenario.target) == "wave.csv has changed"


async def test_that_the_csv_file_changed_meanwhile_is_said_when_it_is_recovered(wave: Path, state_folder: Path) -> None:
    journal = Journal()
    journal.keep(edited(wave))
    assert journal._lock is not None
    os.close(journal._lock)
    wave.with_name("wave.csv").write_text("x,y\n1,2\n")
    async with shown(size=(80, 24), journal=Journal()) as screen:
        await screen.press("enter")
        assert "; wave.csv has changed: the points are kept as they were" in " ".join(screen.text.split())
        assert len(screen.session.kept[0].dataset) == POINTS
