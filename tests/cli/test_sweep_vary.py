"""`relutui sweep --vary NAME=V1,V2,...`: a grid of settings, each with the same seeds."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from relutui.cli.main import main
from relutui.model.batch import Batch
from relutui.model.initialization import SCHEMES
from relutui.model.network import Parameters
from relutui.model.trainer import TrainerUnavailable
from relutui.model.training import Locks, Problem, TrainingSettings
from relutui.scenario.library import find, load
from relutui.session.session import open_session
from relutui.study import sweep as sweeping
from tests.support import oracle
from tests.support.fake_trainer import FakeTrainer

SWEEP = ["sweep", "lab-free", "--seeds", "3", "--steps", "20"]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeTrainer:
    trainer = FakeTrainer()
    monkeypatch.setattr("relutui.cli.sweep.Engine", lambda device, workers: trainer)
    return trainer


def rows(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(file.read_text().splitlines()))


def alone(row: dict[str, str], steps: int) -> float:
    """The loss that the network of a row comes to, drawn and trained alone in float64."""
    units, free = int(row["units"]), load(find("lab-free"))
    w, b, v = np.random.default_rng(int(row["seed"])).normal(0.0, float(row["scale"]), (units, 3)).T
    settings = TrainingSettings(row["optimizer"], float(row["learning_rate"]), float(row["momentum"]))  # type: ignore[arg-type]
    unlocked = np.zeros(units, np.bool_)
    problem = Problem(free.network, free.dataset, Locks(unlocked, unlocked, unlocked, False), settings)
    return oracle.train(Parameters(w, b, v, 0.0), problem, steps).losses[-1]


def test_every_row_is_what_its_network_comes_to_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In the sweep, in float64, and by `relutui train` with the options that the sweep names."""
    file = tmp_path / "grid.csv"
    vary = ["optimizer=momentum,adam", "units=2,4", "learning_rate=0.02,0.005", "momentum=0.5", "scale=0.5,1.5"]
    assert main([*SWEEP, *(word for each in vary for word in ("--vary", each)), "--csv", str(file)]) == 0
    said = capsys.readouterr().out.splitlines()
    command = "relutui lab-free --units N --learning-rate R --optimizer O --momentum M --scale A --seed S"
    assert f"{command} opens a start in the app" in said
    found = rows(file)
    assert len(found) == 2 * 2 * 2 * 2 * 3
    for row in found:
        assert float(row["loss"]) == pytest.approx(alone(row, 20), rel=1e-3)
    letters = {"N": "units", "R": "learning_rate", "O": "optimizer", "M": "momentum", "A": "scale", "S": "seed"}
    for row in found[1::17]:
        _, *words = (row[letters[word]] if word in letters else word for word in command.split())
        assert main(["train", *words, "--steps", "20", "--json"]) == 0
        trained = json.loads(capsys.readouterr().out)
        assert trained["loss"] == pytest.approx(float(row["loss"]), rel=1e-3)
        assert len(trained["parameters"]["w"]) == int(row["units"])


