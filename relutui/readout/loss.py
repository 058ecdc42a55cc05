"""What the Loss view shows: the loss so far, and the changes by hand on the way."""

import re
from functools import cache
from typing import NamedTuple

from relutui.session.session import Session
from relutui.session.state import Mark

# What a change is called beside its mark, where there is little room.
ABBREVIATIONS = (
    (r"\b(\w+) of unit (\d+)", r"\1\2"),
    (r"^the output bias c", "c"),
    (r"^(learning|optimizer|loss|activation) ", ""),
    (r"^output activation", "output"),
    (r"^slope at the kink", "slope at kink"),
)


class LossReadout(NamedTuple):
    """The recorded losses and the present one, last; the marks of the changes by hand, in few words."""

    steps: tuple[int, ...]
    losses: tuple[float, ...]
    marks: tuple[Mark, ...] = ()


def read_loss(session: Session) -> LossReadout:
    """The loss curve, the present state last."""
    checkpoint, marks = session.state.checkpoint, session.state.marks
    return LossReadout(
        (*(sample.step for sample in checkpoint.history), checkpoint.step),
        (*(sample.loss for sample in checkpoint.history), session.loss),
        tuple(Mark(mark.step, _abbreviate(mark.change)) for mark in marks),
    )


@cache
def _abbreviate(change: str) -> str:
    for pattern, words in ABBREVIATIONS:
        change = re.sub(pattern, words, change)
    return change
