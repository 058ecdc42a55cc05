"""The contents of the forward-pass walk: every number computed at the probe."""

from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import quiet
from relutui.readout.colour import colour_of
from relutui.session.session import Session


class Term(NamedTuple):
    """One unit's part of the forward pass; on: whether z > 0, always True for units without a kink."""

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
    """The forward pass at the probe x; sum: of the contributions, total: sum + c, before the output activation."""

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
        """Split the terms into at most `room` to show and the rest: all in order, or only those on, largest |v a| first.

        The selected unit is always shown.
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
    """Compute the forward pass at the probe; the target there is interpolated linearly between the two nearest points."""
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
