from relutui.readout.chart import LossReadout
from relutui.widgets.chart import loss


def test_a_loss_that_only_rounding_moves_is_drawn_flat_and_labelled() -> None:
    strips = loss(LossReadout((0, 1, 2, 3), (2.4630335, 2.4630335, 2.4630335, 2.4630336)), 60, 12)
    rows = [strip.text for strip in strips]
    drawn = [row for row in rows[:-2] if any("\u2800" < cell <= "\u28ff" for cell in row)]
    assert len(drawn) <= 2  # the dots of two rows at most, if the line lies on the border of two cells
    assert any(cell.isdigit() for row in rows[:-2] for cell in row[:6])
