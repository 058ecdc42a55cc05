"""What can be known without trying.  The lab's cases are those of subject.md; the others are small enough to do by hand."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from relutui.explain.feasibility import first_slope_change, required_sides, why_impossible, why_impossible_with_signs
from relutui.explain.required_bends import fitting_sides, remaining_target
from relutui.explain.why_prediction import why_prediction
from relutui.model.network import LEAK, Activation, Network, Parameters
from relutui.model.training import Locks
from relutui.scenario.target import Point, Target
from relutui.session.session import Session, open_session
from tests.support.sessions import open_lab, opener, parameters

RELU = Network()


def problem(target: Target, p: Parameters, network: Network = RELU, **locked: Any) -> Session:
    """A session with this target and start; `locked` gives w, b, v (a bool each unit) and c, which are else free."""
    free = [False] * p.units
    masks = [np.array(locked.get(name, free)) for name in ("w", "b", "v")]
    scenario = replace(
        open_lab().scenario,
        target=target,
        dataset=target.dataset(),
        domain=target.domain,
        network=network,
        start=p,
        locks=Locks(masks[0], masks[1], masks[2], locked.get("c", False)),
    )
    return open_session(scenario)


def through(*knots: Point) -> Target:
    return Target((knots[0][0], knots[-1][0]), knots=knots, samples=101)


HAT = through((0, 0), (0.5, 1), (1, 0))  # slopes 2, -2


def test_v_locked_above_0_never_lets_the_slope_fall() -> None:
    two = parameters([1, 1], [0, -1], [1, 1])
    assert why_impossible(problem(HAT, two, v=[True, True])) == (
        "Every v is +1, so the slope can never fall; this target's slope falls at x = 0.5: that needs a unit with v below 0."
    )
    assert why_impossible_with_signs(problem(HAT, two, v=[True, True])) == ""


def test_v_above_0_as_it_stands() -> None:
    two = parameters([1, 1], [0, -1], [1, 0])
    assert why_impossible(problem(HAT, two, v=[True, False])) == ""
    assert why_impossible_with_signs(problem(HAT, two, v=[True, False])) == (
        "As it stands, every v is 0 or above, so the slope can never fall; this target's slope falls at x = 0.5: "
        "that needs a unit with v below 0."
    )


def test_v_below_0_never_lets_it_rise() -> None:
    valley = through((0, 1), (0.5, 0), (1, 1))
    one = parameters([1, 2], [0, 0], [-1, -2])
    assert why_impossible(problem(valley, one, v=[True, True])) == (
        "Every v is 0 or below, so the slope can never rise; this target's slope rises at x = 0.5: "
        "that needs a unit with v above 0."
    )
    assert why_impossible(problem(HAT, one, v=[True, True])) == ""


@pytest.mark.parametrize(
    ("activation", "known"), [("softplus", True), ("leaky_relu", True), ("tanh", False), ("sigmoid", False)]
)
def test_the_signs_say_something_of_convex_activations_only(activation: Activation, known: bool) -> None:
    two = parameters([1, 1], [0, -1], [1, 1])
    assert bool(why_impossible(problem(HAT, two, Network(activation), v=[True, True]))) == known
    assert why_impossible(problem(HAT, two, Network(activation, "relu"), v=[True, True])) == ""


def test_a_sine_falls_from_its_first_points_on_and_noise_says_nothing() -> None:
    sine = Target((0, 6), expression="sin(x)", samples=61)
    one = parameters([1], [0], [1])
    assert first_slope_change(problem(sine, one), "falls") == pytest.approx(0.1)
    assert first_slope_change(problem(sine, one), "rises") == pytest.approx(3.2)  # pi is 3.14
    assert first_slope_change(problem(Target((0, 6), expression="3*x - 1e6"), one), "falls") is None
    assert first_slope_change(problem(replace(sine, noise=0.1), one), "falls") is None
    assert first_slope_change(problem(replace(HAT, noise=0.1), one), "falls") is None
    assert first_slope_change(problem(replace(HAT, samples=2), one), "falls") is None  # its points lie on a straight line


def test_units_without_a_bend_make_one_line() -> None:
    assert why_impossible(problem(HAT, parameters([1], [0], [1]), Network("identity"))) == (
        "Without a bend in the activation the sum is one straight line, and this target bends at x = 0.5."
    )


def test_one_unit_fewer_is_too_few() -> None:
    """Unit 0's bend of 2 at x = 1 is taken from the target's 3 there; 2 more are needed at x = 2."""
    assert why_impossible(opener("lab-two-units")) == (
        "1 free unit can bend the curve once; what is left of the target after the locked units still bends at x = 1 and "
        "x = 2. An exact match needs at least 1 more."
    )


def test_bends_are_counted_without_those_that_a_locked_unit_makes() -> None:
    """The lab bends by 3 at x = 1: made wholly by unit 0, or by all but 1 of it."""
    first, both = [True, False], [True, True]
    zigzag = through((0, 2), (1, 0), (2, 1), (3, 4))
    whole, part = parameters([3, 0], [-3, 0], [1, -1]), parameters([2, 0], [-2, 0], [1, -1])
    assert "bends at" not in why_impossible(problem(zigzag, whole, w=first, b=first, v=first))
    assert "bends at x = 1 and x = 2." in why_impossible(problem(zigzag, part, w=first, b=first, v=first))
    assert why_impossible(problem(zigzag, whole, w=both, b=both, v=both)).startswith(
        "No unit is free to bend the curve; what is left of the target after the locked units still bends at x = 2."
    )


def test_two_units_can_if_they_and_the_bias_are_free() -> None:
    """relu(-2x + 4) + relu(3x - 3) - 2 is the target of the lab (subject.md)."""
    free = problem(open_lab().scenario.target, parameters([-2, 0], [2, 0], [1, 1]), v=[True, True])
    assert why_impossible(free) == ""
    assert required_sides(free) == (
        "2 free units for 2 bends are exactly enough: one on to the left of x = 2 and one on to the right of x = 1, "
        "and c must be -2.00."
    )
    locked = problem(open_lab().scenario.target, parameters([-2, 0], [2, 0], [1, 1]), v=[True, True], c=True)
    assert required_sides(locked) == ""
    assert why_impossible(locked) == (
        "2 free units must make 2 bends, so only sides are left to choose: one on to the left of x = 2 and one on to the "
        "right of x = 1, and c must be -2.00, but it is locked at 0.00."
    )


def test_sides_are_one_way_where_there_are_several() -> None:
    """Both bends are +2: the slope -1 left of them is -2 of one unit on to the left, whichever, and 1 of unit 2, locked on."""
    valley = Target((0, 3), knots=((0, 3), (1, 2), (2, 3), (3, 6)), samples=61)
    units = parameters([1, 1, 1], [0, 0, 9], [1, 1, 1])
    assert required_sides(problem(valley, units, w=[False, False, True], b=[False, False, True], v=[False, False, True])) == (
        "2 free units for 2 bends are exactly enough: one way is one on to the left of x = 2 and one on to the right of x = 1 "
        "with c = -10.00."
    )


def test_the_lab_itself_is_just_possible() -> None:
    assert why_impossible(open_lab()) == ""
    assert (
        required_sides(open_lab())
        == "2 free units for 2 bends are exactly enough: one each on to the right of x = 1 and x = 2."
    )


def test_a_first_slope_that_no_side_gives() -> None:
    """One unit makes the hat's bend of -4: from its left side it gives +4 on the left, from its right side 0; 2 is needed."""
    locked = why_impossible(problem(HAT, parameters([1], [0], [-1]), c=True))
    assert locked.startswith("1 free unit must make 1 bend, so only sides are left to choose: they cannot give the slope +2 ")
    assert why_impossible(problem(HAT, parameters([1], [0], [-1]))) == (
        "1 free unit must make 1 bend, so only sides and c are left to choose: they cannot give the slope +2 that is needed at "
        "the left end, only 0 and +4."
    )


