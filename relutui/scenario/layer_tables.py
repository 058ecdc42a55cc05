"""Reading and writing the [[layer]] tables of a scenario file: its hidden layers from the first, and the output as the last.

A lock is "w" or "b" for all of them, "w[1]" for those of unit 1, "w[1][2]" for the weight of its input 2, and "b[1]".
"""

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import Array
from relutui.model.network import ACTIVATIONS, UNIT_ACTIVATIONS, Activation, Layer, Network, Parameters
from relutui.model.training import LayerLocks, Locks, Mask
from relutui.scenario.scenario import MAX_LAYER_UNITS, MAX_UNITS
from relutui.scenario.toml_table import Check, Table, array_of, invalid, one_of

Rows = tuple[tuple[float, ...], ...]

_LOCK = re.compile(r"([wb])(?:\[(\d{1,3})\])?(?:\[(\d{1,3})\])?")


class LayerTable(NamedTuple):
    """What a [[layer]] table says, of shapes that fit: w (units, inputs), b (units,), and which of them are locked."""

    w: Array
    b: Array
    activation: Activation
    locked_w: Mask
    locked_b: Mask


def read_layers(tables: list[Table], parameter: Check[float], slope_at_kink: float) -> tuple[Network, Parameters, Locks] | None:
    """The network of the tables, its parameters and locks; None after a problem, which a table has collected."""
    hidden, most = max(1, len(tables) - 1), MAX_UNITS if len(tables) <= 2 else MAX_LAYER_UNITS
    read: list[LayerTable] = []
    inputs: int | None = 1
    for number, table in enumerate(tables):
        is_output = number == hidden
        layer = _read_layer(table, parameter, inputs, 1 if is_output else most, is_output)
        inputs = None if layer is None else len(layer.b)
        read += [layer] if layer else []
    if len(tables) < 2 or any(table.failed for table in tables):
        return None
    first, *deeper, last = read
    network = Network(first.activation, last.activation, slope_at_kink, tuple(layer.activation for layer in deeper))
    start = Parameters(first.w[:, 0], first.b, last.w[0], float(last.b[0]), tuple(Layer(it.w, it.b) for it in deeper))
    locks = Locks(
        *(first.locked_w[:, 0], first.locked_b, last.locked_w[0], bool(last.locked_b[0])),
        tuple(LayerLocks(it.locked_w, it.locked_b) for it in deeper),
    )
    return network, start, locks


def _read_layer(table: Table, parameter: Check[float], inputs: int | None, most: int, is_output: bool) -> LayerTable | None:
    """What a table says; None after a problem.  inputs: the units before it, None where these are not known."""
    rows: Rows = table.require("w", array_of(array_of(parameter)), ())
    biases = table.require("b", array_of(parameter), ())
    default: Activation = "identity" if is_output else "relu"
    activation: Activation = table.read("activation", one_of(ACTIVATIONS if is_output else UNIT_ACTIVATIONS), default)
    locks = table.read("lock", array_of(_lock), ())
    table.close()
    if table.failed:
        return None
    if problems := list(_misfits(rows, biases, inputs, most, is_output)):
        for problem in problems:
            table.report(problem)
        return None
    w, b = np.array(rows), np.array(biases)
    masks: dict[str, Mask] = {"w": np.zeros(w.shape, np.bool_), "b": np.zeros(b.shape, np.bool_)}
    for name, place in locks:
        shape = masks[name].shape
        if len(place) > len(shape) or any(index >= length for index, length in zip(place, shape)):
            table.report(f"lock: {_place_text(name, place)}: expected a place in w of {len(b)} rows of {w.shape[1]}, or in b")
        else:
            masks[name][place] = True
    return None if table.failed else LayerTable(w, b, activation, masks["w"], masks["b"])


def _misfits(rows: Rows, biases: tuple[float, ...], inputs: int | None, most: int, is_output: bool) -> Iterator[str]:
    """What does not fit in the shapes of a layer."""
    if is_output and len(rows) != 1:
        yield f"w: expected one row, as the last layer is the output, got {len(rows)}"
    elif not 1 <= len(rows) <= most:
        yield f"w: expected rows of 1 to {most} units, got {len(rows)}"
    expected = inputs or max(map(len, rows[:1]), default=0)
    numbers = "1 number" if expected == 1 else f"{expected} numbers"
    wrong = ((unit, len(row)) for unit, row in enumerate(rows) if len(row) != expected or not row)
    for unit, length in islice(wrong, 1):
        yield f"w: unit {unit}: expected {numbers}, as many as the layer has inputs, got {length}"
    if len(biases) != (count := 1 if is_output else len(rows)):
        yield f"b: expected {count}, one for each row of w, got {len(biases)}"


def _lock(value: object) -> tuple[str, tuple[int, ...]]:
    """Check for the place of a lock: w or b, and the indices behind it."""
    found = _LOCK.fullmatch(value) if isinstance(value, str) else None
    if not found:
        invalid('"w", "b", "w[1]", "w[1][2]" or "b[1]"', value)
    name, *indices = found.groups()
    return name, tuple(int(index) for index in indices if index is not None)


def _place_text(name: str, place: tuple[int, ...]) -> str:
    return name + "".join(f"[{index}]" for index in place)


def layers_text(network: Network, p: Parameters, locks: Locks) -> Iterator[str]:
    """Write the [[layer]] tables of a network, with a line for each row of w."""
    last = LayerTable(p.v[None, :], np.array([p.c]), network.output_activation, locks.v[None, :], np.array([locks.c]))
    hidden = zip(p.layers, network.layer_activations, locks.layers)
    for layer in (*(LayerTable(it.w, it.b, name, lock.w, lock.b) for it, name, lock in hidden), last):
        rows = ",\n".join(f"  {json.dumps(row)}" for row in layer.w.tolist())
        places = [*_locked_places("w", layer.locked_w), *_locked_places("b", layer.locked_b)]
        yield (
            f"[[layer]]\nw = [\n{rows}\n]\nb = {json.dumps(layer.b.tolist())}\n"
            f"activation = {json.dumps(layer.activation)}\nlock = {json.dumps(places)}\n"
        )


def _locked_places(name: str, mask: Mask) -> list[str]:
    """The places of the locks in w or b, a whole array or a whole unit as one."""
    if mask.all():
        return [name]
    rows = mask.reshape(len(mask), -1)
    whole = rows.all(axis=1, keepdims=True)
    units = [_place_text(name, (unit,)) for unit in np.flatnonzero(whole).tolist()]
    return units + [_place_text(name, tuple(place)) for place in np.argwhere(rows & ~whole).tolist()]
