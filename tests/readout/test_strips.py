import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.model.network import Activation, Network
from relutui.readout.strips import FULL_LEVEL, ON_LEVEL, Stretch, read_strips, sum_rows
from relutui.scenario.reader import parse
from relutui.session.session import Session, open_session
from tests.support.sessions import open_lab, opener, parameters, with_network, with_values

HALF = open_lab(w1=1, b1=-1)


def with_activation(session: Session, activation: Activation, output: Activation = "identity") -> Session:
    return with_network(session, Network(activation, output), session.state.parameters)


def test_the_strips_show_where_units_are_on_and_sum_their_slopes() -> None:
    strips = read_strips(with_values(HALF, w2=2, b2=-4))
    on = [[part for part in strips.unit(unit) if part.level] for unit in range(3)]
    assert on == [[(0, 1, ON_LEVEL, "slope -2")], [(1, 3, ON_LEVEL, "slope +1")], [(2, 3, ON_LEVEL, "slope +2")]]
    assert strips.total == ((0, 1, 0, "-2"), (1, 2, 0, "+1"), (2, 3, 0, "+3"))


def test_a_leaky_unit_has_a_slope_where_it_is_off() -> None:
    strips = read_strips(with_activation(HALF, "leaky_relu"))
    assert strips.unit(1) == ((0, 1, 0, "slope +0.01"), (1, 3, ON_LEVEL, "slope +1"))


def test_a_unit_without_a_kink_is_shaded_by_the_size_of_its_slope() -> None:
    """sigmoid(4 x - 6) is steepest at x = 1.5, where its slope is 4 / 4."""
    strip = read_strips(with_values(with_activation(open_lab(), "sigmoid"), w1=4, b1=-6)).unit(1)
    assert [part.level for part in strip] == [1, 2, 3, 4, 3, 2, 1]
    assert strip[3].low + strip[3].high == pytest.approx(3)
    assert [part.text for part in strip if part.text] == ["up to +1"]


def test_the_largest_slope_of_a_softplus_unit_is_at_an_end_of_the_domain() -> None:
    """Unit 0 of dosage-softplus at x = 0: v w sigmoid(b) = 1.30 * 34.4 / (1 + exp(-2.14)) = 40.01."""
    (steepest,) = (part for part in read_strips(opener("dosage-softplus")).unit(0) if part.text)
    assert (steepest.low, steepest.text) == (0, "up to +40.01")


def test_the_sum_of_steep_steps_names_the_steepest_slope_of_each() -> None:
    """sigmoid(400 (x - 1)) - 2 sigmoid(800 (x - 2)) over [0, 3]: slopes 400 / 4 at 1 and -2 * 800 / 4 at 2, 0 in between."""
    steep = parameters([400, 800, 0], [-400, -1600, 0], [1, -2, 0])
    total = read_strips(with_network(open_lab(), Network("sigmoid"), steep)).total
    assert [part.text for part in total] == ["up to +100", "up to -400"]
    assert (total[0].low, total[-1].high) == (0, 3)
    assert 1 < total[0].high == total[1].low < 2


def test_the_steepest_slope_of_a_sum_may_lie_between_the_centres_of_its_steps() -> None:
    """The slopes of sigmoid(w (x - 1)) and -sigmoid(w (x - 1) - 1) add up to a peak and a dip beside the centres."""
    network = Network("sigmoid")
    steep = parameters([5000, 5000, 0], [-5000, -5001, 0], [1, -1, 0])
    x = 1 + np.linspace(-5, 5, 100_001) / 5000
    a, b = (1 / (1 + np.exp(-5000 * (x - 1))), 1 / (1 + np.exp(1 - 5000 * (x - 1))))
    most = 5000 * (a * (1 - a) - b * (1 - b)).max()
    assert [part.text for part in read_strips(with_network(open_lab(), network, steep)).total] == [
        f"up to +{most:.2f}",
        f"up to -{most:.2f}",
    ]


def test_the_sum_of_one_wide_step_is_one_stretch() -> None:
    """tanh(x - 1) is steepest at 1, with slope 1."""
    wide = parameters([1, 0, 0], [-1, 0, 0], [1, 0, 0])
    assert [part.text for part in read_strips(with_network(open_lab(), Network("tanh"), wide)).total] == ["up to +1"]


def test_steps_that_add_nothing_have_the_slope_0() -> None:
    nothing = parameters([0, 0, 0], [1, 1, 1], [1, 1, 1])
    assert read_strips(with_network(open_lab(), Network("tanh"), nothing)).total == ((0, 3, 0, "up to 0"),)


def test_a_linear_unit_has_one_slope_everywhere() -> None:
    strips = read_strips(with_activation(HALF, "identity"))
    assert strips.unit(0) == ((0, 3, FULL_LEVEL, "slope -2"),)
    assert strips.total == ((0, 3, 0, "-1"),)


def test_a_group_is_shaded_by_the_share_of_its_units_that_is_on() -> None:
    four = parameters([1, 1, 1, 1], [-0.5, -1, -1.5, -2], [1, -1, 1, 1])
    strips = read_strips(with_network(open_lab(), Network(), four))
    assert [(part.low, part.level) for part in strips.group(0, 4)] == [(0, 0), (0.5, 1), (1, 2), (1.5, 3), (2, FULL_LEVEL)]
    assert [(part.low, part.level) for part in strips.group(2, 4)] == [(0, 0), (1.5, 2), (2, FULL_LEVEL)]


