"""What `relutui train` says of how it ended, and what it keeps when it is ended; the trainer is a fake."""

import asyncio
import json
import signal
from pathlib import Path

import pytest

from relutui.cli.main import main
from relutui.model.trainer import TrainerUnavailable
from relutui.model.training import Checkpoint, Problem
from relutui.scenario.library import load
from tests.support.fake_trainer import FakeTrainer

LAB = ["train", "lab", "--seed", "1", "--learning-rate", "1e-3", "--steps"]


class Ended(FakeTrainer):
    """In the call number `at` something comes in between: a signal, or a fault of the device."""

    def __init__(self, at: int, by: signal.Signals | None) -> None:
        super().__init__()
        self._at, self._by = at, by

    async def train(self, checkpoint: Checkpoint, problem: Problem, steps: int) -> Checkpoint:
        if len(self.asked) == self._at:
            if self._by is None:
                raise TrainerUnavailable("GPU failed while training: it was unplugged")
            signal.raise_signal(self._by)
            await asyncio.sleep(0)
        return await super().train(checkpoint, problem, steps)


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr("relutui.study.one_network.PIECE_S", 0.0)  # a step in each piece
    monkeypatch.setattr("relutui.cli.train.Engine", lambda device: FakeTrainer())
    return monkeypatch


