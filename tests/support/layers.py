"""Networks of several hidden layers: two of three units and two, from files, and drawn ones."""

from dataclasses import replace

import numpy as np

from relutui.model.network import Activation, Network
from relutui.model.training import free_locks
from relutui.model.values import number_of_values, parameters_of
from relutui.scenario.reader import parse
from relutui.session.session import Session, open_session

DEEP = """
title = "Two on three"
summary = "Three units, and two on them."
[target]
points = [[0, 1], [1, 0], [2, 3]]
[[layer]]
w = [[1], [-2], [3]]
b = [0.5, 1, -1]
lock = ["w[0]"]
[[layer]]
w = [[1, 2, 3], [4, 5, 6]]
b = [-1, 0]
lock = ["w[1][2]"]
[[layer]]
w = [[7, 8]]
b = [9]
"""
# At x from 0 to 3: z of the units of layer 1 is x - 0.5, x - 1.5 and 2.5 - x.
WAVES = """
title = "Two on three"
summary = "Three units, and two on them."
[target]
knots = [[0, 0], [1, 2], [2, 0], [3, 2]]
samples = 60
[[layer]]
w = [[1], [1], [-1]]
b = [-0.5, -1.5, 2.5]
[[layer]]
w = [[1, -2, 0.5], [-1, 1, 1]]
b = [-0.4, -0.2]
[[layer]]
w = [[2, -1]]
b = [0.1]
"""


def open_deep(text: str = DEEP) -> Session:
    """The session in which the scenario of a text begins."""
    return open_session(parse(text, "deep", None))


def drawn(seed: int, sizes: tuple[int, ...], activation: Activation = "relu", output: Activation = "identity") -> Session:
    """A session on drawn parameters, over the domain of WAVES."""
    p = parameters_of(np.random.default_rng(seed).normal(size=number_of_values(sizes)).round(2), sizes)
    network = Network(activation, output, deeper=(activation,) * (len(sizes) - 1))
    return open_session(replace(parse(WAVES, "waves", None), network=network, start=p, locks=free_locks(sizes)))
