"""What the view on the screen shows of one unit, in a sentence that `i` adds to the explanation of the unit."""

import numpy as np

from relutui.explain.best import exact_loss_bound
from relutui.explain.phrasing import count_text
from relutui.lib.number_text import format_number, loss_text
from relutui.model.hand_made import evenly_spaced
from relutui.model.network import Network
from relutui.model.pieces import kinks
from relutui.session.own_units import loss_name, x_text
from relutui.session.session import Session

FEW = 10  # units, beside ten times as many
LEAST_ERROR = 1e-9  # of the size of y; a smaller one counts as none
MIN_TIMES = 2.0  # how much larger the largest error of few units is than that of many, to be told
EACH_ACTIVATION = (
    "With identity (nothing at all) a unit is a straight line, and so is the sum; with sigmoid or tanh it is a soft step; with "
    "softplus it bends smoothly; with relu or leaky_relu it bends sharply, at a kink."
)


def view_remark(session: Session, unit: int) -> str:
    """Return the remark of the Units view, what relu cuts off, or of the Outputs view, what v does, or of a wider x-range."""
    if session.view.beyond:
        return _for_ever(session, unit)
    match session.view.name:
        case "units":
            return _cut_off(session, unit)
        case "outputs":
            return _scaled(session, unit)
    return ""


def _for_ever(session: Session, unit: int) -> str:
    """Say that the unit goes on where the data end; empty where it is off there."""
    p, x = session.state.parameters, session.dataset.x
    w, kink = float(p.w[unit]), float(kinks(p)[unit])
    if w == 0.0 or not (kink > x[0] if w < 0.0 else kink < x[-1]):
        return ""
    side, last = ("left", x[0]) if w < 0.0 else ("right", x[-1])
    return f"Beyond that it goes on to the {side} for ever: at x = {x_text(session, float(last))} only the data end."


def _cut_off(session: Session, unit: int) -> str:
    """Say on which side relu cuts z off; empty where there is none in the domain, or where something leaks through."""
    p, (low, high) = session.state.parameters, session.domain
    if session.state.network.activation != "relu" or not low < float(kinks(p)[unit]) < high:
        return ""
    side = "Left" if p.w[unit] > 0.0 else "Right"
    return f"{side} of the kink z is below 0: relu cuts it off there (a = 0), so the unit adds nothing."


def _scaled(session: Session, unit: int) -> str:
    """Say what v makes of a; empty if v is 0."""
    v = float(session.state.parameters.v[unit])
    if v == 0.0:
        return ""
    flip = ", and upside down, as v is below 0" if v < 0.0 else ""
    return f"v a is {format_number(abs(v))} times as high as a{flip}; the kink stays."


def _ten_times_as_many(session: Session) -> str:
    """Say which part of the largest error ten times the units leave; empty where they leave most of it, or nothing."""
    dataset, largest = session.dataset, []
    for units in (FEW, 10 * FEW):
        made = evenly_spaced(dataset, session.domain, units)
        largest.append(float(np.abs(Network().prediction(made, dataset.x) - dataset.y).max()))
    few, many = largest
    if many <= LEAST_ERROR * dataset.y_size or few < MIN_TIMES * many:
        return ""
    times = float(f"{few / many:.2g}")
    return f"By hand, {10 * FEW} units leave about 1/{times:g} of the max error of {FEW} units."


def beside_hand_made(session: Session) -> str:
    """Compare the network with as many units made by hand, in the Sizes view; empty in the others, and before training."""
    state, data = session.state, session.dataset
    if session.view.name != "sizes" or not state.checkpoint.step or state.settings.loss != "mse":
        return ""
    units = state.parameters.units
    by_hand = Network().loss(evenly_spaced(data, session.domain, units), data.x, data.y, "mse")
    exact = exact_loss_bound(data, "mse")
    made, steps = loss_text(by_hand if by_hand >= exact else 0.0), count_text(state.checkpoint.step, "step")
    kind, worse = loss_name(session), session.loss > max(2.0 * by_hand, exact)
    ending = ", so it is not training that makes many units good" if worse else ""
    beside = (
        f"Made by hand, {count_text(units, 'unit')} leave{'s' * (units == 1)} {kind} {made}; after {steps} of training "
        f"{kind} {loss_text(session.loss)} is left here{ending}."
    )
    return " ".join(filter(None, (_ten_times_as_many(session), beside)))
