"""The straight pieces that are numbered on the chart and in the row of the sum."""

from relutui.model.pieces import Piece, straight
from relutui.session.session import Session


def numbered_pieces(session: Session) -> tuple[Piece, ...]:
    """The pieces in the order of their numbers, from 1, which are those of the list of pieces; none unless they are shown.

    Behind an output activation with bends of its own the pieces of the sum are not those of the prediction.
    """
    network = session.state.network
    if not session.view.numbered or network.deeper or not network.kinked or network.output_activation != "identity":
        return ()
    return straight(network, session.state.parameters, session.x_range)
