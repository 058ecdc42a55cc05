"""`relutui sweep --csv FILE --resume`: what a sweep that did not end has left in FILE.part is not done again."""

from pathlib import Path

import pytest

from relutui import __version__
from relutui.cli import sweep_part
from relutui.cli.main import main
from relutui.scenario.library import find, load
from relutui.study import sweep as sweeping
from relutui.study import sweep_results
from tests.cli.sweep_file.conftest import NETWORKS, STEPS, SWEEP, Train, Trainer, refused


def test_what_is_missing_is_done_and_the_file_is_the_same(train: Train, whole: bytes, file: Path, part: Path) -> None:
    assert train("--csv", str(file), most=6, status=1).trained == 6
    assert (file.exists(), part.exists()) == (False, True)
    assert train("--csv", str(file), "--resume", most=8, status=1).trained == 8  # the last of the first seven, and seven more
    assert train("--csv", str(file), "--resume").trained == NETWORKS - 6 - 8
    assert file.read_bytes() == whole
    assert not part.exists()


def test_results_that_are_in_a_file_are_the_same(
    capsys: pytest.CaptureFixture[str], train: Train, whole: bytes, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = capsys.readouterr().out
    monkeypatch.setattr(sweep_results, "MAX_IN_MEMORY", 0)
    train("--csv", str(file), most=6, status=1)
    capsys.readouterr()
    train("--csv", str(file), "--resume")
    assert file.read_bytes() == whole
    assert capsys.readouterr().out.rpartition("\nin ")[0] == said.rpartition("\nin ")[0]


def test_the_json_is_the_same_but_for_the_time(train: Train, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train("--json")
    expected = capsys.readouterr().out
    train("--csv", str(file), "--json", most=9, status=1)
    capsys.readouterr()
    train("--csv", str(file), "--json", "--resume")
    seconds = '"seconds": '
    said = capsys.readouterr().out
    assert said.split(seconds)[0] == expected.split(seconds)[0]
    assert said.split(seconds)[1].partition(",")[2] == expected.split(seconds)[1].partition(",")[2]


@pytest.mark.parametrize("lost", [1, 5, 20, 60])
def test_a_line_that_was_not_written_to_its_end_is_dropped(
    lost: int, train: Train, whole: bytes, file: Path, part: Path
) -> None:
    train("--csv", str(file), most=9, status=1)
    lines = part.read_bytes()
    part.write_bytes(lines[:-lost])
    remaining = len(lines[:-lost].split(b"\n")) - 3  # of 9 rows; before them are two lines, and after them what is dropped
    assert train("--csv", str(file), "--resume").trained == NETWORKS - remaining
    assert file.read_bytes() == whole


@pytest.mark.parametrize("size", [0, 5, 200])
def test_of_a_part_without_its_beginning_all_is_done(size: int, train: Train, whole: bytes, file: Path, part: Path) -> None:
    train("--csv", str(file), most=4, status=1)
    part.write_bytes(part.read_bytes()[:size])
    assert train("--csv", str(file), "--resume").trained == NETWORKS
    assert file.read_bytes() == whole


def test_rows_may_be_in_any_order(train: Train, whole: bytes, file: Path, part: Path) -> None:
    train("--csv", str(file), most=16, status=1)
    first, second, *rows = part.read_bytes().splitlines(keepends=True)
    part.write_bytes(b"".join([first, second, *rows[8:], *rows[:3], *rows[:3]]))
    assert train("--csv", str(file), "--resume").trained == NETWORKS - (16 - 5)
    assert file.read_bytes() == whole


def test_without_a_part_a_sweep_begins(train: Train, whole: bytes, file: Path) -> None:
    assert train("--csv", str(file), "--resume").trained == NETWORKS
    assert file.read_bytes() == whole


def test_of_a_part_that_has_all_nothing_is_trained(train: Train, whole: bytes, file: Path, part: Path) -> None:
    train("--csv", str(file), most=1, status=1)
    first = part.read_bytes().split(b"\n")[0]
    part.write_bytes(first + b"\n" + whole)
    assert train("--csv", str(file), "--resume").trained == 0
    assert file.read_bytes() == whole


def test_a_part_is_never_begun_anew_unasked(train: Train, file: Path, part: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train("--csv", str(file), most=4, status=1)
    before = part.read_bytes()
    capsys.readouterr()
    assert train("--csv", str(file), status=2).trained == 0
    assert refused(capsys) == f"relutui: {part} is there, from a sweep that did not end; --resume goes on from it\n"
    assert part.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--steps", "6"], "its steps is 5, and 6 is asked for"),
        (["--seeds", "8"], 'its seeds is "35 to 41", and "35 to 42" is asked for'),
        (["--seed", "3"], 'its seeds is "35 to 41", and "3 to 9" is asked for'),
        (["--units", "1,3"], 'its units is "1, 2, 3", and "1, 3" is asked for'),
        (["--below", "0.5"], "its below is 0.0001, and 0.5 is asked for"),
        (["--optimizer", "sgd"], 'its optimizer is "adam", and "sgd" is asked for'),
        (["--learning-rate", "0.5"], "its learning rate is 0.02, and 0.5 is asked for"),
    ],
)
def test_a_part_of_another_sweep_is_refused(
    arguments: list[str], words: str, train: Train, file: Path, part: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train("--csv", str(file), most=4, status=1)
    before = part.read_bytes()
    capsys.readouterr()
    assert train("--csv", str(file), "--resume", *arguments, status=2).trained == 0
    assert refused(capsys) == f"relutui: {part} is a part of another sweep: {words}\n"
    assert part.read_bytes() == before


def test_a_part_of_another_scenario_version_or_renderer_is_refused(
    train: Train, file: Path, part: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    train("--csv", str(file), most=4, status=1)
    capsys.readouterr()
    train("--csv", str(file), "--resume", renderer="another", status=2)
    assert 'its renderer is "CPU (fake)", and "CPU (another)" is asked for' in refused(capsys)
    monkeypatch.setattr(sweep_part, "__version__", "0.0.7")
    train("--csv", str(file), "--resume", status=2)
    assert f'its relutui is "{__version__}", and "0.0.7" is asked for' in refused(capsys)
    monkeypatch.undo()
    monkeypatch.setattr("relutui.cli.sweep.Engine", lambda device, workers: Trainer())
    assert main(["sweep", "sine", *SWEEP[2:], "--csv", str(file), "--resume"]) == 2
    assert "is a part of another sweep" in refused(capsys)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (0, 'line 1: expected what it is a part of, got "other"'),
        (3, 'line 4: expected units, seed, loss, outcome, got "other"'),
    ],
)
def test_what_is_no_part_is_refused_and_left_alone(
    line: int, words: str, train: Train, file: Path, part: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train("--csv", str(file), most=4, status=1)
    lines = part.read_bytes().splitlines(keepends=True)
    lines[line] = b"other\n"
    part.write_bytes(b"".join(lines))
    capsys.readouterr()
    train("--csv", str(file), "--resume", status=2)
    assert refused(capsys) == f"relutui: {part}: {words}\n"
    assert part.read_bytes() == b"".join(lines)


def test_a_part_that_another_sweep_is_writing_is_refused(
    train: Train, file: Path, part: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lab = load(find("lab-free"))
    with sweep_part.Part(file, sweeping.Sweep(lab, lab.settings, (1, 2, 3), range(35, 42), STEPS, 1e-4), NETWORKS):
        assert train("--csv", str(file), "--resume", status=2).trained == 0
    assert refused(capsys) == f"relutui: {part}: another sweep is writing it\n"


def test_resume_needs_a_file(train: Train, capsys: pytest.CaptureFixture[str]) -> None:
    assert train("--resume", status=2).trained == 0
    assert refused(capsys) == "relutui: --resume goes on from the part of a file: name it by --csv\n"
