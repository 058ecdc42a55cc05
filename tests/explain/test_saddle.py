"""Which small changes of the parameters are tried where training rests, and what they find."""

import pytest

from relutui.explain.saddle import changes_tried, way_down
from relutui.scenario.reader import parse
from relutui.session.session import Session, open_session


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
