import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.lib.number_text import format_unsigned, format_x, read_number


@pytest.mark.parametrize(("x", "expected"), [(1.6961, "1.696"), (1.7, "1.7"), (2.0, "2"), (-0.0, "0"), (-0.05, "-0.05")])
def test_an_x_has_four_digits_and_no_decimals_that_say_nothing(x: float, expected: str) -> None:
    assert format_x(x, (0.0, 3.0)) == expected


@pytest.mark.parametrize(
    ("x", "domain", "expected"),
    [
        (1985.3142, (1960.0, 2020.0), "1985.31"),
        (2000.0, (1960.0, 2020.0), "2000"),
        (1.7e9 + 43_217.0, (1.7e9, 1.7e9 + 86_400.0), "1700043220"),
        (1.05132, (1.7e9, 1.7e9 + 86_400.0), "1.051"),  # a kink far away
        (-1e10 + 2.5, (-1e10, -1e10 + 10.0), "-9999999997.5"),
        (2.5e-9, (0.0, 3e-9), "2.5e-09"),
        (math.inf, (1960.0, 2020.0), "inf"),
        (5.0, (5.0, 5.0), "5"),
    ],
)
def test_an_x_far_from_0_is_told_from_those_beside_it(x: float, domain: tuple[float, float], expected: str) -> None:
    assert format_x(x, domain) == expected


@pytest.mark.parametrize(("value", "expected"), [(2.0, "2"), (-2.0, "-2"), (0.5, "0.5"), (0.0, "0")])
def test_a_number_without_a_plus_sign(value: float, expected: str) -> None:
    assert format_unsigned(value) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("15", 15.0), ("-2.5", -2.5), ("+3", 3.0), (".5", 0.5), ("2.", 2.0), ("1e-3", 0.001), ("1E5", 1e5), ("007", 7.0)),
        *((" 1.5\t", 1.5), ("\u00a01.5", 1.5), ("1.5\r\n", 1.5), ("1e400", math.inf)),
        *(("\u22121.5", -1.5), ("1.5e\u22123", 0.0015), ("\u20131", -1.0), ("\u20111", -1.0)),
    ],
)
def test_a_number_is_read_as_it_is_written(text: str, value: float) -> None:
    assert read_number(text) == value


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "-",
            ".",
            "e5",
            "1e",
            "1.2.3",
            "--1",
            "1-5",
            "1\u20135",
            "1 5",
            "1\u00a0234",
            "1,5",
            "1,234",
            "1.234,5",
            "1/3",
        ),
        *("1_5", "1_000.0", "1e1_0", "0x10", "0b1", "1j", "1f", "1d5", "5%", "$5", "NA", "true", "None", '"1"', "1\n2"),
        *("inf", "-Infinity", "nan", "NaN", "\u0661\u0662", "\uff11", "\u00bd", "2\u00b2", "\u22121_5", "\u20145"),
    ],
)
def test_nothing_else_is_read_as_a_number(text: str) -> None:
    assert read_number(text) is None


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_that_python_writes_is_read_back(value: float) -> None:
    assert read_number(repr(value)) == value
