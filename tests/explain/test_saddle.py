"""Saddles and plateaus: which small changes are tried where training rests, and what they find."""

import pytest

from relutui.explain.saddle import changes_tried, way_down
from relutui.scenario.reader import parse
from relutui.session.session import Session, open_session
from tests.support.standing_still import points, standing, trained, tried, why


def resting(other: str) -> Session:
    """c = 2.5 is the mean of y = 3, 2 at x = -3, -2, and unit 0 has w = b = 0; beside it another unit."""
    return open_session(
        parse(
            'title = "-"\n[target]\npoints = [[-3, 3], [-2, 2]]\n[network]\noutput_bias = 2.5\n'
            f'[[unit]]\nw = 0\nb = 0\nv = 1\nlock = ["b", "v"]\n[[unit]]\n{other}\n',
            "resting",
            None,
        )
    )


@pytest.mark.parametrize("v", [1, -80])
def test_how_large_another_parameter_is_hides_no_way_down(v: int) -> None:
    """w = -d adds 3d and 2d: the MSE ((0.5 - 3d)² + (0.5 + 2d)²) / 2 is lowest, 0.2404, at d = 1/26."""
    found = way_down(resting(f"w = 1\nb = -1\nv = {v}\nlock = []"))
    assert found
    assert found.direction.tolist() == [0, 1, 0, 0, 0, 0, 0]
    assert -2 / 26 < found.length < 0
    assert 0.2404 <= found.loss < 0.25


def test_where_a_point_is_on_a_kink_one_parameter_at_a_time_is_tried() -> None:
    off = parse('title = "-"\n[target]\npoints = [[-3, 3], [-2, 2]]\n[[unit]]\nw = 1\nb = -1\nv = 1\n', "off", None)
    assert changes_tried(open_session(off)) == "all"  # z is 0 at no point
    assert changes_tried(resting("w = 1\nb = -1\nv = 1")) == "single"


LINE = "[[-1, -1], [0, 0], [1, 1]]"


def test_a_saddle_is_not_a_minimum() -> None:
    """tanh with w = v = 0 on y = x: every gradient is zero, and d² loss / dw dv = -2 mean(x y) = -4/3."""
    flat = points(LINE, "w = 0\nb = 0\nv = 0\nlock = ['b']", rest="[network]\nactivation = 'tanh'")
    found = why(standing(flat))
    assert found[:3] == ("saddle", (0,), "stuck: saddle")
    assert found.text.startswith("Stuck on a saddle, not a minimum: to change ")
    assert "w of unit 0 by " in found.text
    assert "v of unit 0 by " in found.text
    assert " lowers the MSE from 0.6667 to " in found.text


def test_training_leaves_a_saddle_by_itself_where_something_pushes_it() -> None:
    """w = v = d grow by 1 + 0.01 x 4/3 a step: from 1e-4 to the 0.07 at which the loss has fallen by a hundredth in 500."""
    small = points(
        LINE, "w = 1e-4\nb = 0\nv = 1e-4\nlock = ['b']", rest="[network]\nactivation = 'tanh'\n[training]\nlearning_rate = 0.01"
    )
    found = why(standing(small))
    assert found.kind == "slow"
    assert "training leaves it by itself, in about 500 steps." in found.text
    assert trained(small, 500).loss == pytest.approx(0.99 * small.loss, rel=0.02)


def test_steps_are_told_only_where_the_curvature_tells_them() -> None:
    """Of (2 x 19² + 2 x 21²) / 5 = 320.8 no curve through all x takes more than 0.8: a hundredth is out of reach."""
    spread = points(
        "[[-1, 19], [-1, -21], [0, 0], [1, 21], [1, -19]]",
        "w = 1e-4\nb = 0\nv = 1e-4\nlock = ['b']",
        rest="[network]\nactivation = 'tanh'",
    )
    found = why(standing(spread))
    assert (found.kind, found.summary) == ("slow", "slow: on a saddle")
    assert found.text.startswith("Slow, not stuck: this is a saddle, not a minimum: to change ")
    assert found.text.endswith("and the gradient has a part along it.")
    later = why(tried(standing(spread), ("", "", spread.loss)))
    assert (later.kind, later.summary) == ("saddle", "stuck: saddle")
    assert later.text.endswith("but 4,000 more steps do not get there. Nudge one of them, then train on.")


def test_momentum_leaves_a_saddle_by_the_larger_root() -> None:
    """f² - (1 + 0.9 + 0.01 x 4/3) f + 0.9 = 0 for f = 1.08: from 1e-4 to 0.07 in 85 steps, which is about 90."""
    small = points(
        LINE,
        "w = 1e-4\nb = 0\nv = 1e-4\nlock = ['b']",
        rest="[network]\nactivation = 'tanh'\n[training]\nlearning_rate = 0.01\noptimizer = 'momentum'",
    )
    assert "training leaves it by itself, in about 90 steps." in why(standing(small)).text


def test_where_the_loss_is_flat_a_change_that_leads_down_is_found() -> None:
    """tanh(-35) is -1 at x = 1, where y is 1: the MSE is 2²/2; with b smaller by 0.002 the unit is off, and it is 1²/2."""
    steep = "w = 1\nb = -0.9999\nv = -350000\nlock = ['w', 'v']"
    session = points("[[0, 0], [1, 1]]", steep, rest="[network]\noutput_activation = 'tanh'\nlock_output_bias = true")
    found = why(standing(session))
    assert found.summary == "stuck: plateau"
    assert found.text.startswith(
        "Stuck on a plateau, not a minimum: to change b of unit 0 by -0.002 lowers the MSE from 2.0000 to 0.5"
    )
