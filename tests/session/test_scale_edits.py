"""The scale put on and taken off, and what is then said in the data's own units."""

from pathlib import Path

import numpy as np
import pytest

from relutui.commands.command import apply
from relutui.commands.contents import by_id
from relutui.explain.why_unit import why_unit
from relutui.model.selection import Selection
from relutui.readout.forward_pass import read_forward_pass
from relutui.readout.pieces_list import read_pieces
from relutui.readout.table import read_table
from relutui.scenario.csv_scenario import load_csv
from relutui.scenario.reader import parse
from relutui.scenario.scenario import View
from relutui.scenario.writer import to_toml
from relutui.session import edits, hold, kink_edits
from relutui.session.hold_text import brief, description
from relutui.session.output_edits import apply_output_fit, output_fit
from relutui.session.session import Session, as_scenario, open_session
from relutui.session.unit_edits import remove_unit
from relutui.ui.screens.titles import chart_title
from tests.support.sessions import opener

YEARS = 'title = "T"\n[target]\npoints = [[1950, 0], [1960, 0], [1970, 0], [1980, 1], [1990, 2]]\n'
DRAWN, LISTED = "[init]\nunits = 3\n", "[[unit]]\nw = 1.0\nb = -1970.0\nv = 0.1\n"


def opened(start: str) -> Session:
    return open_session(parse(YEARS + start, "years", None))


def scaled(session: Session) -> Session:
    done = apply(by_id("scale"), session)
    assert isinstance(done, Session)
    return done


def said(session: Session) -> str:
    assert session.view.message
    return session.view.message.text


def test_the_key_that_is_named_scales_a_drawn_start() -> None:
    session = opened(DRAWN)
    assert said(session) == 'x is far from 0: press % for scale = "standard" under [target], or training does badly'
    assert "%" in by_id("scale").keys
    on = scaled(session)
    assert on.state.parameters == session.state.parameters
    assert on.unsaved
    assert not on.kept
    assert np.allclose(on.dataset.x, np.array([-20, -10, 0, 10, 20]) / 200**0.5)
    assert said(on).startswith("x = 1970 + 14.14 × scaled x, y = 0.6 + 0.8 × scaled y; w, b, v, c and the loss are scaled;")
    assert 'scale = "standard"' in to_toml(as_scenario(on, "years"))
    off = scaled(on)
    assert off.dataset == session.dataset
    assert off.state.parameters == session.state.parameters


def test_listed_units_keep_their_curve() -> None:
    """relu(x - 1970) / 10 is relu(scaled x) * 14.14 / 10, less 0.6 and divided by 0.8."""
    on = scaled(opened(LISTED))
    p, width = on.state.parameters, 200**0.5
    assert [p.w[0], p.b[0], p.v[0], p.c] == pytest.approx([width, 0.0, 0.1 / 0.8, -0.6 / 0.8], abs=1e-12)
    assert on.loss == pytest.approx(0.0, abs=1e-20)


def test_units_that_would_grow_beyond_what_can_be_written_stay_as_they_are() -> None:
    """1 / 8.2e-61, the deviation of 0, 1e-60 and 2e-60, is 1.2e60."""
    text = 'title = "T"\n[target]\npoints = [[1, 0], [2, 1e-60], [3, 2e-60]]\n[[unit]]\nw = 1\nb = 0\nv = 1\n'
    session = open_session(parse(text, "tiny", None))
    refused = scaled(session)
    assert (refused.states, refused.scale) == (session.states, session.scale)
    assert said(refused) == "a parameter would be larger than 1e+30, so nothing is changed"


def test_what_was_done_is_kept() -> None:
    session = edits.set_parameter(opened(LISTED), Selection(0, "v"), 0.3)
    on = scaled(session)
    assert [kept.state.parameters.v[0] for kept in on.kept] == [0.3]
    assert on.state.parameters.v[0] == pytest.approx(0.1 / 0.8)


