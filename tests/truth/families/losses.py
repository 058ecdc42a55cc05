"""How losses are printed, and the curve of the loss."""

import math
from functools import lru_cache
from typing import Any

import numpy as np

from tests.truth.oracle import Case
from tests.truth.registry import reading
from tests.truth.verdicts import claim, number, same


@lru_cache(maxsize=8)
def loss_rounding(case: Case) -> float:
    """The rounding error of a squared error."""
    size = float((case.net.size(case.x) + np.abs(case.y)).max())
    return (1e-13 * size) ** 2 + 1e-13 * size * float(np.abs(case.net.predict(case.x) - case.y).max())


def loss_text(shown: str, true: float, what: str, case: Case) -> None:
    """Claim that a loss is printed right; float64 may round what is nearly 0."""
    if math.isfinite(true):
        number(shown, true, what, loss_rounding(case) * (len(case.x) if case.kind == "sse" else 1))


def kind_text(shown: str, case: Case, kind: str = "") -> None:
    """Claim that the loss, or that of a kind, is called what it is, and scaled where the data's own units are others."""
    name = (kind or case.kind).upper()
    name = f"scaled {name}" if case.units.scaled else name
    claim(shown == name, f"it is the {name}")


@reading("loss: the curve and its marks")
def loss_curve(view: Any, case: Case) -> None:
    claim(view.steps[-1] == case.step, f"it ends at step {case.step}")
    same(view.losses[-1], case.loss, loss_rounding(case) * len(case.x), "the last loss")
    claim(list(view.steps) == sorted(view.steps), "the steps are in order")
