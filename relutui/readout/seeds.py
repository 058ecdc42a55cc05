"""The contents of the Seeds screen: the progress of training, the final losses, and the predictions of some starts."""

from collections import Counter
from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import Array
from relutui.lib.number_text import loss_below_text, loss_text, time_left
from relutui.model.batch import predictions
from relutui.readout.preview import PreviewReadout, read_preview
from relutui.readout.status import rate_text
from relutui.scenario.scenario import Scenario
from relutui.session.own_units import loss_name
from relutui.study.outcomes import OUTCOMES, Outcome
from relutui.study.random_starts import RandomStarts

CURVE_POINTS = 64  # points of a small curve: one or two per column of dots
MAX_TARGET_DOTS = 24  # points of a scattered target in a cell
UNKNOWN = "not yet known"  # the outcome of a start still in training
MARGIN_SHARE = 0.1  # of the range of the target's y, above and below

OUTCOME_MEANINGS: dict[Outcome, str] = {
    "solved": "the loss is below {below:g}",
    "dead units": "a unit that can move is off at every point",
    "parked": "a unit is on over hardly any of the x-range",
    "twins": "two units do the work of one",
    "stands still": "it hardly falls, as in a local minimum; no unit is dead, parked or a twin",
    "still falling": "more steps may bring it further",
    "diverged": "a number outgrew float32; a lower rate may do",
    "untrained": "no step is taken",
}


class ProgressReadout(NamedTuple):
    """The top line: the training on the left, its progress on the right; `left` is the time left."""

    name: str
    starts: str
    training: str
    steps: str
    left: str


class LossesReadout(NamedTuple):
    """The finite losses of shape (n,), the bound for solved, the count of each outcome, and those of the marked start."""

    losses: Array
    below: float
    outcomes: tuple[tuple[str, int], ...]
    marked_loss: float
    marked_outcome: str


class Cell(NamedTuple):
    """One start: its present prediction y of shape (CURVE_POINTS,), and its seed, loss and outcome in words."""

    y: Array
    seed: str
    loss: str
    outcome: str
    marked: bool


class GridReadout(NamedTuple):
    """The visible starts: their predictions at x of shape (CURVE_POINTS,) over the target, all with the same limits."""

    x: Array
    target: PreviewReadout
    y_limits: tuple[float, float]
    cells: tuple[Cell, ...]


def read_progress(starts: RandomStarts, seconds_left: float | None) -> ProgressReadout:
    """Compute the top line."""
    settings = starts.state.settings
    done = starts.step >= starts.goal
    return ProgressReadout(
        name=starts.session.scenario.name,
        starts=f"{len(starts):,} random starts",
        training=f"{settings.optimizer} {rate_text(settings)}",
        steps=f"{starts.goal:,} steps" if done else f"{starts.step:,} of {starts.goal:,} steps",
        left=time_left(seconds_left),
    )


def read_losses(starts: RandomStarts, marked: int) -> LossesReadout:
    """Collect the losses and outcomes of the starts, and those of the marked one."""
    losses, counted = starts.losses, Counter(starts.outcomes)
    return LossesReadout(
        losses=losses[np.isfinite(losses)],
        below=starts.below,
        outcomes=(
            *((outcome, counted[outcome]) for outcome in OUTCOMES),
            *(((UNKNOWN, counted[None]),) if counted[None] else ()),
        ),
        marked_loss=float(losses[marked]),
        marked_outcome=starts.outcomes[marked] or UNKNOWN,
    )


def read_grid(starts: RandomStarts, places: list[int], marked: int) -> GridReadout:
    """Compute the predictions of the starts at these places."""
    session, losses = starts.session, starts.losses
    x, data = np.linspace(*session.domain, CURVE_POINTS), session.dataset
    low, high = float(data.y.min()), float(data.y.max())
    room = MARGIN_SHARE * ((high - low) or 1.0)
    curves = predictions(starts.state.network, starts.values(places), x)
    return GridReadout(
        x=x,
        target=_target(session.scenario),
        y_limits=(low - room, high + room),
        cells=tuple(
            Cell(y, str(starts.seed(place)), _loss(starts, losses[place]), starts.outcomes[place] or "", place == marked)
            for y, place in zip(curves, places)
        ),
    )


def read_marked(starts: RandomStarts, marked: int) -> str:
    """Describe the seed, loss and outcome of the marked start."""
    outcome, kind = starts.outcomes[marked], loss_name(starts.session)
    step, seed, loss = starts.step_of(marked), f"seed {starts.seed(marked)}", f"{kind} {_loss(starts, starts.losses[marked])}"
    if outcome is None:
        return f"{seed}   {loss}   after {step:,} of {starts.goal:,} steps" if step else f"{seed}   at its start"
    return f"{seed}   {loss}   {outcome}: {OUTCOME_MEANINGS[outcome].format(below=starts.below)}"


def _target(scenario: Scenario) -> PreviewReadout:
    """The target, a scattered one thinned to MAX_TARGET_DOTS points so that curves remain visible between them."""
    target = read_preview(scenario)
    every = -(-len(target.x) // MAX_TARGET_DOTS) if target.scattered else 1
    return target._replace(x=target.x[::every], y=target.y[::every])


def _loss(starts: RandomStarts, loss: float) -> str:
    """Format a loss, with the digits by which it is below the bound of a solved start."""
    if not np.isfinite(loss):
        return "-"
    return loss_below_text(float(loss), starts.below) if loss < starts.below else loss_text(float(loss))
