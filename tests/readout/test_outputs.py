"""The Outputs view and the Trace view, against figures by hand and those of the published dosage network."""

import numpy as np
import pytest

from relutui.model.selection import Selection
from relutui.readout.outputs import read_outputs
from relutui.readout.trace import read_trace
from relutui.session import edits
from relutui.session.probe_edits import move_probe
from tests.support.sessions import open_lab, opener


def test_outputs_are_a_and_v_a_of_every_unit() -> None:
    """The four little ReLUs at x = 0, 2 and 4, by hand."""
    outputs = read_outputs(opener("four-relus"))
    at = np.array([0.0, 2.0, 4.0])
    a = np.array([np.interp(at, outputs.x, unit.a) for unit in outputs.units])
    np.testing.assert_allclose(a, np.array([[1.5, 0, 0], [0, 1.5, 4.5], [0, 0, 2], [2.25, 0.75, 0]]), atol=1e-9)
    contributions = np.array([np.interp(at, outputs.x, unit.contribution) for unit in outputs.units])
    np.testing.assert_allclose(contributions, np.array([[1.5, 0, 0], [0, 1.5, 4.5], [0, 0, -2], [-2.25, -0.75, 0]]), atol=1e-9)
    assert [unit.label for unit in outputs.units] == ["0", "1", "2", "3"]
    assert len({unit.colour for unit in outputs.units}) == 4


def test_the_selected_unit_is_also_alone() -> None:
    outputs = read_outputs(edits.select(opener("four-relus"), Selection(2, "v")))
    assert outputs.alone is outputs.units[2]
    np.testing.assert_allclose(np.interp([0.0, 4.0], outputs.x, outputs.alone.z), [-2.0, 2.0], atol=1e-9)
    assert read_outputs(edits.select(opener("four-relus"), Selection(4, "c"))).alone is None


def test_of_very_many_only_the_selected_one_is_named() -> None:
    outputs = read_outputs(edits.select(opener("shifted-100"), Selection(7, "v")))
    assert [unit.label for unit in outputs.units if unit.label] == ["7"]


@pytest.mark.parametrize(
    ("dose", "top", "bottom", "wedge", "effect"),
    [(0.0, 0.0, 0.0, -16.0, 0.0), (0.5, 0.0, 17.01, 1.01, 1.01), (1.0, -34.68, 34.02, -16.66, 0.0)],
)
def test_the_dosage_network_is_traced_as_the_dose_rises(
    dose: float, top: float, bottom: float, wedge: float, effect: float
) -> None:
    """By the walk of the published network: -40.8 relu(1.7 x - 0.85), 2.7 x 12.6 x, their sum - 16, and relu of that."""
    units, total, prediction = read_trace(move_probe(opener("dosage-relu"), dose)).panels
    ends = [float(curve.curve.y[-1]) for panel in (units, total, prediction) for curve in panel.curves]
    np.testing.assert_allclose(ends, [top, bottom, wedge + 16.0, wedge, wedge, effect], atol=1e-9)
    assert all(curve.curve.x[-1] == dose for panel in (units, total, prediction) for curve in panel.curves)
    assert prediction.titles[0] == f"ŷ = relu(┅ Σ + c) = {effect:.2f}"
    assert [curve.dashed for curve in prediction.curves] == [True, False]  # what relu cuts off, and what it leaves


def test_the_axes_stay_as_the_probe_moves() -> None:
    session = opener("dosage-relu")
    every = [[panel.y_limits for panel in read_trace(move_probe(session, dose)).panels] for dose in (0.0, 0.5, 1.0)]
    assert every[0] == every[1] == every[2]


def test_without_an_output_activation_the_sum_is_the_prediction() -> None:
    panels = read_trace(move_probe(open_lab(w1=1, b1=-1, w2=2, b2=-4), 3.0)).panels
    assert [panel.titles[0] for panel in panels] == ["v a of each unit", "ŷ = Σ = 4.00"]
    assert panels[-1].with_target
