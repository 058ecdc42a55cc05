from dataclasses import replace

import pytest

from relutui.model.selection import Selection
from relutui.readout.loss import read_loss
from relutui.session import edits, settings_edits
from relutui.session.session import Session
from relutui.session.state import Mark
from tests.support.sessions import open_lab


def marked(session: Session, *changes: str) -> Session:
    """The session as if these changes had been made at step 0."""
    state = replace(session.state, marks=tuple(Mark(0, change) for change in changes))
    return session.with_document(states=replace(session.states, present=state))


@pytest.mark.parametrize(
    ("change", "short"),
    [
        (str(Selection(1, "w")), "w1"),
        (str(Selection(12, "kink")), "kink12"),
        (str(Selection(3, "c")), "c"),
        ("locked w of unit 1", "locked w1"),
        ("unlocked unit 2", "unlocked unit 2"),
        ("learning rate 0.1", "rate 0.1"),
        ("optimizer adam", "adam"),
        ("loss SSE", "SSE"),
        ("activation tanh", "tanh"),
        ("output activation relu", "output relu"),
        ("slope at the kink 0.5", "slope at kink 0.5"),
        ("one unit fewer", "one unit fewer"),
    ],
)
def test_a_change_in_few_words(change: str, short: str) -> None:
    assert read_loss(marked(open_lab(), change)).marks == (Mark(0, short),)


def test_the_losses_are_those_recorded_and_the_present_one() -> None:
    session = settings_edits.next_optimizer(edits.rewind(open_lab()))
    assert read_loss(session) == ((0,), (session.loss,), (), True)
