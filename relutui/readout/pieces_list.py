"""The contents of the list of pieces: the ends and the slope of each, and the bend where it meets the next."""

from itertools import pairwise
from typing import NamedTuple

from relutui.lib.number_text import distinct_texts, slope_text
from relutui.model.pieces import straight
from relutui.session.own_units import own_slope, x_text
from relutui.session.session import Session

MORE_DIGITS = 2  # than in a sentence


class PieceRow(NamedTuple):
    """One straight piece, in words; bend: the change of slope at its right end, empty for the last."""

    low: str
    high: str
    slope: str
    bend: str


class PiecesReadout(NamedTuple):
    """The pieces from left to right; curve: what they are pieces of."""

    curve: str
    rows: tuple[PieceRow, ...]


def read_pieces(session: Session) -> PiecesReadout:
    """Compute the pieces of the prediction, or of the sum before an output activation, of units with kinks."""
    network = session.state.network
    parts = straight(network, session.state.parameters, session.x_range)
    curve = "the prediction" if network.output_activation == "identity" else "the sum before the output"
    ends = distinct_texts(
        [parts[0].low, *(part.high for part in parts)], lambda x, more: x_text(session, x, MORE_DIGITS + more, session.x_range)
    )
    own = [own_slope(session, part.slope) for part in parts]
    slopes = distinct_texts(own, lambda slope, more: slope_text(slope, MORE_DIGITS + more))
    bends = [slope_text(after - before, MORE_DIGITS) for before, after in pairwise(own)]
    return PiecesReadout(curve, tuple(map(PieceRow, ends[:-1], ends[1:], slopes, [*bends, ""])))
