"""Compare the present loss with the lowest known for this number of units."""

import math

import numpy as np

from relutui.explain.phrasing import count_text
from relutui.lib.number_text import loss_text
from relutui.model.dataset import Dataset
from relutui.model.network import Loss, same_bound
from relutui.session.findings import locked_values
from relutui.session.own_units import loss_name
from relutui.session.session import Session

EXACT_VARIANCE_SHARE = 1e-10  # of the variance of y; an MSE below this counts as 0
FAR_RATIO = 1000.0  # times the lowest loss; from here on the lowest loss is shown instead of the ratio
SAME_RATIO = 1.005  # times the lowest loss; a loss up to this counts as the best


def exact_loss_bound(data: Dataset, kind: Loss) -> float:
    """The bound below which a loss of this kind counts as 0, relative to the variance of y (to y² if y is constant)."""
    size = float(data.y.var()) if np.ptp(data.y) else float(data.y[0]) ** 2 or 1.0
    return same_bound(EXACT_VARIANCE_SHARE * size, "mse", kind, len(data))


def comparison_with_best(session: Session) -> str:
    """The loss against the lowest one found, else against the lowest possible, as in "1.3 x the best found with 3 units".

    Empty if neither is known.
    """
    units = session.state.parameters.units
    if (lowest := lowest_loss_found(session)) is not None:
        return _comparison(session, lowest, f"found with {count_text(units, 'unit')}")
    if (possible := lowest_loss_possible(session)) is not None:
        compared = _comparison(session, possible, f"possible with {count_text(units, 'kink')}")
        if _possible_is_exact(session) or session.loss <= SAME_RATIO * possible:
            return compared
        return f"at most {compared}" if " x " in compared else ""  # a bound that may be too low limits the ratio only
    return ""


def lowest_loss_found(session: Session) -> float | None:
    """The lowest loss found for the present kind of network; None until many starts were trained."""
    losses = [result.loss for result in session.findings.best_found if result.covers(session.state)]
    return min(*losses, lowest_loss_visited(session)) if losses else None


def lowest_loss_visited(session: Session) -> float:
    """The lower of the present loss and the best so far of the present kind of network."""
    return min(session.document.best.loss, session.loss) if _best_is_comparable(session) else session.loss


def lowest_loss_possible(session: Session) -> float | None:
    """A lower bound on the loss of any sum of this many kinked units; None if not computed or not applicable."""
    state, units = session.state, session.state.parameters.units
    if not state.network.straight or state.network.deeper or units >= len(session.findings.lower_bounds):
        return None
    return same_bound(session.findings.lower_bounds[units], "mse", state.settings.loss, len(session.dataset))


def _possible_is_exact(session: Session) -> bool:
    """Whether some fit has the lower bound, as far as is known."""
    findings, units = session.findings, session.state.parameters.units
    return units >= len(findings.best_fits) or findings.best_fits[units] == findings.lower_bounds[units]


def _best_is_comparable(session: Session) -> bool:
    """Whether the best so far, whose loss is of the present kind, has the present network, unit count and locked values."""
    state, best = session.state, session.document.best
    return (
        best.network == state.network
        and best.parameters.units == state.parameters.units
        and locked_values(best.parameters, state.locks) == locked_values(state.parameters, state.locks)
    )


def _comparison(session: Session, lowest: float, what: str) -> str:
    """The present loss relative to the lowest, in words; empty if either is not finite."""
    loss, kind = session.loss, session.state.settings.loss
    exact = exact_loss_bound(session.dataset, kind)
    if not (math.isfinite(loss) and math.isfinite(lowest)):
        return ""
    if loss <= max(SAME_RATIO * lowest, exact):
        return f"the best {what}"
    if lowest < exact:
        return f"the best {what} is exact"
    if loss >= FAR_RATIO * lowest:
        return f"the best {what}: {loss_name(session)} {loss_text(lowest)}"
    return f"{_ratio_text(loss / lowest)} x the best {what}"


def _ratio_text(ratio: float) -> str:
    """Format a ratio above 1 with enough digits not to read as 1."""
    return f"{ratio:.{2 if ratio < 1.1 else 1 if ratio < 10.0 else 0}f}"
