"""The contents of the Activations view: the same parameters with each activation, side by side."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import Array, quiet
from relutui.lib.number_text import loss_text
from relutui.model.network import Activation, activate
from relutui.model.scale import UNSCALED, Scale
from relutui.readout.colour import colour_of
from relutui.readout.curves import Curve, even_x, rounded_limits
from relutui.session.own_units import loss_name
from relutui.session.session import Session
from relutui.session.state import loss_of

# The three that courses teach first, then the others.
ACTIVATION_ORDER: tuple[Activation, ...] = ("identity", "sigmoid", "relu", "softplus", "leaky_relu", "tanh")


class Variant(NamedTuple):
    """The network with another activation: its loss in words, and at the readout's x the prediction and the selected unit's a.

    present: whether it is the activation in use; a, prediction: of shape (points,), a None while no unit is selected.
    """

    name: Activation
    present: bool
    loss: str
    a: Array | None
    prediction: Array


class ActivationsReadout(NamedTuple):
    """The variants over the same x of shape (points,); `colour` is the selected unit's."""

    x: Array
    x_limits: tuple[float, float]
    data_range: tuple[float, float] | None
    y_limits: tuple[float, float]
    data: Curve
    colour: int
    variants: tuple[Variant, ...]
    scale: Scale = UNSCALED


def read_activations(session: Session) -> ActivationsReadout:
    """Compute a variant for each activation that is trained, and the one in use; parameters and output activation stay."""
    x, row = even_x(session), session.view.selection.row
    z = session.state.network.pre_activations(session.state.parameters, x)
    present = session.state.network.activation
    names = ACTIVATION_ORDER if present in ACTIVATION_ORDER else (*ACTIVATION_ORDER, present)
    variants = tuple(_variant(session, name, z) for name in names)
    shown = [curve for variant in variants for curve in (variant.prediction, variant.a) if curve is not None]
    data = Curve(session.dataset.x, session.dataset.y)
    limits = _limits(data.y, shown)
    return ActivationsReadout(x, session.x_range, session.data_range, limits, data, colour_of(row), variants, session.scale)


@quiet
def _variant(session: Session, name: Activation, z: Array) -> Variant:
    """Compute a variant from z of shape (units, points), which all variants share."""
    network, p, row = replace(session.state.network, activation=name), session.state.parameters, session.view.selection.row
    a = activate(name, z)
    loss = loss_of(replace(session.state, network=network), session.dataset)
    return Variant(
        name,
        name == session.state.network.activation,
        f"{loss_name(session)} {loss_text(loss)}",
        a[row] if row < len(a) else None,
        activate(network.output_activation, p.c + p.v @ a),
    )


def _limits(data: Array, curves: list[Array]) -> tuple[float, float]:
    """Limits of the data and the curves, these clipped to one range of y beyond the data because the charts are small."""
    low, high = float(data.min()), float(data.max())
    span = (high - low) or max(1.0, abs(high))
    return rounded_limits(data, *(np.clip(curve, low - span, high + span) for curve in curves))
