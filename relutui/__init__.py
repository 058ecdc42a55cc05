"""relutui: see how ReLU units compose a curve, and train them step by step.

Public to other programs is what `__all__` names; the page `python` of the manual describes it.
"""

import os
from typing import TYPE_CHECKING, Any

# Before numpy is imported: a thread for every core would cost its start a tenth of a second of processor time, and memory in
# every session of a classroom, for matrices too small to be shared out.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

if TYPE_CHECKING:
    from relutui.api.model import Curve, Diverged, Model, load
    from relutui.api.sweep import Starts, sweep
    from relutui.model.trainer import TrainerUnavailable
    from relutui.scenario.scenario import ScenarioError

__version__ = "0.1.0"
__all__ = ["Curve", "Diverged", "Model", "ScenarioError", "Starts", "TrainerUnavailable", "load", "sweep"]

_HOMES = {
    "relutui.api.model": ("Curve", "Diverged", "Model", "load"),
    "relutui.api.sweep": ("Starts", "sweep"),
    "relutui.model.trainer": ("TrainerUnavailable",),
    "relutui.scenario.scenario": ("ScenarioError",),
}


def __getattr__(name: str) -> Any:
    """Import what is public when it is first asked for, because start-up time counts."""
    for module, names in _HOMES.items():
        if name in names:
            from importlib import import_module

            return getattr(import_module(module), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
