"""The chart in hand: what its keys do to a unit, and to the history."""

from dataclasses import replace

import pytest

from relutui.commands.command import Command
from relutui.commands.contents import COMMANDS
from relutui.commands.modes import HOLD_COMMANDS
from relutui.model.selection import Selection
from relutui.readout.fit import read_fit
from relutui.readout.status import read_footer, read_message
from relutui.session import edits, hold, hold_text, probe_edits
from relutui.session.session import Session
from tests.support.sessions import open_lab, opener, said, with_network, with_values

KEYS = {key: command for command in HOLD_COMMANDS for key in command.keys}


def pressed(session: Session, *keys: str) -> Session:
    """The session after keys that only the chart in hand takes."""
    for key in keys:
        session = run(KEYS[key], session)
    return session


def run(command: Command, session: Session) -> Session:
    done = command.run(session)
    assert isinstance(done, Session)
    return done


def by_id(id: str) -> Command:
    return next(command for command in COMMANDS if command.id == id)


def in_hand(**values: float) -> Session:
    """The lab with unit 1 selected, and in hand."""
    return hold.take(edits.select(open_lab(**values), Selection(1, "w")))


def of_unit(session: Session, row: int = 1) -> tuple[float, float, float]:
    p = session.state.parameters
    return float(p.w[row]), float(p.b[row]), float(p.v[row])


def test_the_kink_moves_and_the_slope_stays() -> None:
    """By 0.05: a sixtieth of 3. b = -kink * w."""
    session = pressed(in_hand(w1=2, b1=-2), "right")
    assert of_unit(session) == pytest.approx((2.0, -2.1, 1.0))
    assert of_unit(pressed(session, "left", "left")) == pytest.approx((2.0, -1.9, 1.0))
    assert of_unit(pressed(session, ">")) == pytest.approx((2.0, -3.1, 1.0))


def test_a_kink_between_two_steps_comes_to_the_next() -> None:
    assert of_unit(pressed(in_hand(w1=1, b1=-1.02), "right"))[1] == pytest.approx(-1.05)
    assert of_unit(pressed(in_hand(w1=1, b1=-1.02), "left"))[1] == -1.0


def test_the_slope_changes_and_the_kink_stays() -> None:
    assert of_unit(pressed(in_hand(w1=1, b1=-2), "up", "up")) == pytest.approx((1.2, -2.4, 1.0))
    assert of_unit(pressed(in_hand(w1=-1, b1=2), "down")) == pytest.approx((-0.9, 1.8, 1.0))


def test_flat_for_a_moment_the_kink_is_remembered() -> None:
    flat = pressed(in_hand(w1=0.1, b1=-0.2), "down")
    assert of_unit(flat)[0] == 0.0
    assert "Kink 2.00 and side right of unit 1 wait for its slope" in read_message(flat).text
    assert of_unit(pressed(flat, "up"))[:2] == (0.1, -0.2)
    assert of_unit(pressed(flat, "f"))[:2] == (1.0, -2.0)


def test_the_other_side_about_the_same_kink() -> None:
    assert of_unit(pressed(in_hand(w1=2, b1=-2), "f")) == (-2.0, 2.0, 1.0)


def test_the_range_of_the_exercise_holds() -> None:
    """The lab's is -4 to 4: at slope 4 a kink at 1 has b = -4."""
    at_end = pressed(in_hand(w1=4, b1=-4), "right")
    assert of_unit(at_end) == (4.0, -4.0, 1.0)
    assert said(at_end).endswith("w and b stay within -4 to 4; press enter, then type a value to go beyond")


def test_the_first_move_of_a_flat_unit_gives_it_a_kink_at_the_probe() -> None:
    session = hold.take(edits.select(probe_edits.move_probe(open_lab(), 2.0), Selection(1, "w")))
    assert "at the probe, x = 2." in read_message(session).text
    for key in ("left", "right", "up", "f"):
        assert of_unit(pressed(session, key)) == (1.0, -2.0, 1.0)
    assert len(pressed(session, "left").states.past) == 1


