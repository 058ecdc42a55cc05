"""What the Fit view shows: target and prediction, where it bends and where training pushes that, and the selected unit."""

import math
from typing import NamedTuple

import numpy as np

from relutui.model.gradient import kink_moves
from relutui.model.network import Parameters
from relutui.model.pieces import kinks, output_kinks
from relutui.readout.colour import colour_of
from relutui.readout.curves import Curve, drawn_x
from relutui.session.session import Session

MAX_LARGE_MARKERS = 16  # points that are shown large
MIN_MOVE_SHARE = 1e-7  # of the domain: float32, in which training computes, rounds smaller moves away


class Kink(NamedTuple):
    """A bend of the prediction: where it is, whose, and how far the next step moves it; None: nothing is to be trained."""

    x: float
    y: float
    colour: int
    selected: bool
    move: float | None = None


class Ghost(NamedTuple):
    """Where the prediction will be, and the bends it will have there."""

    prediction: Curve
    kinks: Curve


class FitReadout(NamedTuple):
    """The chart of target and prediction.

    `contribution` is the selected unit's v a; `z` its pre-activation, while it is edited by its kink; `output_kinks` where
    the output activation switches on or off.
    """

    x_limits: tuple[float, float]
    y_limits: tuple[float, float]
    data: Curve
    prediction: Curve
    best: Curve | None
    contribution: Curve | None
    z: Curve | None
    colour: int
    kinks: tuple[Kink, ...]
    output_kinks: Curve
    probe: float
    ghost: Ghost | None = None


def target_mark(points: int) -> str:
    """How the target is drawn, for a title: large where there are few points, else as beads that a line can go through."""
    return "●" if points <= MAX_LARGE_MARKERS else "⠿"


def read_fit(session: Session) -> FitReadout:
    """The chart: curves are drawn at their kinks too, so that every bend is where it is."""
    network, p = session.state.network, session.state.parameters
    low, high = session.domain
    x, at, bends = drawn_x(session), kinks(p), output_kinks(network, p, session.domain)
    visible, moves = [j for j in range(p.units) if network.kinked and low <= at[j] <= high], _kink_moves(session)
    unit = session.view.selection.row
    best, heights = session.document.best, network.prediction(p, at[visible])
    own = Parameters(p.w[[unit]], p.b[[unit]], p.v[[unit]], 0.0) if unit < p.units else None
    return FitReadout(
        x_limits=session.domain,
        y_limits=session.view.y_limits,
        data=Curve(session.dataset.x, session.dataset.y),
        prediction=Curve(x, network.prediction(p, x)),
        best=None if best.parameters == p else _prediction(session, best.parameters),
        contribution=Curve(x, network.contributions(own, x)[0]) if own else None,
        z=Curve(x, network.pre_activations(own, x)[0]) if own and session.view.handle_mode else None,
        colour=colour_of(unit),
        kinks=tuple(Kink(float(at[j]), float(y), colour_of(j), j == unit, moves[j]) for j, y in zip(visible, heights)),
        output_kinks=Curve(bends, network.prediction(p, bends)),
        probe=session.view.probe,
        ghost=_ghost(session),
    )


def _prediction(session: Session, p: Parameters) -> Curve:
    x = drawn_x(session, p)
    return Curve(x, session.state.network.prediction(p, x))


def _kink_moves(session: Session) -> list[float | None]:
    """How far the next step moves each kink; None where there is none, or nothing is to be trained."""
    state = session.state
    if not state.trainable:
        return [None] * state.parameters.units
    low, high = session.domain
    moves = kink_moves(state.checkpoint, state.problem(session.dataset)).tolist()
    return [None if not math.isfinite(move) else move if abs(move) > MIN_MOVE_SHARE * (high - low) else 0.0 for move in moves]


def _ghost(session: Session) -> Ghost | None:
    """The state ahead, while that is shown; not of the one that would follow from what is being typed."""
    if session.findings.preview is None or (session.view.typing and session.view.typing.value is not None):
        return None
    network, p, (low, high) = session.state.network, session.findings.preview.parameters, session.domain
    at = kinks(p) if network.kinked else np.empty(0)
    at = at[(at >= low) & (at <= high)]
    return Ghost(_prediction(session, p), Curve(at, network.prediction(p, at)))
