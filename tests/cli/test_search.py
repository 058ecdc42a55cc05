"""`relutui search`: successive halving over a grid, with the results that a sweep over the same grid has."""

import asyncio
import csv
import json
import math
import signal
import tomllib
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from relutui.cli.main import main
from relutui.model.batch import Batch
from relutui.model.trainer import TrainerUnavailable
from relutui.model.training import Problem
from relutui.study import sweep as sweeping
from tests.support.fake_trainer import FakeTrainer

GRID = ["--vary", "optimizer=sgd,adam,momentum", "--vary", "learning_rate=0.1,0.02"]
STEPS = 10
SIZE = ["--steps", str(STEPS), "--below", "1"]
SEARCH = ["search", "lab-free", *GRID, *SIZE, "--seeds", "2"]
RUNGS = [{"settings": 6, "seeds": 2}, {"settings": 3, "seeds": 4}, {"settings": 2, "seeds": 8}]
NETWORKS = 6 * 2 + 3 * 2 + 2 * 4


class Trainer(FakeTrainer):
    """Counts the networks trained to the end, and at one more than `most` fails or, if told so, gets ctrl-C."""

    def __init__(self, most: int, interrupted: bool) -> None:
        super().__init__()
        self.trained, self._most, self._interrupted = 0, most, interrupted

    async def train_batch(self, batch: Batch, problem: Problem, steps: int) -> Batch:
        if self.trained >= self._most:
            if not self._interrupted:
                raise TrainerUnavailable("unplugged")
            signal.raise_signal(signal.SIGINT)
            await asyncio.sleep(0)
        after = await super().train_batch(batch, problem, steps)
        self.trained += len(batch) if after.step == STEPS else 0
        return after


Run = Callable[..., Trainer]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command with a trainer of its own, two networks at a time, and returns the trainer."""
    monkeypatch.setattr(sweeping, "FIRST_CHUNK", 2)
    monkeypatch.setattr(sweeping, "MAX_CHUNK", 2)

    def run(*arguments: str, status: int = 0, most: int = 1000, interrupted: bool = False) -> Trainer:
        trainer = Trainer(most, interrupted)
        for command in ("search", "sweep"):
            monkeypatch.setattr(f"relutui.cli.{command}.Engine", lambda device, workers: trainer)
        assert main([*arguments]) == status
        return trainer

    return run


def table(file: Path) -> dict[tuple[str, float], list[dict[str, str]]]:
    """The rows of a file by optimizer and rate, in the order of their seeds."""
    found = defaultdict(list)
    for row in csv.DictReader(file.read_text().splitlines()):
        found[row["optimizer"], float(row["learning_rate"])].append(row)
    return dict(found)


def test_the_standings_are_those_of_a_sweep_cut_by_halves(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("sweep", "lab-free", *GRID, *SIZE, "--seeds", "8", "--csv", str(tmp_path / "all.csv"))
    capsys.readouterr()
    assert run(*SEARCH, "--csv", str(tmp_path / "some.csv"), "--json").trained == NETWORKS
    said, known = json.loads(capsys.readouterr().out), table(tmp_path / "all.csv")

    def standing(setting: tuple[str, float], seeds: int) -> tuple[int, float]:
        rows = known[setting][:seeds]
        losses = sorted(float(row["loss"] or math.inf) for row in rows)
        return -sum(row["outcome"] == "solved" for row in rows), losses[seeds // 2 - 1]

    settings = list(known)
    reached: dict[tuple[str, float], int] = {}
    for number, rung in enumerate(RUNGS, 1):
        settings = settings[: rung["settings"]]
        settings.sort(key=lambda setting: standing(setting, rung["seeds"]))
        reached.update(dict.fromkeys(settings, number))
    assert said["rungs"] == RUNGS
    entries = said["settings"]
    assert [(entry["optimizer"], entry["learning_rate"]) for entry in entries[:2]] == settings
    assert {(entry["optimizer"], entry["learning_rate"]): entry["rung"] for entry in entries} == reached
    for entry in entries:
        own = entry["optimizer"], entry["learning_rate"]
        solved, median = standing(own, entry["seeds"])
        assert entry["seeds"] == RUNGS[entry["rung"] - 1]["seeds"] == len(table(tmp_path / "some.csv")[own])
        assert (entry["success"], entry["quantiles"]["0.5"]) == (-solved / entry["seeds"], median)
    assert 0 < entries[0]["success"] < 1  # or the bound of this test would tell nothing apart
    for own, rows in table(tmp_path / "some.csv").items():
        assert rows == known[own][: len(rows)]


def test_the_best_is_printed_as_toml_and_as_a_command(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run(*SEARCH, "--scale", "0.75", "--units", "2", "--json")
    best = json.loads(capsys.readouterr().out)["settings"][0]
    run(*SEARCH, "--scale", "0.75", "--units", "2")
    out = capsys.readouterr().out
    lines = out.splitlines()
    assert lines[:2] == ["lab-free: 10 steps; solved: MSE below 1", "rungs: 6 settings with 2 seeds each, 3 with 4, 2 with 8"]
    rows = [line.split() for line in lines[4:10]]
    assert [int(rung) for rung, *_ in rows] == [3, 3, 2, 1, 1, 1]
    assert rows[0][1:4] == [best["optimizer"], str(best["learning_rate"]), "8"]
    begin = lines.index("best of the 6 settings tried, by 8 seeds:")
    end = next(number for number, line in enumerate(lines) if "opens a" in line)
    assert tomllib.loads("\n".join(lines[begin + 1 : end])) == {
        "training": {"optimizer": best["optimizer"], "learning_rate": best["learning_rate"]},
        "init": {"units": 2, "scale": 0.75},
    }
    settings = f"--learning-rate {best['learning_rate']} --optimizer {best['optimizer']}"
    command = f"relutui lab-free --units 2 {settings} --scale 0.75 --seed S"
    assert lines[end] == f"{command} opens a start in the app"


def test_a_rate_at_the_end_of_those_tried_and_no_success_are_said(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("search", "lab-free", "--optimizer", "sgd", "--vary", "learning_rate=1e-9,1e-8", "--steps", str(STEPS), "--seeds", "2")
    lines = capsys.readouterr().out.splitlines()
    assert "best of the 2 settings tried, by 2 seeds; none was solved, and the median loss decided:" in lines
    assert any(line.startswith("its learning rate is the ") for line in lines)


@pytest.mark.parametrize(
    ("arguments", "settings", "first"),
    [
        ([], 24, ("sgd", 0.0003)),
        (["--optimizer", "adam"], 8, (None, 0.0003)),
        (["--learning-rate", "0.1"], 3, ("sgd", None)),
        (["--vary", "learning_rate=0.5,0.1"], 6, ("sgd", 0.5)),
        (["--vary", "optimizer=adam,sgd", "--vary", "scale=1,2"], 32, ("adam", 0.0003)),
    ],
)
def test_what_is_searched(
    arguments: list[str], settings: int, first: tuple[str | None, float | None],
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Three optimizers with eight rates each, unless options say otherwise."""
    file = tmp_path / "rows.csv"
    run("search", "lab-free", "--steps", str(STEPS), "--seeds", "1", "--csv", str(file), "--json", *arguments)
    assert json.loads(capsys.readouterr().out)["rungs"][0]["settings"] == settings
    row = next(csv.DictReader(file.read_text().splitlines()))
    assert row.get("optimizer") == first[0]
    assert ("learning_rate" in row and float(row["learning_rate"])) == (first[1] or False)


