"""What the walk shows: the forward pass at the probe, number by number."""

from typing import NamedTuple

import numpy as np

from relutui.readout.colour import colour_of
from relutui.session import Session


class Term(NamedTuple):
    """One unit's part of the forward pass at the probe."""

    unit: int
    colour: int
    w: float
    b: float
    z: float
    a: float
    v: float
    contribution: float


class WalkReadout(NamedTuple):
    """The forward pass at the probe, number by number."""

    x: float
    activation: str
    terms: tuple[Term, ...]
    selected: int
    c: float
    total: float
    output: str
    prediction: float
    target: float


def read_walk(session: Session) -> WalkReadout:
    """The forward pass at the probe; the target is read off between the two nearest points."""
    network, p, x = session.state.network, session.state.parameters, session.probe
    z, a, parts = (of(p, x)[:, 0].tolist() for of in (network.pre_activations, network.activations, network.contributions))
    return WalkReadout(
        x=x,
        activation=network.activation,
        terms=tuple(
            Term(j, colour_of(j), float(p.w[j]), float(p.b[j]), z[j], a[j], float(p.v[j]), parts[j]) for j in range(p.units)
        ),
        selected=session.selection.row,
        c=p.c,
        total=float(network.output_sum(p, x)[0]),
        output=network.output_activation,
        prediction=float(network.prediction(p, x)[0]),
        target=float(np.interp(x, session.dataset.x, session.dataset.y)),
    )