@pytest.mark.parametrize(
    ("by", "status", "ended", "said"),
    [
        (signal.SIGINT, 130, "interrupted", "interrupted after 5 of 300,000 steps"),
        (signal.SIGTERM, 143, "interrupted", "interrupted after 5 of 300,000 steps"),
        (signal.SIGHUP, 129, "interrupted", "interrupted after 5 of 300,000 steps"),
        (None, 1, "failed", "stopped after 5 of 300,000 steps: GPU failed while training: it was unplugged"),
    ],
)
def test_what_was_trained_is_kept(
    by: signal.Signals | None,
    status: int,
    ended: str,
    said: str,
    use: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    assert main([*LAB, "5", "--json"]) == 0
    whole = json.loads(capsys.readouterr().out)
    use.setattr("relutui.cli.train.Engine", lambda device: Ended(5, by))
    file = tmp_path / "kept.toml"
    assert main([*LAB, "300000", "--json", "--save", str(file)]) == status
    captured = capsys.readouterr()
    found = json.loads(captured.out)
    assert captured.err == f"{said}\n"
    assert (found["steps"], found["ended"], found["moved"]) == (5, ended, True)
    assert (found["parameters"], found["loss"]) == (whole["parameters"], whole["loss"])
    assert load(file).start.w.tolist() == whole["parameters"]["w"]
    assert {number: signal.getsignal(number) for number in before} == before


def test_without_anything_trained_a_fault_is_an_error(use: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    use.setattr("relutui.cli.train.Engine", lambda device: Ended(0, None))
    assert main([*LAB, "10"]) == 1
    assert capsys.readouterr() == ("", "GPU failed while training: it was unplugged\n")


def test_the_work_is_ended_once_and_a_second_signal_is_obeyed(use: pytest.MonkeyPatch) -> None:
    class Closing(Ended):
        async def close(self) -> None:
            signal.raise_signal(signal.SIGINT)

    use.setattr("relutui.cli.train.Engine", lambda device: Closing(2, signal.SIGINT))
    assert main([*LAB, "10"]) == 130


@pytest.mark.parametrize(
    ("scenario", "more", "said"),
    [
        # Both units are off at every point, where relu'(0) = 0: see subject.md.
        ("lab", [], "no parameter moved: the gradient of each that is not locked is 0"),
        ("free", [], "no parameter moved: every gradient is 0"),
        ("locked", [], "no parameter moved: all are locked"),
        # yhat = 1 at x = 1, y = 3: d loss / d c = 2 (1 - 3) = -4, and 1 + 4e-20 is 1.
        (
            "small",
            ["--learning-rate", "1e-20"],
            "the gradients are 4 at most, too small at learning rate 1e-20 to change a digit",
        ),
        ("small", ["--learning-rate", "0.5", "--optimizer", "sgd"], ""),
        ("small", ["--learning-rate", "1"], ""),  # there and back: c = 1, 5, 1, 5, ...
        ("below", [], "stopped before all steps were taken: MSE is below 5 (stop_below)"),
    ],
)
def test_what_did_not_move_and_why_it_stopped_is_said(
    scenario: str, more: list[str], said: str, use: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unit = {
        "free": "[[unit]]\nw = 0\nb = 0\nv = 0\n[network]\noutput_bias = 3\n",
        "locked": '[[unit]]\nw = 1\nb = 0\nv = 1\nlock = ["w", "b", "v"]\n[network]\nlock_output_bias = true\n',
        "small": '[[unit]]\nw = 0\nb = 0\nv = 0\nlock = ["w", "b", "v"]\n[network]\noutput_bias = 1\n',
        "below": "[[unit]]\nw = 1\nb = 0\nv = 1\n[training]\nstop_below = 5\n",
    }
    name = scenario
    if scenario in unit:
        name = str(tmp_path / f"{scenario}.toml")
        Path(name).write_text(f'title = "t"\n[target]\npoints = [[1, 3]]\n{unit[scenario]}')
    assert main(["train", name, "--steps", "4", *more]) == 0
    captured = capsys.readouterr()
    last = captured.out.splitlines()[-1]
    assert captured.err == ""
    assert (last if last.startswith(("no parameter", "stopped")) else "").endswith(said)
    assert bool(said) == last.startswith(("no parameter", "stopped"))
    assert main(["train", name, "--steps", "4", *more, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["ended"] == ("stop_below" if scenario == "below" else "steps")
    assert found["moved"] == (not said)


def test_solving_sets_v_and_c_at_the_end(use: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of y = 3 + 2 relu(x - 1) the kink is given, and no step is taken."""
    file, kept = tmp_path / "hinge.toml", tmp_path / "kept.toml"
    file.write_text(
        'title = "Hinge"\n[target]\npoints = [[0, 3], [1, 3], [2, 5], [4, 9]]\n[[unit]]\nw = 1.0\nb = -1.0\nv = -4.0\n'
    )
    assert main(["train", str(file), "--steps", "0", "--solve", "--json", "--save", str(kept)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["parameters"]["v"] == pytest.approx([2.0])
    assert found["parameters"]["c"] == pytest.approx(3.0)
    assert found["loss"] < 1e-20
    assert found["solving"].startswith("v and c solved for: MSE 135.0000 → ")  # (3² + 3² + 9² + 21²) / 4
    assert load(kept).start.c == pytest.approx(3.0)
    assert main(["train", str(file), "--steps", "0", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["solving"] is None


def test_solving_is_refused_before_any_step(use: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*LAB, "1000", "--solve"]) == 2
    assert capsys.readouterr() == ("", "relutui: --solve: every v and c is locked; l unlocks one\n")


def test_the_json_has_the_losses_on_the_way(use: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """At every step of so short a training; each is the loss of a training of so many steps."""
    assert main([*LAB, "4", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["history"]["steps"] == [0, 1, 2, 3, 4]
    ends = []
    for steps in range(5):
        assert main([*LAB, str(steps), "--json"]) == 0
        ends.append(json.loads(capsys.readouterr().out)["loss"])
    assert found["history"]["losses"] == pytest.approx(ends)
    assert found["history"]["losses"][-1] == found["loss"]


@pytest.mark.parametrize("command", ["train {} --steps 1", "sweep {} --seeds 2 --steps 1", "search {} --seeds 1 --steps 5"])
def test_what_is_drawn_only_is_not_trained(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "steps.toml"
    file.write_text('title = "s"\n[target]\npoints = [[0, 0], [1, 5]]\n[network]\nactivation = "step"\n[init]\nunits = 2\n')
    assert main(command.format(file).split()) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "step is drawn but not trained: its slope is 0 but at its jumps" in captured.err
    assert captured.err.count("\n") == 1
    assert main(["train", str(file), "--steps", "0", "--solve"]) == 0
