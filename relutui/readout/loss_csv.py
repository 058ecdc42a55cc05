"""CSV files of the loss curve, for a spreadsheet or a chart of one's own."""

from collections.abc import Iterator

from relutui.lib.number_text import finite
from relutui.readout.loss import read_loss
from relutui.session.session import Session


def loss_csv(session: Session) -> Iterator[str]:
    """Return the text of the file in blocks: step and loss of every recorded sample and of the present state.

    A loss that is not finite is empty.
    """
    yield "step,loss\n"
    curve = read_loss(session)
    for step, loss in zip(curve.steps, curve.losses):
        yield f"{step},{'' if (number := finite(loss)) is None else repr(number)}\n"
