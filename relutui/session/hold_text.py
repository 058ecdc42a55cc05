"""The chart in hand, in words: what is moved, by which keys, and what becomes of the loss."""

from relutui.lib.number_text import format_number, loss_text
from relutui.model.network import Network
from relutui.model.pieces import side
from relutui.model.selection import Selection
from relutui.session import edits, hold, kink_edits
from relutui.session.own_units import loss_name, x_text
from relutui.session.session import Session
from relutui.session.state import loss_of

OTHER_KEYS = "tab, 0-9: next unit"  # besides those that move, which the footer names


def bend_word(network: Network) -> str:
    """Return what -b / w is of a unit: its kink, or what takes its place."""
    return kink_edits.POSITION_WORDS.get(network.activation, "zero")


def description(session: Session) -> str:
    """Describe the selected unit, and the loss beside that of before; empty while the chart is not in hand."""
    held, state, row = session.view.hold, session.state, session.view.selection.row
    if held is None:
        return ""
    solved = " ✓ solved" if session.solved else ""
    before = loss_text(loss_of(held.before.states.present, session.dataset))
    loss = f"{loss_name(session)} {loss_text(session.loss)}{solved}, before {before}."
    if hold.unit_in_hand(session) is None:
        return f"c is {format_number(state.parameters.c)}. {loss}"
    form, v, word = kink_edits.kink_form_of(state, row), format_number(float(state.parameters.v[row])), bend_word(state.network)
    if form.kink is None:
        x = x_text(session, session.view.probe)
        first = "" if state.locks.w[row] or state.locks.b[row] else f"; the first move gives it one at the probe, x = {x}"
        return f"Unit {row}: w = 0, so no {word}{first}. {loss}"
    if not form.slope:
        waiting = kink_edits.pending_text(session, row)
        return f"{waiting} {loss}"
    kink = format_number(session.scale.x.own(form.kink))
    at = f"{word} {kink}, {side(form.side)}, slope of z {_slope(form)}, v {v}"
    return f"Unit {row}: {at}. {loss}"


def brief(session: Session) -> str:
    """Describe the selected unit in a single line of 40 columns."""
    state, row = session.state, session.view.selection.row
    loss = f"{loss_name(session)} {loss_text(session.loss)}"
    if hold.unit_in_hand(session) is None:
        return f"c {format_number(state.parameters.c)}  {loss}"
    form = kink_edits.kink_form_of(state, row)
    kink = "-" if form.kink is None else format_number(session.scale.x.own(form.kink))
    return f"u{row} {bend_word(state.network)} {kink} slope {_slope(form)}  {loss}"


def _slope(form: kink_edits.KinkForm) -> str:
    """Return the slope of z with its sign, as falling ones have one in every panel."""
    return f"{'-' if form.side < 0.0 else '+'}{format_number(form.slope)}" if form.slope else "0"


def moves(session: Session) -> tuple[tuple[str, str], ...]:
    """Return the keys that move something of what is selected, and what; those that a lock makes useless are left out."""
    state, row, upward = session.state, hold.unit_in_hand(session), hold.sloped(session)
    if row is None:
        return () if state.locks.c else (("up down", "c"),)
    every = (
        ("left right", bend_word(state.network), Selection(row, "kink")),
        ("up down", upward.field, upward),
        ("f", "other side", Selection(row, "side")),
        *((("+ -", "v", Selection(row, "v")),) if upward.field != "v" else ()),
    )
    return tuple((keys, what) for keys, what, moved in every if not edits.refusal(state, moved))
