"""Sweeps of 21 networks by a trainer that may fail on the way."""

from collections.abc import Callable
from pathlib import Path

import pytest

from relutui.cli.main import main
from relutui.model.batch import Batch
from relutui.model.trainer import Device, TrainerUnavailable
from relutui.model.training import Problem
from relutui.study import sweep as sweeping
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
