"""What the walk shows: the forward pass at the probe, number by number."""

from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import quiet
from relutui.readout.colour import colour_of
from relutui.session.session import Session


class Term(NamedTuple):
    """One unit's part of the forward pass at the probe; on: z > 0, or always for units without a kink."""

    unit: int
    colour: int
    w: float
    product: float  # x w
    b: float
    z: float
    a: float
    v: float
    contribution: float
    on: bool


class ForwardPassReadout(NamedTuple):
    """The forward pass at the probe, number by number; sum: of the contributions, total: with c."""

    x: float
    activation: str
    terms: tuple[Term, ...]
    selected: int
    sum: float
    c: float
    total: float
    output: str
    prediction: float
    target: float

    def split_terms(self, room: int) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
        """The terms to show, `room` at most, and the others: all in order, or those that are on, the largest first.

        The selected one is always among the shown.
        """
        if len(self.terms) <= room:
            return self.terms, ()
        ranked = sorted(self.terms, key=lambda term: (not term.on, -abs(term.contribution)))
        shown = [term for term in ranked[:room] if term.on]
        if self.selected < len(self.terms) and self.terms[self.selected] not in shown:
            shown = [*shown[: room - 1], self.terms[self.selected]]
        return tuple(shown), tuple(term for term in ranked if term not in shown)


@quiet
def read_forward_pass(session: Session) -> ForwardPassReadout:
    """The forward pass at the probe; the target is read off between the two nearest points."""
    network, p, x = session.state.network, session.state.parameters, session.view.probe
    z, a, parts = (of(p, x)[:, 0] for of in (network.pre_activations, network.activations, network.contributions))
    on = z > 0.0 if network.kinked else np.ones(p.units, bool)
    columns = (values.tolist() for values in (p.w, p.w * x, p.b, z, a, p.v, parts, on))
    return ForwardPassReadout(
        x=x,
        activation=network.activation,
        terms=tuple(Term(j, colour_of(j), *row) for j, row in enumerate(zip(*columns))),
        selected=session.view.selection.row,
        sum=float(parts.sum()),
        c=p.c,
        total=float(network.output_sum(p, x)[0]),
        output=network.output_activation,
        prediction=float(network.prediction(p, x)[0]),
        target=float(np.interp(x, session.dataset.x, session.dataset.y)),
    )
