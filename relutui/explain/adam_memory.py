"""Say that adam may still get away from where the loss stands still: its steps grow as it forgets larger gradients."""

import numpy as np

from relutui.explain.saddle import changes_tried
from relutui.lib.arrays import quiet
from relutui.model.curvature import hessian
from relutui.model.gradient import gradient
from relutui.model.training import BETA1, BETA2, EPSILON
from relutui.model.values import values_of
from relutui.session.session import Session

FORGETTING_STEPS = 2000  # looked ahead
MAX_CURVATURE = 2.0 * (1.0 + BETA1) / (1.0 - BETA1)  # times 1 / rate


@quiet
def may_get_away(session: Session, steps_tried: int) -> str:
    """What adam's memory may do within FORGETTING_STEPS; empty if it does nothing, or the same run was tried for as long.

    Where the loss is curved by more than 38 / rate, in units of adam's steps, a distance from a minimum grows: Cohen et al.,
    "Adaptive Gradient Methods at the Edge of Stability" (2022).  The units grow as second moments of earlier steps fade.
    """
    state = session.state
    if state.settings.optimizer != "adam" or steps_tried >= FORGETTING_STEPS or changes_tried(session) == "none":
        return ""
    problem, known, free = state.problem(session.dataset), state.checkpoint.optimizer, values_of(state.locks) == 0.0
    slopes, second = values_of(gradient(problem, state.parameters))[free], values_of(known.second)[free]
    kept = BETA2**FORGETTING_STEPS
    later = (kept * second + (1.0 - kept) * slopes**2) / (1.0 - BETA2 ** (known.steps + FORGETTING_STEPS))
    units = (np.sqrt(later) + EPSILON) ** -0.5
    curvature = units[:, None] * hessian(problem, state.parameters)[np.ix_(free, free)] * units
    if not np.isfinite(curvature).all() or state.settings.learning_rate * np.linalg.eigvalsh(curvature)[-1] <= MAX_CURVATURE:
        return ""
    return "With adam training may still get away: its steps grow as it forgets larger gradients."
