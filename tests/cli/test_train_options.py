"""`relutui train` with its options, called as the shell would; the engine is the real one."""

import errno
import json
from pathlib import Path

import numpy as np
import pytest

import relutui
from relutui.cli.main import main
from relutui.model.selection import Selection
from relutui.scenario.library import load
from relutui.scenario.writer import to_toml
from relutui.session import edits
from relutui.session.session import as_scenario
from tests.support.sessions import opener, with_values


def test_train_zero_steps_just_evaluates(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "lab", "--steps", "0", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["loss"] == pytest.approx(2.4630, abs=5e-5)
    assert result | {"loss": 0} == {
        "scenario": "lab", "device": None, "renderer": None, "seed": None, "steps": 0, "loss": 0,
        "optimizer": "sgd", "learning_rate": 0.05, "momentum": None, "weight_decay": 0, "batch": 300,
        "decay_part": 0, "clean_loss": None,
        "parameters": {"w": [-2, 0, 0], "b": [2, 0, 0], "v": [1, 1, 1], "c": 0}, "seconds": 0,
        "effective_pieces": 2, "sum_abs_vw": 2, "sum_squares": 11,
        "ended": "steps", "moved": False, "solving": None, "history": {"steps": [0], "losses": [result["loss"]]},
    }  # fmt: skip


def test_train_says_what_it_trained_by(capsys: pytest.CaptureFixture[str]) -> None:
    """The automatic rate as a number."""
    assert main(["train", "lab", "--steps", "3", "--optimizer", "momentum", "--batch", "32", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert [result[name] for name in ("optimizer", "momentum", "batch")] == ["momentum", 0.9, 32]
    assert main(["train", "lab-free", "--seed", "1", "--steps", "1", "--learning-rate", "auto", "--json"]) == 0
    rate = json.loads(capsys.readouterr().out)["learning_rate"]
    assert rate == relutui.load("lab-free", seed=1, learning_rate="auto")._session.state.settings.learning_rate
    assert rate != 0.05


@pytest.mark.parametrize("size", ["0", "100001", "-1", "2.5", "some"])
def test_a_batch_that_is_none_is_refused(size: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["train", "lab", "--steps", "1", "--batch", size])
    assert "argument --batch: expected a whole number" in capsys.readouterr().err


def test_a_batch_of_the_scenario_is_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "small.toml"
    file.write_text('title = "T"\n[target]\npoints = [[0, 0], [1, 1], [2, 0]]\n[init]\nunits = 2\n[training]\nbatch = 2\n')
    for arguments, points in (([], 2), (["--batch", "1"], 1), (["--batch", "all"], 3)):
        assert main(["train", str(file), "--steps", "1", "--json", *arguments]) == 0
        assert json.loads(capsys.readouterr().out)["batch"] == points


def test_train_from_the_zero_start_stays_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "lab", "--steps", "500", "--json"]) == 0
    captured = capsys.readouterr()
    result = json.loads(captured.out)
    assert captured.err == ""
    assert result["steps"] == 500
    assert result["loss"] == pytest.approx(2.4630, abs=5e-5)
    assert result["device"] == "CPU"
    assert result["seconds"] > 0


def test_train_saves_and_never_over_another_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "trained.toml"
    command = ["train", "lab", "--seed", "1", "--steps", "50", "--optimizer", "adam", "--learning-rate", "0.02"]
    assert main([*command, "--save", str(file)]) == 0
    assert "50 steps" in capsys.readouterr().out
    trained = load(file)
    assert trained.settings.optimizer == "adam"
    assert trained.settings.learning_rate == 0.02
    written = file.read_text()
    assert main([*command, "--save", str(file)]) == 1
    assert capsys.readouterr().err == f"{file}: File exists\n"
    assert file.read_text() == written


def test_a_seed_draws_what_the_new_start_of_the_app_draws_with_what_is_locked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session = with_values(opener("lab-free"), w0=1.25)
    session = edits.toggle_lock(edits.select(session, Selection(0, "w")))
    file = tmp_path / "locked.toml"
    file.write_text(to_toml(as_scenario(session, "locked")))
    assert main(["train", str(file), "--seed", "36", "--steps", "0", "--json"]) == 0
    drawn = edits.next_random_start(session).state  # lab-free's own is 35
    assert (drawn.seed, drawn.parameters.w[0]) == (36, 1.25)
    found = json.loads(capsys.readouterr().out)["parameters"]
    assert found == {
        "w": drawn.parameters.w.tolist(),
        "b": drawn.parameters.b.tolist(),
        "v": drawn.parameters.v.tolist(),
        "c": 0,
    }


def test_what_could_not_be_saved_is_told_before_the_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link to nothing is there too; and a folder that one may not write to, which is nothing to whoever may do all."""
    link = tmp_path / "link.toml"
    link.symlink_to(tmp_path / "nowhere.toml")
    assert main(["train", "lab", "--steps", "1", "--save", str(link)]) == 1

    def refused(**where: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", "a temporary file")

    monkeypatch.setattr("relutui.cli.usage.TemporaryFile", refused)
    assert main(["train", "lab", "--steps", "1", "--save", str(tmp_path / "new.toml")]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert [line.rsplit(": ", 1)[1] for line in said.err.splitlines()] == ["File exists", "Permission denied"]
    assert main(["train", "lab", "--steps", "1", "--save", f"{'x' * 300}.toml"]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err.count("File name too long")) == ("", 1)


def test_train_says_where_it_diverged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "line.toml"
    file.write_text(
        'title = "l"\n[target]\npoints = [[0, 0], [1, 5]]\n[network]\nactivation = "identity"\n[init]\nunits = 2\n'
        "[training]\nlearning_rate = 1000.0\n"
    )
    assert main(["train", str(file), "--steps", "1000"]) == 1
    captured = capsys.readouterr()
    assert captured.err.startswith("diverged after step ")
    assert captured.err.endswith("at learning rate 1000\n")
    assert "nan" not in captured.out
    assert "inf" not in captured.out


def test_a_start_is_drawn_at_the_scale_and_with_the_units_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "lab-free", "--seed", "4", "--units", "2", "--scale", "0.5", "--steps", "0", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["parameters"]
    w, b, v = np.random.default_rng(4).normal(0.0, 0.5, (2, 3)).T.tolist()
    assert found == {"w": w, "b": b, "v": v, "c": 0}


def test_the_momentum_asked_for_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    """Without any it takes the steps of sgd."""
    losses = []
    for settings in (["momentum", "--momentum", "0"], ["momentum", "--momentum", "0.5"], ["sgd"]):
        assert main(["train", "lab-free", "--steps", "9", "--learning-rate", "0.01", "--json", "--optimizer", *settings]) == 0
        losses.append(json.loads(capsys.readouterr().out)["loss"])
    assert losses[0] == pytest.approx(losses[2], rel=1e-6)
    assert losses[1] != pytest.approx(losses[2], rel=1e-3)


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (["--scale", "-1"], 'argument --scale: expected a number from 0 to 1000, got "-1"'),
        (["--scale", "1001"], 'argument --scale: expected a number from 0 to 1000, got "1001"'),
        (["--momentum", "1"], 'argument --momentum: expected a number of 0 or more, below 1, got "1"'),
        (["--momentum", "nan"], 'argument --momentum: expected a number of 0 or more, below 1, got "nan"'),
        (["--units", "257"], 'argument --units: expected at most 256, got "257"'),
    ],
)
def test_what_no_file_could_say_no_option_can(option: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as error:
        main(["train", "lab-free", "--steps", "1", *option])
    assert error.value.code == 2
    assert words in capsys.readouterr().err


def test_units_only_for_scenarios_that_draw_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "lab", "--units", "2", "--steps", "0"]) == 1
    assert "--units is for scenarios that draw their units" in capsys.readouterr().err
    file = tmp_path / "drawn.toml"
    file.write_text('title = "d"\n[target]\npoints = [[0, 0], [1, 5]]\n[init]\nunits = 2\n')
    assert main(["train", str(file), "--units", "5", "--steps", "0", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["parameters"]["w"]) == 5


def test_weight_decay_is_an_option_and_its_part_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Of the lab-free's start at seed 4 with scale 1: half of 0.01 times the sum of squares of w, b and v, c being 0."""
    assert main(["train", "lab-free", "--seed", "4", "--scale", "1", "--steps", "0", "--weight-decay", "0.01", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    drawn = np.random.default_rng(4).normal(0, 1, (3, 3))
    assert found["decay_part"] == pytest.approx(0.005 * (drawn**2).sum())
    assert main(["train", "lab-free", "--steps", "0", "--weight-decay", "0.01"]) == 0
    assert ", and weight decay adds " in capsys.readouterr().out
    assert main(["train", "lab-free", "--steps", "0"]) == 0
    assert "decay" not in capsys.readouterr().out


def test_the_command_of_a_sweep_has_the_decay(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", "lab-free", "--seeds", "2", "--steps", "0", "--weight-decay", "0.01"]) == 0
    assert "relutui lab-free --weight-decay 0.01 --seed S opens a start in the app" in capsys.readouterr().out
    assert main(["sweep", "lab-free", "--seeds", "2", "--steps", "0", "--vary", "weight_decay=0,0.01"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].split()[0] == "decay"
    assert [line.split()[0] for line in lines[3:5]] == ["0.0", "0.01"]


def test_the_curve_is_that_of_the_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "curve.csv"
    assert main(["train", "lab-free", "--steps", "300", "--json", "--curve", str(file)]) == 0
    result = json.loads(capsys.readouterr().out)
    header, *rows = [line.split(",") for line in file.read_text().splitlines()]
    assert header == ["step", "loss"]
    steps, losses = [int(step) for step, _ in rows], [float(loss) for _, loss in rows]
    assert (steps, losses) == (result["history"]["steps"], result["history"]["losses"])
    assert (steps[0], steps[-1], losses[-1]) == (0, 300, result["loss"])
    assert steps == sorted(set(steps))
    assert len(steps) >= 10  # how many depends on how the steps were divided


@pytest.mark.parametrize(("name", "status"), [("c.txt", 2), ("there.csv", 1), ("none/c.csv", 1)])
def test_a_curve_that_cannot_be_written_is_said_before_the_training(
    name: str, status: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "there.csv").write_text("mine")
    assert main(["train", "lab-free", "--steps", "100000000000", "--curve", str(tmp_path / name)]) == status
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert (tmp_path / "there.csv").read_text() == "mine"
