"""The drawn network, by the figures of the subject."""

from decimal import Decimal

import pytest

from relutui.model.network import Network
from relutui.model.selection import Selection
from relutui.readout.network import read_network
from relutui.session import edits, probe_edits
from relutui.session.session import Session
from relutui.ui.widgets.network import network
from tests.support.sessions import open_lab, opener, parameters, with_network


def drawn(session: Session, width: int, height: int) -> list[str]:
    rows = [line.plain.rstrip() for line in network(read_network(session), width, height)]
    assert max(map(len, rows)) <= width
    return rows


HALF = probe_edits.move_probe(open_lab(w1=1, b1=-1), 2.4)
DOSAGE = opener("dosage-relu")


def test_the_lab_is_whole_at_80_columns_below_the_chart() -> None:
    """z = -2 x 2.4 + 2 = -2.8 and 2.4 - 1 = 1.4; unit 2 has w = b = 0."""
    assert drawn(HALF, 78, 7) == [
        "                  w             b       z      a        v    v a",
        "         ╭━ × -2.00 ━►( 0: + 2.00 = -2.80 →  off)┄ × 1.00 = 0.00 ┄╮",
        "         │                                                        │  Σ = 1.40",
        "x = 2.40 ┼━━ × 1.00 ━►(▸1: - 1.00 =  1.40 → 1.40)━ × 1.00 = 1.40 ━┼► + c 0.00",
        "         │                                                        │  ŷ = 1.40",
        "         ╰┄┄ × 0.00 ┄►( 2: + 0.00 =  0.00 →  off)┄ × 1.00 = 0.00 ┄╯",
        "",
    ]


def test_units_are_boxes_where_there_is_room() -> None:
    rows = drawn(HALF, 78, 9)
    assert [row.count("relu") for row in rows] == [0, 0, 1, 0, 0, 1, 0, 0, 1]
    assert [row.count("relu: off") for row in rows] == [0, 0, 1, 0, 0, 0, 0, 0, 1]
    assert "│▸1: - 1.00 =  1.40 → 1.40│" in rows[4]


def test_no_name_is_longer_than_its_box() -> None:
    """Where only a is inside, leaky_relu has no room."""
    session = with_network(opener("shifted-1"), Network("leaky_relu"), parameters([1.0], [-0.5], [1.0]))
    box = [row for row in drawn(session, 36, 9) if set(row) & set("╭│╰")]
    assert {row.rindex(right) - row.index(left) for row, left, right in zip(box, "╭│╰", "╮│╯")} == {len("▸0: 0.50") + 1}


@pytest.mark.parametrize(
    ("x", "inner", "total", "prediction"),
    [
        (0.0, ("- 0.85 = -0.85", "+ 0.00 = 0.00"), ("0.00", "-16.00"), "0.00"),
        (0.5, ("- 0.85 = 0.00", "+ 0.00 = 6.30"), ("17.01", "1.01"), "1.01"),
        (1.0, ("- 0.85 = 0.85", "+ 0.00 = 12.60"), ("-0.66", "-16.66"), "0.00"),
    ],
)
def test_the_dosage_network_by_hand(x: float, inner: tuple[str, str], total: tuple[str, str], prediction: str) -> None:
    text = " ".join(" ".join(drawn(probe_edits.move_probe(DOSAGE, x), 110, 7)).split())
    assert all(f"{part} →" in text for part in inner)
    for line in (f"Σ = {total[0]}", f"= {total[1]}", "relu →", f"ŷ = {prediction}"):
        assert line in text


def test_of_more_units_than_rows_those_around_the_selected_one_are_drawn_and_add_up() -> None:
    """shifted-100 at x = 1: v is 0.02 of unit 0 and 0.04 of the others, so unit j adds 0.04 (1 - 0.02 j); 50 are on."""
    rows = drawn(edits.select(probe_edits.move_probe(opener("shifted-100"), 1.0), Selection(10, "v")), 78, 7)
    units = [row.split("(")[1].split()[0] for row in rows if "(" in row]
    assert units == ["8:", "9:", "▸10:", "11:", "12:"]
    assert "and 95 more, 45 on: " in rows[-1]
    parts = [Decimal(row.split(")")[1].split("= ")[1].split()[0]) for row in rows if "(" in row]
    true = [Decimal("0.04") * (1 - Decimal("0.02") * unit) for unit in range(8, 13)]
    assert all(abs(part - exact) <= Decimal("0.0005") for part, exact in zip(parts, true))
    total = next(Decimal(row.split("Σ =")[1]) for row in rows if "Σ =" in row)
    assert sum(parts) + Decimal(rows[-1].split()[-2]) == total == 1


@pytest.mark.parametrize(("row", "first"), [(0, "0"), (99, "95"), (100, "95")])  # the last is c
def test_the_window_stays_among_the_units(row: int, first: str) -> None:
    session = edits.select(opener("shifted-100"), Selection(row, "c" if row == 100 else "w"))
    (line, *_) = (row for row in drawn(session, 78, 7) if "(" in row)
    assert line.split("(")[1].split()[0].strip("▸:") == first


def test_an_edge_is_thick_for_a_large_number_and_broken_for_0() -> None:
    session = with_network(opener("shifted-2"), Network(), parameters([4, -1], [0, 0.25], [1, 1]))
    first, second = (row for row in drawn(session, 78, 7) if "×" in row)
    assert "━ × 4.00 ━►" in first
    assert "━ × 1.00 = 4.00 ━" in first
    assert "─ × -1.00 ─►" in second
    assert "┄ × 1.00 = 0.00 ┄" in second


@pytest.mark.parametrize("values", [(1e-300, -40.8, 123456.0), (-1.2345e-7, 1e29, -9999.5)])
@pytest.mark.parametrize("size", [(78, 7), (50, 7), (38, 10), (64, 22)])
def test_long_numbers_leave_what_there_is_room_for(values: tuple[float, float, float], size: tuple[int, int]) -> None:
    session = with_network(opener("lab"), Network(output_activation="relu"), parameters(values, values, values))
    rows = drawn(session.with_view(more_digits=2), *size)
    assert "ŷ" in "".join(rows)


def test_units_that_leak_or_have_no_kink_are_not_called_off() -> None:
    p = parameters([1.0], [-3.0], [1.0])
    assert "off" not in "".join(drawn(with_network(opener("shifted-1"), Network("tanh"), p), 78, 7))
    leaking = "".join(drawn(with_network(opener("shifted-1"), Network("leaky_relu"), p), 60, 2))
    assert "-0.02" in leaking  # 0.01 (1 - 3)


def test_where_nothing_else_fits_it_is_the_prediction() -> None:
    assert drawn(HALF, 8, 1) == ["ŷ = 1.40"]
