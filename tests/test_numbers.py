import pytest

from relutui.numbers import place, plain


@pytest.mark.parametrize(("x", "expected"), [(1.6961, "1.696"), (1.7, "1.7"), (2.0, "2"), (-0.0, "0"), (-0.05, "-0.05")])
def test_an_x_has_four_digits_and_no_decimals_that_say_nothing(x: float, expected: str) -> None:
    assert place(x) == expected


@pytest.mark.parametrize(("value", "expected"), [(2.0, "2"), (-2.0, "-2"), (0.5, "0.5"), (0.0, "0")])
def test_a_number_without_a_plus_sign(value: float, expected: str) -> None:
    assert plain(value) == expected