def test_the_relu_on_the_output_lets_only_the_tip_of_the_wedge_through() -> None:
    """The figures of subject.md."""
    strips = read_strips(opener("dosage-relu"))
    assert [part.text for part in strips.total] == ["+34.02", "-35.34"]
    assert strips.output is not None
    assert strips.output.name == "relu"
    assert [(part.level, part.text) for part in strips.output.stretches] == [
        (0, ""),
        (ON_LEVEL, "slope +34.02"),
        (ON_LEVEL, "slope -35.34"),
        (0, ""),
    ]
    assert [part.high for part in strips.output.stretches] == pytest.approx([0.4703, 0.5, 0.5286, 1], abs=5e-5)


def test_a_smooth_output_activation_is_shaded_by_its_slope() -> None:
    """The sum x - 1.5 of one unit, which is on everywhere: sigmoid is steepest at x = 1.5, where the slope is 1/4."""
    session = with_network(open_lab(), Network("relu", "sigmoid"), parameters([1], [1], [1], -2.5))
    output = read_strips(session).output
    assert output is not None
    (middle,) = (part for part in output.stretches if part.low <= 1.501 < part.high)
    assert (middle.level, middle.text) == (FULL_LEVEL, "slope +0.25")
    assert output.stretches[0].level < FULL_LEVEL


def test_a_sum_that_is_0_but_for_rounding_leaves_the_output_off() -> None:
    """0.1 + 0.2 - 0.3 is 5.6e-17 in float64."""
    flat = parameters([0, 0, 0], [0.1, 0.2, 0], [1, 1, 0], -0.3)
    output = read_strips(with_network(open_lab(), Network("relu", "relu"), flat)).output
    assert output is not None
    assert [part.level for part in output.stretches] == [0]


def test_there_is_no_row_for_an_output_that_is_the_sum_itself() -> None:
    assert read_strips(HALF).output is None


def test_an_exercise_marks_the_slopes_of_the_target_that_match() -> None:
    assert read_strips(HALF).target == (
        Stretch(0, 1, 0, "-2 ✓"),
        Stretch(1, 2, 0, "+1 ✓"),
        Stretch(2, 3, 0, "+3 ✗"),
    )


def test_without_an_exercise_the_slopes_of_the_target_have_no_marks() -> None:
    knots = 'title = "t"\n[target]\nknots = [[0, 0], [1, 2], [3, 1]]\n[init]\nunits = 2\n'
    session = open_session(parse(knots, "t", None))
    assert [part.text for part in read_strips(session).target] == ["+2", "-0.5"]


@pytest.mark.parametrize("name", ["dosage-relu", "parabola"])
def test_points_and_curves_have_no_slopes_to_match(name: str) -> None:
    assert read_strips(opener(name)).target == ()


def test_the_rows_below_the_units() -> None:
    dosage = opener("dosage-relu")
    assert [sum_rows(session) for session in (HALF, dosage, opener("parabola"))] == [2, 2, 1]
    assert sum_rows(with_activation(HALF, "relu", "relu")) == 3


values = st.floats(-5, 5).map(lambda value: round(value, 2))
units = st.lists(st.tuples(values, values, values), min_size=1, max_size=8)


@given(units, values, st.sampled_from(["relu", "leaky_relu"]))
def test_the_output_strip_has_the_slope_of_the_prediction(
    units: list[tuple[float, float, float]], c: float, output: Activation
) -> None:
    w, b, v = np.array(units).T
    network, p = Network("relu", output), parameters(w, b, v, c)
    strip = read_strips(with_network(HALF, network, p)).output
    assert strip is not None
    assert (strip.stretches[0].low, strip.stretches[-1].high) == (0, 3)
    for part in strip.stretches:
        (before, after), rise = network.prediction(p, [part.low, part.high]), part.high - part.low
        written = float(part.text.removeprefix("slope ")) if part.text else 0.0
        assert after - before == pytest.approx(written * rise, abs=6e-3 * rise + 1e-5, rel=0.05)  # -3.5e-4 has two digits
        middle = network.output_sum(p, (part.low + part.high) / 2)
        assert rise < 1e-9 or (middle > 0.0) == (part.level == ON_LEVEL) or middle == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("activation", ["relu", "tanh", "softplus"])
def test_numbers_that_are_not_finite_leave_a_drawing(activation: Activation) -> None:
    huge = parameters([1e308] * 3, [1e308, -1e308, 0], [1e308, 1, -1e308], 1)
    strips = read_strips(with_network(open_lab(), Network(activation, "relu"), huge))
    assert all(strips.unit(unit) for unit in range(3))
    assert strips.group(0, 3)


def test_the_slopes_add_up_as_printed_or_their_sum_is_marked() -> None:
    """Three slopes of 1/3 are printed +0.33, whose sum is 0.99; with 0.25 instead of one the sum is 0.9167, printed 0.92."""
    thirds = parameters([1, 1, 1], [0, -1, -2], [1 / 3, 1 / 3, 1 / 3])
    strips = read_strips(with_network(open_lab(), Network(), thirds))
    assert [part.text for part in strips.total] == ["+0.33", "≈+0.67", "≈+1"]
    halves = parameters([1, 1, -1], [0, -1, 2], [0.1, 0.2, 0.3])
    assert [part.text for part in read_strips(with_network(open_lab(), Network(), halves)).total] == ["-0.2", "0", "+0.3"]
