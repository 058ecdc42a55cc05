"""Taking networks out: the ending of a file's name says what it is to hold."""

from collections.abc import Callable

from relutui.exchange.exported import Exported, exported
from relutui.exchange.kinds import FRAMEWORKS, Framework
from relutui.exchange.npz import npz_of
from relutui.exchange.onnx_file import onnx_of
from relutui.exchange.points_csv import points_csv
from relutui.exchange.safetensors_file import safetensors_of
from relutui.exchange.script import script_of
from relutui.lib.files import Content
from relutui.scenario.scenario import Scenario

_CONTENT: dict[str, Callable[[Exported], Content]] = {
    ".npz": npz_of,
    ".safetensors": safetensors_of,
    ".onnx": onnx_of,
    ".csv": points_csv,
}


def content_of(scenario: Scenario, ending: str, framework: Framework = FRAMEWORKS[0]) -> Content:
    """Return what to write to a file of this ending, one of WRITTEN that is not drawn; framework: of a script.

    Raises ExchangeError if such a file cannot hold the network, or a library is missing.
    """
    taken = exported(scenario)
    return script_of(taken, framework) if ending == ".py" else _CONTENT[ending](taken)
