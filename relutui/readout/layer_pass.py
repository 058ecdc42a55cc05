"""The contents of the forward pass through several hidden layers: every number computed at the probe."""

from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import Array, quiet, rounded_sum
from relutui.lib.identity_cache import cached_by_identity
from relutui.lib.number_text import format_number
from relutui.model.network import KINKED, STEPPED, activate
from relutui.readout.colour import colour_of
from relutui.readout.forward_pass import target_at_probe
from relutui.session.session import Session


class Input(NamedTuple):
    """An input of a unit: the unit of the layer before, or x; its weight, and its value, which the weight multiplies."""

    name: str
    w: float
    value: float

    @property
    def product(self) -> float:
        """What it adds to z."""
        return self.w * self.value


class UnitPass(NamedTuple):
    """A unit at the probe: its inputs, those that add most first, b, z, a, in the last layer v, else None; whether it is on."""

    unit: int
    colour: int
    inputs: tuple[Input, ...]
    b: float
    z: float
    a: float
    v: float | None
    on: bool


class LayerPassReadout(NamedTuple):
    """The forward pass at the probe x, a tuple of units for each hidden layer; total: the sum with c, before the output.

    selected: the index of the layer and of the unit; target, error: None beyond the data.
    """

    x: float
    layers: tuple[tuple[UnitPass, ...], ...]
    activations: tuple[str, ...]
    selected: tuple[int, int]
    c: float
    total: float
    output: str
    prediction: float
    target: float | None
    error: float | None
    more_digits: int = 0

    def written(self, value: float) -> str:
        """The text of a number of the forward pass."""
        return format_number(value, self.more_digits)

    def split(self, layer: int, room: int) -> tuple[tuple[UnitPass, ...], tuple[UnitPass, ...]]:
        """Split the units of a layer into at most `room` to show and the rest: those on first, largest a first.

        All in order where they fit; the selected unit is always shown.
        """
        units = self.layers[layer]
        if len(units) <= room:
            return units, ()
        ranked = sorted(units, key=lambda unit: (not unit.on, -abs(unit.a)))
        shown = ranked[:room]
        chosen = [unit for unit in units if (layer, unit.unit) == self.selected]
        if chosen and chosen[0] not in shown:
            shown = [*shown[: room - 1], chosen[0]]
        return tuple(shown), tuple(unit for unit in ranked if unit not in shown)


@cached_by_identity(2)
@quiet
def read_layer_pass(session: Session) -> LayerPassReadout:
    """Compute the forward pass at the probe; sums no larger than their rounding errors are 0, as on paper."""
    network, p, x, place = session.state.network, session.state.parameters, session.view.probe, session.view.selection
    values, names = np.array([x]), ["x"]
    layers: list[tuple[UnitPass, ...]] = []
    for number, (name, layer) in enumerate(zip(network.layer_activations, p.layers, strict=True)):
        z = np.atleast_1d(rounded_sum([*(layer.w * values).T, layer.b]))
        a = activate(name, z)
        on = a > 0.0 if name in STEPPED else z > 0.0 if name in KINKED else np.ones(len(z), np.bool_)
        v = p.v.tolist() if number == len(p.deeper) else [None] * len(z)
        inputs = [_inputs(names, row, values) for row in layer.w]
        columns = inputs, layer.b.tolist(), z.tolist(), a.tolist(), v, on.tolist()
        layers.append(tuple(UnitPass(j, colour_of(j), *each) for j, each in enumerate(zip(*columns))))
        values, names = a, [str(j) for j in range(len(a))]
    total = float(rounded_sum([*(p.v * values), p.c]))
    prediction, target = float(activate(network.output_activation, np.array(total))), target_at_probe(session)
    return LayerPassReadout(
        x,
        tuple(layers),
        network.layer_activations,
        (place.layer - 1, place.row),
        p.c,
        total,
        network.output_activation,
        prediction,
        target,
        None if target is None else float(rounded_sum([prediction, -target])),
        session.view.more_digits,
    )


def _inputs(names: list[str], w: Array, values: Array) -> tuple[Input, ...]:
    inputs = [Input(*each) for each in zip(names, w.tolist(), values.tolist())]
    return tuple(sorted(inputs, key=lambda each: -abs(each.product)))
