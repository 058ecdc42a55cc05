"""`relutui sweep`, called as the shell would; the engine is the real one where a test does not use the fake."""

import asyncio
import csv
import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from relutui.cli.main import main
from relutui.cli.progress import Advance
from relutui.lib.arrays import Array
from relutui.model.batch import Batch
from relutui.model.network import Activation
from relutui.model.trainer import TrainerUnavailable
from relutui.model.training import Problem
from relutui.study import sweep as sweeping
from relutui.study.best_network import BestKnown
from relutui.study.outcomes import OUTCOMES
from tests.support.fake_trainer import FakeTrainer
from tests.support.places import ROOT

SMALL = ["--seeds", "6", "--steps", "30"]

IN_SMALL_PARTS = {  # of two networks each, in slices of 15 steps
    "FIRST_CHUNK": 2,
    "MAX_CHUNK": 2,
    "FIRST_SLICE_WORK": 15 * 2 * 3 * 300,
    "MAX_SLICE_GROWTH": 1,
    "SWEEP_SLICE_S": 1e9,
}


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeTrainer:
    trainer = FakeTrainer(advice="install clang")
    monkeypatch.setattr("relutui.cli.sweep.Engine", lambda device, workers: trainer)
    return trainer


@pytest.mark.usefixtures("fake")
def test_the_json_has_the_shape_of_the_design(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", "lab-free", *SMALL, "--units", "1..2", "--below", "0.5", "--json"]) == 0
    captured = capsys.readouterr()
    found = json.loads(captured.out)
    assert captured.err == ""
    assert list(found) == ["scenario", "device", "steps", "below", "seconds", "units"]
    assert found | {"seconds": 0, "units": 0} == {
        "scenario": "lab-free", "device": "CPU", "steps": 30, "below": 0.5, "seconds": 0, "units": 0,
    }  # fmt: skip
    assert found["seconds"] > 0
    assert [entry["units"] for entry in found["units"]] == [1, 2]
    for entry in found["units"]:
        assert list(entry) == [
            "units",
            "seeds",
            "success",
            "quantiles",
            "best",
            "best_possible",
            "best_fit",
            "best_network",
            "outcomes",
        ]
        assert list(entry["outcomes"]) == list(OUTCOMES)
        assert sum(entry["outcomes"].values()) == entry["seeds"] == 6
        assert entry["success"] == entry["outcomes"]["solved"] / 6
        low, middle, high = (entry["quantiles"][share] for share in ("0.1", "0.5", "0.9"))
        assert entry["best_possible"] <= entry["best"] <= low <= middle <= high
        assert entry["best_possible"] == entry["best_fit"] <= entry["best_network"]
    assert found["units"][1]["best_possible"] == pytest.approx(0, abs=1e-12)  # two bends are exact, as subject.md has it


def test_the_engine_and_the_oracle_agree_on_every_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def rows(name: str, *more: str) -> list[dict[str, str]]:
        command = ["--seed", "7", "--seeds", "4", "--steps", "30", "--optimizer", "adam", "--learning-rate", "0.02"]
        assert main(["sweep", "lab", *command, "--csv", str(tmp_path / name), *more]) == 0
        return list(csv.DictReader((tmp_path / name).read_text().splitlines()))

    found = rows("engine.csv", "--device", "CPU:X86")
    monkeypatch.setattr("relutui.cli.sweep.Engine", lambda device, workers: FakeTrainer())
    for row, expected in zip(found, rows("oracle.csv"), strict=True):
        assert float(row.pop("loss")) == pytest.approx(float(expected.pop("loss")), rel=1e-4)
        assert row == expected
    assert [(row["units"], row["seed"]) for row in found] == [("3", "7"), ("3", "8"), ("3", "9"), ("3", "10")]


@pytest.mark.usefixtures("fake")
def test_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", "lab-free", *SMALL, "--units", "2,14"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0] == "lab-free: 30 steps of adam at learning rate 0.02; solved: MSE below 0.0001"
    assert [line.split()[:5] for line in lines[3:5]] == [["2", "6", "0", "of", "6"], ["14", "6", "0", "of", "6"]]
    assert lines[4].endswith(" -")  # the best possible of so many kinks is not computed
    counts = [[int(n) for n in line.split()] for line in lines[8:10]]
    assert [(units, sum(rest)) for units, *rest in counts] == [(2, 6), (14, 6)]
    assert lines[-3] == "relutui lab-free --units N --seed S opens a start in the app"
    assert lines[-1].endswith("s on CPU (fake); install clang")


@pytest.mark.usefixtures("fake")
def test_what_diverged_is_null_in_json_and_a_word_in_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "line.toml"
    file.write_text(
        'title = "l"\n[target]\npoints = [[0, 0], [1, 5]]\n[network]\nactivation = "identity"\n[init]\nunits = 2\n'
        "[training]\nlearning_rate = 1e9\n"
    )
    assert main(["sweep", str(file), *SMALL, "--json"]) == 0
    out = capsys.readouterr().out
    (entry,) = json.loads(out, parse_constant=pytest.fail)["units"]
    assert entry["outcomes"]["diverged"] == 6
    assert entry["quantiles"] == {"0.1": None, "0.5": None, "0.9": None}
    assert (entry["best"], entry["best_possible"]) == (None, None)
    assert main(["sweep", str(file), *SMALL]) == 0
    assert capsys.readouterr().out.split().count("diverged") == 5  # three quantiles, the best, and the name of the outcome


@pytest.mark.usefixtures("fake")
def test_the_bound_is_the_exercises_and_the_first_seed_the_scenarios(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sweep", "lab", *SMALL, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["below"] == 1e-3
    file = tmp_path / "starts.csv"
    assert main(["sweep", "lab-free", *SMALL, "--csv", str(file)]) == 0
    assert [row["seed"] for row in csv.DictReader(file.read_text().splitlines())] == [str(seed) for seed in range(35, 41)]


def rows_of_part(part: Path) -> int:
    """The networks that a part has a row for, 0 if there is none; before them come what it is a part of, and the header."""
    return len(part.read_text().splitlines()) - 2 if part.exists() else 0


class Interrupted(FakeTrainer):
    """One presses ctrl-C while the batch number `at` is trained."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self._at = at

    async def train_batch(self, batch: Batch, problem: Problem, steps: int) -> Batch:
        if len(self.batches) == self._at:
            signal.raise_signal(signal.SIGINT)
            await asyncio.sleep(0)
        return await super().train_batch(batch, problem, steps)


@pytest.mark.parametrize(("at", "networks"), [(0, 0), (7, 4)])
def test_an_interrupt_prints_what_is_finished(
    at: int, networks: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sweeping, "FIRST_CHUNK", 2)
    monkeypatch.setattr(sweeping, "MAX_CHUNK", 2)
    monkeypatch.setattr(sweeping, "FIRST_SLICE_WORK", 15 * 2 * 3 * 300)
    monkeypatch.setattr(sweeping, "SWEEP_SLICE_S", 1e9)  # however slow the machine is
    monkeypatch.setattr(sweeping, "MAX_SLICE_GROWTH", 1)  # three pieces a chunk: to 15, to nine tenths, to the end
    monkeypatch.setattr("relutui.cli.sweep.Engine", lambda device, workers: Interrupted(at))
    file = tmp_path / "starts.csv"
    assert main(["sweep", "lab-free", *SMALL, "--json", "--csv", str(file)]) == 130
    captured, part = capsys.readouterr(), tmp_path / "starts.csv.part"
    going_on = f"; --resume goes on from {part}" if networks else ""
    assert captured.err == f"interrupted: {networks} of 6 networks were finished{going_on}\n"
    assert [entry["seeds"] for entry in json.loads(captured.out)["units"]] == ([networks] if networks else [])
    assert rows_of_part(part) == networks
    assert not file.exists()


def test_the_bar_counts_what_an_interrupt_keeps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six networks, two at once, each pair in three pieces: to step 15, to nine tenths of 30, to the end."""
    told: list[tuple[float, str]] = []

    @contextmanager
    def noting(total: int, shown: bool) -> Iterator[Advance]:
        yield lambda done, rest="": told.append((done, rest))

    for name, value in IN_SMALL_PARTS.items():
        monkeypatch.setattr(sweeping, name, value)
    monkeypatch.setattr("relutui.cli.sweep_run.progress_bar", noting)
    monkeypatch.setattr("relutui.cli.sweep.Engine", lambda device, workers: Interrupted(8))
    assert main(["sweep", "lab-free", *SMALL, "--json"]) == 130
    half, nine_tenths = "the next 2: 50%", "the next 2: 90%"
    assert told == [
        (0, half), (0, nine_tenths), (2, ""), (2, half), (2, nine_tenths), (4, ""), (4, half), (4, nine_tenths),
    ]  # fmt: skip


def test_the_best_possible_is_computed_beside_the_training_and_an_interrupt_does_not_wait_for_all_of_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    begun, interrupted = threading.Event(), threading.Event()
    computed = []

    def each_best(x: Array, y: Array, activation: Activation, networks: bool) -> Iterator[BestKnown]:
        begun.set()
        assert interrupted.wait(10)
        for kinks in count():
            computed.append(kinks)
            yield BestKnown(1.0, 1.0, 1.0)

    class InTraining(FakeTrainer):
        async def train_batch(self, batch: Batch, problem: Problem, steps: int) -> Batch:
            assert await asyncio.to_thread(begun.wait, 10)
            signal.raise_signal(signal.SIGINT)
            interrupted.set()
            return await super().train_batch(batch, problem, steps)

    monkeypatch.setattr(sweeping, "each_best", each_best)
    monkeypatch.setattr("relutui.cli.sweep.Engine", lambda device, workers: InTraining())
    assert main(["sweep", "lab-free", *SMALL, "--units", "12"]) == 130
    assert "interrupted: 0 of 6" in capsys.readouterr().err
    assert computed == [0]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["lab", "--units", "2"], 2, "--units is for scenarios that draw their units ([init] units); lab lists them"),
        (["lab", "--csv", "pyproject.toml"], 1, "pyproject.toml: File exists"),
        (["lab", "--csv", "nowhere/starts.csv"], 1, "nowhere: No such file or directory"),
        (["lab", "--device", "FOO"], 1, "FOO"),
    ],
)
def test_errors_are_one_line(
    arguments: list[str], status: int, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["sweep", *arguments, *SMALL]) == status
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [["--steps", "5"], ["--seeds", "5"], [*SMALL, "--steps", "-1"], [*SMALL, "--seeds", "0"], [*SMALL, "--below", "0"],
     *([*SMALL, "--units", units] for units in ("0", "257", "3..1", "1..", "1..257", "1..999999999999", "2,x"))],
)  # fmt: skip
def test_wrong_usage_is_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as error:
        main(["sweep", "lab-free", *arguments])
    assert error.value.code == 2
    assert "usage: relutui sweep" in capsys.readouterr().err


