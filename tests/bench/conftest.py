from dataclasses import replace

import pytest

from relutui.bench import plan as planning
from relutui.bench.measure import Measured
from relutui.bench.report import Report
from relutui.bench.task import Task
from tests.bench.lineup import LINEUP, MACHINE, PLAN, figure


@pytest.fixture
def report(monkeypatch: pytest.MonkeyPatch) -> Report:
    monkeypatch.setattr(planning, "available_cores", lambda: 1)
    one, batch = Task(2), Task(2, networks=3)
    figures = [
        figure("relutui, clang", one, 0.1e-6),
        figure("relutui, clang", one, 0.05e-6, 10_000),
        figure("numpy", one, 0.7e-6, steps=500),
        figure("numpy", one, 0.7e-6, 10_000, steps=500),
        figure("relutui, clang", batch, 1e-6),
        figure("relutui, clang", PLAN.layers[0], 0.15e-6),
        figure("relutui, clang", PLAN.layers[1], 1e-6),
    ]
    growth = {
        "units": [figure("relutui, clang", task, 1e-6 * task.units, 10_000) for task in PLAN.growth["units"]],
        "points": [
            figure("relutui, clang", task, seconds, 10_000) for task, seconds in zip(PLAN.growth["points"], (1e-6, 1.3e-6))
        ],
        "networks": [],
        "points, of a batch of 256": [],
    }
    lineup = replace(LINEUP, own=(replace(LINEUP.own[0], variant="CPU:CLANG"),))
    troubles = {("broken", "no such thing"): [one, batch]}
    return Report(MACHINE, lineup, PLAN, Measured(figures, troubles), {axis: Measured(found) for axis, found in growth.items()})
