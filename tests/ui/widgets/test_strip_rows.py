import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.model.network import Activation, Network
from relutui.model.selection import Selection
from relutui.readout.strips import read_strips
from relutui.session import edits
from relutui.session.session import Session
from relutui.ui.widgets.strips import rows, strips
from tests.support.sessions import open_lab, opener, parameters, with_network, with_values

HALF = open_lab(w1=1, b1=-1)


def drawn(session: Session, width: int, height: int) -> list[str]:
    return [line.plain for line in strips(read_strips(session), width, height)]


def test_the_lab_half_solved() -> None:
    """60 columns for [0, 3], after a margin of 6: x = 1 and x = 2 fall on columns 20 and 39 of them."""
    assert drawn(HALF, 66, 6) == [
        " 0    " + "▓" * 5 + " slope -2 " + "▓" * 5 + "·" * 40,
        "▸1    " + "·" * 20 + "▓" * 15 + " slope +1 " + "▓" * 15,
        " 2    " + "·" * 60,
        " Σ    " + "│        -2         │                  +1                   ",
        "target" + "│       -2 ✓        │       +1 ✓       │        +3 ✗        ",
    ]


def test_the_targets_slopes_are_the_first_to_go() -> None:
    assert [line[:6].strip() for line in drawn(HALF, 66, 5)] == ["0", "▸1", "2", "Σ", "target"]
    assert [line[:6].strip() for line in drawn(HALF, 66, 4)] == ["0", "▸1", "2", "Σ"]


def test_what_the_relu_on_the_output_does() -> None:
    """60 columns for [0, 1]: 0.4703, 0.5 and 0.5286 fall on columns 28, 30 and 31."""
    assert drawn(opener("dosage-relu"), 66, 6)[-1] == (
        " relu " + "·" * 14 + " slope +34.02 " + "▓▓▓" + " slope -35.34 " + "·" * 15
    )


def test_the_slopes_of_a_hundred_pieces_are_sampled() -> None:
    """The sum of shifted-100 interpolates x^2, whose slope is 2 x."""
    session = opener("shifted-100")
    total = drawn(session, 106, 9)[-1]
    assert "│" not in total
    found = [(float(text), (total.index(text) + len(text) / 2 - 6) / 50) for text in total.split()[1:]]
    assert len(found) >= 5
    for slope, x in found:
        assert slope == pytest.approx(2 * x, abs=0.1)


def test_groups_stand_for_the_units_that_have_no_row_of_their_own() -> None:
    session = edits.select(opener("shifted-100"), Selection(50, "w"))
    names = [line[:6].strip() for line in drawn(session, 66, 9)]
    assert names == ["0-23", "24-47", "48", "49", "▸50", "51", "52-75", "76-99", "Σ"]


def test_a_group_whose_name_has_no_room_says_where_it_begins() -> None:
    many = parameters([1] * 256, -np.linspace(0, 3, 256), [1] * 256)
    names = [line[:6].strip() for line in drawn(with_network(HALF, Network(), many), 66, 9)]
    assert names[-5:-1] == ["4-66", "67-129", "130-…", "193-…"]


@given(st.integers(1, 256), st.data(), st.integers(1, 30))
def test_every_unit_is_in_one_row_and_the_selected_one_has_its_own(units: int, data: st.DataObject, room: int) -> None:
    selected = data.draw(st.integers(0, units))
    shown = rows(units, selected, room)
    assert len(shown) == min(units, room) or room < 3
    assert selected == units or (selected, selected + 1) in shown
    if room >= 3:
        assert [unit for first, end in shown for unit in range(first, end)] == list(range(units))


def test_moving_within_a_page_moves_no_row() -> None:
    assert rows(100, 40, 8) == rows(100, 43, 8) != rows(100, 44, 8)


@pytest.mark.parametrize("activation", ["relu", "softplus", "identity"])
@pytest.mark.parametrize("output", ["identity", "leaky_relu", "sigmoid"])
@pytest.mark.parametrize("width", [8, 12, 40, 106])
def test_every_row_fills_the_width(activation: Activation, output: Activation, width: int) -> None:
    for session in (with_values(HALF, w2=40, b2=-80), opener("shifted-100")):
        lines = drawn(with_network(session, Network(activation, output), session.state.parameters), width, 9)
        assert {len(line) for line in lines} == {width}
        assert len(lines) <= 9
