"""`relutui sweep --csv FILE --parameters`: the numbers of each network, whatever way they took into the file."""

import csv
import json
from itertools import zip_longest
from pathlib import Path

import numpy as np
import pytest

from relutui.cli.main import main
from relutui.model.batch import Batch
from relutui.model.trainer import TrainerUnavailable
from relutui.model.training import Problem
from relutui.study import sweep as sweeping
from relutui.study import sweep_results
from tests.support.fake_trainer import FakeTrainer

SWEEP = ["sweep", "lab-free", "--seeds", "5", "--units", "2..3", "--steps", "20", "--learning-rate", "0.05", "--parameters"]
PARAMETERS = ["w0", "w1", "w2", "b0", "b1", "b2", "v0", "v1", "v2", "c"]


class Failing(FakeTrainer):
    """Is gone after so many calls."""

    def __init__(self, calls: int) -> None:
        super().__init__()
        self._calls = calls

    async def train_batch(self, batch: Batch, problem: Problem, steps: int) -> Batch:
        if len(self.batches) == self._calls:
            raise TrainerUnavailable("unplugged")
        return await super().train_batch(batch, problem, steps)


@pytest.fixture
def in_twos(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Two networks at a time, by the fake."""
    monkeypatch.setattr(sweeping, "FIRST_CHUNK", 2)
    monkeypatch.setattr(sweeping, "MAX_CHUNK", 2)
    monkeypatch.setattr("relutui.cli.sweep.Engine", lambda device, workers: FakeTrainer())
    return monkeypatch


def rows_of(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(file.read_text().splitlines()))


def test_the_loss_of_each_row_is_that_of_its_parameters(tmp_path: Path) -> None:
    """Of the real engine, added up here by the formula."""
    file = tmp_path / "starts.csv"
    assert main([*SWEEP, "--csv", str(file)]) == 0
    x = np.linspace(0, 3, 300)
    y = np.interp(x, [0, 1, 2, 3], [2, 0, 1, 4])
    rows = rows_of(file)
    assert list(rows[0]) == ["units", "seed", "loss", "outcome", *PARAMETERS]
    assert [row["units"] for row in rows] == ["2"] * 5 + ["3"] * 5
    for row in rows:
        units = int(row["units"])
        assert all((row[f"{name}{unit}"] == "") == (unit >= units) for name in "wbv" for unit in range(3))
        curve = float(row["c"]) + sum(
            float(row[f"v{j}"]) * np.maximum(float(row[f"w{j}"]) * x + float(row[f"b{j}"]), 0) for j in range(units)
        )
        assert float(row["loss"]) == pytest.approx(((curve - y) ** 2).mean(), rel=1e-4)


@pytest.mark.usefixtures("in_twos")
def test_they_are_those_of_a_training_of_each_seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "starts.csv"
    assert main([*SWEEP, "--csv", str(file)]) == 0
    monkeypatch.setattr("relutui.cli.train.Engine", lambda device: FakeTrainer())
    for row in rows_of(file):
        kept = tmp_path / f"{row['units']}-{row['seed']}.json"
        with kept.open("w") as out, monkeypatch.context() as inner:
            inner.setattr("sys.stdout", out)
            train = ["train", "lab-free", "--units", row["units"], "--seed", row["seed"], "--steps", "20", "--json"]
            assert main([*train, "--learning-rate", "0.05"]) == 0
        p = json.loads(kept.read_text())["parameters"]
        padded = zip_longest(*(p[name] for name in "wbv"), (None,) * 3)
        expected = [number for numbers in list(zip(*padded))[:3] for number in numbers] + [p["c"]]
        found = [float(row[name]) if row[name] else None for name in PARAMETERS]
        assert found == [number if number is None else pytest.approx(number, rel=1e-9) for number in expected]


@pytest.mark.parametrize("in_memory", [0, 2**20])
def test_the_file_is_the_same_after_an_end_and_in_any_memory(
    in_twos: pytest.MonkeyPatch, tmp_path: Path, in_memory: int
) -> None:
    whole, file = tmp_path / "whole.csv", tmp_path / "starts.csv"
    assert main([*SWEEP, "--csv", str(whole)]) == 0
    in_twos.setattr(sweep_results, "MAX_IN_MEMORY", in_memory)
    in_twos.setattr("relutui.cli.sweep.Engine", lambda device, workers: Failing(7))
    assert main([*SWEEP, "--csv", str(file)]) == 1
    in_twos.setattr("relutui.cli.sweep.Engine", lambda device, workers: FakeTrainer())
    assert main([*SWEEP, "--csv", str(file), "--resume"]) == 0
    assert file.read_bytes() == whole.read_bytes()


def test_the_file_is_the_same_for_any_number_of_workers(tmp_path: Path) -> None:
    files = []
    for workers in ("1", "3"):
        file = tmp_path / f"{workers}.csv"
        assert main([*SWEEP, "--workers", workers, "--csv", str(file)]) == 0
        files.append(file.read_bytes())
    assert files[0] == files[1]


@pytest.mark.usefixtures("in_twos")
def test_what_diverged_has_none(tmp_path: Path) -> None:
    file = tmp_path / "starts.csv"
    assert main([*SWEEP, "--optimizer", "sgd", "--learning-rate", "1e9", "--csv", str(file)]) == 0
    diverged = [row for row in rows_of(file) if row["outcome"] == "diverged"]
    assert diverged
    assert all(row[name] == "" for row in diverged for name in ("loss", *PARAMETERS))


@pytest.mark.usefixtures("in_twos")
def test_parquet_has_the_numbers_of_the_csv(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    table, file = tmp_path / "starts.parquet", tmp_path / "starts.csv"
    assert main([*SWEEP, "--csv", str(table)]) == 0
    assert main([*SWEEP, "--csv", str(file)]) == 0
    found = parquet.read_table(table)
    assert found.column_names[-10:] == PARAMETERS
    for row, expected in zip(found.to_pylist(), rows_of(file), strict=True):
        assert [row[name] for name in PARAMETERS] == [float(expected[name]) if expected[name] else None for name in PARAMETERS]


@pytest.mark.usefixtures("in_twos")
def test_a_part_without_them_is_refused(
    in_twos: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "starts.csv"
    in_twos.setattr("relutui.cli.sweep.Engine", lambda device, workers: Failing(3))
    assert main([*SWEEP[:-1], "--csv", str(file)]) == 1
    capsys.readouterr()
    assert main([*SWEEP, "--csv", str(file), "--resume"]) == 2
    assert "its number of parameters is 0, and 10 is asked for" in capsys.readouterr().err


def test_without_a_file_they_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(SWEEP) == 2
    assert capsys.readouterr().err == "relutui: --parameters are columns of a file: name it by --csv\n"


def test_the_json_has_the_complexity_of_the_networks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The median of five is the third of what the rows of the file give."""
    file = tmp_path / "kept.csv"
    assert main([*SWEEP, "--csv", str(file), "--json"]) == 0
    entry = json.loads(capsys.readouterr().out)["units"][0]
    with file.open(newline="") as opened:
        rows = [row for row in csv.DictReader(opened) if row["units"] == "2"]
    sums = sorted(sum(abs(float(row[f"v{j}"]) * float(row[f"w{j}"])) for j in range(2)) for row in rows)
    assert entry["sum_abs_vw"]["0.5"] == pytest.approx(sums[2], rel=1e-6)
    assert 1 <= entry["effective_pieces"]["0.1"] <= entry["effective_pieces"]["0.9"] <= 3
