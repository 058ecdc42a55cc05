"""The contents of the Contributions view: the terms of the prediction, and their sum as they are added one by one."""

from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import Array, quiet
from relutui.model.scale import UNSCALED, Scale
from relutui.readout.colour import UNIT_COLOURS, colour_of
from relutui.readout.curves import Curve, even_x, rounded_limits
from relutui.session.partial_sum import next_term, partial_sums, summed_terms, term_name, terms
from relutui.session.session import Session

MAX_TERMS_DRAWN = len(UNIT_COLOURS)  # terms; of more, only the selected one and the last ones added are drawn
MAX_EARLIER_SUMS = 6  # sums drawn besides the present one


class Term(NamedTuple):
    """A contribution v a, or c, at the readout's x; y of shape (points,), colour None for c.

    label: its name on the chart, empty for all but the selected one when there are many; added: whether it is in the sum.
    """

    label: str
    colour: int | None
    y: Array
    added: bool
    selected: bool


class ContributionsReadout(NamedTuple):
    """The terms drawn and the sums over x, all of shape (points,).

    total: the sum of the terms added; before: earlier sums of two or more terms, oldest first; cut: what a relu on the output
    cuts off, once it is applied: the sum where that is below 0, NaN elsewhere; order: the names of the terms added, in order;
    outer: the output activation once it is applied; next: the term to add now, empty once all are in.
    """

    x: Array
    x_limits: tuple[float, float]
    data_range: tuple[float, float] | None
    y_limits: tuple[float, float]
    data: Curve
    terms: tuple[Term, ...]
    before: tuple[Array, ...]
    cut: Array | None
    total: Array
    order: tuple[str, ...]
    outer: str
    next: str
    probe: float
    scale: Scale = UNSCALED


def read_contributions(session: Session) -> ContributionsReadout:
    """Compute the terms and their sums in the order in which they were added."""
    network, p, row = session.state.network, session.state.parameters, session.view.selection.row
    x, inside = even_x(session), summed_terms(session)
    contributions, sums = network.contributions(p, x), partial_sums(session, x)
    drawn = [each for each in terms(session) if each <= p.units]
    if many := len(drawn) > MAX_TERMS_DRAWN:
        drawn = [each for each in dict.fromkeys((*inside[:-MAX_TERMS_DRAWN:-1], row)) if each in drawn]
    following, cuts = next_term(session), p.units + 1 in inside and network.output_activation == "relu"
    return ContributionsReadout(
        x=x,
        x_limits=session.x_range,
        data_range=session.data_range,
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
        before=() if cuts else tuple(sums[2:-1][-MAX_EARLIER_SUMS:]),
        cut=np.where(sums[-2] <= 0.0, sums[-2], np.nan) if cuts else None,
        total=sums[-1],
        order=tuple(term_name(session, each) for each in inside if each <= p.units),
        outer="".join(term_name(session, each) for each in inside if each > p.units),
        next="" if following is None else "the bias c" if following == p.units else term_name(session, following),
        probe=session.view.probe,
        scale=session.scale,
    )


@quiet
def _limits(session: Session, contributions: Array, x: Array) -> tuple[float, float]:
    """The y limits of the sums of all subsets of the terms, so that the axis stays fixed while terms are added.

    Once the output activation is applied they are those of the prediction, which may be much smaller, and where it is a relu
    as far below 0, so that what it cuts off is seen.
    """
    network, p = session.state.network, session.state.parameters
    if p.units + 1 in summed_terms(session):
        low, high = rounded_limits(network.prediction(p, x), session.dataset.y)
        return (min(low, -high), high) if network.output_activation == "relu" else (low, high)
    lowest = np.minimum(contributions, 0.0).sum(axis=0) + min(p.c, 0.0)
    highest = np.maximum(contributions, 0.0).sum(axis=0) + max(p.c, 0.0)
    return rounded_limits(lowest, highest, session.dataset.y)
