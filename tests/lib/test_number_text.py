import math
from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.lib.number_text import (
    Write,
    distinct_texts,
    format_number,
    format_unsigned,
    format_x,
    loss_below_text,
    loss_text,
    read_number,
    share_text,
    sign_of_equality,
    slope_text,
    texts_that_add_up,
)


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
        (2013.3, (0.0, 3000.0), "2013.3"),
        (-2013.3, (-3000.0, 0.0), "-2013.3"),
        (12_345.0, (0.0, 20_000.0), "12340"),
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


@pytest.mark.parametrize(
    ("values", "expected"),
    [((1.0, 2.0), ["1.00", "2.00"]), ((1.0, 1.001), ["1.000", "1.001"]), ((1.0, 1.0), ["1.00", "1.00"]), ((2.0,), ["2.00"])],
)
def test_numbers_that_differ_read_differently(values: Sequence[float], expected: list[str]) -> None:
    assert distinct_texts(values, format_number) == expected


def test_numbers_far_from_0_that_differ_by_little_read_differently() -> None:
    texts = distinct_texts((-9999.97, -9999.97 + 1e-7), format_number)
    assert [float(text) for text in texts] == [-9999.97, -9999.9699999]


wide = st.floats(-1e6, 1e6)


@given(wide, st.floats(1e-6, 1.0), st.sampled_from([format_number, slope_text, loss_text]))
def test_any_two_numbers_that_differ_by_a_millionth_read_differently(value: float, by: float, write: Write) -> None:
    other = value + by * max(1.0, abs(value))
    one, two = distinct_texts((abs(value), abs(other)), write)
    assert one != two or math.isclose(abs(value), abs(other), rel_tol=1e-8)


@pytest.mark.parametrize(
    ("parts", "total", "expected"),
    [
        ((0.25, 0.5), 0.75, ["0.25", "0.50", "0.75"]),
        ((0.3333, 0.3333, 0.3334), 1.0, ["0.3333", "0.3333", "0.3334", "1.0000"]),
        ((0.125, 0.125), 0.25, ["0.125", "0.125", "0.250"]),
        ((1 / 3, 1 / 3, 1 / 3), 1.0, ["0.33", "0.33", "0.33", "≈ 1.00"]),
        ((1e6, 0.25), 1e6 + 0.25, ["1.0e+6", "0.25", "≈ 1.0e+6"]),
    ],
)
def test_a_sum_adds_up_as_printed(parts: Sequence[float], total: float, expected: list[str]) -> None:
    assert texts_that_add_up(parts, total, format_number) == expected


@given(st.lists(wide, min_size=1, max_size=5), st.sampled_from([format_number, slope_text, format_unsigned]))
def test_any_sum_adds_up_as_printed_or_is_marked(parts: list[float], write: Write) -> None:
    *texts, total = texts_that_add_up(parts, math.fsum(parts), write)
    assert total.startswith("≈ ") or sum(map(Decimal, texts), Decimal()) == Decimal(total)
    assert [float(text) for text in texts] == pytest.approx(parts, rel=0.06, abs=0.0051)


@pytest.mark.parametrize(
    ("result", "products", "sign"),
    [
        ("1.00", (("0.33",), ("0.33",), ("0.33",)), "≈"),
        ("0.85", (("0.50", "1.70"),), "="),
        ("0.11", (("0.33", "0.33"),), "="),  # 0.1089
        ("1.00", (("0.33", "3.00"),), "≈"),
        ("-2.80", (("2.40", "-2.00"), ("2.00",)), "="),
        ("1.2e+6", (("1.2e+6",), ("3.00",)), "="),
        ("nan", (("inf", "0.00"),), "="),
    ],
)
def test_the_sign_of_an_equation_as_printed(result: str, products: tuple[tuple[str, ...], ...], sign: str) -> None:
    assert sign_of_equality(result, *products) == sign


@pytest.mark.parametrize(
    ("loss", "bound", "expected"),
    [(0.00996, 0.01, "0.00996"), (0.005, 0.01, "0.0050"), (9.96e-5, 1e-4, "9.96e-5"), (0.0, 1e-3, "0.0000")],
)
def test_a_loss_below_a_bound_reads_so(loss: float, bound: float, expected: str) -> None:
    assert loss_below_text(loss, bound).replace("e-0", "e-") == expected


@given(st.floats(1e-8, 1e3), st.floats(1e-9, 0.5))
def test_any_loss_below_a_bound_reads_so(bound: float, less: float) -> None:
    assert float(loss_below_text(bound * (1 - less), bound)) < bound


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0.0, "0%"),
        (1 / 300, "<1%"),
        (0.005, "<1%"),
        (0.01, "1%"),
        (2 / 3, "67%"),
        (0.99, "99%"),
        (299 / 300, ">99%"),
        (1.0, "100%"),
    ],
)
def test_a_share_is_none_or_all_only_if_it_is(share: float, expected: str) -> None:
    assert share_text(share) == expected
