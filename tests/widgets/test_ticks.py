"""The ticks of an axis: round numbers, few enough, with exact labels."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.widgets.ticks import log_ticks, ticks

LIMIT = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("low", "high", "most", "labels"),
    [
        (0.0, 4.0, 5, "0.0 1.0 2.0 3.0 4.0"),
        (-0.2, 4.2, 5, "0.0 1.0 2.0 3.0 4.0"),
        (0.0, 25.0, 6, "0 5 10 15 20 25"),
        (0.0, 25.0, 5, "0 10 20"),
        (-10.0, 10.0, 5, "-10 -5 0 5 10"),
        (0.0, 0.03, 4, "0.00 0.01 0.02 0.03"),
        (-0.01, 0.01, 5, "-1e-2 -5e-3 0 5e-3 1e-2"),  # -0.005 has six characters
        (0.0, 1e-12, 3, "0 5e-13 1e-12"),
        (-1e30, 1e30, 5, "-1e30 -5e29 0 5e29 1e30"),
        (-20_000.0, 20_000.0, 5, "-2e4 -1e4 0 1e4 2e4"),
        (10_000.0, 13_000.0, 4, "10000 11000 12000 13000"),
    ],
)
def test_labels(low: float, high: float, most: int, labels: str) -> None:
    assert [label for _, label in ticks(low, high, most, width=5)] == labels.split()


def test_a_label_that_would_have_to_be_rounded_is_left_out() -> None:
    assert [label for _, label in ticks(1000.0, 1000.01, 3, width=5)] == ["1e3", "", ""]


@pytest.mark.parametrize(
    ("low", "high", "most", "labels"),
    [
        (-4.0, 1.0, 6, "1e-4 1e-3 1e-2 1e-1 1e0 1e1"),
        (-4.0, 1.0, 3, "1e-4 1e-2 1e0"),
        (-0.5, 0.8, 6, "0.5 1 2 5"),  # from 0.32 to 6.3
        (-1.6, -1.3, 5, "0.03 0.04 0.05"),  # from 0.025 to 0.0501
    ],
)
def test_labels_of_a_logarithmic_axis(low: float, high: float, most: int, labels: str) -> None:
    assert [label for _, label in log_ticks(low, high, most, width=5)] == labels.split()


def test_ticks_of_a_logarithmic_axis_stand_at_the_logarithms() -> None:
    assert [at for at, _ in log_ticks(-0.5, 0.8, 6, width=5)] == pytest.approx([-0.30103, 0.0, 0.30103, 0.69897])


@given(LIMIT, LIMIT, st.integers(1, 20))
def test_ticks_lie_within_the_limits_and_read_as_what_they_are(a: float, b: float, most: int) -> None:
    low, high = sorted((a, b))
    found = ticks(low, high, most, width=8)
    assert len(found) <= most
    for at, label in found:
        slack = (high - low) * 1e-6 if math.isfinite(high - low) else 0.0
        assert low - slack <= at <= high + slack
        assert len(label) <= 8
        assert not label or float(label) == pytest.approx(at, rel=1e-9, abs=abs(slack))


@given(st.floats(-1e6, 1e6), st.floats(0.0, 1e6), st.integers(1, 20))
def test_a_logarithmic_axis_has_ticks_within_its_limits(low: float, span: float, most: int) -> None:
    high = low + span
    for at, label in log_ticks(low, high, most, width=5):
        assert low - 1e-6 * span <= at <= high + 1e-6 * span
        assert len(label) <= 5