def test_a_lock_is_respected_and_said() -> None:
    locked = hold.take(edits.select(open_lab(), Selection(0, "w")))  # the lab locks unit 0: w = -2, b = 2
    for key in ("left", "up", "f", "+"):
        moved = pressed(locked, key)
        assert of_unit(moved, 0) == (-2.0, 2.0, 1.0)
        assert "locked" in said(moved)
    assert pressed(locked, "left").states is locked.states


def test_up_and_down_change_v_where_w_is_locked() -> None:
    free = opener("parabola")
    session = hold.take(edits.toggle_lock(edits.select(free, Selection(0, "w"))))
    w, b, _ = of_unit(session, 0)
    higher = pressed(edits.set_parameter(session, Selection(0, "v"), 0.5, session.view.hold and session.view.hold.group), "up")
    assert of_unit(higher, 0) == (w, b, 0.6)
    assert ("up down", "v") in hold_text.moves(higher)


def test_a_locked_b_of_0_lets_the_slope_change() -> None:
    """The first scenario: only w is free, from 0.5 by steps of 0.5, and the kink stays at 0."""
    session = hold.take(opener("one-unit"))
    assert [keys for keys, _ in read_footer(session).keys] == ["up down", "f"]
    assert of_unit(pressed(session, "up"), 0) == (1.0, 0.0, 1.0)
    assert of_unit(pressed(session, "f"), 0) == (-0.5, 0.0, 1.0)
    flat = pressed(session, "down")
    assert of_unit(flat, 0) == (0.0, 0.0, 1.0)
    assert of_unit(pressed(flat, "up"), 0) == (0.5, 0.0, 1.0)
    assert "b of unit 0 is locked" in said(pressed(session, "left"))


def test_up_and_down_change_w_where_only_b_is_locked() -> None:
    """b is 1 and step 0.5: the kink is at -1 / w."""
    session = hold.take(opener("flat-right"))
    assert ("up down", "w") in hold_text.moves(session)
    turned = pressed(session, *["down"] * 4)
    assert of_unit(turned, 0) == (-1.0, 1.0, 1.0)
    assert "kink 1.00" in read_message(turned).text
    at_end = said(pressed(turned, *["down"] * 10))
    assert at_end == "w of unit 0 is at the end of its range, -4 to 4; press enter, then type a value to go beyond"


def test_a_move_that_is_refused_says_what_helps() -> None:
    session = pressed(hold.take(opener("parabola")), "shift+tab")
    assert said(pressed(session, "left")) == "c has no kink: up and down move it"
    assert said(pressed(session, "f")) == "c has no side: up and down move it"
    locked = pressed(hold.take(edits.select(opener("lab"), Selection(0, "w"))), "shift+tab")  # c is locked in the lab
    assert said(pressed(locked, "left")) == "c has no kink, and is locked; l unlocks it"
    assert said(pressed(locked, "9")) == "there is no unit 9: the last is 2, and tab goes from one to the next"


def test_c_is_the_last_unit() -> None:
    session = pressed(hold.take(opener("parabola")), "shift+tab")
    assert session.view.selection.field == "c"
    assert pressed(session, "up", "+").state.parameters.c == 0.2
    assert "no kink" in said(pressed(session, "left"))
    assert pressed(session, "tab").view.selection.row == 0


def test_a_digit_chooses_a_unit() -> None:
    assert pressed(in_hand(), "2").view.selection.row == 2
    assert "no unit 7" in said(pressed(in_hand(), "7"))


def test_all_moves_are_one_entry_of_the_history() -> None:
    before = in_hand(w1=1, b1=-1)
    session = pressed(before, "right", "up", "2", "up", "f", "shift+tab", "+", "enter")
    assert session.view.hold is None
    assert len(session.states.past) == len(before.states.past) + 1
    assert session.state.edits == before.state.edits + 1
    undone = edits.undo(session)
    assert undone.state.parameters == before.state.parameters
    assert said(undone) == "undone: moves in the chart"


def test_a_second_hold_is_a_second_entry() -> None:
    once = pressed(in_hand(w1=1, b1=-1), "up", "enter")
    twice = pressed(hold.take(once), "up", "enter")
    assert edits.undo(twice).state.parameters == once.state.parameters


