"""The views of the chart that need few words: Fit, Units, Activations."""

import math
from dataclasses import replace

import numpy as np
import pytest

from relutui.model.landscape import COLUMNS, ROWS, Landscape
from relutui.model.network import Activation, Network
from relutui.model.selection import Selection
from relutui.readout.activations import read_activations
from relutui.readout.fit import read_fit
from relutui.readout.landscape import read_landscape, rim_of
from relutui.readout.small_multiples import read_units
from relutui.readout.view import read_chart
from relutui.scenario.scenario import VIEWS
from relutui.session import edits, landscape_axes
from tests.support.sessions import open_lab, opener, parameters, with_network, with_values

SOLVED = open_lab(w1=1, b1=-1, w2=2, b2=-4)
EVERYWHERE = (-math.inf, math.inf)


def test_every_view_has_its_readout() -> None:
    assert len({type(read_chart(SOLVED.with_view(name=view))) for view in VIEWS}) == len(VIEWS) == 12


def test_the_bends_of_the_output_activation_are_kinks_and_exact() -> None:
    """The figures of subject.md."""
    fit = read_fit(opener("dosage-relu"))
    assert fit.output_kinks.x == pytest.approx([0.4703, 0.5286], abs=5e-5)
    assert fit.output_kinks.y == pytest.approx([0, 0], abs=1e-9)
    assert set(fit.output_kinks.x) <= set(fit.prediction.x)
    np.testing.assert_allclose(np.interp([0.4, 0.5, 0.6], *fit.prediction), [0, 1.01, 0], atol=1e-9)


def test_z_of_the_selected_unit_is_drawn_while_it_is_edited_by_its_kink() -> None:
    session = edits.select(SOLVED, Selection(2, "b"))
    assert read_fit(session).z is None
    z = read_fit(session.with_view(handle_mode=True)).z
    assert z is not None
    np.testing.assert_allclose(np.interp([0, 2, 3], *z), [-4, 0, 2], atol=1e-12)
    assert read_fit(edits.select(SOLVED, Selection(3, "c")).with_view(handle_mode=True)).z is None


def test_the_selected_kink_is_known_among_many() -> None:
    assert [kink.selected for kink in read_fit(edits.select(SOLVED, Selection(2, "w"))).kinks] == [False, False, True]


@pytest.mark.parametrize(
    ("w", "b", "off", "note"),
    [
        (1, -1, (-math.inf, 1), "off until x = 1"),
        (-2, 3, (1.5, math.inf), "off from x = 1.5"),
        (1, -1.696, (-math.inf, 1.696), "off until x = 1.696"),
        (1, -3, EVERYWHERE, "off everywhere"),
        (0, 0, EVERYWHERE, "off everywhere"),
        (1, 1, None, "on everywhere"),
        (0, 1, None, "on everywhere"),
        (1, 0, None, "on everywhere"),  # the kink is the low end of the domain
        (-1, 3, None, "on everywhere"),
    ],
)
def test_where_a_unit_is_off_is_written_out(w: float, b: float, off: tuple[float, float] | None, note: str) -> None:
    unit = read_units(with_values(SOLVED, w1=w, b1=b)).units[1]
    assert (unit.off, unit.note) == (off, note)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "softplus", "identity"])
def test_a_unit_without_a_kink_is_never_off(activation: Activation) -> None:
    smooth = with_network(SOLVED, Network(activation), SOLVED.state.parameters)
    assert {(unit.off, unit.note) for unit in read_units(smooth).units} == {(None, "never off")}


def test_every_activation_makes_something_else_of_the_same_z() -> None:
    """One unit, z = x, v = 2, c = 1: sigmoid(0) = 0.5 and softplus(0) = log 2; tanh(1) = 0.7616."""
    session = edits.select(with_network(SOLVED, Network(), parameters([1], [0], [2], 1)), Selection(0, "w"))
    readout = read_activations(session)
    assert [variant.name for variant in readout.variants[:3]] == ["identity", "sigmoid", "relu"]  # those of the notebook
    assert [variant.name for variant in readout.variants if variant.present] == ["relu"]
    found = {}
    for variant in readout.variants:
        assert variant.a is not None
        np.testing.assert_allclose(variant.prediction, 1 + 2 * variant.a)
        found[variant.name] = np.interp([0, 1], readout.x, variant.a)
    np.testing.assert_allclose(found["identity"], [0, 1], atol=1e-9)
    np.testing.assert_allclose(found["relu"], [0, 1], atol=1e-9)
    np.testing.assert_allclose(found["sigmoid"], [0.5, 0.7310586], atol=1e-5)
    np.testing.assert_allclose(found["softplus"], [0.6931472, 1.3132617], atol=1e-5)
    np.testing.assert_allclose(found["tanh"], [0, 0.7615942], atol=1e-5)


def test_each_activation_has_its_loss() -> None:
    """The target of the scenario is relu(x) itself; its lesson names 4.25 for the line."""
    losses = {variant.name: variant.loss for variant in read_activations(opener("activations")).variants}
    assert losses["relu"] == "MSE 0.0000"
    assert losses["identity"] == "MSE 4.2500"


def test_the_output_bias_has_no_activation_of_its_own() -> None:
    readout = read_activations(edits.select(SOLVED, Selection(3, "c")))
    assert all(variant.a is None for variant in readout.variants)


