"""The device of the tests and the processor's assembler, side by side: what they make of the same agrees to 1e-5."""

import json
import subprocess
import sys

import numpy as np
import pytest
from numpy.typing import NDArray

from relutui.model.batch import Batch
from relutui.model.network import Network
from relutui.model.training import OPTIMIZERS, Problem, TrainingSettings
from relutui.model.values import values_of
from relutui.scenario.library import load, shipped
from relutui.session.landscape_axes import plane
from relutui.session.session import open_session
from relutui.ui.controllers.landscape_loop import measurement_problem
from tests.engine.problems import LAB_DATA, lab, locks, random_start
from tests.support.blocking import Blocking
from tests.support.places import ROOT

STEPS = 100
REFERENCE = "CPU:X86"


def results(engine: Blocking) -> dict[str, list[float]]:
    """By name: parameters after training, alone and as a batch, and the losses of a landscape."""
    found = {}
    rng = np.random.default_rng(11)
    alone, batch = random_start(rng, 5), Batch.start(rng.normal(size=(80, 16)))
    for optimizer, network in zip(OPTIMIZERS, (Network(), Network("tanh", "sigmoid"), Network(slope_at_kink=0.5))):
        problem = Problem(network, LAB_DATA, locks(5), TrainingSettings(optimizer, 0.01))
        found[f"alone, {optimizer}"] = values_of(engine.train(alone, problem, STEPS).parameters)
        trained = engine.train_batch(batch, problem, STEPS)
        found[f"seeds, {optimizer}"], found[f"their losses, {optimizer}"] = trained.values.ravel(), trained.losses
    where = plane(open_session(load(shipped()["lab-free"])))
    networks = Batch.start(where.networks(0, 3840))
    found["landscape"] = engine.train_batch(networks, measurement_problem(where, lab().dataset), 0).losses
    return {name: np.asarray(values).tolist() for name, values in found.items()}


@pytest.fixture(scope="module")
def expected() -> dict[str, NDArray[np.float64]]:
    """On the other device, in a process of its own: tinygrad has one device at a time."""
    code = "import json, tests.engine.test_devices_agree as t; print(json.dumps(t.on_reference()))"
    folders = [str(ROOT), *sys.path]
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:] = {folders!r}; {code}"], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return {name: np.array(values) for name, values in json.loads(done.stdout).items()}


def on_reference() -> dict[str, list[float]]:
    from relutui.engine.engine import Engine

    engine = Blocking(Engine(REFERENCE))
    engine.open()
    return results(engine)


def test_they_agree(engine: Blocking, device: str | None, request: pytest.FixtureRequest) -> None:
    if device is None or device.upper() == REFERENCE:
        pytest.skip("compares the device that --device names")
    expected = request.getfixturevalue("expected")
    found = results(engine)
    assert found.keys() == expected.keys()
    for name, values in found.items():
        np.testing.assert_allclose(values, expected[name], rtol=1e-5, atol=1e-5 * np.abs(expected[name]).max(), err_msg=name)
