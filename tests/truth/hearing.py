"""Listens to everything that relutui says about a session."""

from collections.abc import Iterator
from typing import Any

from relutui.explain.best import lowest_loss_found, lowest_loss_possible
from relutui.explain.default_message import default_message
from relutui.explain.edit_effect import edit_effect
from relutui.explain.hints import state_hint
from relutui.explain.why_prediction import why_prediction
from relutui.explain.why_stuck import stuck_reason
from relutui.explain.why_unit import why_unit
from relutui.readout.activations import read_activations
from relutui.readout.contributions import read_contributions
from relutui.readout.fit import read_fit
from relutui.readout.forward_pass import read_forward_pass
from relutui.readout.loss import read_loss
from relutui.readout.network import read_network
from relutui.readout.outputs import read_outputs
from relutui.readout.pieces_list import read_pieces
from relutui.readout.residual import read_residual
from relutui.readout.sizes import read_sizes
from relutui.readout.small_multiples import read_units
from relutui.readout.status import read_message, read_status
from relutui.readout.strips import read_strips
from relutui.readout.table import read_table
from relutui.readout.trace import read_trace
from relutui.readout.trail import read_trail
from relutui.scenario.segments import segments
from relutui.session.edits import current_start
from relutui.session.partial_sum import summed_terms
from relutui.session.session import Session
from relutui.ui.widgets.forward_pass import forward_pass
from relutui.ui.widgets.network import network
from tests.truth.registry import MESSAGE, PROSE, Heard
from tests.truth.subjects import net_of

WALKS = ((38, 14), (52, 14), (70, 14), (24, 14))  # columns and rows of the panel, of which each state has one

NETWORKS = ((78, 7), (64, 22), (50, 7), (38, 10))  # likewise


def heard(session: Session) -> Iterator[Heard]:
    """Yield every text about the session, with what it is about."""
    for unit in range(session.state.parameters.units):
        about = {"unit": unit, "drawn": session.state.seed is not None}
        for view in ("fit", "units", "outputs", "activations"):
            yield Heard(PROSE, why_unit(session.with_view(name=view), unit), about)
        yield Heard(PROSE, why_unit(session.with_view(beyond=1), unit), about)
    yield Heard(PROSE, why_prediction(session))
    yield Heard(PROSE, why_prediction(session.with_view(name="sizes")))
    yield Heard(PROSE, edit_effect(session))
    yield Heard(PROSE, edit_effect(session.with_view(name="units")))
    yield Heard(PROSE, default_message(session), _about(session))
    yield Heard(PROSE, state_hint(session), _about(session))
    yield Heard("loss", read_status(session).loss)
    for text in read_message(session).hint.split("   "):
        yield Heard("ticks" if text.startswith(("✓", "✗")) else MESSAGE, text, _about(session))
    if reason := stuck_reason(session):
        yield Heard("status", reason.summary, {"text": reason.text})
    if session.view.message:
        yield Heard(MESSAGE, session.view.message.text, _about(session))
    yield Heard("push", read_table(session.with_view(gradients=True)).push)
    for curves in read_units(session).units:
        yield Heard("unit note", curves.note, {"unit": curves.unit})
    residual = read_residual(session)
    for text in (*residual.size, *residual.worst):
        yield Heard("residual", text, {"pieces": residual.pieces})


def _about(session: Session) -> dict[str, Any]:
    """What a message may speak of besides the numbers of the case."""
    past, future = session.states.past, session.states.future
    return {
        "summed": summed_terms(session),
        "unit": session.view.selection.row,
        "domain": session.domain,
        "drawn": session.state.seed is not None,
        "start": net_of(session.state.network, current_start(session).parameters),
        "handle": session.view.handle_mode,
        "probe": session.view.probe,
        "undo": len(past),
        "redo": len(future),
        "change": session.state.change,
        "next": future[0].change if future else "",
        "solved": session.solved,
        "edited": bool(past) or session.state.checkpoint.step > 0,
        "hints": _has_hints(session),
        "own": (session.scenario.network.activation, session.scenario.network.output_activation),
        "found": lowest_loss_found(session),
        "possible": lowest_loss_possible(session),
    }


def _has_hints(session: Session) -> bool:
    """Whether the scenario is an exercise with a target of straight pieces, for units that make some."""
    scenario = session.scenario
    return bool(scenario.exercise and scenario.network.straight and segments(scenario))


def readings(session: Session) -> Iterator[tuple[str, Any]]:
    """Yield every readout of numbers, by the name of its check."""
    strips, table = read_strips(session), read_table(session)
    for name in ("where units are on", "the sum's slopes", "the output's slopes", "the target's slopes"):
        yield f"strips: {name}", strips
    yield "table: numbers and notes", table
    yield "table: states of units", table
    yield "table: gradients", read_table(session.with_view(gradients=True))
    walk = read_forward_pass(session)
    yield "walk: its numbers", walk
    width, height = WALKS[(len(walk.terms) + session.state.edits) % len(WALKS)]
    yield "walk: its lines", (walk.x, [text.plain for text in forward_pass(walk, width, height)])
    drawn = read_network(session)
    width, height = NETWORKS[(len(walk.terms) + session.state.edits) % len(NETWORKS)]
    yield "network: its lines", (walk.x, [text.plain for text in network(drawn, width, height)])
    fit = read_fit(session)
    yield "fit: curve, kinks, arrows", fit
    if fit.ghost and session.findings.preview:
        yield "ghost: where 100 more steps lead", (fit.ghost, session.findings.preview.step - session.state.checkpoint.step)
    yield "units: z and a of each", read_units(session)
    yield "residual: errors and pieces", read_residual(session)
    yield "activations: their losses", read_activations(session)
    yield "loss: the curve and its marks", read_loss(session)
    yield "contributions: the terms and their sum", read_contributions(session)
    yield "sizes: curves and errors", read_sizes(session)
    yield "outputs: z, a and v a of each", read_outputs(session)
    yield "trace: the curves up to the probe", read_trace(session)
    if session.state.network.kinked:
        yield "pieces: the list", read_pieces(session)
    yield "trail: the kinks over the steps", read_trail(session)
