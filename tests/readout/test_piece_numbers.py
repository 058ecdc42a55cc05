"""The numbers of the straight pieces: on the chart, in the row of the sum and in the list they are the same."""

from relutui.commands.command import apply
from relutui.commands.contents import by_id
from relutui.readout.fit import read_fit
from relutui.readout.pieces_list import read_pieces
from relutui.readout.strips import read_strips
from relutui.session.session import Session
from tests.support.sessions import open_lab, opener, said, with_values

SOLVED = open_lab(w1=1, b1=-1, w2=2, b2=-4)


def numbered(session: Session) -> Session:
    done = apply(by_id("numbers"), session)
    assert isinstance(done, Session)
    return done


def test_each_piece_has_its_number_in_its_middle() -> None:
    assert read_fit(SOLVED).numbers == ()
    numbers = read_fit(numbered(SOLVED)).numbers
    assert [(n.number, n.low, n.high, n.y) for n in numbers] == [(1, 0.0, 1.0, 1.0), (2, 1.0, 2.0, 0.5), (3, 2.0, 3.0, 2.5)]


def test_the_row_of_the_sum_and_the_list_have_the_same() -> None:
    session = numbered(SOLVED)
    assert [its.text for its in read_strips(session).total] == ["1: -2", "2: +1", "3: +3"]
    assert [row.slope for row in read_pieces(session).rows] == ["-2", "+1", "+3"]


def test_a_kink_without_a_bend_parts_no_piece() -> None:
    session = numbered(with_values(opener("shifted-2"), v1=0))  # a kink at 1, where unit 1 adds nothing
    assert [its.text for its in read_strips(session).total] == ["1: +1", "1: +1"]
    assert [n.number for n in read_fit(session).numbers] == [1]


def test_pressed_again_or_elsewhere() -> None:
    on = numbered(SOLVED.with_view(name="units"))
    assert (on.view.name, on.view.numbered) == ("fit", True)
    assert not numbered(on).view.numbered
    assert numbered(on.with_view(name="loss")).view.numbered


def test_an_output_with_bends_of_its_own_has_none() -> None:
    assert said(numbered(opener("dosage-relu"))) == "the output activation bends the curve too; K lists the pieces before it"
