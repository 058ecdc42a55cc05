"""What the tests of the scenarios' figures share."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from relutui.lib.arrays import Array
from relutui.model.network import Parameters
from relutui.scenario.library import find, load
from relutui.scenario.scenario import Scenario


def scenario(name: str) -> Scenario:
    """A shipped scenario."""
    return load(find(name))


def loss(s: Scenario, p: Parameters | None = None) -> float:
    """The loss of the start, or of other parameters, over the scenario's data."""
    return s.network.loss(p or s.start, s.dataset.x, s.dataset.y, s.settings.loss)


def with_units(s: Scenario, *units: Sequence[float], c: float | None = None) -> Parameters:
    """The start with other (w, b, v), or only (w, b), for its last units, and another c."""
    p, first = s.start, s.start.units - len(units)
    w, b, v = np.array(p.w), np.array(p.b), np.array(p.v)
    for row, unit in enumerate(units, start=first):
        w[row], b[row] = unit[:2]
        v[row] = unit[2] if len(unit) > 2 else v[row]
    return Parameters(w, b, v, p.c if c is None else c)


def prediction(s: Scenario, x: float | Sequence[float] | Array) -> Array:
    """yhat of the start, of shape (points,)."""
    return s.network.prediction(s.start, np.asarray(x, np.float64))


def with_bias(s: Scenario, c: float) -> Parameters:
    """The start with another output bias."""
    return replace(s.start, c=c)
