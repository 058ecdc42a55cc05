"""`relutui sweep --csv FILE --resume`: what a sweep that did not end has left in FILE.part is not done again."""

import csv
import errno
import io
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from relutui import __version__
from relutui.cli import sweep_parquet, sweep_part
from relutui.cli.main import main
from relutui.model.batch import Batch
from relutui.model.trainer import Device, TrainerUnavailable
from relutui.model.training import Problem
from relutui.scenario.library import find, load
from relutui.study import sweep as sweeping
from relutui.study import sweep_results
from tests.support.fake_trainer import FakeTrainer

SWEEP = ["sweep", "lab-free", "--seeds", "7", "--units", "1..3", "--steps", "5"]
NETWORKS, STEPS = 21, 5


class Trainer(FakeTrainer):
    """Counts the networks that it has trained to the end, and fails instead of beginning with one more than `most`."""

    def __init__(self, most: int = NETWORKS, renderer: str = "fake") -> None:
        super().__init__()
        self.trained, self._most, self._renderer = 0, most, renderer

    async def open(self) -> Device:
        return Device("CPU", self._renderer)

    async def train_batch(self, batch: Batch, problem: Problem, steps: int) -> Batch:
        if self.trained >= self._most:
            raise TrainerUnavailable("unplugged")
        after = await super().train_batch(batch, problem, steps)
        self.trained += len(batch) if after.step == STEPS else 0
        return after


Train = Callable[..., Trainer]


@pytest.fixture
def train(monkeypatch: pytest.MonkeyPatch) -> Train:
    """Runs a command with a trainer of its own, two networks at a time, and returns the trainer."""
    monkeypatch.setattr(sweeping, "FIRST_CHUNK", 2)
    monkeypatch.setattr(sweeping, "MAX_CHUNK", 2)

    def train(*arguments: str, status: int = 0, **limits: object) -> Trainer:
        trainer = Trainer(**limits)  # type: ignore[arg-type]
        monkeypatch.setattr("relutui.cli.sweep.Engine", lambda device, workers: trainer)
        assert main([*SWEEP, *arguments]) == status
        return trainer

    return train


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "starts.csv"


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "starts.csv.part"


@pytest.fixture
def whole(train: Train, tmp_path: Path) -> bytes:
    """The file of a sweep that nothing has ended."""
    train("--csv", str(tmp_path / "whole.csv"))
    return (tmp_path / "whole.csv").read_bytes()


def refused(capsys: pytest.CaptureFixture[str]) -> str:
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    return error


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


def test_a_full_folder_for_temporary_files_is_named(
    train: Train, whole: bytes, file: Path, part: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sweep_results, "MAX_IN_MEMORY", 0)
    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", pwrite_until(5 * 8, os.pwrite))
        train("--csv", str(file), status=1)
    place = f"{tempfile.gettempdir()}: No space left on device"
    assert refused(capsys) == f"{place}: 4 of 21 networks were finished; --resume goes on from {part}\n"
    train("--csv", str(file), "--resume")
    assert file.read_bytes() == whole


def pwrite_until(end: int, pwrite: Callable[[int, memoryview, int], int]) -> Callable[[int, memoryview, int], int]:
    """Stands for os.pwrite in a file that has room for so many bytes."""

    def bounded(descriptor: int, data: memoryview, offset: int) -> int:
        if offset >= end:
            raise OSError(errno.ENOSPC, "No space left on device")
        return pwrite(descriptor, data[: end - offset], offset)

    return bounded


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


class Disk(io.FileIO):
    """Has room for so many bytes; what does not fit whole is written as far as it fits."""

    room = 0

    def write(self, data: object) -> int:
        text = bytes(data)  # type: ignore[call-overload]
        if not Disk.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        taken = text[: Disk.room]
        Disk.room -= len(taken)
        return super().write(taken) or 0


def test_a_full_disk_leaves_what_is_finished(
    train: Train, whole: bytes, file: Path, part: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    beginning = 400  # bytes at most, before the rows; each row has less than 60
    monkeypatch.setattr(sweep_part.io, "FileIO", Disk)  # type: ignore[attr-defined]
    Disk.room = beginning + 250
    trained = train("--csv", str(file), status=1).trained
    said = capsys.readouterr().err.splitlines()
    kept = len(part.read_bytes().splitlines()) - 2
    assert kept == trained - 2 > 0  # the last two had no room
    going_on = f"{kept} of 21 networks were finished; --resume goes on from {part}"
    assert said == [f"{part}: No space left on device: {going_on}"]
    assert part.read_bytes().endswith(b"\n")
    assert not file.exists()
    Disk.room = 10_000
    assert train("--csv", str(file), "--resume").trained == NETWORKS - kept
    assert file.read_bytes() == whole


@pytest.mark.parametrize("library", ["pyarrow", "polars"])
def test_a_parquet_file_has_the_rows_of_the_csv_file(
    library: str, train: Train, whole: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By one library and read by the other, after a sweep that did not end."""
    pyarrow, polars = pytest.importorskip("pyarrow.parquet"), pytest.importorskip("polars")
    monkeypatch.setattr(sweep_parquet, "find_spec", lambda name: name == library)
    monkeypatch.setattr(sweep_parquet, "BLOCK_ROWS", 3)
    file = tmp_path / "starts.parquet"
    train("--csv", str(file), most=4, status=1)
    train("--csv", str(file), "--resume")
    read = pyarrow.read_table(file).to_pylist() if library == "polars" else polars.read_parquet(file).to_dicts()
    names, *rows = csv.reader(whole.decode().splitlines())
    assert [[row[name] for name in names] for row in read] == [
        [int(units), int(seed), float(loss), outcome] for units, seed, loss, outcome in rows
    ]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("starts")] == ["starts.parquet"]


def test_what_diverged_has_no_loss_in_a_parquet_file(train: Train, tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow.parquet")
    file = tmp_path / "starts.parquet"
    train("--csv", str(file), "--optimizer", "sgd", "--learning-rate", "1e30")
    table = pyarrow.read_table(file)
    assert str(table.schema.field("loss").type) == "double"
    assert set(table["outcome"].to_pylist()) == {"diverged"}
    assert set(table["loss"].to_pylist()) == {None}


def test_without_a_library_the_line_to_install_one_is_said(
    train: Train, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sweep_parquet, "find_spec", lambda name: None)
    assert train("--csv", str(tmp_path / "starts.parquet"), status=2).trained == 0
    words = "relutui: a file that ends in .parquet needs pyarrow: pip install 'relutui[parquet]'\n"
    assert refused(capsys) == words
    assert list(tmp_path.iterdir()) == []
