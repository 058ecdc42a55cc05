"""Scales, by numbers worked out by hand."""

import numpy as np
import pytest

from relutui.model.network import Network, Parameters
from relutui.model.scale import UNSCALED, Scale, Units, fitting_scale, rescaled, scale_of

YEARS, RISE = np.array([1950.0, 1960.0, 1970.0, 1980.0, 1990.0]), np.array([0.0, 0.0, 0.0, 1.0, 2.0])


def test_the_standard_one_has_the_mean_and_the_standard_deviation() -> None:
    """1970 and sqrt((400 + 100 + 0 + 100 + 400) / 5); 3/5 and sqrt((3 * 0.36 + 0.16 + 1.96) / 5) = 0.8."""
    x, y = scale_of("standard", YEARS, RISE)
    assert x == pytest.approx((1970.0, 200.0**0.5))
    assert y == pytest.approx((0.6, 0.8))


def test_the_unit_one_has_the_lowest_and_the_range() -> None:
    assert scale_of("unit", YEARS, RISE) == Scale(Units(1950.0, 40.0), Units(0.0, 2.0))


def test_none_changes_nothing_to_the_last_bit() -> None:
    assert scale_of("none", YEARS, RISE) is UNSCALED
    values = np.array([0.1, -0.3, 1e300, 5e-324])
    assert (UNSCALED.x.scaled(values) == values).all()
    assert (UNSCALED.y.own(values) == values).all()
    assert (UNSCALED.changes, UNSCALED.slope_width) == (False, 1.0)


@pytest.mark.parametrize("kind", ["standard", "unit"])
def test_numbers_that_are_all_the_same_become_0(kind: str) -> None:
    same = np.full(3, 0.1)
    scale = scale_of(kind, same, same)  # type: ignore[arg-type]
    assert scale == Scale(Units(0.1, 1.0), Units(0.1, 1.0))
    assert scale.x.scaled(same).tolist() == [0.0] * 3


@pytest.mark.parametrize("kind", ["standard", "unit"])
@pytest.mark.parametrize("size", [5e-324, 1e-300, 1e-160])
def test_numbers_whose_squares_are_0_stay_numbers(kind: str, size: float) -> None:
    """The standard deviation of 0, 1e-300 and 2e-300 is 0 in float64."""
    tiny = size * np.arange(3.0)
    for one in scale_of(kind, RISE, tiny):  # type: ignore[arg-type]
        assert one.width > 0.0
        assert np.isfinite([1.0 / one.width**2, one.width**2]).all()  # which bounds of losses are multiplied by
    assert scale_of(kind, RISE, tiny).y.scaled(tiny).tolist() == pytest.approx([0.0] * 3, abs=1e-100)  # type: ignore[arg-type]


def test_there_and_back_and_the_slope() -> None:
    scale = Scale(Units(1970.0, 10.0), Units(-3.0, 5.0))
    assert (scale.x.scaled(1985.0), scale.x.own(1.5)) == (1.5, 1985.0)
    assert scale.slope_width == 0.5  # a rise of 5 in a width of 10


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "tanh"])
def test_rescaled_parameters_give_the_same_curve(activation: str) -> None:
    dice = np.random.default_rng(1)
    w, b, v = dice.normal(size=(3, 4))
    p = Parameters(w, b, v, 0.3)
    old, new = Scale(Units(5.0, 2.0), Units(1.0, 3.0)), Scale(Units(-1.0, 7.0), Units(100.0, 50.0))
    x = np.linspace(-20.0, 20.0, 41)
    network = Network(activation)  # type: ignore[arg-type]
    before = old.y.own(network.prediction(p, old.x.scaled(x)))
    after = new.y.own(network.prediction(rescaled(p, old, new), new.x.scaled(x)))
    assert np.allclose(after, before, rtol=1e-12)


@pytest.mark.parametrize(
    ("x", "y", "kind"),
    [
        ((0.0, 3.0), (0.0, 4.0), "none"),
        ((-5.0, 4.0), (0.0, 10.0), "none"),
        ((0.0, 1.0), (7.0, 7.0), "none"),
        ((1950.0, 1990.0), (0.0, 2.0), "standard"),
        ((1.0, 10.5), (40_000.0, 80_000.0), "standard"),
        ((2.4, 57.6), (0.0, 1.0), "standard"),
        ((0.0, 1.0), (0.0, 0.01), "standard"),
        ((11.0, 12.0), (0.0, 1.0), "standard"),
    ],
)
def test_data_far_from_1_get_the_standard_one(x: tuple[float, float], y: tuple[float, float], kind: str) -> None:
    assert fitting_scale(np.array(x), np.array(y)) == kind