def test_the_schemes_of_the_start_side_by_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each start as `relutui train` draws it by the options that the sweep names; no two schemes draw the same."""
    file = tmp_path / "schemes.csv"
    sweep = ["sweep", "sine", "--seeds", "2", "--units", "2", "--steps", "0", "--vary", f"scheme={','.join(SCHEMES)}"]
    assert main([*sweep, "--parameters", "--csv", str(file)]) == 0
    assert "relutui sine --units 2 --scheme I --seed S opens a start in the app" in capsys.readouterr().out
    found = rows(file)
    assert [row["scheme"] for row in found[::2]] == list(SCHEMES)
    for row in found:
        how = ["--units", "2", "--scheme", row["scheme"], "--seed", row["seed"]]
        assert main(["train", "sine", *how, "--steps", "0", "--json"]) == 0
        p = json.loads(capsys.readouterr().out)["parameters"]
        assert [*p["w"], *p["b"], *p["v"], p["c"]] == [float(row[name]) for name in ("w0", "w1", "b0", "b1", "v0", "v1", "c")]
    assert len({(row["w0"], row["b0"], row["v0"], row["c"]) for row in found}) == len(found)


def test_an_automatic_rate_is_the_least_of_the_first_starts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In each row of the table, and in the option that leads to the start of a seed."""
    sweep = ["sweep", "lab-free", "--units", "2..3", "--seeds", "20", "--seed", "5", "--learning-rate", "auto"]
    free = load(find("lab-free"))
    expected = []
    for units in (2, 3):
        drawn = [free.with_overrides(units, optimizer="sgd", learning_rate="auto")]
        starts = [open_session(drawn[0], seed).state for seed in range(5, 21)]
        expected.append(min(state.settings.learning_rate for state in starts))
    assert expected[0] != expected[1]
    assert main([*sweep, "--optimizer", "sgd", "--steps", "20", "--json", "--csv", str(tmp_path / "auto.csv")]) == 0
    told = json.loads(capsys.readouterr().out)["units"]
    assert [row["learning_rate"] for row in told] == expected
    assert main([*sweep, "--optimizer", "sgd", "--steps", "20"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("lab-free: 20 steps of sgd at learning rate auto; ")
    assert [line.split()[:2] for line in lines[2:5]] == [["units", "rate"], *(["23"[n], f"{expected[n]:g}"] for n in (0, 1))]
    assert "relutui lab-free --units N --learning-rate R --optimizer sgd --seed S opens a start in the app" in lines
    row = rows(tmp_path / "auto.csv")[7]
    assert main(["train", "lab-free", "--steps", "20", "--seed", row["seed"], "--units", "2", *sweep[-2:]]) == 0
    adam = free.with_overrides(2, learning_rate="auto")
    rate = open_session(adam, int(row["seed"])).state.settings.learning_rate
    assert capsys.readouterr().out.startswith(f"lab-free: 20 steps at learning rate {rate:g} (auto) in ")
    how = ["--units", "2", "--seed", row["seed"], "--learning-rate", str(expected[0]), "--optimizer", "sgd"]
    assert main(["train", "lab-free", *how, "--steps", "20", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["loss"] == pytest.approx(float(row["loss"]), rel=1e-4)


def test_what_is_locked_stays_at_any_scale(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """lab lists its units: all of the first is locked, and every v, and c."""
    file = tmp_path / "lab.csv"
    assert main(["sweep", "lab", *SWEEP[2:], "--seed", "5", "--vary", "scale=0.25,2", "--csv", str(file)]) == 0
    assert "relutui lab --scale A --seed S opens a start in the app" in capsys.readouterr().out
    for row in rows(file):
        command = ["train", "lab", "--scale", row["scale"], "--seed", row["seed"], "--json"]
        assert main([*command, "--steps", "20"]) == 0
        trained = json.loads(capsys.readouterr().out)
        assert trained["loss"] == pytest.approx(float(row["loss"]), rel=1e-4)
        assert main([*command, "--steps", "0"]) == 0
        start = json.loads(capsys.readouterr().out)["parameters"]
        drawn = np.random.default_rng(int(row["seed"])).normal(0.0, float(row["scale"]), (3, 3))
        assert start == {"w": [-2, *drawn[1:, 0].tolist()], "b": [2, *drawn[1:, 1].tolist()], "v": [1, 1, 1], "c": 0}


@pytest.mark.usefixtures("fake")
def test_the_columns_and_rows_are_in_the_order_given(tmp_path: Path) -> None:
    file = tmp_path / "grid.csv"
    vary = ["--vary", "learning_rate=0.02,0.005", "--vary", "units=1,3"]
    assert main([*SWEEP, *vary, "--seed", "4", "--csv", str(file)]) == 0
    lines = [line.rsplit(",", 2)[0] for line in file.read_text().splitlines()]
    cells = [f"{rate},{units}" for rate in ("0.02", "0.005") for units in (1, 3)]
    assert lines == ["learning_rate,units,seed", *(f"{cell},{seed}" for cell in cells for seed in (4, 5, 6))]


@pytest.mark.usefixtures("fake")
def test_the_number_of_units_comes_first_where_it_is_not_varied(tmp_path: Path) -> None:
    assert main([*SWEEP, "--vary", "scale=1", "--csv", str(tmp_path / "one.csv")]) == 0
    assert main([*SWEEP, "--units", "1..2", "--vary", "scale=1,2", "--csv", str(tmp_path / "two.csv")]) == 0
    assert list(rows(tmp_path / "one.csv")[0]) == ["units", "scale", "seed", "loss", "outcome"]
    found = [(row["units"], row["scale"]) for row in rows(tmp_path / "two.csv")[::3]]
    assert found == [("1", "1.0"), ("1", "2.0"), ("2", "1.0"), ("2", "2.0")]


@pytest.mark.usefixtures("fake")
def test_the_json_names_the_values(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SWEEP, "--units", "1,2", "--vary", "optimizer=adam,sgd", "--vary", "learning_rate=0.01", "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)["units"]
    assert {tuple(entry)[:4] for entry in entries} == {("units", "optimizer", "learning_rate", "seeds")}
    assert [(entry["units"], entry["optimizer"]) for entry in entries] == [(1, "adam"), (1, "sgd"), (2, "adam"), (2, "sgd")]
    assert entries[0]["best_possible"] == entries[1]["best_possible"] != entries[2]["best_possible"]


@pytest.mark.usefixtures("fake")
def test_the_tables_have_a_row_for_each_combination(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SWEEP, "--vary", "optimizer=sgd,adam", "--vary", "learning_rate=0.01,0.5"]) == 0
    first, _, *lines = capsys.readouterr().out.splitlines()
    assert first == "lab-free: 20 steps; solved: MSE below 0.0001"
    tables = [place for place, line in enumerate(lines) if line.split()[:2] == ["optimizer", "rate"]]
    expected = [["sgd", "0.01"], ["sgd", "0.5"], ["adam", "0.01"], ["adam", "0.5"]]
    for place in tables:
        assert [line.split()[:2] for line in lines[place + 1 : place + 5]] == expected
    outcomes = [line.split()[2:] for line in lines[tables[1] + 1 : tables[1] + 5]]
    assert [sum(map(int, counts)) for counts in outcomes] == [3, 3, 3, 3]
    assert all(any(int(counts[place]) for counts in outcomes) for place in range(len(outcomes[0])))  # none is 0 everywhere


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--vary", "learning_rate"], '--vary: expected NAME=V1,V2,..., got "learning_rate"'),
        (["--vary", "learning_rat=1"], "--vary: expected one of units, learning_rate, optimizer, momentum, weight_decay, "
         "batch, scheme, scale before the =, "
         'got "learning_rat" (did you mean learning_rate?)'),
        (["--vary", "learning_rate=0.1,0"], '--vary learning_rate=0.1,0: expected a number above 0, got "0"'),
        (["--vary", "learning_rate="], '--vary learning_rate=: expected a number above 0, got ""'),
        (["--vary", "optimizer=sgd,adm"],
         '--vary optimizer=sgd,adm: expected one of sgd, momentum, adam, got "adm" (did you mean adam?)'),
        (["--vary", "scheme=he,kink"],
         '--vary scheme=he,kink: expected one of normal, he, torch, balanced, kinks, got "kink" (did you mean kinks?)'),
        (["--vary", "momentum=1"], '--vary momentum=1: expected a number of 0 or more, below 1, got "1"'),
        (["--vary", "scale=1,2000"], '--vary scale=1,2000: expected a number from 0 to 1000, got "2000"'),
        (["--vary", "units=0"], '--vary units=0: expected numbers from 1 to 256 such as 3, 2,4,6 or 1..10, got "0"'),
        (["--vary", "scale=1,2,1.0"], "--vary scale=1,2,1.0: expected different values, got 1.0 twice"),
        (["--vary", "scale=1", "--vary", "scale=2"], "--vary scale= is given twice: name all values at once"),
        (["--vary", "units=1", "--units", "2"], "--vary units= and --units say the same thing: one of them is enough"),
        (["--vary", "learning_rate=1", "--learning-rate", "2"],
         "--vary learning_rate= and --learning-rate say the same thing: one of them is enough"),
        (["--vary", "momentum=0.5"], "--vary momentum= is for the optimizer momentum, and this is adam"),
        (["--vary", "momentum=0.5", "--vary", "optimizer=sgd,adam"],
         "--vary momentum= is for the optimizer momentum, and this is sgd, adam"),
        (["--vary", "units=1..256", "--vary", "scale=1,2,3,4"], "--vary: expected at most 1,000 combinations, got 1,024"),
    ],
)  # fmt: skip
def test_errors_are_one_line(arguments: list[str], words: str, fake: FakeTrainer, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SWEEP, *arguments]) == 2
    assert capsys.readouterr().err == f"relutui: {words}\n"
    assert not fake.batches


def test_listed_units_cannot_be_varied(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", "lab", *SWEEP[2:], "--vary", "units=1,2"]) == 2
    expected = "--vary units= is for scenarios that draw their units ([init] units); lab lists them"
    assert capsys.readouterr().err == f"relutui: {expected}\n"


class Failing(FakeTrainer):
    """Fails at the batch number `at`."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self._at = at

    async def train_batch(self, batch: Batch, problem: Problem, steps: int) -> Batch:
        if len(self.batches) >= self._at:
            raise TrainerUnavailable("unplugged")
        return await super().train_batch(batch, problem, steps)


def test_what_is_missing_of_a_grid_is_done_and_a_part_of_another_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, file, part = tmp_path / "whole.csv", tmp_path / "grid.csv", tmp_path / "grid.csv.part"
    monkeypatch.setattr(sweeping, "SWEEP_SLICE_S", 1e9)  # however slow the machine is

    def sweep(status: int, at: int, *arguments: str) -> FakeTrainer:
        trainer = Failing(at)
        monkeypatch.setattr("relutui.cli.sweep.Engine", lambda device, workers: trainer)
        assert main([*SWEEP, *arguments]) == status
        return trainer

    vary = ["--vary", "scale=1,0.5", "--vary", "learning_rate=0.1,0.01"]
    batches = len(sweep(0, 1000, *vary, "--csv", str(whole)).batches)
    assert len(sweep(1, 3 * batches // 4, *vary, "--csv", str(file)).batches) == 3 * batches // 4  # three cells of the four
    assert (file.exists(), len(part.read_text().splitlines())) == (False, 2 + 9)
    capsys.readouterr()
    for other, words in [
        (["--vary", "scale=1", *vary[2:]], 'its scale is "1.0, 0.5", and "1.0" is asked for'),
        (vary[:2], 'its grid is "units, scale, learning_rate", and "units, scale" is asked for'),
        ([*vary[2:], *vary[:2]], 'its grid is "units, scale, learning_rate", and "units, learning_rate, scale" is asked for'),
        (["--scale", "0.5", *vary[2:]], 'its grid is "units, scale, learning_rate", and "units, learning_rate" is asked for'),
        ([*vary, "--momentum", "0.5"], "its momentum is 0.9, and 0.5 is asked for"),
    ]:
        assert sweep(2, 1000, *other, "--csv", str(file), "--resume").batches == []
        error = capsys.readouterr().err
        assert error.startswith(f"relutui: {part} is a part of another sweep: {words}")
        assert error.count("\n") == 1
    assert len(sweep(0, 1000, *vary, "--csv", str(file), "--resume").batches) == batches // 4
    assert file.read_bytes() == whole.read_bytes()


def test_the_command_that_opens_a_start_has_the_columns_of_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "pay.csv"
    file.write_text("year;base pay;bonus\n2008;31,2;1,5\n2009;31,9;-1\n2010;32,1;1,9\n")
    assert main(["sweep", str(file), "--x=1", "--y=base pay", "--missing=-1", "--seeds=1", "--steps=0"]) == 0
    assert f"relutui {file} --x 1 --y 'base pay' --missing -1 --seed S opens a start in the app" in capsys.readouterr().out
    assert main(["sweep", str(file), "--x=1", "--y=3", "--drop-missing", "--seeds=1", "--steps=0"]) == 0
    assert f"relutui {file} --x 1 --y 3 --drop-missing --seed S opens a start in the app" in capsys.readouterr().out


def test_the_points_of_a_minibatch_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "small.toml"
    for batch, said in ((2, ", batch 2 of 3; "), (3, "0.05; ")):
        file.write_text(
            f'title = "T"\n[target]\npoints = [[0, 0], [1, 1], [2, 0]]\n[init]\nunits = 2\n[training]\nbatch = {batch}\n'
        )
        assert main(["sweep", str(file), "--seeds=1", "--steps=1"]) == 0
        assert said in capsys.readouterr().out.splitlines()[0]
