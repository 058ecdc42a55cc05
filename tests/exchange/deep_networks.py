"""A network of three hidden layers, and its predictions by the math module alone."""

import json
import math

from relutui.scenario.reader import parse
from relutui.scenario.scenario import Scenario
from tests.exchange.networks import ACT, X

# w, b and activation of each layer: 1 -> 3 -> 3 -> 2 -> 1, of which one is square.
LAYERS: tuple[tuple[list[list[float]], list[float], str], ...] = (
    ([[-2.0], [1.5], [0.25]], [2.0, -1.25, 0.5], "relu"),
    ([[1.0, -0.5, 2.0], [0.75, 3.0, -1.0], [-0.25, 0.125, 1.0]], [0.5, -1.0, 0.0], "leaky_relu"),
    ([[0.5, -0.25, 0.125], [1.0, 0.0, -0.5]], [0.25, -0.75], "tanh"),
    ([[1.5, -2.0]], [0.375], "identity"),
)
ODD = ("softplus", "rect", "step", "sigmoid")  # the other activations, of the same layers


def names(odd: bool = False) -> tuple[str, ...]:
    return ODD if odd else tuple(name for _, _, name in LAYERS)


def deep_scenario(odd: bool = False) -> Scenario:
    tables = "".join(
        f'[[layer]]\nw = {json.dumps(w)}\nb = {json.dumps(b)}\nactivation = "{name}"\n'
        for (w, b, _), name in zip(LAYERS, names(odd))
    )
    points = [[x, round(x / 2.0, 3)] for x in X]
    return parse(f'title = "Deep"\n[target]\npoints = {points}\n{tables}', "taken", None)


def deep_prediction(x: float, odd: bool = False) -> float:
    a = [x]
    for (w, b, _), name in zip(LAYERS, names(odd)):
        a = [ACT[name](math.fsum([bias, *(weight * each for weight, each in zip(row, a))])) for row, bias in zip(w, b)]
    return a[0]
