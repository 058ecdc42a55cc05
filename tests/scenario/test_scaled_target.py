"""A target with a scale: its points in the units of training, and all of the file as it was."""

import numpy as np
import pytest

from relutui.scenario.reader import parse
from relutui.scenario.scenario import ScenarioError
from relutui.scenario.segments import Segment, segments
from relutui.scenario.writer import problem_toml, to_toml

YEARS = (
    'title = "T"\n[target]\nscale = "{}"\npoints = [[1950, 0], [1960, 0], [1970, 0], [1980, 1], [1990, 2]]\n[init]\nunits = 2\n'
)
HINGE = 'title = "T"\n[target]\nscale = "unit"\nknots = [[1950, 10], [1970, 10], [1990, 30]]\nsamples = 5\n[init]\nunits = 2\n'


def test_the_points_are_scaled_and_the_target_is_not() -> None:
    scenario = parse(YEARS.format("unit"), "t", None)
    assert scenario.dataset.x.tolist() == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert scenario.dataset.y.tolist() == [0.0, 0.0, 0.0, 0.5, 1.0]
    assert (scenario.domain, scenario.target.domain) == ((0.0, 1.0), (1950.0, 1990.0))
    standard = parse(YEARS.format("standard"), "t", None)
    assert np.allclose(standard.dataset.x, np.array([-20, -10, 0, 10, 20]) / 200**0.5)
    assert np.allclose(standard.dataset.y, [-0.75, -0.75, -0.75, 0.5, 1.75])


def test_segments_and_the_curve_are_scaled_too() -> None:
    scenario = parse(HINGE, "t", None)
    assert segments(scenario) == (Segment(1, 0.0, 0.5, 0.0, 0.0), Segment(2, 0.5, 1.0, 0.0, 2.0))
    assert scenario.clean_y(np.array([0.25, 0.75])).tolist() == [0.0, 0.5]


@pytest.mark.parametrize("kind", ["standard", "unit", "none"])
def test_it_is_written_and_read_back(kind: str) -> None:
    scenario = parse(YEARS.format(kind), "t", None)
    text = to_toml(scenario)
    assert ("scale = " in text.partition("[network]")[0]) == (kind != "none")
    assert parse(text, "t", None) == scenario


def test_workers_get_the_scaled_points_and_no_scale() -> None:
    scenario = parse(HINGE, "t", None)
    sent = parse(problem_toml(scenario), "t", None, None)
    assert (sent.dataset.x == scenario.dataset.x).all()
    assert (sent.dataset.y == scenario.dataset.y).all()
    assert not sent.dataset.scale.changes


def test_another_word_is_refused() -> None:
    with pytest.raises(ScenarioError, match=r't\.toml: target: scale: expected .*standard.*, got "log"'):
        parse(YEARS.format("log"), "t", None)
