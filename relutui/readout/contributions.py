"""What the Contributions view shows: the terms of the prediction, and their sum as they are added one by one."""

from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import Array, quiet
from relutui.readout.colour import UNIT_COLOURS, colour_of
from relutui.readout.curves import Curve, even_x, rounded_limits
from relutui.session.partial_sum import in_sum, next_term, sums, term_name, terms
from relutui.session.session import Session

MAX_TERMS_DRAWN = len(UNIT_COLOURS)  # of more terms only the selected one and the last that were added are drawn
MAX_EARLIER_SUMS = 6  # earlier sums that are drawn


class Term(NamedTuple):
    """A contribution v a, or c, over the readout's x; colour None: of no unit.

    `label` is its name on the chart; of many only the selected one has it.
    """

    label: str
    colour: int | None
    y: Array
    added: bool
    selected: bool


class ContributionsReadout(NamedTuple):
    """The terms that are drawn, the sum of those that are in, and the sums of two or more before it, the oldest first.

    `order` names all that are in, in their order; an output activation, which can only be the last, is `outer` instead.
    `next` is what would be added now, if anything is left.
    """

    x: Array
    x_limits: tuple[float, float]
    y_limits: tuple[float, float]
    data: Curve
    terms: tuple[Term, ...]
    before: tuple[Array, ...]
    total: Array
    order: tuple[str, ...]
    outer: str
    next: str
    probe: float


def read_contributions(session: Session) -> ContributionsReadout:
    """The terms and their sum, in the order in which they were added."""
    network, p, row = session.state.network, session.state.parameters, session.view.selection.row
    x, inside = even_x(session), in_sum(session)
    contributions, found = network.contributions(p, x), sums(session, x)
    drawn = [each for each in terms(session) if each <= p.units]
    if many := len(drawn) > MAX_TERMS_DRAWN:
        drawn = [each for each in dict.fromkeys((*inside[:-MAX_TERMS_DRAWN:-1], row)) if each in drawn]
    following = next_term(session)
    return ContributionsReadout(
        x=x,
        x_limits=session.domain,
        y_limits=_limits(session, contributions, x),
        data=Curve(session.dataset.x, session.dataset.y),
        terms=tuple(
            Term(
                "" if many and each != row else term_name(session, each).removeprefix("unit "),
                colour_of(each) if each < p.units else None,
                contributions[each] if each < p.units else np.full(len(x), p.c),
                each in inside,
                each == row,
            )
            for each in drawn
        ),
        before=tuple(found[2:-1][-MAX_EARLIER_SUMS:]),
        total=found[-1],
        order=tuple(term_name(session, each) for each in inside if each <= p.units),
        outer="".join(term_name(session, each) for each in inside if each > p.units),
        next="" if following is None else "the bias c" if following == p.units else term_name(session, following),
        probe=session.view.probe,
    )


@quiet
def _limits(session: Session, contributions: Array, x: Array) -> tuple[float, float]:
    """Limits of every sum in any order, so that the chart holds still while terms are added.

    What an output activation leaves of them may be too small to be seen on that scale, so it has its own.
    """
    network, p = session.state.network, session.state.parameters
    if p.units + 1 in in_sum(session):
        return rounded_limits(network.prediction(p, x), session.dataset.y)
    lowest = np.minimum(contributions, 0.0).sum(axis=0) + min(p.c, 0.0)
    highest = np.maximum(contributions, 0.0).sum(axis=0) + max(p.c, 0.0)
    return rounded_limits(lowest, highest, session.dataset.y)
