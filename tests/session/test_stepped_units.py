"""step and rect: drawn by their definitions, solved for by least squares, and never trained."""

import numpy as np
import pytest

from relutui.commands.command import apply
from relutui.commands.contents import by_id
from relutui.explain.why_prediction import why_prediction
from relutui.explain.why_unit import why_unit
from relutui.model.network import Activation, Network
from relutui.readout.curves import drawn_x
from relutui.readout.forward_pass import read_forward_pass
from relutui.readout.loss import read_loss
from relutui.readout.small_multiples import read_units
from relutui.readout.strips import ON_LEVEL, read_strips, sum_rows
from relutui.readout.table import read_table
from relutui.scenario.reader import parse
from relutui.scenario.scenario import ScenarioError
from relutui.scenario.writer import to_toml
from relutui.session.output_edits import apply_output_fit, output_fit
from relutui.session.session import Session, as_scenario, open_session
from relutui.ui.widgets.loss import loss
from tests.support.sessions import opener, parameters, said, with_network

# Over [0, 3]: step jumps at 1 upwards, at 2 to the left; rect is on over (0.5, 1.5), (1.75, 2.25) and, off the data, (5, 6).
STEPS = parameters([1, -2, 1], [-1, 4, -5.5], [1, -0.5, 7], 0.25)


def stepped(activation: Activation, output: Activation = "identity") -> Session:
    return with_network(opener("lab-free"), Network(activation, output), STEPS)


def test_the_prediction_is_flat_between_jumps() -> None:
    x = [0.0, 0.6, 1.0, 1.001, 1.8, 1.999, 2.0, 2.2, 2.4]
    step, rect = (Network(name).prediction(STEPS, x) for name in ("step", "rect"))
    np.testing.assert_allclose(step, [-0.25, -0.25, -0.25, 0.75, 0.75, 0.75, 1.25, 1.25, 1.25])
    np.testing.assert_allclose(rect, [0.25, 1.25, 1.25, 1.25, -0.25, -0.25, -0.25, -0.25, 0.25])


@pytest.mark.parametrize(("activation", "jumps"), [("step", [1, 2]), ("rect", [0.5, 1.5, 1.75, 2.25])])
def test_curves_stand_upright_at_the_jumps(activation: Activation, jumps: list[float]) -> None:
    session = stepped(activation)
    x = drawn_x(session)
    y = session.state.network.prediction(STEPS, x)
    upright = [(x[i], x[i + 1]) for i in range(len(x) - 1) if y[i] != y[i + 1]]
    assert [sum(pair) / 2 for pair in upright] == pytest.approx(jumps)
    assert max(high - low for low, high in upright) < 1e-7


@pytest.mark.parametrize(
    ("activation", "strips", "total"),
    [
        ("step", [[(1, 3, "height +1")], [(0, 2, "height -0.5")], []], ["-0.5", "+0.5", "+1"]),
        ("rect", [[(0.5, 1.5, "height +1")], [(1.75, 2.25, "height -0.5")], []], ["0", "+1", "0", "-0.5", "0"]),
    ],
)
def test_the_strips_have_heights(
    activation: Activation, strips: list[list[tuple[float, float, str]]], total: list[str]
) -> None:
    session = stepped(activation)
    readout = read_strips(session)
    for unit, expected in enumerate(strips):
        on = [(part.low, part.high, part.text) for part in readout.unit(unit) if part.level == ON_LEVEL]
        found = [(on[0][0], on[-1][1], on[0][2])] if on else []
        assert [text for *_, text in found] == [text for *_, text in expected]
        assert [x for *span, _ in found for x in span] == pytest.approx([x for *span, _ in expected for x in span])
    assert [part.text for part in readout.total] == total
    assert (readout.target, sum_rows(session)) == ((), 1)  # its slopes are no heights


def test_the_table_says_where_they_jump_and_how_many_points_they_are_on_at() -> None:
    """Of 300 points 3 / 299 apart, 200 lie right of 1, 200 left of 2; 100 in (0.5, 1.5), 50 in (1.75, 2.25)."""
    step, rect = (read_table(stepped(name)) for name in ("step", "rect"))
    assert (step.position, rect.position) == ("jump", "centre")
    assert [(row.notes["kink"], row.notes["side"]) for row in step.rows] == [
        ("1.00", "right"),
        ("2.00", "left"),
        ("5.50", "right"),
    ]
    assert [(row.notes["kink"], row.notes["side"]) for row in rect.rows] == [("1.00", "-"), ("2.00", "-"), ("5.50", "-")]
    assert [row.notes["on"] for row in step.rows] == ["67%", "67%", "0%"]
    assert [row.notes["on"] for row in rect.rows] == ["33%", "17%", "0%"]


