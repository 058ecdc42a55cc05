"""Taking networks out: the ending of a file's name says what it is to hold."""

from collections.abc import Callable

from relutui.exchange.npz import npz_of
from relutui.exchange.onnx_file import onnx_of
from relutui.exchange.points_csv import points_csv
from relutui.exchange.problem import ExchangeError
from relutui.exchange.safetensors_file import safetensors_of
from relutui.exchange.script import FRAMEWORKS, Framework, script_of
from relutui.lib.files import Content
from relutui.scenario.scenario import Scenario, without_scale

_CONTENT: dict[str, Callable[[Scenario], Content]] = {
    ".npz": npz_of,
    ".safetensors": safetensors_of,
    ".onnx": onnx_of,
    ".csv": points_csv,
}


def content_of(scenario: Scenario, ending: str, framework: Framework = FRAMEWORKS[0]) -> Content:
    """Return what to write to a file of this ending, one of WRITTEN that is not drawn; framework: of a script.

    Of a target with a scale it is the network in the data's own units that has the same curve.  Raises ExchangeError if there
    is none, if such a file cannot hold the network, or a library is missing.
    """
    if scenario.dataset.scale.changes and scenario.network.output_activation != "identity":
        raise ExchangeError(f"{scenario.network.output_activation} on the output keeps the scale from being taken out")
    scenario = without_scale(scenario)
    if not scenario.start.finite:
        raise ExchangeError("a parameter is no finite number; u undoes what made it so")
    return script_of(scenario, framework) if ending == ".py" else _CONTENT[ending](scenario)
