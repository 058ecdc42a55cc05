"""The contents of the Fit view: target, prediction, its kinks and their next moves, and the selected unit."""

import math
from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import Array
from relutui.model.network import Parameters
from relutui.model.pieces import kinks, output_kinks
from relutui.model.scale import UNSCALED, Scale
from relutui.readout.asking import Guess, read_guess, supposed_parameters
from relutui.readout.colour import colour_of
from relutui.readout.curves import Curve, bends_of_output, composite_of, drawn_x
from relutui.readout.piece_numbers import numbered_pieces
from relutui.session.clean_curve import clean_curve
from relutui.session.session import Session
from relutui.session.view_state import Drawing

MAX_LARGE_MARKERS = 16  # points; more are drawn as small dots
MIN_MOVE_SHARE = 1e-7  # of the domain; training in float32 rounds smaller moves away


class Kink(NamedTuple):
    """A kink at (x, y) on the prediction, in its unit's colour; `move`: its shift in x by the next step, None if untrained.

    layer: the number of the hidden layer that makes it, from 1, where there are several; 0 where there is one alone.
    """

    x: float
    y: float
    colour: int
    selected: bool
    move: float | None = None
    unit: int = -1
    layer: int = 0


class PieceNumber(NamedTuple):
    """The number of a straight piece from `low` to `high`, from 1, and the height of the prediction in its middle."""

    number: int
    low: float
    high: float
    y: float


class Ghost(NamedTuple):
    """The prediction after further training, and its kinks."""

    prediction: Curve
    kinks: Curve


class FitReadout(NamedTuple):
    """The curves and markers of the chart.

    data_range: where there are data, while the x-range goes beyond them;
    best: the best prediction so far, None if it is the present one; contribution: the selected unit's v a; z: its
    pre-activation while kink, slope and side are edited; colour: the selected unit's; output_kinks: the points where the
    output activation switches on or off; ghost: the preview of further training; clean: the target without its noise, if any;
    before: while the chart is in hand, the prediction as it was before, if it was another; guess: while a place is asked for;
    truth: the prediction with what a question supposes, once it is answered;
    cursor: while a target is drawn, whose points are then the data; scale: that of the axes.
    """

    x_limits: tuple[float, float]
    data_range: tuple[float, float] | None
    y_limits: tuple[float, float]
    data: Curve
    prediction: Curve
    best: Curve | None
    contribution: Curve | None
    z: Curve | None
    colour: int
    kinks: tuple[Kink, ...]
    output_kinks: Curve
    probe: float | None
    ghost: Ghost | None = None
    clean: Curve | None = None
    numbers: tuple[PieceNumber, ...] = ()
    before: Curve | None = None
    guess: Guess | None = None
    cursor: Curve | None = None
    truth: Curve | None = None
    scale: Scale = UNSCALED


def target_mark(points: int) -> str:
    """The marker of the target in a title: large for up to MAX_LARGE_MARKERS points, else dots that leave a line visible."""
    return "●" if points <= MAX_LARGE_MARKERS else "⠿"


def read_fit(session: Session) -> FitReadout:
    """Compute the chart; curves are sampled at their kinks too, so that bends are drawn exactly."""
    network, p = session.state.network, session.state.parameters
    x, bends = drawn_x(session), _output_bends(session)
    unit, hold, best = session.view.selection.row, session.view.hold, session.document.best
    before = hold.before.states.present.parameters if hold else p
    own = Parameters(p.w[[unit]], p.b[[unit]], p.v[[unit]], 0.0) if unit < p.units and not network.deeper else None
    readout = FitReadout(
        x_limits=session.x_range,
        data_range=session.data_range,
        y_limits=session.view.y_limits,
        data=Curve(session.dataset.x, session.dataset.y),
        prediction=Curve(x, network.prediction(p, x)),
        best=None if hold or best.parameters == p or not session.shows("best") else _prediction(session, best.parameters),
        contribution=_contribution(session, x),
        z=Curve(x, network.pre_activations(own, x)[0]) if own and session.view.handle_mode else None,
        colour=colour_of(unit),
        kinks=_kinks_of_layers(session) if network.deeper else _kinks(session),
        output_kinks=Curve(bends, network.prediction(p, bends)),
        probe=session.view.probe if session.shows("probe") else None,
        ghost=_ghost(session),
        clean=Curve(*clean) if (clean := clean_curve(session)) else None,
        numbers=_numbers(session),
        before=None if before == p else _prediction(session, before),
        guess=read_guess(session),
        scale=session.scale,
    )
    if (supposed := supposed_parameters(session)) is not None:
        readout = readout._replace(truth=_prediction(session, supposed), best=None, contribution=None)
    return _while_drawing(readout, session.view.drawing) if session.view.drawing else readout


