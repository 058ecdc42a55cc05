"""When a loss stands still, and when it does not."""

from relutui.explain.why_stuck import stuck_reason
from relutui.scenario.reader import parse
from relutui.session import edits, settings_edits
from relutui.session.session import open_session
from tests.support.sessions import open_lab, opener, with_values
from tests.support.standing_still import BEST_OF_TWO, after, standing, trained, why


def test_a_loss_that_falls_is_not_stuck() -> None:
    session = open_lab(w1=1.0)
    assert stuck_reason(trained(session, 200)) is None
    # By 1 % in the last 200 steps: it takes 14,000 to halve.
    assert stuck_reason(after(session, [session.loss * (1.0 + 0.01 * (100 - i) / 50) for i in range(100)])) is None
    # By 1e-4 in 200 steps it takes a million.
    assert stuck_reason(after(session, [session.loss * (1.0 + 1e-4 * (100 - i) / 50) for i in range(100)]))


def test_a_loss_that_gets_lower_as_it_swings_is_not_stuck() -> None:
    session = open_lab(**BEST_OF_TWO, w2=-1.0, b2=-1.0)
    swing = [session.loss * (1.0 + 0.1 * (i % 2)) for i in range(100)]
    assert why(after(session, swing)).kind == "rate too large"
    assert stuck_reason(after(session, [loss * (1.0 + 0.01 * (100 - i)) for i, loss in enumerate(swing)])) is None


def test_a_few_steps_tell_nothing() -> None:
    session = opener("lab-zero-start")
    assert stuck_reason(session) is None
    assert stuck_reason(trained(session, 99)) is None
    assert stuck_reason(trained(session, 100))


def test_a_change_by_hand_begins_anew() -> None:
    session = trained(opener("lab-zero-start"), 200)
    changed = settings_edits.next_optimizer(session)
    assert stuck_reason(changed) is None
    assert stuck_reason(trained(changed, 99)) is None
    assert stuck_reason(trained(changed, 100))
    assert stuck_reason(edits.undo(changed)) == stuck_reason(session)


def test_solved_is_not_stuck() -> None:
    """The two-unit lab counts as solved below 0.031, the whole lab at 0."""
    assert stuck_reason(standing(with_values(opener("lab-two-units"), **BEST_OF_TWO))) is None
    assert stuck_reason(standing(open_lab(w1=1, b1=-1, w2=2, b2=-4))) is None
    four = opener("four-relus")  # no exercise, but its loss is 0 at the start
    assert stuck_reason(standing(four)) is None


def test_a_constant_that_is_met_but_for_rounding_is_met() -> None:
    """With one y, of no variance, a loss of (3e-16)² is no local minimum."""
    one = """title = "a"\nsummary = "b"\n[target]\npoints = [[0, 0]]
    [network]\noutput_bias = 3e-16\n[[unit]]\nw = 1\nb = -1\nv = 1"""
    assert stuck_reason(standing(open_session(parse(one, "one", None)))) is None
