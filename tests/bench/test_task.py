from collections.abc import Callable

import numpy as np
import pytest

from relutui.bench import task as tasks
from relutui.bench.peers import with_c, with_numpy
from relutui.bench.task import Optimizer, Run, Task, gradient
from relutui.bench.worker import _Server
from relutui.model.dataset import Dataset
from relutui.model.gradient import losses_and_gradients
from relutui.model.network import Network, Parameters
from relutui.model.training import Locks, Problem, TrainingSettings, locks_of
from tests.support import oracle

Prepare = Callable[[Task, str], Run]

each_peer = pytest.mark.parametrize(
    ("prepare", "variant"),
    [
        (with_numpy.prepare, "plain"),
        (with_numpy.prepare, "tuned"),
        pytest.param(with_c.prepare, "", marks=pytest.mark.skipif(with_c.version() is None, reason="needs clang"), id="C"),
    ],
)


@each_peer
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_peer_computes_what_the_oracle_does(prepare: Prepare, variant: str, optimizer: Optimizer) -> None:
    task = Task(4, points=16, optimizer=optimizer)
    x, y, c, w, b, v = (np.asarray(part, np.float64) for part in (task.x, task.y, *task.start))
    free = np.zeros(4, dtype=bool)
    problem = Problem(Network(), Dataset(x, y), Locks(free, free, free, False), TrainingSettings(optimizer, task.rate))
    expected = oracle.train(Parameters(w, b, v, float(c)), problem, 40)
    trained = prepare(task, variant)(40)
    p = expected.parameters
    for part, its in zip(trained, (np.array(p.c), p.w, p.b, p.v)):
        np.testing.assert_allclose(part, its, rtol=1e-4, atol=1e-5)
    assert task.losses(trained) == pytest.approx([expected.losses[-1]], rel=1e-4)


@each_peer
def test_a_run_begins_at_the_start_every_time(prepare: Prepare, variant: str) -> None:
    run = prepare(Task(3, points=8, optimizer="adam"), variant)
    for first, second in zip(run(20), run(20)):
        np.testing.assert_array_equal(first, second)


@each_peer
def test_each_network_of_a_batch_is_trained_by_itself(prepare: Prepare, variant: str) -> None:
    task = Task(2, points=8, networks=3)
    alone = Task(2, points=8)
    trained = prepare(task, variant)(20)
    assert [part.shape for part in trained] == [(3,), (3, 2), (3, 2), (3, 2)]
    for network, loss in enumerate(task.losses(trained)):
        values = tuple(part[network] for part in task.start)
        for _ in range(20):
            values = tuple(old - task.rate * slope for old, slope in zip(values, gradient(np.where, values, task.x, task.y)))
        assert alone.losses(values) == pytest.approx([loss], rel=1e-5)


@pytest.mark.parametrize("networks", [None, 3])
def test_several_hidden_layers_are_trained_by_the_gradient(networks: int | None) -> None:
    task = Task(3, points=16, networks=networks, deeper=(4, 2))
    assert (task.shape, str(task)[-25:]) == ("1-3-4-2-1", "1-3-4-2-1, 16 points, sgd")
    rows, network = task.rows(task.start), Network(deeper=("relu", "relu"))
    free = locks_of(np.zeros(rows.shape[1]), task.sizes)
    problem = Problem(network, Dataset(task.x.astype(float), task.y.astype(float)), free, TrainingSettings())
    losses, slopes = losses_and_gradients(problem, rows, task.sizes)
    assert task.losses(task.start) == pytest.approx(losses, rel=1e-6)
    found = task.rows(gradient(np.where, task.start, task.x, task.y))
    np.testing.assert_allclose(found, slopes, rtol=1e-4, atol=1e-5)
    for part, its in zip(task.values(rows), task.start, strict=True):
        np.testing.assert_array_equal(part, its)


def test_of_a_large_batch_some_losses_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    task = Task(2, points=8, networks=6)
    losses = task.losses(task.start)
    assert losses.shape == (6,)
    monkeypatch.setattr(tasks, "_MAX_LOSS_WORK", 2 * 8 * 3)  # room for three networks
    np.testing.assert_array_equal(task.losses(task.start), losses[::2])


@pytest.mark.parametrize(("value", "finite"), [(1.0, True), (np.nan, False), (np.inf, False)])
def test_one_of_a_large_batch_that_diverges_is_seen(value: float, finite: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "_MAX_LOSS_WORK", 2 * 8)  # the first alone
    task, server = Task(2, points=8, networks=3), _Server("", "")
    values = task.start
    values[3][2, 1] = value
    server._task, server._run = task, lambda steps: values
    answer = server.answer("time", steps=40, seconds=0.0)
    assert answer["finite"] is finite
    assert set(answer) == {"seconds", "short", "finite"}


def test_the_rate_falls_with_the_units_from_twenty_on() -> None:
    assert [Task(units).rate for units in (3, 20, 100, 1000)] == [0.01, 0.01, 0.002, 0.0002]
