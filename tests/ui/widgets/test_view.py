"""The chart in each of its views: what stands where, without colour, at any size."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.model.network import ACTIVATIONS, Activation, Network
from relutui.model.selection import Selection
from relutui.plot.axes import Axes, columns
from relutui.readout.loss import LossReadout
from relutui.readout.view import read_chart
from relutui.scenario.scenario import VIEWS, View
from relutui.session import edits
from relutui.session.session import Session
from relutui.ui.widgets.loss import loss
from relutui.ui.widgets.view import chart
from tests.support.examples import examples
from tests.support.sessions import open_lab, opener, parameters, with_network, with_values

HALF = open_lab(w1=1, b1=-1)
SOLVED = with_values(HALF, w2=2, b2=-4)
SMALL = (78, 9)  # the panel at 80x24


def drawn(session: Session, view: View, size: tuple[int, int] = SMALL) -> list[str]:
    rows = chart(read_chart(session.with_view(name=view)), *size)
    assert [row.cell_length for row in rows if row.cell_length > size[0]] == []
    assert len(rows) <= size[1]
    return [row.text.rstrip() for row in rows]


def test_three_units_stand_side_by_side_with_what_is_off_in_shade_and_in_words() -> None:
    rows = drawn(edits.select(SOLVED, Selection(1, "w")), "units")
    assert rows[0] == "  unit 0  off from x = 1   ▸unit 1  off until x = 1   unit 2  kink 0 ◇ 2 ◆"
    top = [rows[1][start + 6 : start + 26] for start in (0, 26, 52)]
    assert "░" not in top[0][:6]
    assert top[0].endswith("░" * 13)
    assert top[1].startswith("░" * 6)
    assert "░" not in top[1][7:]
    assert " " not in top[2][:13]  # the line of before the edit of b crosses the shade
    assert "░░░░" in top[2][:13]


def test_a_long_note_stands_without_the_word_unit() -> None:
    rows = drawn(with_values(SOLVED, w1=3, b1=-5.001), "units")
    assert "▸1  off until x = 1.667" in rows[0].replace("unit ", "")
    assert "unit 2  off until x = 2" in rows[0]


def test_the_places_of_a_kink_stand_in_its_title_with_their_markers_where_they_fit() -> None:
    moved = with_values(SOLVED, w1=2, b1=-4)
    assert "unit 1  kink 1 ◇ 0.5 ◇ 2 ◆" in drawn(moved, "units", (110, 9))[0]
    assert "▸1  kink 1 ◇ 0.5 ◇ 2 ◆" in drawn(moved, "units")[0].replace("unit ", "")


def test_the_activations_stand_side_by_side_the_present_one_marked() -> None:
    assert drawn(HALF, "activations")[0] == "  identity 6.3740    sigmoid 1.1984    ▸relu 0.4497        softplus 1.7398"
    tanh = with_network(HALF, Network("tanh"), HALF.state.parameters)
    assert "▸tanh" in drawn(tanh, "activations")[0]
    assert drawn(tanh, "activations")[-1] == " ↑ 2 more"


def test_the_sum_is_written_and_its_terms_are_named_on_their_curves() -> None:
    rows = drawn(edits.select(SOLVED.with_view(summed_units=(2, 0)), Selection(1, "w")), "contributions")
    assert rows[0] == " Σ = unit 2 + unit 0   c adds unit 1"
    chart_rows = "\n".join(rows[1:])
    assert all(name in chart_rows for name in ("+0", "▸1", "+2", "Σ"))
    assert "+1" not in chart_rows
    assert drawn(SOLVED, "contributions")[0].startswith(" Σ = nothing yet")


def test_the_whole_sum_is_the_prediction() -> None:
    dosage = opener("dosage-relu").with_view(summed_units=(0, 1, 2, 3))
    assert drawn(dosage, "contributions")[0] == " Σ = relu(unit 0 + unit 1 + c) = ŷ, the prediction"


def test_of_a_long_sum_the_end_is_written() -> None:
    hundred = opener("shifted-100").with_view(summed_units=tuple(range(100)))
    assert drawn(hundred, "contributions", (45, 9))[0] == " Σ = … + 97 + 98 + 99 = ŷ, the prediction"


def test_the_error_of_each_piece_stands_under_its_part_of_the_x_axis() -> None:
    rows = drawn(HALF, "residual")
    assert rows[0] == "  MSE 0.4497   largest error -2 at x = 3"
    area = columns(Axes((0, 3), (0, 1)), SMALL[0])
    assert [column for column, cell in enumerate(rows[-1]) if cell == "│"] == [area.column(x) for x in (0, 1, 2)]
    assert rows[-1].split() == ["MSE", "│", "0", "│", "0", "│", "1.349"]
    assert rows[-2].split() == ["0.0", "0.5", "1.0", "1.5", "2.0", "2.5", "3.0"]


def test_the_best_possible_has_a_line_of_its_own_where_the_first_is_full() -> None:
    """relu(x) + relu(x - 1) against x^2 on [0, 2] is 3 - 4 at x = 2, where it errs most."""
    narrow, wide = (drawn(opener("shifted-2"), "residual", (width, 12)) for width in (78, 120))
    assert narrow[0].endswith("largest error -1 at x = 2")
    assert narrow[1] == "  best with 2 pieces to the whole parabola: largest 0.125, or MSE 0.005556"
    assert wide[0] == narrow[0]
    assert wide[1].endswith("largest aL²/8n² = 0.125, or MSE a²L⁴/180n⁴ = 0.005556 by another fit")


def test_of_more_pieces_than_fit_the_worst_is_named() -> None:
    last = drawn(opener("shifted-100"), "residual")[-1]
    assert last.startswith("  worst of 100 pieces: ")
    assert len(drawn(opener("shifted-100"), "residual", (38, 10))[-1]) <= 38


def test_the_kinks_of_units_and_of_the_output_activation_look_different() -> None:
    rows = drawn(opener("dosage-relu"), "fit")
    assert "".join(rows).count("◆") == 2
    (last,) = (row for row in rows if "◇" in row)
    area = columns(Axes((0, 1), (0, 1)), SMALL[0])
    assert [column for column, cell in enumerate(last) if cell == "◇"] == [area.column(0.4703), area.column(0.5286)]


def test_a_hundred_kinks_do_not_hide_the_curve() -> None:
    assert "".join(drawn(opener("shifted-100"), "fit")).count("◆") == 1


def test_z_is_a_row_of_dots_while_a_unit_is_edited_by_its_kink() -> None:
    session = edits.select(HALF, Selection(2, "w"))
    session = with_network(session, Network(), parameters([-2, 1, 0.5], [2, -1, 2], [1, 1, 0]))  # v = 0: nothing on top
    new = [
        cell
        for plain, with_z in zip(drawn(session, "fit"), drawn(session.with_view(handle_mode=True), "fit"))
        for before, cell in zip(plain.ljust(78), with_z.ljust(78))
        if before == " " != cell
    ]
    assert len(new) > 50  # one in almost each of 72 columns
    assert {(ord(cell) - 0x2800).bit_count() for cell in new} == {1}


def test_a_loss_that_only_rounding_moves_is_drawn_flat_and_labelled() -> None:
    strips = loss(LossReadout((0, 1, 2, 3), (2.4630335, 2.4630335, 2.4630335, 2.4630336)), 60, 12)
    rows = [strip.text for strip in strips]
    lines = [row for row in rows[:-2] if any("\u2800" < cell <= "\u28ff" for cell in row)]
    assert len(lines) <= 2  # the dots of two rows at most, if the line lies on the border of two cells
    assert any(cell.isdigit() for row in rows[:-2] for cell in row[:6])


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", ["lab", "dosage-relu", "shifted-100"])
def test_every_view_fits_a_small_window(view: View, name: str) -> None:
    for size in ((40, 9), (38, 7), (26, 8), (78, 9), (64, 21), (110, 45)):
        assert "".join(drawn(opener(name), view, size)).strip()


@examples(25, 2000)
@given(st.data(), st.sampled_from(VIEWS), st.sampled_from(ACTIVATIONS), st.sampled_from(ACTIVATIONS), st.integers(1, 30))
def test_any_numbers_can_be_drawn(
    data: st.DataObject, view: View, activation: Activation, output: Activation, units: int
) -> None:
    w, b, v = (np.array(data.draw(st.lists(st.floats(), min_size=units, max_size=units))) for _ in range(3))
    session = with_network(SOLVED, Network(activation, output), parameters(w, b, v, data.draw(st.floats())))
    added = tuple(data.draw(st.permutations(range(units + 2))))
    session = session.with_view(
        name=view, summed_units=added, handle_mode=True, selection=Selection(data.draw(st.integers(0, units)), "w")
    )
    for size in ((78, 9), (40, 9), (5, 2)):  # no row is wider, and there are no more of them
        drawn(session, view, size)


@pytest.mark.parametrize("width", range(19, 130))
def test_the_losses_of_the_activations_are_whole_at_every_width(width: int) -> None:
    session = opener("dosage-relu").with_view(name="activations")
    rows = "\n".join(strip.text for strip in chart(read_chart(session), width, 40))
    for name, losses in {"leaky_relu": ("1.0e-04", "1.0e-4"), "identity": ("348.9425",), "tanh": ("149.7335",)}.items():
        found = re.search(rf"{name} +(?:SSE )?(\S+)", rows)
        assert found is None or found[1] in losses


def test_steps_at_a_loss_of_0_are_not_called_no_steps() -> None:
    (said,) = loss(LossReadout((0, 1), (0.0, 0.0)), 70, 9)
    assert "no steps" not in said.text
    assert "0" in said.text
    (said,) = loss(LossReadout((0,), (0.0,)), 70, 9)
    assert "no steps yet" in said.text


def test_a_start_that_was_trained_elsewhere_is_not_called_no_steps() -> None:
    """One of many starts comes without the losses on its way."""
    (said,) = loss(LossReadout((4000,), (1e-5,)), 70, 9)
    assert said.text.rstrip() == " no steps from here yet: s takes one, space runs"