def test_a_straight_target_asks_for_nothing() -> None:
    straight = problem(through((0, 1), (3, 4)), parameters([1], [0], [1]))
    assert (why_impossible(straight), why_impossible_with_signs(straight), required_sides(straight)) == ("", "", "")


@pytest.mark.parametrize(
    "target",
    [
        Target((0, 1), points=((0, 0), (0.25, 1), (0.5, 0), (1, 1))),  # between points there are many ways
        replace(through((0, 0), (0.25, 1), (0.5, 0), (1, 1)), samples=9),
        replace(through((0, 0), (0.25, 1), (0.5, 0), (1, 1)), noise=0.1),
        replace(through((0, 0), (0.25, 1), (0.5, 0), (1, 1)), domain=(-1, 1)),
    ],
)
def test_what_is_not_certain_is_not_said(target: Target) -> None:
    assert why_impossible(problem(target, parameters([1], [0], [1]))) == ""


sizes = st.sampled_from([0.5, 1.0, 1.7, 3.0]).flatmap(lambda size: st.sampled_from([size, -size]))
feasible = st.lists(st.tuples(st.integers(1, 9), sizes, sizes), min_size=1, max_size=5)
masks = st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=5, max_size=5)


def own_target(rows: list[tuple[int, float, float]], activation: Activation, c: float) -> tuple[Target, Parameters]:
    """A network by kinks, w and v, and the target that is its own prediction."""
    kinks, w, v = np.array(rows, np.float64).T
    p = parameters(w, -w * kinks, v, c)
    x = np.array(sorted({0.0, 10.0, *kinks}))
    y = Network(activation).prediction(p, x)
    return through(*zip(x.tolist(), y.tolist())), p


