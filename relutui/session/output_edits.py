"""An edit that sets all free v and c at once, to the best for the units as they are."""

from dataclasses import replace

import numpy as np

from relutui.lib.number_text import LIMIT, format_3_digits, loss_text
from relutui.model.output_fit import OutputFit, best_output, why_no_output_fit
from relutui.session.edits import tighten_limits
from relutui.session.own_units import loss_name
from relutui.session.session import Session

LEAST_FALL = 1e-9  # of the loss: one that falls by less is at its lowest, but for rounding
EXACT_FIT = 1e-24  # of the squares of y: a loss that is lower fits exactly, but for rounding


def output_fit(session: Session) -> OutputFit:
    """Return the best v and c for the present w and b; takes seconds for many units at many points."""
    state = session.state
    return best_output(state.network, state.parameters, session.dataset, state.locks)


def apply_output_fit(session: Session, fit: OutputFit) -> Session:
    """Set the v and c of a fit of the present state, as one edit, and say what became of the loss."""
    state = session.state
    if large := _oversized_name(fit):
        return session.say(f"the best {large} would be larger than {LIMIT:g}, so nothing is changed", error=True)
    new = replace(state, checkpoint=state.checkpoint.edited(fit.parameters), edits=state.edits + 1, change="best v and c")
    solved = tighten_limits(session.with_state(new))
    kind, before, after, notes = loss_name(session), session.loss, solved.loss, _notes(session, fit)
    if not after < (1.0 - LEAST_FALL) * before or before < EXACT_FIT * _squares(session):
        return session.say(f"v and c are the best with these w and b already: {kind} {loss_text(before)}{notes}")
    texts = loss_text(before), loss_text(after)
    fall = " → ".join(texts) if texts[0] != texts[1] else f"{texts[0]}, lower by {format_3_digits(before - after)}"
    return solved.say(f"v and c solved for: {kind} {fall}, the lowest with these w and b{notes}")


def why_not_solvable(session: Session) -> str | None:
    """Return why v and c cannot be solved for; None if they can."""
    return why_no_output_fit(session.state.network, session.state.locks)


def _squares(session: Session) -> float:
    """Return the loss of a prediction of 0 everywhere; 1 if that is the target."""
    squares = np.square(session.dataset.y)
    return float(squares.mean() if session.state.settings.loss == "mse" else squares.sum()) or 1.0


def _notes(session: Session, fit: OutputFit) -> str:
    """Return what else holds: locks, and that other v and c would be as good."""
    locked = len(fit.parameters.v) + 1 - fit.free
    notes = f" and the {locked} locked of v and c" if locked else ""
    if fit.undetermined:
        notes += f"; {fit.undetermined} of the {fit.free} could have any value at these points, and moved least"
    return notes


def _oversized_name(fit: OutputFit) -> str:
    """Return the name of the largest of v and c if it is beyond LIMIT; empty if none is."""
    sizes = np.abs([*fit.parameters.v, fit.parameters.c])
    largest = int(sizes.argmax())
    return "" if sizes[largest] <= LIMIT else "c" if largest == len(fit.parameters.v) else f"v of unit {largest}"
