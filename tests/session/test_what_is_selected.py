"""Whatever is done, in any order: what is selected, chosen for an axis, in a sum, waiting or typed is there."""

import asyncio

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from relutui.commands.command import LookAhead, Show, Solve, Train, apply
from relutui.commands.contents import COMMANDS, by_id
from relutui.model.landscape import COLUMNS, ROWS, Landscape
from relutui.model.network import Parameters
from relutui.model.selection import HANDLE, Field, Selection
from relutui.readout.forward_pass import read_forward_pass
from relutui.readout.small_multiples import read_units
from relutui.readout.status import read_footer, read_message, read_status
from relutui.readout.strips import read_strips
from relutui.readout.table import read_table
from relutui.readout.view import read_chart
from relutui.session import edits, landscape_axes, output_edits, partial_sum, unit_edits
from relutui.session.session import Session
from relutui.session.view_state import Typing
from relutui.study import random_starts
from relutui.study.refit import one_fewer, one_more
from tests.support.fake_trainer import FakeTrainer
from tests.support.sessions import opener

READERS = (read_chart, read_footer, read_message, read_status, read_strips, read_table, read_units, read_forward_pass)
UNITS_CHANGE = ("add", "remove", "one-fewer", "one-more", "undo", "redo", "rewind", "random", "seeds")
ALL = tuple(command.id for command in COMMANDS)
TYPED = st.tuples(st.integers(0, 5), st.sampled_from(["w", "b", "v", "c", "kink", "slope", "side"]))


def after(session: Session, name: str) -> Session:
    """The session after a command, and after what a screen that it opens gives back."""
    state, init = session.state, session.scenario.init
    problem = state.problem(session.dataset)
    match apply(by_id(name), session):
        case Session() as done:
            return done
        case Train():
            return edits.record_training(session, asyncio.run(FakeTrainer().train(state.checkpoint, problem, 3)), run=1)
        case Show("seeds"):
            return random_starts.open_start(random_starts.begin(session, 3, 5), 1)
        case Show("one fewer"):
            row = session.view.selection.row
            refit = one_fewer(state.parameters, problem, row, init, range(2))
            return unit_edits.apply_refit(session, refit.changed, refit.problem.locks, row)
        case Show("one more"):
            refit = one_more(state.parameters, problem, init, range(2))
            return unit_edits.apply_refit(session, refit.changed, refit.problem.locks, refit.unit)
        case Solve():
            return output_edits.apply_output_fit(session, output_edits.output_fit(session))
        case LookAhead() | Show():
            return session


def measured(session: Session) -> Session:
    """The session with a landscape as it is measured, but for its losses."""
    plane = landscape_axes.plane(session)
    return session.with_findings(landscape=Landscape(plane, np.ones((ROWS, COLUMNS))))


def assert_all_there(session: Session) -> None:
    count = session.state.parameters.units

    def there(place: Selection, fields: tuple[Field, ...]) -> bool:
        return place.row == count if place.field == "c" else place.row < count and place.field in fields

    assert there(session.view.selection, session.fields)
    assert session.view.column in session.fields
    across, up = landscape_axes.axes(session)
    assert across != up
    assert all(there(place, ("w", "b", "v")) for place in (across, up))
    assert set(partial_sum.summed_terms(session)) <= set(range(count + 2))
    assert {waiting.row for waiting in session.state.pending_kinks} <= set(range(count))
    assert len(session.state.locks.w) == count
    assert session.domain[0] <= session.view.probe <= session.domain[1]
    assert isinstance(session.state.origin, Parameters | None)


@example(names=["down", "down", "remove", "end", "undo"], typed=(0, "w"))
@example(names=["add", "handle", "undo", "handle", "up"], typed=(3, "kink"))
@given(names=st.lists(st.sampled_from(UNITS_CHANGE) | st.sampled_from(ALL), max_size=25), typed=TYPED)
def test_whatever_is_done_all_that_is_pointed_at_is_there(names: list[str], typed: tuple[int, Field]) -> None:
    session = opener("lab-free")
    for name in names:
        session = measured(after(session, name))
        assert_all_there(session)
    place = Selection(*typed)
    session = session.with_view(typing=Typing(place, 0.5))
    for read in READERS:
        read(session)
        read(edits.with_typed_value(session))
    assert_all_there(edits.select(session, place))
    assert_all_there(edits.set_parameter(session, place, 0.5))


def test_c_stays_selected_when_a_unit_comes_back() -> None:
    session = opener("lab-free")
    for name in ("down", "down", "remove", "end", "undo"):
        session = after(session, name)
    assert session.view.selection == Selection(3, "c")
    assert after(session, "redo").view.selection == Selection(2, "c")


def test_what_a_click_or_an_edit_is_about_may_be_gone_when_it_is_heard() -> None:
    """A unit removed meanwhile, or other fields in the table."""
    lab = opener("lab")
    assert edits.select(lab, Selection(5, "w")).view.selection == Selection(3, "c")
    assert edits.select(lab, Selection(1, "kink")).view.selection == Selection(1, "b")
    kinks = after(lab, "handle")
    assert [edits.select(kinks, Selection(1, field)).view.selection.field for field in ("w", "b", "v", *HANDLE)] == [
        *("slope", "kink", "v", *HANDLE)
    ]
    for place in (Selection(5, "w"), Selection(5, "slope")):
        assert edits.set_parameter(lab, place, 2.0) is lab
