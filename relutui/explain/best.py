"""How good the present state is, against the best that so many units are known to do."""

import math

import numpy as np

from relutui.explain.phrasing import counted
from relutui.lib.number_text import loss_text
from relutui.model.dataset import Dataset
from relutui.model.network import Loss, same_bound
from relutui.session.findings import locked_values
from relutui.session.session import Session

EXACT = 1e-10  # of the variance of y: an MSE below it is as good as 0
FAR = 1000.0  # times the lowest loss: from there on that one itself says more
SAME = 1.005  # times the lowest loss: no worse than that, and it is the best


def exact_below(data: Dataset, kind: Loss) -> float:
    """The loss below which one is as good as 0, for y of that size."""
    size = float(data.y.var()) if np.ptp(data.y) else float(data.y[0]) ** 2 or 1.0
    return same_bound(EXACT * size, "mse", kind, len(data))


def against_best(session: Session) -> str:
    """Such as "1.3 x the best found with 3 units", or possible with 3 kinks if none was looked for; nothing if unknown."""
    units = session.state.parameters.units
    if (found := lowest_found(session)) is not None:
        return _compared(session, found, f"found with {counted(units, 'unit')}")
    if (possible := lowest_possible(session)) is not None:
        return _compared(session, possible, f"possible with {counted(units, 'kink')}")
    return ""


def lowest_found(session: Session) -> float | None:
    """The lowest loss seen of any network of the present kind, once many starts of it were tried."""
    found = [found.loss for found in session.found if found.covers(session.state)]
    seen = [session.best.loss, session.loss] if _best_is_of_this_kind(session) else [session.loss]
    return min(found + seen) if found else None


def lowest_possible(session: Session) -> float | None:
    """The lowest loss of any sum of as many units with a kink; None where that is not known."""
    state, units = session.state, session.state.parameters.units
    if not state.network.straight or units >= len(session.possible):
        return None
    return same_bound(session.possible[units], "mse", state.settings.loss, len(session.dataset))


def _best_is_of_this_kind(session: Session) -> bool:
    """Whether the best so far has as many units, and what is locked now as it is now; its loss is of the present kind."""
    state, best = session.state, session.best
    return (
        best.network == state.network
        and best.parameters.units == state.parameters.units
        and locked_values(best.parameters, state.locks) == locked_values(state.parameters, state.locks)
    )


def _compared(session: Session, lowest: float, what: str) -> str:
    """The present loss as so many times the lowest."""
    loss, kind = session.loss, session.state.settings.loss
    exact = exact_below(session.dataset, kind)
    if not (math.isfinite(loss) and math.isfinite(lowest)):
        return ""
    if loss <= max(SAME * lowest, exact):
        return f"the best {what}"
    if lowest < exact:
        return f"the best {what} is exact"
    if loss >= FAR * lowest:
        return f"the best {what}: {kind.upper()} {loss_text(lowest)}"
    return f"{_times(loss / lowest)} x the best {what}"


def _times(ratio: float) -> str:
    """A ratio above 1, never so short that it reads as 1."""
    return f"{ratio:.{2 if ratio < 1.1 else 1 if ratio < 10.0 else 0}f}"
