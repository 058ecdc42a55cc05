"""The contents of the list of pieces: the ends and the slope of each, and the bend where it meets the next."""

from itertools import pairwise
from typing import NamedTuple

from relutui.lib.number_text import distinct_texts, format_x, slope_text
from relutui.model.pieces import straight
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
        [parts[0].low, *(part.high for part in parts)], lambda x, more: format_x(x, session.x_range, MORE_DIGITS + more)
    )
    slopes = distinct_texts([part.slope for part in parts], lambda slope, more: slope_text(slope, MORE_DIGITS + more))
    bends = [slope_text(after.slope - before.slope, MORE_DIGITS) for before, after in pairwise(parts)]
    return PiecesReadout(curve, tuple(map(PieceRow, ends[:-1], ends[1:], slopes, [*bends, ""])))
