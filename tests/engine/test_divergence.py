"""Whatever the learning rate, training ends at a finite state, one undo goes back, and what is saved is finite."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from relutui.cli.main import main
from relutui.model.batch import Batch
from relutui.model.network import ACTIVATIONS, Activation, Network
from relutui.model.selection import Selection
from relutui.model.trainer import Diverged
from relutui.model.training import OPTIMIZERS, Checkpoint, Optimizer, TrainingSettings
from relutui.scenario.library import load
from relutui.scenario.reader import parse
from relutui.scenario.writer import to_toml
from relutui.session import edits
from relutui.session.session import Session, as_scenario, open_session
from tests.support.blocking import Blocking
from tests.support.sessions import opener, said
from tests.support.starts import random_starts

RATES = [10.0**power for power in range(-3, 7)]
STEPS = 300
NETWORKS = 16

no_constant = partial(json.loads, parse_constant=pytest.fail)  # JSON has neither NaN nor Infinity


def begun(activation: Activation, output: Activation, optimizer: Optimizer, rate: float) -> Session:
    scenario, settings = opener("lab-free").scenario, TrainingSettings(optimizer, rate)
    return open_session(replace(scenario, network=Network(activation, output), settings=settings), seed=3)


def trained(engine: Blocking, before: Session) -> Session:
    """As the screen does it."""
    try:
        return edits.record_training(
            before, engine.train(before.state.checkpoint, before.state.problem(before.dataset), STEPS), run=0
        )
    except Diverged as error:
        return edits.record_divergence(before, error, run=0)


def all_finite(checkpoint: Checkpoint) -> bool:
    """Parameters, the optimizer's memory, and every sample."""
    memory = checkpoint.optimizer
    samples = [number for sample in checkpoint.history for number in (sample.loss, *sample.values)]
    return checkpoint.parameters.finite and memory.first.finite and memory.second.finite and bool(np.isfinite(samples).all())


def ends_well(engine: Blocking, before: Session) -> bool:
    """Train, and look at all that is left of it; whether it diverged."""
    after = trained(engine, before)
    checkpoint = after.state.checkpoint
    assert all_finite(checkpoint)
    assert math.isfinite(after.loss)
    assert after.document.best.loss <= before.loss
    assert np.isfinite(after.view.y_limits).all()
    assert (edits.undo(after) if checkpoint.step else after).state is before.state
    assert parse(to_toml(as_scenario(after, "saved")), "saved", None).start == checkpoint.parameters
    return after.view.message is not None and "diverged after step" in after.view.message.text


def batch_ends_well(engine: Blocking, before: Session) -> None:
    """A network of a batch is finite, all of it, or its loss is not."""
    problem = before.state.problem(before.dataset)
    starts = random_starts(before.state.parameters, before.state.locks, 1.0, range(NETWORKS))
    batch = engine.train_batch(starts, problem, STEPS)
    by_pieces = engine.open().name == "CPU" and "LLVM" not in engine.open().renderer  # in float64
    finite = np.isfinite(batch.losses)
    assert np.isfinite(np.concatenate([batch.values, batch.first, batch.second], axis=1)[finite]).all()
    for n in np.flatnonzero(finite) if before.state.network.straight else ():  # else float32 everywhere, of huge numbers
        p = batch.parameters(int(n))
        loss = problem.network.loss(p, before.dataset.x, before.dataset.y)
        terms = abs(p.c) + (np.abs(p.v) * (np.abs(p.w) * np.abs(before.dataset.x).max() + np.abs(p.b))).sum()
        rounding = 0.0 if by_pieces else 2.0**-20 * terms  # of a prediction in float32
        assert batch.losses[n] == pytest.approx(loss, rel=1e-3, abs=1e-5 + 2 * np.sqrt(loss) * rounding + rounding**2)


@pytest.mark.parametrize(("activation", "optimizer"), [("relu", "momentum"), ("softplus", "adam")])
def test_training_ends_finite_at_every_rate(
    engine: Blocking, point_engine: Blocking, activation: Activation, optimizer: Optimizer
) -> None:
    diverged = [
        ends_well(one, begun(activation, "identity", optimizer, rate))
        for one in ({engine, point_engine} if activation == "relu" else {engine})
        for rate in RATES
    ]
    assert any(diverged) == (optimizer != "adam")  # whose steps are never longer than about the learning rate
    assert not all(diverged)


def test_a_memory_that_is_not_finite_is_divergence_although_the_loss_is(point_engine: Blocking) -> None:
    """The gradient by b_0, 1000 x 2e19 at most, has a square that float32 cannot hold; the loss, 1e38, it can."""
    start = begun("relu", "identity", "adam", 1e-3)
    before = edits.set_parameter(edits.set_parameter(start, Selection(3, "c"), 1e19), Selection(0, "v"), 1000.0)
    after = trained(point_engine, before)
    assert said(after).startswith("diverged after step 0 ")
    assert after.state is before.state


def test_of_a_batch_those_that_diverge_say_so(engine: Blocking) -> None:
    for rate in RATES:
        batch_ends_well(engine, begun("relu", "identity", "momentum", rate))


def test_the_loss_of_huge_numbers_that_cancel_is_not_lost(engine: Blocking) -> None:
    """Left of its kink at x = -1, where there are no points, the unit adds 1e18 times as much as c."""
    before = begun("relu", "identity", "momentum", 1.0)
    problem, values = before.state.problem(before.dataset), np.array([[1e6, -1e12, -1e12, 1e12]])
    measured = engine.train_batch(Batch.start(values), problem, 0)
    assert measured.losses == pytest.approx([((1e6 - before.dataset.y) ** 2).mean()])


def test_what_is_saved_after_training_at_an_absurd_rate_is_read_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved_and_read("sgd", 1e6, tmp_path, capsys)


def saved_and_read(optimizer: Optimizer, rate: float, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / f"{optimizer}{rate:g}.toml"
    command = ["train", "lab-free", "--steps", str(STEPS), "--optimizer", optimizer, "--learning-rate", str(rate)]
    status = main([*command, "--save", str(file), "--json"])
    said = capsys.readouterr()
    assert (status == 1) == said.err.startswith("diverged after step ")
    result = no_constant(said.out)
    assert main(["check", str(file)]) == 0
    capsys.readouterr()
    assert load(file).start.w.tolist() == result["parameters"]["w"]
    assert all(name not in file.read_text().lower().split() for name in ("nan", "inf", "-inf"))


def test_a_loss_that_is_none_is_null(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(Session, "loss", math.inf)
    assert main(["train", "lab", "--steps", "0", "--json"]) == 0
    assert no_constant(capsys.readouterr().out)["loss"] is None


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_optimizer_and_activation_ends_finite_at_every_rate(
    engine: Blocking, point_engine: Blocking, times: Callable[[int, int], int], activation: Activation, optimizer: Optimizer
) -> None:
    for output in ACTIVATIONS[-times(1, len(ACTIVATIONS)) :]:
        for rate in RATES:
            before = begun(activation, output, optimizer, rate)
            for one in {engine, point_engine}:
                ends_well(one, before)
            batch_ends_well(engine, before)


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_what_is_saved_after_training_is_read_again_at_every_rate(
    optimizer: Optimizer, tmp_path: Path, capsys: pytest.CaptureFixture[str], times: Callable[[int, int], int]
) -> None:
    for rate in RATES[-times(2, len(RATES)) :]:
        saved_and_read(optimizer, rate, tmp_path, capsys)
