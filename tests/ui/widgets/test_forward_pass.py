import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.model.network import Activation, Network
from relutui.model.selection import Selection
from relutui.readout.forward_pass import read_forward_pass
from relutui.session import edits, probe_edits
from relutui.session.session import Session
from relutui.ui.widgets.forward_pass import forward_pass
from tests.support.sessions import open_lab, open_state, opener, parameters, with_network


def written(session: Session, width: int, height: int) -> list[str]:
    """The lines, single spaced."""
    return [" ".join(line.plain.split()) for line in forward_pass(read_forward_pass(session), width, height)]


def dosage(x: float) -> Session:
    return probe_edits.move_probe(opener("dosage-relu"), x)


def test_the_dosage_network_at_0_by_hand() -> None:
    assert written(dosage(0), 76, 7) == [
        "x × w = x w + b = z relu → a × v = v a",
        "▸0 0.00 × 1.70 = 0.00 + -0.85 = -0.85 relu → 0.00 × -40.80 = 0.00",
        "1 0.00 × 12.60 = 0.00 + 0.00 = 0.00 relu → 0.00 × 2.70 = 0.00",
        "sum 0.00 + 0.00 = 0.00",
        "+ c -16.00 = -16.00",
        "relu → ŷ = 0.00",
        "x = 0.00 target 0.00 error 0.00 - 0.00 = 0.00",
    ]


def test_the_dosage_network_at_half_by_hand() -> None:
    assert written(dosage(0.5), 76, 6) == [
        "▸0 0.50 × 1.70 = 0.85 + -0.85 = 0.00 relu → 0.00 × -40.80 = 0.00",
        "1 0.50 × 12.60 = 6.30 + 0.00 = 6.30 relu → 6.30 × 2.70 = 17.01",
        "sum 0.00 + 17.01 = 17.01",
        "+ c -16.00 = 1.01",
        "relu → ŷ = 1.01",
        "x = 0.50 target 1.00 error 1.01 - 1.00 = +0.010",
    ]


def test_the_dosage_network_at_1_by_hand_in_a_narrow_panel() -> None:
    assert written(dosage(1), 50, 8) == [
        "▸0 1.00 × 1.70 = 1.70 + -0.85 = 0.85",
        "relu → 0.85 × -40.80 = -34.68",
        "1 1.00 × 12.60 = 12.60 + 0.00 = 12.60",
        "relu → 12.60 × 2.70 = 34.02",
        "sum -34.68 + 34.02 = -0.66",
        "+ c -16.00 = -16.66",
        "relu → ŷ = 0.00",
        "x = 1.00 target 0.00 error 0.00",
    ]


def test_with_little_room_the_sums_stand_in_one_line() -> None:
    assert written(dosage(1), 76, 4)[2:] == [
        "sum -0.66 + c -16.00 = -16.66 relu → ŷ = 0.00",
        "x = 1.00 target 0.00 error 0.00 - 0.00 = 0.00",
    ]


def test_the_lab_has_no_output_activation_to_write() -> None:
    lines = written(probe_edits.move_probe(open_lab(w1=1, b1=-1), 2.4), 50, 5)
    assert lines == [
        "0 2.40×-2.00 + 2.00 = -2.80 → 0.00×1.00 = 0.00",
        "▸1 2.40× 1.00 + -1.00 = 1.40 → 1.40×1.00 = 1.40",
        "2 2.40× 0.00 + 0.00 = 0.00 → 0.00×1.00 = 0.00",
        "sum 1.40 + c 0.00 ŷ = 1.40",
        "x = 2.40 target 2.20 error -0.80",
    ]


def test_columns_stand_under_each_other() -> None:
    lines = [line.plain for line in forward_pass(read_forward_pass(dosage(1)), 76, 7)]
    for sign in ("×", "=", "+", "→"):
        assert len({line.index(sign) for line in lines[:3]}) == 1
    assert len({len(line) for line in lines}) == 1  # the results end in the column of v a


def test_of_a_hundred_units_the_largest_are_written_and_the_sum_of_the_rest() -> None:
    """shifted-100 at x = 1: the sum is x^2, up to 1e-4; 50 units are on, the selected last one is off."""
    session = edits.select(probe_edits.move_probe(opener("shifted-100"), 1.0), Selection(99, "v"))
    lines = written(session, 76, 7)
    assert [line.split()[0] for line in lines[:4]] == ["1", "2", "3", "▸99"]
    assert lines[4].startswith("largest first; the other 96 units: ")
    rest, total = float(lines[4].split()[-1]), float(lines[5].split()[-1])
    parts = sum(float(line.split()[-1]) for line in lines[:4])
    assert parts + rest == pytest.approx(total, abs=0.015)
    assert total == pytest.approx(1, abs=0.005)