class Failing(FakeTrainer):
    """Its device fails in the batch number `at`."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self._at = at

    async def train_batch(self, batch: Batch, problem: Problem, steps: int) -> Batch:
        if len(self.batches) == self._at:
            raise TrainerUnavailable("GPU failed while training: it was unplugged")
        return await super().train_batch(batch, problem, steps)


@pytest.mark.parametrize(("at", "networks"), [(0, 0), (7, 4)])
def test_a_device_that_fails_leaves_what_is_finished(
    at: int, networks: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in IN_SMALL_PARTS.items():
        monkeypatch.setattr(sweeping, name, value)
    monkeypatch.setattr("relutui.cli.sweep.Engine", lambda device, workers: Failing(at))
    file = tmp_path / "starts.csv"
    assert main(["sweep", "lab-free", *SMALL, "--csv", str(file)]) == 1
    part = tmp_path / "starts.csv.part"
    kept = f": {networks} of 6 networks were finished; --resume goes on from {part}" if networks else ""
    assert capsys.readouterr().err == f"GPU failed while training: it was unplugged{kept}\n"
    assert rows_of_part(part) == networks
    assert not file.exists()


def test_without_steps_it_has_the_losses_at_the_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Drawn and added up here, as the manual describes a random start: w, b, v ~ Normal(0, scale) of the seed, and c = 0."""
    file = tmp_path / "starts.csv"
    assert main(["sweep", "lab-free", "--seeds", "5", "--steps", "0", "--scale", "1.5", "--csv", str(file)]) == 0
    assert "untrained\n    3          5\n" in capsys.readouterr().out
    x = np.linspace(0, 3, 300)
    y = np.interp(x, [0, 1, 2, 3], [2, 0, 1, 4])
    rows = list(csv.DictReader(file.read_text().splitlines()))
    for row in rows:
        w, b, v = np.random.default_rng(int(row["seed"])).normal(0, 1.5, (3, 3)).T
        squares = [(sum(vj * max(wj * at + bj, 0) for wj, bj, vj in zip(w, b, v)) - target) ** 2 for at, target in zip(x, y)]
        assert float(row["loss"]) == pytest.approx(sum(squares) / 300, rel=1e-5)
    assert [row["outcome"] for row in rows] == ["untrained"] * 5


@pytest.mark.usefixtures("fake")
def test_a_start_may_be_solved_before_any_step(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", "lab-free", "--seeds", "6", "--steps", "0", "--below", "1e9", "--json"]) == 0
    (entry,) = json.loads(capsys.readouterr().out)["units"]
    assert entry["outcomes"] == dict.fromkeys(OUTCOMES, 0) | {"solved": 6}
