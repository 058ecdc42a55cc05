"""What a unit does to the slope of the prediction: it goes against it, or makes it go down where it bends it."""

from itertools import pairwise

from relutui.explain.phrasing import interval_text
from relutui.lib.number_text import distinct_texts, slope_text, texts_that_add_up
from relutui.model.pieces import SAME_KINK, kinks, pieces
from relutui.session.own_units import own_slope, x_text
from relutui.session.session import Session

MIN_OPPOSING_SLOPE_SHARE = 0.05  # of the slope of the others; a smaller opposing slope is not mentioned
MIN_PIECE_SHARE = 0.005  # of the domain; a narrower piece is too narrow to be seen


def opposite_slope(session: Session, unit: int) -> str:
    """Describe the widest piece on which the slopes of the unit and the prediction have opposite signs; empty if none."""
    state = session.state
    if state.network.output_activation != "identity":
        return ""
    candidates, least = [], MIN_PIECE_SHARE * (session.domain[1] - session.domain[0])
    for piece in pieces(state.network, state.parameters, session.domain):
        if piece.high - piece.low < least:  # too narrow to be seen
            continue
        own, others = piece.slopes[unit], piece.slope - piece.slopes[unit]
        if piece.on[unit] and own * piece.slope < 0.0 and abs(own) >= MIN_OPPOSING_SLOPE_SHARE * abs(others):
            candidates.append((piece, own, others))
    if not candidates:
        return ""
    piece, own, others = max(candidates, key=lambda each: each[0].high - each[0].low)
    own_text, others_text, slope = texts_that_add_up(
        [own_slope(session, slope) for slope in (own, others)], own_slope(session, piece.slope), slope_text
    )
    own_trend, trend = ("falls", "rises") if own < 0.0 else ("rises", "falls")
    return (
        f"Over {interval_text(session, piece.low, piece.high)} its own line {own_trend} (slope {own_text}), "
        f"but the prediction {trend} there by {slope}: the others add {others_text}."
    )


def falling_bend(session: Session, unit: int) -> str:
    """Say that the slope of the prediction goes down where the unit starts to fall, or ends to rise; empty elsewhere."""
    network, p, (low, high) = session.state.network, session.state.parameters, session.domain
    w, v, kink = float(p.w[unit]), float(p.v[unit]), float(kinks(p)[unit])
    if (network.activation, network.output_activation) != ("relu", "identity") or w == 0.0 or v >= 0.0:
        return ""
    every, near, least = pieces(network, p, (low, high)), SAME_KINK * (high - low), MIN_PIECE_SHARE * (high - low)
    for before, after in pairwise(every):
        if abs(before.high - kink) <= near and min(before.high - before.low, after.high - after.low) >= least:
            old, new = distinct_texts([own_slope(session, each.slope) for each in (before, after)], slope_text)
            what = "falling unit starts" if w > 0.0 else "rising unit ends"
            curve = "━" if session.view.name == "fit" else "the prediction"  # as the legend of the chart has it
            if old != new and after.slope < before.slope:
                return f"The slope of {curve} goes down at x = {x_text(session, kink)}, from {old} to {new}: a {what}."
    return ""
