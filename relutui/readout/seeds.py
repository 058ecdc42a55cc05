"""What the Seeds screen shows: how far training is, where the starts end, and the curves of some of them."""

from collections import Counter
from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import Array
from relutui.lib.number_text import loss_text, time_left
from relutui.model.batch import predictions
from relutui.readout.preview import PreviewReadout, read_preview
from relutui.scenario.scenario import Scenario
from relutui.study.outcomes import OUTCOMES, Outcome
from relutui.study.random_starts import RandomStarts

CURVE_POINTS = 64  # of a small curve: a column of dots has one or two
MAX_TARGET_DOTS = 24  # at most that stand for points in it
UNKNOWN = "not yet known"  # the outcome of a start that is on its way
MARGIN_SHARE = 0.1  # of the range of the target's y, above and below

OUTCOME_MEANINGS: dict[Outcome, str] = {
    "solved": "the loss is below {below:g}",
    "dead units": "a unit is off at every point, so it has no gradient",
    "parked": "a unit is on over hardly any of the x-range",
    "twins": "two units do the work of one",
    "other plateau": "it stands still, though no unit is dead, parked or a twin",
    "still falling": "more steps may bring it further",
    "diverged": "the learning rate is too high for it",
}


class ProgressReadout(NamedTuple):
    """The line on top: what is trained on the left, how far it is on the right."""

    name: str
    starts: str
    training: str
    steps: str
    left: str


class LossesReadout(NamedTuple):
    """The finite losses and the bound below which one is solved; how many have each outcome; what the marked one has."""

    losses: Array
    below: float
    outcomes: tuple[tuple[str, int], ...]
    marked_loss: float
    marked_outcome: str


class Cell(NamedTuple):
    """One start: the prediction it stands at, its seed, loss and outcome in words."""

    y: Array
    seed: str
    loss: str
    outcome: str
    marked: bool


class GridReadout(NamedTuple):
    """The starts that there is room for: their predictions at x, over the target, all in the same limits."""

    x: Array
    target: PreviewReadout
    y_limits: tuple[float, float]
    cells: tuple[Cell, ...]


def read_progress(starts: RandomStarts, seconds_left: float | None) -> ProgressReadout:
    """The line on top."""
    settings = starts.state.settings
    done = starts.step >= starts.goal
    return ProgressReadout(
        name=starts.session.scenario.name,
        starts=f"{len(starts):,} random starts",
        training=f"{settings.optimizer} {settings.learning_rate:g}",
        steps=f"{starts.goal:,} steps" if done else f"{starts.step:,} of {starts.goal:,} steps",
        left=time_left(seconds_left),
    )


def read_losses(starts: RandomStarts, marked: int) -> LossesReadout:
    """Where the starts end, and the marked one among them."""
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
    """The curves of the starts at these places."""
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
            Cell(y, str(starts.seed(place)), _loss(losses[place]), starts.outcomes[place] or "", place == marked)
            for y, place in zip(curves, places)
        ),
    )


def read_marked(starts: RandomStarts, marked: int) -> str:
    """What became of the marked start, in a sentence."""
    outcome, kind = starts.outcomes[marked], starts.state.settings.loss.upper()
    step, seed, loss = starts.step_of(marked), f"seed {starts.seed(marked)}", f"{kind} {_loss(starts.losses[marked])}"
    if outcome is None:
        return f"{seed}   {loss}   after {step:,} of {starts.goal:,} steps" if step else f"{seed}   at its start"
    return f"{seed}   {loss}   {outcome}: {OUTCOME_MEANINGS[outcome].format(below=starts.below)}"


def _target(scenario: Scenario) -> PreviewReadout:
    """The target; of points that are no curve only some, as between all of them a curve would not be seen."""
    target = read_preview(scenario)
    every = -(-len(target.x) // MAX_TARGET_DOTS) if target.scattered else 1
    return target._replace(x=target.x[::every], y=target.y[::every])


def _loss(loss: float) -> str:
    return loss_text(float(loss)) if np.isfinite(loss) else "-"