CANCEL: list[tuple[int, float, float]] = [(1, 0.5, 0.5), (1, 0.5, -0.5)]
NOTHING, ALL = (False, False, False), (True, True, True)


@example(CANCEL, [ALL, NOTHING, ALL, ALL, ALL], True, "relu", 4.7e-133)  # a target of rounding errors
@given(feasible, masks, st.booleans(), st.sampled_from(["relu", "leaky_relu"]), st.floats(-5, 5))
def test_what_a_network_does_is_never_called_impossible(
    rows: list[tuple[int, float, float]], locks: list[tuple[bool, bool, bool]], c_locked: bool, activation: Activation, c: float
) -> None:
    """Whatever is locked at the values that do it, and whatever the free parameters are."""
    target, p = own_target(rows, activation, c)
    w, b, v = np.array(locks[: p.units]).T
    started = Parameters(np.where(w, p.w, 0.3), np.where(b, p.b, -0.7), np.where(v, p.v, 1.1), p.c if c_locked else 0.4)
    session = problem(target, started, Network(activation), w=w, b=b, v=v, c=c_locked)
    assert why_impossible(session) == ""


@given(feasible, st.sampled_from(["relu", "leaky_relu"]))
def test_the_sides_that_fit_do_it(rows: list[tuple[int, float, float]], activation: Activation) -> None:
    """The network that they describe is the target, at every point, but for a thousandth of the largest slope."""
    assume(len({kink for kink, _, _ in rows}) == len(rows))
    target, p = own_target(rows, activation, 1.5)
    rest = remaining_target(problem(target, p, Network(activation)))
    assume(rest is not None and len(rest.bends) == len(rows))
    assert rest is not None
    x = np.linspace(0, 10, 101)
    fitting = fitting_sides(rest)
    assert fitting
    leak = LEAK if activation == "leaky_relu" else 0.0
    largest = max(abs(rest.slope), *(abs(bend.change) for bend in rest.bends))
    for sides, c in fitting:
        changes = np.array([bend.change for bend in rest.bends]) / (1 - leak)
        w = np.array(sides) * np.abs(changes)
        built = parameters(w, -w * [bend.x for bend in rest.bends], np.sign(changes), c)
        expected = np.interp(x, *np.array(target.knots).T)
        np.testing.assert_allclose(Network(activation).prediction(built, x), expected, atol=10 * 1e-3 * largest + 1e-6)


def test_the_prediction_says_the_most_telling_of_them() -> None:
    assert why_impossible(opener("lab-two-units")) in why_prediction(opener("lab-two-units"))
    assert required_sides(open_lab()) in why_prediction(open_lab())


def test_a_locked_step_at_the_left_end_leaves_the_slope_that_is_needed() -> None:
    """It falls by 1,000 over the first 1e-7 of the range, where there is no point but the first."""
    rest = remaining_target(
        problem(HAT, parameters([-1, 1], [1e-7, 0], [1e10, 1]), w=[True, False], b=[True, False], v=[True, False])
    )
    assert rest is not None
    assert (rest.slope, rest.start) == pytest.approx((2.0, 0.0), abs=1e-5)
    assert [bend.change for bend in rest.bends] == pytest.approx([-4.0])