@pytest.mark.parametrize("spare", [0, 1, STEPS * (6 + 3 + 4) - 1])
def test_a_budget_is_used_as_far_as_whole_seeds_go(spare: int, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """A seed more at first is one more of six settings, of three, and two more of two."""
    command = [*SEARCH[:-2], "--budget", str(STEPS * NETWORKS + spare), "--json"]
    assert run(*command).trained == NETWORKS
    assert json.loads(capsys.readouterr().out)["rungs"] == RUNGS


@pytest.mark.parametrize("most", [2, 12, 17, 24])
def test_what_is_missing_is_done_and_all_is_the_same(
    most: int, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, file, part = tmp_path / "whole.csv", tmp_path / "file.csv", tmp_path / "file.csv.part"
    run(*SEARCH, "--csv", str(whole), "--json")
    expected = json.loads(capsys.readouterr().out)
    finished = run(*SEARCH, "--csv", str(file), most=most, status=1).trained
    going_on = f"unplugged: {finished} of {NETWORKS} networks were finished; --resume goes on from {part}\n"
    assert capsys.readouterr().err == going_on
    assert run(*SEARCH, "--csv", str(file), "--json", "--resume").trained == NETWORKS - finished
    found = json.loads(capsys.readouterr().out)
    assert found | {"seconds": 0} == expected | {"seconds": 0}
    assert file.read_bytes() == whole.read_bytes()
    assert not part.exists()


@pytest.mark.parametrize(("most", "settings"), [(4, 0), (14, 6)])
def test_an_interrupt_prints_the_rungs_that_are_finished(
    most: int, settings: int, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    run(*SEARCH, "--json", most=most, interrupted=True, status=130)
    captured = capsys.readouterr()
    assert captured.err == f"interrupted: {most} of {NETWORKS} networks were finished\n"
    assert [entry["rung"] for entry in json.loads(captured.out)["settings"]] == [1] * settings
    run(*SEARCH, most=most, interrupted=True, status=130)
    out = capsys.readouterr().out
    assert ("best of the 6 settings tried so far, by 2 seeds:" in out.splitlines()) == bool(settings)
    assert bool(out) == bool(settings)


def test_a_part_of_a_sweep_over_the_same_grid_is_refused(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "file.csv"
    run("sweep", "lab-free", *GRID, *SIZE, "--seeds", "8", "--csv", str(file), most=4, status=1)
    capsys.readouterr()
    run(*SEARCH, "--csv", str(file), "--resume", status=2)
    expected = f"{file}.part is a part of another sweep: its networks is 48, and {NETWORKS} is asked for"
    assert capsys.readouterr().err == f"relutui: {expected}\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--budget", "759"], "--budget 759: expected at least 760, for 24 settings with 1 seed each at first"),
        (["--seeds", "1", "--optimizer", "adam", "--learning-rate", "0.1"],
         "search: expected at least 2 settings, got 1: give --vary, or leave out an option"),
        (["--seeds", "1", "--resume"], "--resume goes on from the part of a file: name it by --csv"),
        (["--seeds", "1", "--optimizer", "adam", "--vary", "optimizer=sgd"],
         "--vary optimizer= and --optimizer say the same thing: one of them is enough"),
    ],
)  # fmt: skip
def test_errors_are_one_line(arguments: list[str], words: str, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """A seed at first of 24 settings is 76 networks: 24 + 12 + 6 x 2 + 3 x 4 + 2 x 8."""
    assert run("search", "lab-free", "--steps", str(STEPS), *arguments, status=2).trained == 0
    assert capsys.readouterr().err == f"relutui: {words}\n"


@pytest.mark.parametrize("size", [[], ["--budget", "9", "--seeds", "9"], ["--budget", "0"]])
def test_the_size_is_given_once(size: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as error:
        main(["search", "lab-free", "--steps", str(STEPS), *size])
    assert error.value.code == 2
    assert "usage: relutui search" in capsys.readouterr().err
