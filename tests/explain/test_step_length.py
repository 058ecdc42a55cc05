"""Steps that are too long or too short, and swings that no shorter step would end; the figures by hand."""

import pytest

from relutui.model.selection import Selection
from relutui.model.training import Optimizer
from relutui.session import edits, unit_edits
from relutui.session.session import open_session
from tests.support.sessions import open_lab, opener
from tests.support.standing_still import BEST_OF_TWO, after, at_rate, points, standing, trained, tried, why


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
@pytest.mark.parametrize("rate", [1e-7, 1e-10])
def test_a_rate_that_is_far_too_small(optimizer: Optimizer, rate: float) -> None:
    """In 200 steps the loss falls by less than 1e-4 of itself, though a 100 times longer step would do."""
    session = trained(at_rate(open_session(opener("lab").scenario, seed=4), rate, optimizer), 200)
    assert why(session)[:3] == ("rate too small", (), "stuck: rate too small")


def test_the_rate_matters_more_than_a_unit_that_is_dead() -> None:
    session = trained(at_rate(open_lab(w1=2.0, b1=-1.0, w2=-1.0, b2=-1.0), 1e-7), 200)
    assert why(session).kind == "rate too small"


def test_a_rate_that_is_too_large_goes_up_and_down() -> None:
    session = trained(at_rate(open_session(opener("lab").scenario, seed=4), 1.0, "adam"), 1000)
    assert why(session)[:3] == ("rate too large", (), "stuck: rate too large")
    assert why(session).text.startswith("The learning rate 1 is too large: the loss goes up and down, between 0.0")


def test_samples_may_all_be_of_one_place_of_a_swing() -> None:
    """The gradient is far from zero, and a step of 5 times it would do much: yet the loss was the same all the time."""
    session = standing(at_rate(open_lab(w1=1.0, w2=1.0, b2=-1.5), 5.0))
    assert why(session).kind == "rate too large"


@pytest.mark.parametrize(
    ("led_to", "kind"), [(0.0300, "swing"), (0.0310, "swing"), (0.0290, "rate too large"), (float("nan"), "rate too large")]
)
def test_where_a_lower_rate_leads_no_lower_it_is_not_the_reason(led_to: float, kind: str) -> None:
    """A swing between 0.0300 and 0.0330: what a lower rate led to counts beside the lowest."""
    session = open_lab(**BEST_OF_TWO, w2=-1.0, b2=-1.0)
    swinging = after(session, [session.loss * (1.0 + 0.1 * (i % 2)) for i in range(100)])
    found = why(tried(swinging, ("", "", session.loss), ("rate too large", "rate 0.00625", led_to)))
    assert found.kind == kind
    if kind == "swing":
        assert found.text == (
            "The loss goes up and down, between 0.0300 and 0.0330, but the learning rate is not what keeps it there. Tried "
            f"rate 0.00625: no lower than {led_to:.4f} after 4,000 steps. One unit more (A) or another start (R) may do better."
        )


def test_losses_that_are_told_apart_read_so() -> None:
    """0.0300 and 0.15 % more; and a small one and 2 % less."""
    session = open_lab(**BEST_OF_TWO, w2=-1.0, b2=-1.0)
    swing = why(after(session, [session.loss * (1.0 + 0.0015 * (i % 2)) for i in range(100)]))
    assert "between 0.0300 and 0.0300" not in swing.text
    assert f"between {session.loss:.5f} and {1.0015 * session.loss:.5f}," in swing.text
    small = standing(open_lab(w1=1.0, b1=-1.0, w2=2.0, b2=-3.94))
    assert f"{small.loss:.4f}" == f"{0.98 * small.loss:.4f}"
    escaped = why(tried(small, ("", "", 0.98 * small.loss)))
    assert f"stands still at {small.loss:.5f}, but 4,000 more steps bring it to {0.98 * small.loss:.5f}." in escaped.text


def test_a_swing_about_the_lowest_loss_possible_is_at_the_best() -> None:
    session = unit_edits.remove_unit(edits.select(open_lab(**BEST_OF_TWO), Selection(2, "w")))
    known = session.with_findings(lower_bounds=(1.0, 0.1, 0.0299))
    found = why(after(known, [known.loss * (1.0 + 0.1 * (i % 2)) for i in range(100)]))
    assert (found.kind, found.summary) == ("best", "best for 2 units")


def test_steps_that_go_back_and_forth_over_a_bend_of_the_loss() -> None:
    """relu(x + b) for -2 and 2 at x = 0 and 1: the loss has slope -1 for b < 0 and 1 for b > 0, and 2.5 between.

    From b = -0.01, where it is (4 + 1.01²) / 2 = 2.51005, a step of 0.02 x 1.01 leads to 0.0102 and 2.5103, half to 2.5001.
    """
    session = points(
        "[[0, -2], [1, 2]]", "w = 1\nb = -0.01\nv = 1\nlock = ['w', 'v']", rest="[network]\nlock_output_bias = true"
    )
    found = why(standing(at_rate(session, 0.02)))
    assert found.kind == "rate too large"
    assert "the loss stands still at 2.5101, and shorter steps lead to 2.5001." in found.text
