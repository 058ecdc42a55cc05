"""The x-range beyond the data: what is seen there, and that nothing else knows of it."""

import numpy as np

from relutui.readout.fit import read_fit
from relutui.readout.forward_pass import read_forward_pass
from relutui.readout.pieces_list import read_pieces
from relutui.readout.small_multiples import read_units
from relutui.readout.strips import read_strips
from relutui.session.edits import tighten_limits
from relutui.session.probe_edits import move_probe, probe_by_points, probe_by_range
from relutui.session.range_edits import widen_x_range
from tests.support.sessions import open_lab, opener, said

SOLVED = {"w1": 1, "b1": -1, "w2": 2, "b2": -4}


def test_it_becomes_twice_and_four_times_as_wide_and_then_the_domain_again() -> None:
    once = widen_x_range(opener("lab"))
    assert once.x_range == (-1.5, 4.5)
    assert once.domain == (0.0, 3.0)
    twice = widen_x_range(once)
    assert twice.x_range == (-4.5, 7.5)
    assert said(twice) == "x from -4.5 to 7.5: the curve goes on where there are no data; B again: back"
    back = widen_x_range(twice)
    assert (back.x_range, back.data_range, said(back)) == ((0.0, 3.0), None, "x from 0 to 3 again")


def test_neither_the_document_nor_the_loss_knows_of_it() -> None:
    session = open_lab(**SOLVED)
    wider = widen_x_range(session)
    assert wider.document is session.document
    assert wider.loss == session.loss
    assert not widen_x_range(opener("lab")).unsaved


def test_the_curve_goes_on() -> None:
    fit = read_fit(widen_x_range(open_lab(**SOLVED)))
    x = np.array([-1.5, 1.0, 2.0, 4.5])
    # By hand: relu(-2x + 2) + relu(x - 1) + relu(2x - 4).
    np.testing.assert_allclose(np.interp(x, *fit.prediction), [5.0, 0.0, 1.0, 8.5])
    assert fit.data_range == (0.0, 3.0)
    assert fit.y_limits[1] > 8.5


def test_a_kink_beyond_the_data_comes_into_sight() -> None:
    session = open_lab(w1=1, b1=1, w2=1, b2=-4)  # kinks at -1 and at 4
    assert [kink.x for kink in read_fit(session).kinks] == [1.0]
    assert sorted(kink.x for kink in read_fit(widen_x_range(session)).kinks) == [-1.0, 1.0, 4.0]
    assert read_units(widen_x_range(session)).units[2].note == "off until x = 4"
    assert read_units(session).units[2].note == "off everywhere"


def test_strips_and_pieces_go_on_to_the_ends() -> None:
    session = widen_x_range(open_lab(**SOLVED))
    strips, rows = read_strips(session), read_pieces(session).rows
    assert [(each.low, each.high) for each in strips.unit(0)] == [(-1.5, 1.0), (1.0, 4.5)]
    assert [(row.low, row.high, row.slope) for row in rows] == [("-1.5", "1", "-2"), ("1", "2", "+1"), ("2", "4.5", "+3")]
    assert [(each.low, each.high) for each in strips.target] == [(0.0, 1.0), (1.0, 2.0), (2.0, 3.0)]


def test_the_probe_goes_beyond_the_data_where_there_is_no_target() -> None:
    session = widen_x_range(open_lab(**SOLVED))
    beyond = probe_by_points(move_probe(session, 3.0), 1)
    assert beyond.view.probe == 4.5
    walk = read_forward_pass(beyond)
    assert (walk.prediction, walk.target, walk.error) == (8.5, None, None)
    assert probe_by_range(move_probe(session, 0.0), -1).view.probe == -0.6  # a tenth of a range of 6
    assert read_forward_pass(move_probe(session, 0.0)).target == 2.0
    assert widen_x_range(widen_x_range(beyond)).view.probe == 3.0


def test_an_edit_fits_the_y_range_to_what_is_seen() -> None:
    session = widen_x_range(open_lab(**SOLVED))
    assert tighten_limits(session).view.y_limits == session.view.y_limits