def test_units_that_are_all_off_are_said_to_be() -> None:
    session = probe_edits.move_probe(opener("shifted-100"), 0.05)  # 0, 0.02 and 0.04 are the kinks left of it
    lines = written(session, 76, 7)
    assert len(lines) == 7
    assert "the other 97 units, all off: 0.00" in lines[3]
    dead = with_network(session, Network(), parameters([-1] * 9, [0] * 9, [1] * 9))
    assert "9 units, all off: 0.00" in written(edits.select(dead, Selection(9, "c")), 76, 7)[0]


def test_thirds_are_written_with_the_digits_that_add_up() -> None:
    """v a = 0.3333, 0.3333 and 0.3334, which are all 0.33 with two decimals."""
    assert written(open_state("thirds"), 76, 7)[4:] == [
        "sum 0.3333 + 0.3333 + 0.3334 = 1.0000",
        "+ c 0.00 ŷ = 1.00",
        "x = 1.00 target 1.00 error 1.00 - 1.00 = 0.00",
    ]


def test_what_does_not_follow_from_the_printed_numbers_is_marked() -> None:
    """1/3 x 3 is 1, but 0.33 x 3.00 is 0.99; the sum of three thirds never adds up."""
    thirds = with_network(open_lab(), Network(), parameters([1 / 3] * 3, [0] * 3, [1 / 3] * 3))
    assert written(probe_edits.move_probe(thirds, 3), 76, 7)[1:6] == [
        "0 3.00 × 0.33 ≈ 1.00 + 0.00 = 1.00 relu → 1.00 × 0.33 = 0.33",
        "▸1 3.00 × 0.33 ≈ 1.00 + 0.00 = 1.00 relu → 1.00 × 0.33 = 0.33",
        "2 3.00 × 0.33 ≈ 1.00 + 0.00 = 1.00 relu → 1.00 × 0.33 = 0.33",
        "sum 0.33 + 0.33 + 0.33 ≈ 1.00",
        "+ c 0.00 ŷ = 1.00",
    ]


TOKENS = re.compile(r"-?[0-9.]+(?:e[+-][0-9]+)?|[×+=≈→-]|[^\W\d]+")


def equations(lines: list[str]) -> Iterator[tuple[Fraction, str]]:
    """What stands left of every =, computed exactly from left to right as on a pocket calculator, and its result."""
    total, sign = None, "+"
    for token in TOKENS.findall(" ".join(re.sub(r"^[ ▸]\d+ ", "unit ", line) for line in lines)):
        if token in "×+-=≈":
            sign = token
        elif token[-1].isdigit() and sign == "=" and total is not None:
            yield total, token
            total = Fraction(token)
        elif token[-1].isdigit():
            number = Fraction(token)
            total = {"×": (total or 0) * number, "+": (total or 0) + number, "-": (total or 0) - number}.get(sign, number)
        elif token not in ("c", "ŷ"):
            total, sign = None, "+"


values = st.floats(-99, 99).map(lambda value: round(value, 2))
units = st.lists(st.tuples(values, values, values), min_size=1, max_size=40)
activations: st.SearchStrategy[Activation] = st.sampled_from(["relu", "leaky_relu", "softplus", "identity"])


@given(units, activations, activations, st.sampled_from([(50, 5), (50, 10), (76, 5), (76, 7), (88, 25)]))
def test_there_is_room_for_all_that_is_written(
    units: list[tuple[float, float, float]], activation: Activation, output: Activation, size: tuple[int, int]
) -> None:
    w, b, v = np.array(units).T
    session = with_network(open_lab(), Network(activation, output), parameters(w, b, v, 1))
    lines = list(forward_pass(read_forward_pass(session), *size))
    assert len(lines) <= size[1]
    assert max(len(line.plain) for line in lines) <= size[0]
    assert sum("ŷ = " in line.plain for line in lines) == 1
    assert "error" in lines[-1].plain


@given(units, st.floats(0, 3), st.floats(-3, 3), st.sampled_from([(50, 5), (50, 12), (76, 7), (88, 25)]))
def test_every_equation_holds_as_printed(
    units: list[tuple[float, float, float]], x: float, c: float, size: tuple[int, int]
) -> None:
    """Half a unit of the result's last digit is rounding; what is further off is marked by ≈ instead."""
    w, b, v = np.array(units).T
    session = with_network(open_lab(), Network(), parameters(w / 7, b / 7, v / 7, c))
    lines = [line.plain for line in forward_pass(read_forward_pass(probe_edits.move_probe(session, x)), *size)]
    found = list(equations(lines))
    for exact, result in found:
        assert abs(exact - Fraction(result)) * 2 <= Fraction(10) ** int(Decimal(result).as_tuple().exponent), lines
    assert found or any("≈" in line for line in lines)