def test_places_and_slopes_are_in_the_data_s_own_units() -> None:
    session = scaled(opened(LISTED))
    assert why_unit(session, 0).startswith("Unit 0 is off until x = 1970, where its z = 14.14 scaled x crosses 0.")
    assert "it adds slope +0.1, over [1970, 1990]" in why_unit(session, 0)
    first, second = read_pieces(session).rows
    assert (first.low, first.high, first.slope, first.bend) == ("1950", "1970", "0", "+0.1")
    assert (second.high, second.slope) == ("1990", "+0.1")
    assert read_table(session).rows[0].notes["kink"] == "1970"


def test_the_walk_has_the_step_to_scaled_x_and_back() -> None:
    walk = read_forward_pass(scaled(opened(LISTED)).with_view(probe=10 / 200**0.5))
    assert walk.scaling == ("1980", "1970", "14.14", "0.6", "0.8", "1", "1", "0")
    assert [walk.x, walk.prediction] == pytest.approx([10 / 200**0.5, 0.5])


def test_a_kink_moves_by_round_numbers_of_the_data() -> None:
    """40 years in 60 steps: by one each."""
    session = hold.take(scaled(opened(LISTED)))
    moved = hold.move_kink(session, 3)
    assert moved.scale.x.own(kink_edits.value_of(moved.state, Selection(0, "kink"))) == pytest.approx(1973.0)
    formed = edits.select(kink_edits.toggle_form(scaled(opened(LISTED))), Selection(0, "kink"))
    nudged = edits.nudge(formed, -2)
    assert nudged.scale.x.own(kink_edits.value_of(nudged.state, Selection(0, "kink"))) == pytest.approx(1968.0)


def test_words_about_other_units_are_left_out() -> None:
    on = scaled(opener("lab"))
    assert (on.scenario.intro, on.scenario.lesson, on.scenario.asks) == ("", "", ())
    assert on.scenario.exercise
    assert (on.scenario.exercise.hints, on.scenario.exercise.why) == ((), "")
    assert on.scenario.exercise.solved_below == pytest.approx(1e-3 / on.scale.y.width**2)
    assert said(on).endswith("; lesson, hints and questions are of the other units and left out")
    assert "% takes that off" in said(on)
    off = scaled(on)
    assert "left out" not in said(off)
    assert (off.scenario.lesson, off.scenario.asks) == ("", ())  # so nothing may promise that all is as it was


@pytest.mark.parametrize(("rows", "scale"), [("1950,0\n1990,2\n", "standard"), ("0,0\n2,1\n", "none")])
def test_a_csv_file_that_opens_by_itself_is_scaled_where_it_needs_it(tmp_path: Path, rows: str, scale: str) -> None:
    file = tmp_path / "years.csv"
    file.write_text(f"x,y\n{rows}")
    session = open_session(load_csv(file))
    assert session.scenario.target.scale == scale
    assert ("x and y are scaled for training; % takes that off" in said(session)) == (scale == "standard")


def test_a_loss_that_an_edit_leads_to_is_called_scaled_where_it_is() -> None:
    session = scaled(opened(DRAWN))
    assert said(remove_unit(session)).startswith("unit 0 removed: the scaled MSE ")
    assert said(apply_output_fit(session, output_fit(session))).startswith("v and c solved for: scaled MSE ")
    assert said(remove_unit(opened(DRAWN))).startswith("unit 0 removed: the MSE ")


def test_whatever_names_a_loss_says_that_it_is_scaled() -> None:
    """But for the label of narrow columns, over which the title says so."""
    session = scaled(opened(DRAWN))
    views: tuple[View, ...] = ("residual", "activations", "sizes", "loss")
    titles = [chart_title(session.with_view(name=view)) for view in views]
    assert ["scaled MSE" in title for title in titles] == [True, True, False, True]
    assert titles[2].endswith("MSE scaled")
    held = hold.take(edits.select(session, Selection(0, "w")))
    assert "scaled MSE" in description(held)
    assert "scaled MSE" in brief(held)
