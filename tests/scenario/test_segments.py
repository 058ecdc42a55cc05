import math
from dataclasses import replace

import numpy as np
import pytest

from relutui.model.dataset import Dataset
from relutui.scenario.library import find, load
from relutui.scenario.scenario import Scenario
from relutui.scenario.segments import Segment, mse_between, segments
from relutui.scenario.target import Target


def scenario_of(target: Target) -> Scenario:
    """A scenario with this target."""
    return replace(load(find("lab")), target=target, dataset=target.dataset(), domain=target.domain)


def test_the_lab_has_three() -> None:
    lab = Target((0, 3), knots=((0, 2), (1, 0), (2, 1), (3, 4)))
    assert segments(scenario_of(lab)) == (Segment(1, 0, 1, 2, -2), Segment(2, 1, 2, 0, 1), Segment(3, 2, 3, 1, 3))


def test_those_of_few_points_are_between_them_in_order() -> None:
    few = Target((0, 1), points=((1, 0), (0, 0), (0.5, 1)))
    assert segments(scenario_of(few)) == (
        Segment(1, 0, 0.5, 0, 2),
        Segment(2, 0.5, 1, 1, -2),
    )


def test_a_domain_cuts_them() -> None:
    lab = Target((0.5, 1.5), knots=((0, 2), (1, 0), (2, 1), (3, 4)))
    assert segments(scenario_of(lab)) == (Segment(1, 0.5, 1, 1, -2), Segment(2, 1, 1.5, 0, 1))


@pytest.mark.parametrize(
    "target",
    [
        Target((0, 2), expression="x**2"),
        Target((0, 1), knots=((0, 0), (1, 1)), noise=0.1),
        Target((0, 1), points=((0, 0), (0, 1), (1, 1))),
        Target((0, 1), points=tuple((i / 20, 0.0) for i in range(21))),
        Target((0, 1), points=((0, 0),)),
    ],
)
def test_curves_and_measurements_have_none(target: Target) -> None:
    assert segments(scenario_of(target)) == ()


def test_the_mean_squared_error_of_a_stretch() -> None:
    data = Dataset(np.array([0.0, 1, 2, 3]), np.zeros(4))
    assert mse_between(1, 2, data, np.array([9.0, 1, 2, 9])) == 2.5
    assert math.isnan(mse_between(1.2, 1.8, data, np.zeros(4)))
