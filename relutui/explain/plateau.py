"""Judge whether the loss stands still from its samples since the last change by hand."""

from bisect import bisect_left
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from relutui.explain.best import exact_loss_bound
from relutui.lib.arrays import Array
from relutui.model.network import same_bound
from relutui.session.session import Session

MIN_STEPS = 100  # steps since the last change by hand; fewer are not judged
MIN_SAMPLES = 8  # samples of the loss in the later half of those steps
FLAT_LOSS_SHARE = 1e-3  # of the loss; a smaller range over that half counts as flat
MAX_HALVING_STEPS = 100_000  # steps; a fall that would take longer to halve the loss counts as none
MIN_FALL_SHARE = 1e-2  # of the loss; a smaller fall from the first half of the samples to the second counts as none
ZERO_VARIANCE_SHARE = 1e-6  # of the variance of y; an MSE below this is never stuck


class LossTail(NamedTuple):
    """The later half of the steps since the last change by hand: their number, and losses of shape (samples,), present last."""

    steps: int
    losses: Array

    @property
    def is_flat(self) -> bool:
        """Whether the losses hardly differ, and at this pace would take over MAX_HALVING_STEPS steps to halve."""
        low, high = float(self.losses.min()), float(self.losses.max())
        fall = float(self.losses[0] - self.losses[-1])
        return high - low <= FLAT_LOSS_SHARE * high and fall * MAX_HALVING_STEPS <= high / 2 * self.steps

    @property
    def oscillates(self) -> bool:
        """Whether the loss rises and falls while neither its minimum nor its mean decreases."""
        before, after = np.array_split(self.losses, 2)
        ups = float((np.diff(self.losses) > 0.0).mean())
        lower = after.min() < (1.0 - MIN_FALL_SHARE) * before.min() or after.mean() < (1.0 - MIN_FALL_SHARE) * before.mean()
        return 0.25 <= ups <= 0.75 and not lower


def loss_tail(session: Session) -> LossTail | None:
    """The losses to judge; None if there are too few, any is not finite, or the present one is low enough."""
    state = session.state
    history, step = state.checkpoint.history, state.checkpoint.step
    since = state.marks[-1].step if state.marks else 0
    middle = (since + step) // 2
    first = bisect_left(history, middle, key=attrgetter("step"))
    if step - since < MIN_STEPS or len(history) - first < MIN_SAMPLES:
        return None
    loss = session.loss
    losses = np.array([*(sample.loss for sample in history[first:]), loss])
    return LossTail(step - middle, losses) if np.isfinite(losses).all() and not _low_enough(session, loss) else None


def _low_enough(session: Session, loss: float) -> bool:
    data, settings = session.dataset, session.state.settings
    zero_loss = same_bound(ZERO_VARIANCE_SHARE * float(data.y.var()), "mse", settings.loss, len(data))
    exact = exact_loss_bound(data, settings.loss)  # above 0 for a constant y as well
    return loss < max(settings.stop_below or 0.0, zero_loss, exact) or session.solved
