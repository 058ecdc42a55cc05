"""Partial sums of the prediction, to which terms are added one by one in any order: pure functions of the Session."""

import numpy as np

from relutui.lib.arrays import Array
from relutui.lib.number_text import format_number, slope_text
from relutui.model.network import LEAK, Activation, activate
from relutui.model.pieces import stretch
from relutui.model.selection import Selection
from relutui.session import edits
from relutui.session.own_units import in_scaled_units, own_slope, x_text
from relutui.session.session import Session

MAX_LISTED_TERMS = 8  # beyond which their order is not written out
_EFFECT_OF_OUTPUT: dict[Activation, str] = {
    "relu": "what is below 0 becomes 0",
    "leaky_relu": "what is below 0 shrinks to a hundredth",
}


def terms(session: Session) -> tuple[int, ...]:
    """Return the rows of all terms: the units, c (row `units`) if it is not 0, and the output activation (the row after)."""
    p, units = session.state.parameters, session.state.parameters.units
    bias = (units,) if p.c != 0.0 else ()
    activation = (units + 1,) if session.state.network.output_activation != "identity" else ()
    return (*range(units), *bias, *activation)


def summed_terms(session: Session) -> tuple[int, ...]:
    """Return the rows in the sum, in their order; the output activation counts only if it comes after all others."""
    all_terms, units = terms(session), session.state.parameters.units
    rows = tuple(row for row in dict.fromkeys(session.view.summed_units) if row in all_terms)
    return rows if rows[-1:] == (units + 1,) and len(rows) == len(all_terms) else tuple(row for row in rows if row <= units)


def term_name(session: Session, row: int) -> str:
    """Return the name of a term: unit 2, c, or the output activation."""
    units = session.state.parameters.units
    return f"unit {row}" if row < units else "c" if row == units else session.state.network.output_activation


def partial_sums(session: Session, x: Array) -> Array:
    """Return the partial sums before the first term and after each, float64 of shape (terms in the sum + 1, len(x))."""
    network, p = session.state.network, session.state.parameters
    contributions = network.contributions(p, x)
    sums = [np.zeros(len(x))]
    with np.errstate(over="ignore", invalid="ignore"):
        for row in summed_terms(session):
            last = sums[-1]
            if row > p.units:
                sums.append(activate(network.output_activation, last))
            else:
                sums.append(last + (contributions[row] if row < p.units else p.c))
    return np.array(sums)


def next_term(session: Session) -> int | None:
    """Return the next term to add: the first one missing from the selected one on, cyclically; the activation comes last."""
    summed_rows, units, selected_row = summed_terms(session), session.state.parameters.units, session.view.selection.row
    rest = [row for row in terms(session) if row not in summed_rows]
    return min(rest, key=lambda row: (row > units, row < selected_row, row), default=None)


def add_term(session: Session) -> Session:
    """Add the selected term to the sum, or the next one that is not in it, and select it."""
    session = session.with_view(name="contributions")
    row = next_term(session)
    if row is None:
        return session.say("every term is in the sum; C takes the last one back")
    result = _select_term(session, row).with_view(summed_units=(*summed_terms(session), row))
    message = f"+ {_effect_of_term(session, row)}"
    return result.say(message if next_term(result) is not None else f"{message}; {_completion_text(result)}")


def remove_term(session: Session) -> Session:
    """Take the last term out of the sum, and select it, so that adding brings it back."""
    session = session.with_view(name="contributions")
    summed_rows = summed_terms(session)
    if not summed_rows:
        return session.say("nothing is in the sum yet; c adds the selected unit")
    last = summed_rows[-1]
    result = _select_term(session, last).with_view(summed_units=summed_rows[:-1])
    return result.say(f"- {term_name(session, last)}: out of the sum again; c adds it")


def _select_term(session: Session, row: int) -> Session:
    units = session.state.parameters.units
    return edits.select(session, Selection(row, session.view.column) if row < units else Selection(units, "c"))


def _effect_of_term(session: Session, row: int) -> str:
    """Return what adding a term does to the sum, in words."""
    network, p = session.state.network, session.state.parameters
    if row == p.units:
        return f"c: {_shift_text(session, p.c)}"
    if row > p.units:
        effect = _EFFECT_OF_OUTPUT.get(network.output_activation, "the sum goes through it, point by point")
        return f"{network.output_activation}: {effect} (the y-range is the prediction's now)"
    return f"unit {row}: {_effect_of_unit(session, row)}"


def _effect_of_unit(session: Session, unit: int) -> str:
    """Return what adding a unit does to the sum, in words."""
    network, p = session.state.network, session.state.parameters
    if p.v[unit] == 0.0:
        return "v is 0, so it adds nothing"
    if p.w[unit] == 0.0:
        lift = float(network.contributions(p, 0.0)[unit, 0])
        return f"w is 0, so {_shift_text(session, lift)}" if lift else "its activation is 0 everywhere, so it adds nothing"
    if not network.kinked:
        return f"it adds its whole curve, v {network.activation}(z)"
    slope = slope_text(own_slope(session, float(p.v[unit]) * float(p.w[unit])))
    interval = stretch(p, unit, session.x_range)
    leak = f", except for a leak of {LEAK:g} z" if network.activation == "leaky_relu" else ""
    if interval is None:
        return f"it is off everywhere{leak or ' and adds nothing'}"
    start, end = (x_text(session, x, x_range=session.x_range) for x in interval)
    if interval == session.x_range:
        return f"it is on everywhere and adds its slope, {slope}"
    if interval[1] == session.x_range[1]:
        note = leak and f"; until there it is off{leak}"
        return f"from x = {start} on it adds its slope, {slope}{note}"
    return f"up to x = {end} it adds its slope, {slope}; from there on it is off{leak}"


def _shift_text(session: Session, by: float) -> str:
    return f"the whole sum moves {'up' if by > 0.0 else 'down'} by {format_number(abs(by))}{in_scaled_units(session)}"


def _completion_text(session: Session) -> str:
    """Return the words that every term is in the sum, and in which order."""
    summed_rows = summed_terms(session)
    order = ", ".join(term_name(session, row).removeprefix("unit ") for row in summed_rows)
    order_note = f", in the order {order}" if len(summed_rows) <= MAX_LISTED_TERMS else ""
    last = summed_rows[-1] if summed_rows[-1] > session.state.parameters.units else None
    any_order = "in any order" if last is None else f"in any order, {term_name(session, last)} last,"
    network = session.state.network
    seams = "; each unit is 0 at its kink, so no gap opens" if network.kinked and not network.stepped else ""
    prediction = "scaled prediction" if session.scale.changes else "prediction"
    return f"all {len(summed_rows)} added{order_note}: {any_order} the sum is the {prediction}{seams}"
