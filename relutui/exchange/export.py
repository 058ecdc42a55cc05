"""What a network can be taken out as: the ending of a file's name says it."""

from collections.abc import Callable

from relutui.exchange.npz import npz_of
from relutui.exchange.points_csv import points_csv
from relutui.exchange.problem import ExchangeError
from relutui.exchange.script import FRAMEWORKS, Framework, script_of
from relutui.lib.files import Content
from relutui.scenario.scenario import Scenario

KINDS = {
    ".py": "a script that computes the predictions",
    ".npz": "the numbers, as arrays of numpy",
    ".csv": "z, a and v a of each unit at each point, and the prediction",
    ".svg": "the chart",
    ".txt": "the screen",
}
DRAWN = (".svg", ".txt")  # of a session, by the ui

_CONTENT: dict[str, Callable[[Scenario], Content]] = {".npz": npz_of, ".csv": points_csv}


def content_of(scenario: Scenario, ending: str, framework: Framework = FRAMEWORKS[0]) -> Content:
    """Return what to write to a file of this ending, one of KINDS that is not drawn; framework: of a script.

    Raises ExchangeError if such a file cannot hold the network, or a library is missing.
    """
    if not scenario.start.finite:
        raise ExchangeError("a parameter is no finite number; u undoes what made it so")
    return script_of(scenario, framework) if ending == ".py" else _CONTENT[ending](scenario)
