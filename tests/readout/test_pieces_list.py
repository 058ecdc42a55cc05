"""The list of pieces; the lab's numbers are those of subject.md."""

from relutui.model.network import Network
from relutui.readout.pieces_list import PieceRow, read_pieces
from tests.support.sessions import open_lab, opener, parameters, with_network


def test_the_pieces_of_the_lab() -> None:
    assert read_pieces(open_lab(w1=1, b1=-1, w2=2, b2=-4)) == (
        "the prediction",
        (PieceRow("0", "1", "-2", "+3"), PieceRow("1", "2", "+1", "+2"), PieceRow("2", "3", "+3", "")),
    )


def test_the_sum_before_an_output_activation() -> None:
    """34.02 and 34.02 - 69.36 (subject.md)."""
    pieces = read_pieces(opener("dosage-relu"))
    assert pieces.curve == "the sum before the output"
    assert [row.slope for row in pieces.rows] == ["+34.02", "-35.34"]


def test_two_digits_more_than_in_a_sentence() -> None:
    thirds = with_network(open_lab(), Network(), parameters([1, 1], [-1 / 3, -1.00002], [1 / 3, 1]))
    assert read_pieces(thirds).rows[1] == PieceRow("0.333333", "1.00002", "+0.3333", "+1")
