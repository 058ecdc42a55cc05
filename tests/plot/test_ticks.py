"""The ticks of an axis: round numbers, few enough, with exact labels."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.plot.ticks import log_ticks, ticks

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
    assert [label for _, label in ticks(low, high, most, width=5).ticks] == labels.split()


@pytest.mark.parametrize(
    ("low", "high", "base", "labels"),
    [
        (1000.0, 1000.01, "1000.000", "0.000 0.002 0.004 0.006 0.008 0.010"),
        (1732874400.0, 1732878000.0, "1732875000", "0 1000 2000 3000"),
        (1.7e9, 1.7e9 + 86400.0, "1700000000", "0 20000 40000 60000 80000"),
        (60000.0, 61000.0, "", "60000 60200 60400 60600 60800 61000"),
        (123456.0, 123999.0, "123500", "0 100 200 300 400"),
        (1.0, 1.0 + 1e-9, "1.0000000000", "0 2e-10 4e-10 6e-10 8e-10 1e-9"),
        (-1.7e9, -1.7e9 + 3.0, "-1700000000", "0 1 2 3"),
    ],
)
def test_where_no_number_is_short_enough_labels_are_added_to_the_first(low: float, high: float, base: str, labels: str) -> None:
    scale = ticks(low, high, 6, width=5)
    assert (scale.base, " ".join(label for _, label in scale.ticks)) == (base, labels)


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0.0, 1.0, "0 1"),
        (0.0, 1.05, "0 1"),
        (0.0, 2.0, "0 1 2"),
        (0.0, 3.0, "0 1 2 3"),
        (0.0, 10.0, "0 2 4 6 8 10"),
        (41.0, 43.0, "41 42 43"),
        (0.0, 25.0, "0 5 10 15 20 25"),
    ],
)
def test_of_what_is_counted_only_whole_numbers_are_labelled(low: float, high: float, labels: str) -> None:
    scale = ticks(low, high, 6, width=8, whole=True)
    assert (scale.base, [label for _, label in scale.ticks]) == ("", labels.split())


@given(st.floats(-1e12, 1e12), st.integers(-9, 12), st.floats(1.0, 10.0), st.integers(3, 9), st.sampled_from([5, 8]))
def test_the_width_of_an_axis_can_be_read_off_it(low: float, decade: int, digit: float, most: int, width: int) -> None:
    """By any two neighbouring labels, all of which are there and differ, wherever doubles have digits left."""
    span = max(digit * 10.0**decade, 1e-12 * abs(low))
    found, base = ticks(low, low + span, most, width)
    assert len(found) > 1
    for (at, label), (beyond, next_label) in pairwise(found):
        assert 0 < len(label) <= width
        assert float(next_label) - float(label) == pytest.approx(beyond - at, rel=1e-2)
    assert float(found[0][1]) + (float(base) if base else 0.0) == pytest.approx(found[0][0], abs=1e-3 * span)


@given(st.floats(-40.0, 40.0), st.floats(1e-9, 80.0), st.integers(3, 9))
def test_the_width_of_a_logarithmic_axis_can_be_read_off_it(low: float, span: float, most: int) -> None:
    found, base = log_ticks(low, low + span, most, width=5)
    assert len(found) > 1
    numbers = [float(label) + (float(base) if base else 0.0) for _, label in found]
    assert len(set(numbers)) == len(numbers)
    assert [math.log10(number) for number in numbers] == pytest.approx([at for at, _ in found], abs=1e-2 * span + 1e-9)


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
    assert [label for _, label in log_ticks(low, high, most, width=5).ticks] == labels.split()


def test_ticks_of_a_logarithmic_axis_stand_at_the_logarithms() -> None:
    assert [at for at, _ in log_ticks(-0.5, 0.8, 6, width=5).ticks] == pytest.approx([-0.30103, 0.0, 0.30103, 0.69897])


@given(LIMIT, LIMIT, st.integers(1, 20))
def test_ticks_lie_within_the_limits_and_read_as_what_they_are(a: float, b: float, most: int) -> None:
    low, high = sorted((a, b))
    found, base = ticks(low, high, most, width=8)
    assert len(found) <= most
    for at, label in found:
        slack = (high - low) * 1e-6 if math.isfinite(high - low) else 0.0
        assert low - slack <= at <= high + slack
        assert len(label) <= 8
        assert not label or float(label) + float(base or 0.0) == pytest.approx(at, rel=1e-9, abs=abs(slack))


@given(st.floats(-1e6, 1e6), st.floats(0.0, 1e6), st.integers(1, 20))
def test_a_logarithmic_axis_has_ticks_within_its_limits(low: float, span: float, most: int) -> None:
    high = low + span
    for at, label in log_ticks(low, high, most, width=5).ticks:
        assert low - 1e-6 * span <= at <= high + 1e-6 * span
        assert len(label) <= 5
