"""The loss over two parameters: what is measured, of which parameters, and how far around the present point."""

import asyncio
from array import array
from dataclasses import dataclass, replace

import numpy as np
import pytest

from relutui.lib.arrays import Array
from relutui.lib.number_text import loss_text
from relutui.model import landscape
from relutui.model.dataset import Dataset
from relutui.model.landscape import COLUMNS, ROWS, Axes, Landscape
from relutui.model.network import Loss, Network
from relutui.model.selection import Field, Selection
from relutui.model.training import TrainingSettings
from relutui.model.values import values_of
from relutui.readout.landscape import read_landscape
from relutui.session import edits, landscape_axes, unit_edits
from relutui.session.session import Session
from relutui.ui.controllers.landscape_loop import LandscapeLoop
from tests.support.fake_trainer import FakeTrainer, sample_of
from tests.support.sessions import open_lab, opener, parameters, said, with_network, with_values
from tests.support.waiting import until

HALF = open_lab(w1=0.5, b1=-0.5, w2=2, b2=-4)


def select(session: Session, row: int, field: Field) -> Session:
    return edits.select(session, Selection(row, field))


def short(axes: Axes) -> str:
    return " ".join(parameter.short for parameter in axes)


@dataclass
class Host:
    session: Session


def measured(session: Session) -> Landscape:
    """What the loop makes of a session."""

    async def measure() -> Landscape | None:
        host = Host(session.with_view(name="landscape").with_findings(landscape=None))
        loop = LandscapeLoop(FakeTrainer(), host)
        loop.wake()
        await until(lambda: not loop.busy)
        return host.session.findings.landscape

    landscape = asyncio.run(measure())
    assert landscape
    return landscape


def places(landscape: Landscape) -> tuple[Array, Array]:
    return np.linspace(*landscape.plane.x, COLUMNS), np.linspace(*landscape.plane.y, ROWS)


def test_at_least_60_by_40_networks_are_measured() -> None:
    assert COLUMNS >= 60
    assert ROWS >= 40
    assert measured(HALF).losses.shape == (ROWS, COLUMNS)


