"""What the Loss view shows: the loss so far."""

from typing import NamedTuple

from relutui.session import Session


class LossReadout(NamedTuple):
    """The recorded losses and the present one, last."""

    steps: tuple[int, ...]
    losses: tuple[float, ...]


def read_loss(session: Session) -> LossReadout:
    """The loss curve, the present state last."""
    checkpoint = session.state.checkpoint
    return LossReadout(
        (*(sample.step for sample in checkpoint.history), checkpoint.step),
        (*(sample.loss for sample in checkpoint.history), session.loss),
    )
