"""What the straight pieces of a prediction say about its units: a bend is non-linear, who makes which piece, what is flat."""

import numpy as np

from relutui.lib.number_text import distinct_texts, format_number
from relutui.model.pieces import SAME_SLOPE, straight, stretch
from relutui.session.own_units import x_text
from relutui.session.session import Session

MIN_PART_SHARE = 1e-3  # of the domain; a unit counts as on over a piece if it is on over more of it than that


def about_pieces(session: Session) -> str:
    """Return the first remark that applies to a prediction of two straight pieces and more; empty if none does."""
    network = session.state.network
    if network.activation != "relu" or network.output_activation != "identity":
        return ""
    parts = straight(network, session.state.parameters, session.domain)
    joints = [piece.low for piece in parts[1:]]
    if not joints:
        return ""
    if session.state.parameters.units == 1:
        return _non_linear(session)
    return _biases(session) or _shared_pieces(session, joints) or _nowhere_flat([piece.slope for piece in parts])


def _non_linear(session: Session) -> str:
    """Show by three values that a bent curve is not linear; empty where these three do not show it."""
    network, p, (low, high) = session.state.network, session.state.parameters, session.domain
    units = session.scale.x
    sum_ = units.scaled(units.own(low) + units.own(high))
    first, second, both = session.scale.y.own(network.prediction(p, np.array([low, high, sum_]))).tolist()
    total, at_sum = distinct_texts((first + second, both), format_number)
    if abs(first + second - both) <= MIN_PART_SHARE * (abs(first) + abs(second) + abs(both)):
        return ""
    a, b, together = (x_text(session, x) for x in (low, high, sum_))
    sums = f"f({a}) + f({b}) = {total}, but f({a} + {b}) = f({together}) = {at_sum}"
    return f"Each piece is linear, the whole is non-linear: {sums}."


def _biases(session: Session) -> str:
    """Say what it means that every b is below 0; empty if one is not."""
    p = session.state.parameters
    if not (p.b < 0.0).all() or not p.w.all():
        return ""
    return (
        f"Every b is below 0, which says only that every unit is off at x = {x_text(session, 0.0)}: those that face left have "
        "their kink left of it, those that face right have it right of it."
    )


def _shared_pieces(session: Session, joints: list[float]) -> str:
    """Say that each unit is on over several pieces; empty if one is not."""
    p, (low, high) = session.state.parameters, session.domain
    near, on = MIN_PART_SHARE * (high - low), [stretch(p, unit, (low, high)) for unit in range(p.units)]
    across = [each and any(each[0] + near < joint < each[1] - near for joint in joints) for each in on]
    if not all(across) or not (p.v * p.w).all():
        return ""
    return "No unit makes just one piece: each is on over two or more."


def _nowhere_flat(slopes: list[float]) -> str:
    """Say why no piece is flat; empty if one is."""
    if min(map(abs, slopes)) <= SAME_SLOPE * max(map(abs, slopes)):
        return ""
    return "No piece is flat: at every x some unit is on, and the slopes of those that are do not cancel."