def _kinks(session: Session) -> tuple[Kink, ...]:
    """The kinks in sight of the units of a network of one hidden layer."""
    network, p, (low, high) = session.state.network, session.state.parameters, session.x_range
    unit, hold, positions = session.view.selection.row, session.view.hold, kinks(p)
    shown = [network.kinked or bool(hold and j == unit) for j in range(p.units)]
    visible, moves = [j for j in range(p.units) if shown[j] and low <= positions[j] <= high], _kink_moves(session)
    heights = network.prediction(p, positions[visible])
    return tuple(Kink(float(positions[j]), float(y), colour_of(j), j == unit, moves[j], j) for j, y in zip(visible, heights))


def _kinks_of_layers(session: Session) -> tuple[Kink, ...]:
    """The kinks in sight that the units of several hidden layers make, and which the prediction has, too."""
    p, place = session.state.parameters, session.view.selection
    if (pieces := composite_of(session, p)) is None:
        return ()
    bent = np.flatnonzero(pieces.bends)
    heights = session.state.network.prediction(p, pieces.kinks[bent]).tolist()
    made = [pieces.makers(kink) for kink in bent.tolist()]
    here = (place.layer - 1, place.row)
    return tuple(
        Kink(float(pieces.kinks[kink]), y, colour_of(units[-1].unit), here in units, layer=units[-1].layer + 1)
        for kink, y, units in zip(bent.tolist(), heights, made)
    )


def _contribution(session: Session, x: Array) -> Curve | None:
    """What the selected unit adds, v a, if it is one of the last hidden layer."""
    p, place = session.state.parameters, session.view.selection
    if place.row >= len(p.v) or place.layer not in (0, len(p.sizes)):
        return None
    if session.state.network.deeper:
        return Curve(x, session.state.network.contributions(p, x)[place.row])
    own = Parameters(p.w[[place.row]], p.b[[place.row]], p.v[[place.row]], 0.0)
    return Curve(x, session.state.network.contributions(own, x)[0])


def _output_bends(session: Session) -> Array:
    """Where the output activation bends the prediction."""
    network, p = session.state.network, session.state.parameters
    if not network.deeper:
        return output_kinks(network, p, session.x_range)
    pieces = composite_of(session, p)
    return np.empty(0) if pieces is None else bends_of_output(session, pieces)


def _while_drawing(readout: FitReadout, drawing: Drawing) -> FitReadout:
    """Return the chart with the drawn points as its data, joined, and nothing else but the prediction and its kinks."""
    x, y = np.array([*sorted(drawing.points), (drawing.x, drawing.y)], np.float64).T
    x, y = readout.scale.x.scaled(x), readout.scale.y.scaled(y)
    points, cursor = Curve(x[:-1], y[:-1]), Curve(x[-1:], y[-1:])
    return readout._replace(data=points, clean=points, cursor=cursor, best=None, contribution=None, z=None, ghost=None)


def _numbers(session: Session) -> tuple[PieceNumber, ...]:
    """The numbers of the straight pieces; none unless they are shown."""
    network, p, parts = session.state.network, session.state.parameters, numbered_pieces(session)
    heights = network.prediction(p, np.array([(part.low + part.high) / 2.0 for part in parts])).tolist()
    return tuple(PieceNumber(n, part.low, part.high, y) for n, (part, y) in enumerate(zip(parts, heights), 1))


def _prediction(session: Session, p: Parameters) -> Curve:
    x = drawn_x(session, p)
    return Curve(x, session.state.network.prediction(p, x))


def _kink_moves(session: Session) -> list[float | None]:
    """The shift in x of each unit's kink by the next step, 0 if rounded away; None where it is not shown or there is none."""
    state = session.state
    if not (state.trainable and session.shows("push")):
        return [None] * state.parameters.units
    low, high = session.domain
    from relutui.model.gradient import kink_moves  # imported on demand: start-up time counts

    moves = kink_moves(state.checkpoint, state.problem(session.dataset)).tolist()
    return [None if not math.isfinite(move) else move if abs(move) > MIN_MOVE_SHARE * (high - low) else 0.0 for move in moves]


def _ghost(session: Session) -> Ghost | None:
    """The preview of further training; None unless it is shown, and while a new value is being typed."""
    if session.findings.preview is None or (session.view.typing and session.view.typing.value is not None):
        return None
    network, p, (low, high) = session.state.network, session.findings.preview.parameters, session.x_range
    positions = kinks(p) if network.kinked and not network.deeper else np.empty(0)
    positions = positions[(positions >= low) & (positions <= high)]
    return Ghost(_prediction(session, p), Curve(positions, network.prediction(p, positions)))