@pytest.mark.parametrize(
    ("session", "first", "second"),
    [
        (HALF, Selection(1, "w"), Selection(1, "b")),
        (HALF, Selection(1, "b"), Selection(2, "v")),
        (HALF, Selection(3, "c"), Selection(0, "w")),
        (opener("dosage-relu"), Selection(0, "w"), Selection(1, "b")),  # an output activation: no unit can be left out
        (opener("dosage-softplus"), Selection(1, "v"), Selection(2, "c")),
        (opener("parabola"), Selection(4, "w"), Selection(2, "b")),
    ],
)
def test_every_loss_is_that_of_the_whole_network(session: Session, first: Selection, second: Selection) -> None:
    landscape = measured(session.with_view(axes=(first, second)))
    state, data = session.state, session.dataset
    x, y = places(landscape)
    for row, column in [(0, 0), (0, COLUMNS - 1), (ROWS - 1, 0), (ROWS // 3, COLUMNS // 4), (30, 50)]:
        values = {"w": state.parameters.w.copy(), "b": state.parameters.b.copy(), "v": state.parameters.v.copy()}
        c = state.parameters.c
        for parameter, value in ((first, x[column]), (second, y[row])):
            if parameter.field == "c":
                c = value
            else:
                values[parameter.field][parameter.row] = value
        expected = state.network.loss(parameters(**values, c=c), data.x, data.y, state.settings.loss)
        assert landscape.losses[row, column] == pytest.approx(expected, rel=1e-9, abs=1e-15)


def test_so_is_the_sum_of_the_squares() -> None:
    session = HALF.with_state(replace(HALF.state, settings=replace(HALF.state.settings, loss="sse")))
    np.testing.assert_allclose(measured(session).losses, len(HALF.dataset) * measured(HALF).losses, rtol=1e-12)


@pytest.mark.parametrize("kind", ["mse", "sse"])
def test_where_all_points_are_too_much_work_some_are_measured_and_the_present_loss_is_by_the_same(
    kind: Loss, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The prediction is 0 at w0 = 0, and the first, the middle and the last point of y = 0, 1, 4, 9, 100 are 0, 4 and 100."""
    x = np.arange(5.0)
    session = with_network(opener("parabola"), Network(output_activation="relu"), parameters([0.0], [0.0], [1.0]))
    session = session.with_document(
        scenario=replace(session.scenario, dataset=Dataset(x, np.array([0.0, 1.0, 4.0, 9.0, 100.0])))
    )
    session = session.with_state(replace(session.state, settings=TrainingSettings(loss=kind)))
    monkeypatch.setattr(landscape, "WORK", 3 * COLUMNS * ROWS)
    session = session.with_view(axes=(Selection(0, "w"), Selection(0, "b")))
    found = measured(session)
    off = found.losses[:, : COLUMNS // 2][: ROWS // 2]  # w < 0 and b < 0: off at every point
    expected = (0**2 + 4**2 + 100**2) / 3 * (5 if kind == "sse" else 1)
    np.testing.assert_allclose(off, expected, rtol=1e-12)
    said = read_landscape(session.with_findings(landscape=found)).said[0]
    assert said.startswith(f"{kind.upper()} {loss_text(expected)} here")
    assert said.endswith("(by 3 of 5 points)")


def test_of_a_straight_line_it_is_a_bowl() -> None:
    """yhat = w x + c through (0, 0), (1, 1), (2, 2): the mean of (d x + c)^2 with d = w - 1 is 5/3 d^2 + 2 d c + c^2."""
    points = np.array([0.0, 1.0, 2.0])
    session = with_network(opener("parabola"), Network("identity"), parameters([0.0], [0.0], [1.0]))
    session = session.with_document(scenario=replace(session.scenario, dataset=Dataset(points, points)))
    landscape = measured(session.with_view(axes=(Selection(0, "w"), Selection(1, "c"))))
    w, c = np.meshgrid(*places(landscape))
    np.testing.assert_allclose(landscape.losses, 5 / 3 * (w - 1) ** 2 + 2 * (w - 1) * c + c**2, atol=1e-12)


def test_with_unit_2_right_the_lowest_point_is_where_unit_1_is_right() -> None:
    landscape = measured(HALF)
    lowest = landscape.lowest()
    assert lowest is not None
    assert lowest[0] == pytest.approx(1, abs=8 / (COLUMNS - 1))
    assert lowest[1] == pytest.approx(-1, abs=8 / (ROWS - 1))
    assert lowest[2] == landscape.losses.min() < 1e-3


def test_where_no_loss_is_a_number_there_is_no_lowest_point() -> None:
    plane = landscape_axes.plane(HALF)
    assert Landscape(plane, np.full((ROWS, COLUMNS), np.nan)).lowest() is None
    losses = np.full((ROWS, COLUMNS), np.inf)
    losses[-1, 0] = 7.0
    assert Landscape(plane, losses).lowest() == (plane.x[0], plane.y[1], 7.0)


@pytest.mark.parametrize(
    ("session", "expected"),
    [
        (HALF, "w1 b1"),
        (select(HALF, 1, "b"), "w1 b1"),
        (select(HALF, 2, "w"), "w2 b2"),
        (select(HALF, 0, "w"), "w1 b1"),  # unit 0 is locked: where training can go
        (select(opener("lab-free"), 1, "v"), "w1 b1"),
        (select(opener("lab-free"), 3, "c"), "c w0"),
        (opener("dosage-output-bias"), "c w0"),  # all but c is locked
        (edits.toggle_lock(select(opener("lab-free"), 1, "b")), "w1 v1"),
        (edits.toggle_lock(select(HALF, 1, "w")).with_view(selection=Selection(1, "b")), "b1 w2"),
    ],
)
def test_unless_chosen_the_axes_are_what_is_free_of_the_selected_unit(session: Session, expected: str) -> None:
    assert short(landscape_axes.axes(session)) == expected


def test_the_axes_are_chosen_by_selecting() -> None:
    session = landscape_axes.set_y_axis(select(landscape_axes.set_x_axis(HALF), 2, "w"))
    assert short(landscape_axes.axes(session)) == "w1 w2"
    assert said(session) == "landscape: w1 across, w2 up"
    assert short(landscape_axes.axes(select(session, 0, "v"))) == "w1 w2"


def test_the_same_parameter_twice_changes_places() -> None:
    assert short(landscape_axes.axes(landscape_axes.set_y_axis(HALF))) == "b1 w1"
    assert short(landscape_axes.axes(landscape_axes.set_x_axis(select(HALF, 1, "b")))) == "b1 w1"


def test_a_kink_stands_for_b_and_a_slope_for_w() -> None:
    session = select(HALF, 2, "kink").with_view(handle_mode=True)
    session = landscape_axes.set_x_axis(session.with_view(axes=(Selection(1, "w"), Selection(1, "b"))))
    assert short(landscape_axes.axes(session)) == "b2 b1"
    assert short(landscape_axes.axes(landscape_axes.set_y_axis(select(session, 2, "slope")))) == "b2 w2"


def test_once_their_unit_is_gone_the_axes_follow_the_selection_again() -> None:
    chosen = HALF.with_view(axes=(Selection(2, "w"), Selection(2, "b")))
    left = unit_edits.remove_unit(select(chosen, 2, "w"))
    assert short(landscape_axes.axes(select(left, 1, "w"))) == "w1 b1"
    bias = HALF.with_view(axes=(Selection(3, "c"), Selection(1, "b")))
    left = unit_edits.remove_unit(select(bias, 2, "w"))
    assert landscape_axes.axes(left) == (Selection(2, "c"), Selection(1, "b"))


def test_the_limits_are_the_width_of_the_exercises_range_or_follow_the_parameter() -> None:
    plane = landscape_axes.plane(HALF)
    assert (plane.x, plane.y) == ((-3.5, 4.5), (-4.5, 3.5))
    free = landscape_axes.plane(HALF.with_view(axes=(Selection(1, "v"), Selection(3, "c"))))
    assert (free.x, free.y) == ((-1.0, 3.0), (-2.0, 2.0))
    far = landscape_axes.plane(opener("dosage-relu").with_view(axes=(Selection(0, "v"), Selection(0, "w"))))
    assert far.x == pytest.approx((-102.0, 20.4))  # v = -40.8
    assert far.y == pytest.approx((-0.85, 4.25))  # w = 1.70


def test_the_limits_hold_still_while_the_point_is_in_the_middle_four_fifths() -> None:
    session = HALF.with_findings(landscape=Landscape(landscape_axes.plane(HALF), np.zeros((ROWS, COLUMNS))))
    inside = landscape_axes.plane(with_values(session, w1=3.6))  # 0.5 + 0.8 * 4 = 3.7
    assert (inside.x, inside.y) == ((-3.5, 4.5), (-4.5, 3.5))
    outside = landscape_axes.plane(with_values(session, w1=3.8))
    assert outside.x == pytest.approx((-0.2, 7.8))
    assert outside.y == (-4.5, 3.5)
    assert landscape_axes.plane(landscape_axes.set_y_axis(session)).x == (-4.5, 3.5)


def test_only_what_is_not_on_the_axes_puts_a_landscape_out_of_date() -> None:
    session = HALF.with_findings(landscape=measured(HALF))
    assert session.findings.landscape
    plane = session.findings.landscape.plane
    assert landscape_axes.plane(with_values(session, w1=1, b1=-1)) == plane
    assert landscape_axes.plane(select(session, 1, "b")) == plane
    moved = landscape_axes.plane(with_values(session, w2=1))
    assert moved != plane
    assert moved.alike(plane)
    smooth = replace(session.state, network=Network("softplus"))
    assert not landscape_axes.plane(session.with_state(smooth)).alike(plane)
    assert not landscape_axes.plane(select(session, 2, "w")).alike(plane)


def test_the_way_of_the_run_is_shown_as_far_as_the_units_were_these() -> None:
    other = open_lab(w1=0.25, b1=-0.75)
    samples = (
        sample_of(other.state.parameters)._replace(values=array("f")),
        sample_of(other.state.parameters, 1),
        sample_of(HALF.state.parameters, 2),
    )
    checkpoint = replace(HALF.state.checkpoint, step=3, history=samples)
    session = HALF.with_state(replace(HALF.state, checkpoint=checkpoint))
    shown = read_landscape(session.with_findings(landscape=measured(session))).map
    assert shown
    assert shown.way.x.tolist() == [0.25, 0.5]
    assert shown.way.y.tolist() == [-0.75, -0.5]
    assert shown.here == (0.5, -0.5)


def test_it_says_where_it_is_lower_or_that_it_is_nowhere() -> None:
    readout = read_landscape(HALF.with_findings(landscape=measured(HALF)))
    assert (readout.across, readout.up) == ("w1", "b1")
    assert readout.said[0].startswith("MSE 0.2")
    assert "lowest on this map" in readout.said[0]
    solved = with_values(HALF, w1=1, b1=-1)
    readout = read_landscape(solved.with_findings(landscape=measured(solved)))
    assert readout.said[0] == "MSE 0.0000 here ◆, nowhere lower on this map"
    assert readout.map
    assert readout.map.lowest is None


@pytest.mark.parametrize(("share", "lower"), [(1e-12, False), (1e-6, True)])
def test_what_is_lower_by_rounding_is_not_lower(share: float, lower: bool) -> None:
    """On a plateau, as of dead units, the order of a sum decides which place is the lowest."""
    plane = landscape_axes.plane(HALF)
    losses = np.full((ROWS, COLUMNS), plane.loss(HALF.state.parameters, HALF.dataset.x, HALF.dataset.y))
    losses[3, 5] *= 1 - share
    said = read_landscape(HALF.with_findings(landscape=Landscape(plane, losses))).said[0]
    assert ("lowest on this map" in said) == lower
    assert ("nowhere lower" in said) != lower


def test_a_landscape_of_other_networks_is_not_shown() -> None:
    session = HALF.with_findings(landscape=measured(HALF))
    assert read_landscape(HALF).map is None
    assert read_landscape(unit_edits.add_unit(session)).map is None
    assert read_landscape(session.with_state(replace(session.state, network=Network("tanh")))).map is None
    assert read_landscape(select(session, 2, "w")).across == "w1"  # until that of unit 2 is measured


def test_the_values_are_in_the_order_of_batches_and_samples() -> None:
    values = values_of(HALF.state.parameters).tolist()
    assert landscape_axes.plane(HALF).values == (*values[:4], 0.0, 0.0, *values[6:])  # w1 and b1 are on the axes
    assert values[:7] == [0.0, -2.0, 2.0, 1.0, 0.5, -0.5, 1.0]