def test_esc_leaves_all_as_it_was() -> None:
    before = edits.undo(with_values(in_hand(w1=1, b1=-1), w1=3))
    held = hold.take(before)
    back = pressed(pressed(held, ">", "up", "up"), "escape")
    assert back.document == before.document  # what u and U lead to, too
    assert back.view.y_limits == before.view.y_limits
    assert back.view.hold is None


@pytest.mark.parametrize("id", ["probe-right", "view", "handle", "gradient", "lesson"])
def test_what_only_looks_goes_on_holding(id: str) -> None:
    done = by_id(id).run(in_hand(w1=1))
    assert not isinstance(done, Session) or done.view.hold


@pytest.mark.parametrize("id", ["undo", "add", "lock", "random", "nudge-up", "halve"])
def test_another_edit_ends_the_hold_and_keeps_what_it_did(id: str) -> None:
    moved = pressed(in_hand(w1=1, b1=-1), "up")
    done = run(by_id(id), moved)
    assert done.view.hold is None
    if id != "undo":
        assert edits.undo(done).state.parameters == moved.state.parameters


def test_esc_leads_back_to_the_view() -> None:
    held = hold.take(open_lab(w1=1).with_view(name="residual"))
    assert held.view.name == "fit"
    assert pressed(held, "up", "escape").view.name == "residual"


def test_that_it_solves_the_exercise_is_said() -> None:
    """The lab's second unit is (1, -1), and its third (2, -4): slope 2 from 2 on."""
    near = hold.take(edits.select(open_lab(w1=1, b1=-1, w2=1.9, b2=-3.8), Selection(2, "w")))
    solved = pressed(near, "up")
    assert "✓ solved, before" in read_message(solved).text
    assert read_message(pressed(solved, "enter")).text.startswith("Solved in")


def test_a_run_is_paused() -> None:
    assert not hold.take(replace(open_lab(), running=True)).running


def test_the_curve_of_before_stays_beside_the_new_one() -> None:
    before = in_hand(w1=1, b1=-1)
    assert read_fit(before).before is None
    ghost = read_fit(pressed(before, "up", "up")).before
    assert ghost is not None
    at_3 = ghost.y[ghost.x == 3.0]
    assert at_3.tolist() == [2.0]  # relu(x - 1), the others being 0 there
    assert read_fit(pressed(before, "up", "enter")).before is None


def test_the_message_and_the_footer_name_the_keys() -> None:
    session = pressed(in_hand(w1=1, b1=-1), "up")
    message = read_message(session)
    assert message.text.startswith("Unit 1: kink 1.00, right, slope of z +1.10, v 1.00. MSE ")
    assert message.hint == "tab, 0-9: next unit"  # the footer names the others
    assert read_message(pressed(session, "f")).text.startswith("Unit 1: kink 1.00, left, slope of z -1.10, v 1.00. MSE ")
    assert read_message(pressed(session, "f")).brief.startswith("u1 kink 1.00 slope -1.10")
    footer = read_footer(session)
    assert [*footer.keys, *footer.last] == [
        ("left right", "Kink"),
        ("up down", "Slope"),
        ("f", "Other side"),
        ("enter", "Keep"),
        ("esc", "As it was"),
    ]


@pytest.mark.parametrize(("activation", "word"), [("softplus", "bend"), ("tanh", "centre"), ("step", "jump")])
def test_a_smooth_unit_is_moved_by_its_middle(activation: str, word: str) -> None:
    lab = open_lab(w1=1, b1=-1)
    network = replace(lab.state.network, activation=activation)  # type: ignore[arg-type]
    session = hold.take(edits.select(with_network(lab, network, lab.state.parameters), Selection(1, "w")))
    moved = pressed(session, "right")
    assert of_unit(moved)[:2] == pytest.approx((1.0, -1.05))
    assert f"{word} 1.05" in read_message(moved).text
    assert [kink.x for kink in read_fit(moved).kinks] == [pytest.approx(1.05)]