def test_the_multiples_say_where_they_are_on() -> None:
    step, rect = (read_units(stepped(name)).units for name in ("step", "rect"))
    assert [unit.note for unit in step] == ["off until x = 1", "off from x = 2", "off everywhere"]
    assert [unit.note for unit in rect] == ["on from x = 0.5 to 1.5", "on from x = 1.75 to 2.25", "off everywhere"]


def test_the_forward_pass_lists_what_is_on_first() -> None:
    session = stepped("rect").with_view(probe=1.0)
    assert [term.on for term in read_forward_pass(session).terms] == [True, False, False]


def test_the_sentences() -> None:
    assert why_unit(stepped("step"), 1) == (
        "Unit 1 is a step: it adds v = -0.50 up to x = 2, where its z = -2.00 x + 4.00 is above 0, and nothing elsewhere. "
        "Its slope is 0 but at the jump, so no gradient reaches w and b."
    )
    assert why_unit(stepped("rect"), 1) == (
        "Unit 1 is a box: it adds v = -0.50 from x = 1.75 to 2.25, where its z is between -1/2 and 1/2, and nothing elsewhere. "
        "Its slope is 0 but at the jumps, so no gradient reaches w and b."
    )
    assert why_prediction(stepped("step")) == (
        "The prediction is c = 0.25 plus the sum of all 3 units, at every x: flat but for jumps at x = 1 and x = 2. "
        "Its norms: Σ |v w| = 9.00, Σ (w² + b² + v²) = 103.50."
    )


def test_the_cut_of_a_narrow_box_is_found() -> None:
    """w = 1e5 at x = 1.23456: a box 1e-5 wide, half of it on either side, of height 3 above c = -1, on no place of a grid."""
    narrow = with_network(opener("lab-free"), Network("rect", "relu"), parameters([1e5], [-1.23456e5], [3], -1))
    assert "relu on the output leaves only (1.234555, 1.234565)" in why_prediction(narrow)


@pytest.mark.parametrize("activation", ["step", "rect"])
@pytest.mark.parametrize("id", ["step", "steps", "run", "predict", "seeds", "capacity", "one-fewer", "one-more"])
def test_what_trains_says_why_it_does_not(activation: Activation, id: str) -> None:
    refused = apply(by_id(id), stepped(activation))
    assert isinstance(refused, Session)
    assert said(refused) == (
        f"{activation} is drawn but not trained: its slope is 0 but at its jumps, so no gradient reaches w and b; "
        "b solves for v and c"
    )


def test_no_step_is_promised() -> None:
    (said_of_steps,) = loss(read_loss(stepped("step")), 70, 9)
    assert said_of_steps.text.strip() == "no steps yet"
    (said_of_relu,) = loss(read_loss(opener("lab-free")), 70, 9)
    assert said_of_relu.text.strip() == "no steps yet: s takes one, space runs"


def test_the_best_heights_are_the_means_between_the_jumps() -> None:
    """Of the lab's points, steps at 1 and 2 with c make three free heights, each the mean of the points there."""
    session = with_network(opener("lab-free"), Network("step"), parameters([1, 1], [-1, -2], [0, 0]))
    solved = apply_output_fit(session, output_fit(session)).state.parameters
    x, y = session.dataset.x, session.dataset.y
    first, second, third = (y[some].mean() for some in (x <= 1, (x > 1) & (x <= 2), x > 2))
    assert [solved.c, *solved.v] == pytest.approx([first, second - first, third - second])


def test_a_run_ends_where_the_activation_is_no_longer_trained() -> None:
    session = opener("lab-free")
    running = apply(by_id("run"), session)
    assert isinstance(running, Session)
    assert running.running
    for _ in range(6):
        changed = apply(by_id("activation"), running)
        assert isinstance(changed, Session)
        running = changed
    assert running.state.network.activation == "step"
    assert not running.running


def test_a_file_has_them_for_units_only() -> None:
    scenario = as_scenario(stepped("rect"), "boxes")
    assert parse(to_toml(scenario), "boxes", None).network == Network("rect")
    assert open_session(scenario).state.network.stepped
    with pytest.raises(ScenarioError, match=r"output_activation: expected one of relu, .*identity, got"):
        parse(to_toml(scenario).replace('output_activation = "identity"', 'output_activation = "step"'), "boxes", None)