def test_a_prediction_far_off_does_not_flatten_the_others() -> None:
    """Data from 0 to 1: nothing more than their range above and below them counts, in round steps."""
    low, high = read_activations(opener("dosage-relu")).y_limits
    assert -1.5 <= low <= 0
    assert 1 <= high <= 2.5


def test_a_valley_has_a_rim_below_the_pass_to_lower_ground() -> None:
    """Losses along w: 1 here, a hill of 3, 0 beyond it; the rim is between, and there is none where the way goes down."""
    session = with_values(opener("lab"), w0=0.0, b0=0.0)
    plane = replace(landscape_axes.plane(session), x=(-2.0, 2.0), y=(-2.0, 2.0))
    w = np.tile(np.linspace(-2.0, 2.0, COLUMNS), (ROWS, 1))
    hill = np.where(w < 1.0, 1.0 + 2.0 * np.abs(w), 0.0)
    rim = rim_of(Landscape(plane, hill), (0.0, 0.0), 1.0)
    assert rim
    assert 2.0 < rim < 3.0
    assert rim_of(Landscape(plane, 1.0 - w), (0.0, 0.0), 1.0) is None


def test_of_a_valley_it_is_said_that_the_ways_to_the_lowest_go_over_its_rim() -> None:
    session = with_values(opener("lab"), w0=0.0, b0=0.0)
    plane = replace(landscape_axes.plane(session), x=(-2.0, 2.0), y=(-2.0, 2.0))
    w, here = np.tile(np.linspace(-2.0, 2.0, COLUMNS), (ROWS, 1)), session.loss
    hill = np.where(w < 1.0, here * (1.0 + 2.0 * np.abs(w)), 0.0)  # three times as high before it falls to 0
    said = read_landscape(session.with_findings(landscape=Landscape(plane, hill))).said[0]
    assert " lies in a valley, the blank spot below " in said
    assert 2.0 * here < float(said.split("below ")[1].split(";")[0]) < 3.0 * here


def test_of_a_valley_with_higher_ground_all_round_it_is_said_that_every_way_out_is_uphill() -> None:
    """A hollow around (0, 0) with its rim 1 away, and lower ground in the corners, which are further off."""
    session = with_values(opener("lab"), w0=0.0, b0=0.0)
    plane = replace(landscape_axes.plane(session), x=(-2.0, 2.0), y=(-2.0, 2.0))
    far, here = np.hypot(*np.meshgrid(np.linspace(-2.0, 2.0, COLUMNS), np.linspace(-2.0, 2.0, ROWS))), session.loss
    hollow = np.where(far < 1.0, here * (1.0 + 2.0 * far), 0.0)
    said = read_landscape(session.with_findings(landscape=Landscape(plane, hollow))).said[0]
    assert " all round, so every way out is uphill; ✕ " in said


@pytest.mark.parametrize("rows", [slice(None, ROWS // 2), slice(ROWS // 2, None)])
def test_a_place_between_two_rows_of_the_map_belongs_to_both(rows: slice) -> None:
    """Here is midway between the middle rows: in one it goes down at once, in the other a hill of 3 stands before it."""
    session = with_values(opener("lab"), w0=0.0, b0=0.0)
    plane = replace(landscape_axes.plane(session), x=(-2.0, 2.0), y=(-2.0, 2.0))
    w = np.tile(np.linspace(-2.0, 2.0, COLUMNS), (ROWS, 1))
    losses = np.where(w < 1.0, 1.0 + 2.0 * np.abs(w), 0.0)
    losses[rows] = 1.0 - w[rows]
    assert rim_of(Landscape(plane, losses), (0.0, 0.0), 1.0) is None


def test_the_line_and_the_kink_of_before_an_edit_of_w_or_b_stay_beside_the_new_ones() -> None:
    """Unit 1: z = 2 x - 1 has its kink at 0.5, with b = -2 it has it at 1."""
    unit = read_units(with_values(open_lab(w1=2, b1=-1), b1=-2)).units[1]
    assert unit.kink == 1.0
    assert unit.before
    assert (unit.before[0][0][0], unit.before[0][1]) == (-1.0, 0.5)
    assert read_units(opener("lab")).units[1].before == ()


def test_what_w_and_b_each_did_is_drawn_beside_the_new_line_and_no_edit_before_them() -> None:
    """Unit 1 by hand: 3 x - 3, then 2 x - 3, then 2 x - 4, with kinks 1, 1.5 and 2, newest first."""
    session = with_values(open_lab(w1=3, b1=-3), w1=2, b1=-4)
    assert [kink for _, kink in read_units(session).units[1].before] == [1.5, 1.0]
    assert [unit.path for unit in read_units(session).units] == ["", "kink 1 ◇ 1.5 ◇ 2 ◆", ""]
    assert [kink for _, kink in read_units(with_values(session, b2=1)).units[2].before] == [None]
    assert [kink for _, kink in read_units(with_values(session, b1=-3)).units[1].before] == [2.0]


def test_of_several_presses_the_line_before_the_last_and_before_all_are_drawn() -> None:
    session = edits.select(open_lab(w1=1, b1=-1), Selection(1, "b"))
    for _ in range(3):
        session = edits.nudge(session, 1)
    assert [kink for _, kink in read_units(session).units[1].before] == pytest.approx([0.8, 1.0])
