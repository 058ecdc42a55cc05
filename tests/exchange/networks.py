"""Networks of every activation, and their predictions by the math module alone."""

import math
from collections.abc import Callable
from pathlib import Path

from relutui.scenario.reader import parse
from relutui.scenario.scenario import Scenario

UNITS = ((-2.0, 2.0, 1.0), (1.5, -1.25, -0.75), (0.0, 0.5, 2.0), (3.0, -20.0, 0.125), (1e-3, -40.0, 0.5))  # w, b, v
C = 0.3
X = (-3.0, -1.0, 0.0, 0.25, 0.8125, 1.0, 2.5, 60.0)  # a kink at 1, and what softplus is for large z, among them

ACT: dict[str, Callable[[float], float]] = {
    "relu": lambda z: max(z, 0.0),
    "leaky_relu": lambda z: z if z > 0.0 else z / 100.0,
    "softplus": lambda z: math.log1p(math.exp(-abs(z))) + max(z, 0.0),
    "sigmoid": lambda z: 1.0 / (1.0 + math.exp(-z)) if z > -700.0 else 0.0,
    "tanh": math.tanh,
    "identity": lambda z: z,
    "step": lambda z: 1.0 if z > 0.0 else 0.0,
    "rect": lambda z: 1.0 if -0.5 < z < 0.5 else 0.0,
}
OUTPUTS = ("identity", "relu", "leaky_relu", "softplus", "sigmoid", "tanh")
PAIRS = [*((activation, "identity") for activation in ACT), *(("relu", output) for output in OUTPUTS[1:])]


def scenario_of(activation: str, output: str, name: str = "taken") -> Scenario:
    units = "".join(f"[[unit]]\nw = {w!r}\nb = {b!r}\nv = {v!r}\n" for w, b, v in UNITS)
    points = [[x, round(x / 2.0, 3)] for x in X]
    network = f'activation = "{activation}"\noutput_activation = "{output}"\noutput_bias = {C}\n'
    return parse(f'title = "Out"\n[target]\npoints = {points}\n[network]\n{network}{units}', name, None)


def prediction(activation: str, output: str, x: float) -> float:
    return ACT[output](C + math.fsum(v * ACT[activation](w * x + b) for w, b, v in UNITS))


def written(activation: str, output: str, folder: Path) -> Path:
    """A scenario file of the network."""
    from relutui.scenario.writer import to_toml

    file = folder / f"{activation}-{output}.toml"
    file.write_text(to_toml(scenario_of(activation, output)))
    return file
