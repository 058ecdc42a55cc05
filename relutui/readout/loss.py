"""The contents of the Loss view: the loss so far, and the changes made by hand."""

import re
from functools import cache
from typing import NamedTuple

from relutui.session.session import Session
from relutui.session.state import Mark

# Replacements (pattern, replacement) that shorten a change for its mark.
ABBREVIATIONS = (
    (r"\b(\w+) of unit (\d+) of layer (\d+)", r"\1 of \3:\2"),
    (r"\b(\w+) of unit (\d+)", r"\1\2"),
    (r"^the output bias c", "c"),
    (r"^(learning|optimizer|loss|activation) ", ""),
    (r"^output activation", "output"),
    (r"^slope at the kink", "slope at kink"),
)


class LossReadout(NamedTuple):
    """The losses and their steps, the present one last, the changes by hand in short, and whether steps can be taken."""

    steps: tuple[int, ...]
    losses: tuple[float, ...]
    marks: tuple[Mark, ...] = ()
    trainable: bool = True


def read_loss(session: Session) -> LossReadout:
    """Compute the loss curve, with the present state last."""
    checkpoint, marks = session.state.checkpoint, session.state.marks
    return LossReadout(
        (*(sample.step for sample in checkpoint.history), checkpoint.step),
        (*(sample.loss for sample in checkpoint.history), session.loss),
        tuple(Mark(mark.step, _abbreviate(mark.change)) for mark in marks),
        session.state.trainable,
    )


@cache
def _abbreviate(change: str) -> str:
    for pattern, words in ABBREVIATIONS:
        change = re.sub(pattern, words, change)
    return change
