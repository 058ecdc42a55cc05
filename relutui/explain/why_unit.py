"""Explain one unit from its present values: where it is on, what it adds, and how training moved it."""

from collections.abc import Sequence

import numpy as np

from relutui.explain.phrasing import count_text, interval_text, line_text, units_text
from relutui.explain.recovery_chance import recovery_chance
from relutui.explain.slope_remarks import falling_bend, opposite_slope
from relutui.explain.view_remark import EACH_ACTIVATION, view_remark
from relutui.lib.arrays import quiet
from relutui.lib.number_text import format_number, slope_text
from relutui.model.network import LEAK, Parameters
from relutui.model.pieces import SAME_SLOPE, jumps, kinks, stretch
from relutui.model.unit_states import PARKED_Y, Diagnosis, diagnose
from relutui.session.own_units import in_scaled_units, own_height, own_slope, x_text, x_texts
from relutui.session.session import Session, start_of

MIN_KINK_MOVE_SHARE = 0.005  # of the domain; a smaller move is not mentioned
SAMPLE_ROUNDING_SHARE = 1e-6  # of x; samples are float32, so their kinks may be this far off


def state_reason(session: Session, unit: int, diagnosis: Diagnosis) -> str:
    """The state of a unit and its cause, in one sentence."""
    match diagnosis.state:
        case "dead":
            return f"Unit {unit} is dead: its z is 0 or below at every point, so it adds nothing there."
        case "parked":
            return (
                f"Unit {unit} is parked at the edge of the data: on, but over less than a millionth of its range, "
                "where it adds next to nothing."
            )
        case "always on":
            return f"Unit {unit} is always on: its z is above 0 at every point, so it adds one straight line."
        case "twin":
            other = diagnosis.other or 0
            return f"Unit {unit} is a twin of unit {other}: the same kink and side{_twins_effect(session, unit, other)}."


def why_unit(session: Session, unit: int) -> str:
    """Explain a unit in one text."""
    return " ".join(filter(None, unit_sentences(session, unit)))


@quiet
def unit_sentences(session: Session, unit: int) -> tuple[str, ...]:
    """Explain a unit: where it is on, what it adds there, and one remark.

    In the Activations view what each activation gives comes first.
    """
    if session.view.name == "activations":
        own = _kink_sentence(session, unit) if session.state.network.kinked else _smooth_unit(session, unit)
        return EACH_ACTIVATION, own
    if not session.state.network.kinked:
        return _smooth_unit(session, unit), _kink_move(session, unit)
    diagnosis = diagnose(session.state.network, session.state.parameters, session.dataset, session.domain)[unit]
    if diagnosis is None:
        remark, opposed = _remark(session, unit), opposite_slope(session, unit)
        short = bool(opposed) and opposed in remark
        return _kink_sentence(session, unit), _slope_sentence(session, unit, short=short), remark
    why = state_reason(session, unit, diagnosis)
    match diagnosis.state:
        case "dead" | "parked":
            return why, recovery_chance(session, unit), _kink_move(session, unit)
        case "always on" if session.state.parameters.w[unit] == 0.0:
            constant = format_number(session.state.parameters.v[unit] * session.state.parameters.b[unit])
            return (
                _kink_sentence(session, unit),
                f"It adds the constant {constant}{in_scaled_units(session)} at every x, as c does.",
            )
        case "always on":
            return why, _slope_sentence(session, unit), _remark(session, unit)
        case "twin":
            remark = _identical_twins(session, unit, diagnosis.other) or _remark(session, unit)
            return _kink_sentence(session, unit), why, remark


def _twins_effect(session: Session, unit: int, other: int) -> str:
    """What a unit and its twin make together: one bend, a step where they are steep and not quite at one x, or nothing."""
    p, pair = session.state.parameters, [unit, other]
    own = Parameters(p.w[pair], p.b[pair], p.v[pair], 0.0)
    step = float(np.abs(session.state.network.output_sum(own, kinks(own))).max())
    if step > PARKED_Y * session.dataset.y_size:
        return f", yet so steep that together they make a step of {format_number(own_height(session, step))}"
    sizes = own.v * np.abs(own.w)
    if not sizes.any():
        return ", and both v are 0, so they add nothing"
    if abs(sizes.sum()) <= SAME_SLOPE * np.abs(sizes).max():
        return ", and what they add cancels out, so the two together make no bend"
    return ", so the two together make one bend"


def _kink_sentence(session: Session, unit: int) -> str:
    """Say where a kinked unit switches on or off."""
    p = session.state.parameters
    w, b, kink = float(p.w[unit]), float(p.b[unit]), float(kinks(p)[unit])
    leak = f", except for a leak of {LEAK:g} z" if session.state.network.activation == "leaky_relu" else ""
    if w == 0.0:
        return f"Unit {unit} has no kink: w is 0, so its z is {format_number(b)} everywhere{leak if b <= 0.0 else ''}."
    if w > 0.0:
        return f"Unit {unit} is off until x = {x_text(session, kink)}, where its {line_text(session, w, b)} crosses 0{leak}."
    return (
        f"Unit {unit} is on until x = {x_text(session, kink)} and off from there on{leak}: "
        f"w = {format_number(w)} is below 0, so its flat part is on the right."
    )


def _slope_sentence(session: Session, unit: int, *, short: bool = False) -> str:
    """The slope that a kinked unit adds where it is on; unless short, where that is, and the units that are on there too."""
    p = session.state.parameters
    w, v, on = float(p.w[unit]), float(p.v[unit]), stretch(p, unit, session.domain)
    if v == 0.0:
        return "But v is 0, so it adds nothing to the prediction."
    if not on or w == 0.0 or len({*x_texts(session, on)}) == 1:  # of one x, by rounding
        return ""
    flip = f" (v = {format_number(v)}{'' if short else ' turns it upside down'})" if v < 0.0 else ""
    low, high = session.domain
    inside = low <= float(kinks(p)[unit]) <= high
    where = "Everywhere" if not inside else "From there on" if w > 0.0 else "Until there"
    slope = slope_text(own_slope(session, v * w))
    over = "" if short else f", over {interval_text(session, *on)}{_overlap_phrase(session, unit, on)}"
    return f"{where} it adds slope {slope}{flip}{over}."


def _overlap_phrase(session: Session, unit: int, on: tuple[float, float]) -> str:
    """Name the units that are on over all of the interval, and those that are on in a part of it."""
    p = session.state.parameters
    near = MIN_KINK_MOVE_SHARE * (session.domain[1] - session.domain[0])
    everywhere, partly = [], []
    for other in range(p.units):
        interval = stretch(p, other, session.domain)
        if other == unit or interval is None or 0.0 in (p.v[other], p.w[other]):
            continue
        if interval[0] <= on[0] + near and interval[1] >= on[1] - near:
            everywhere.append(other)
        elif min(interval[1], on[1]) - max(interval[0], on[0]) > near:
            partly.append(other)
    words = f", where {_are_on(everywhere)}" if everywhere else ""
    if partly:
        words += f", and in part {units_text(partly)}" if everywhere else f", where in part {_are_on(partly)}"
    return words


def _are_on(units: Sequence[int]) -> str:
    return f"{units_text(units)} {'is' if len(units) == 1 else 'are'} on too"


def _remark(session: Session, unit: int) -> str:
    """The first remark that applies: what the view shows, the move of the kink, the slope of the prediction, b."""
    slope = " ".join(filter(None, (opposite_slope(session, unit), falling_bend(session, unit))))
    return view_remark(session, unit) or _kink_move(session, unit) or slope or _bias_remark(session, unit)


def _kink_move(session: Session, unit: int) -> str:
    """The move of the kink since the first sample with recorded parameters; empty if it hardly moved."""
    state = session.state
    first = next((sample for sample in state.checkpoint.history if sample.values), None)
    start = state.checkpoint.parameters_at(first) if first else None
    if first is None or start is None or not state.network.kinked:
        return ""
    old, new = (float(kinks(p)[unit]) for p in (start, state.parameters))
    steps = count_text(state.checkpoint.step - first.step, "step")
    low, high = session.domain
    least = max(MIN_KINK_MOVE_SHARE * (high - low), SAMPLE_ROUNDING_SHARE * abs(new))
    if not np.isfinite([old, new]).all() or abs(new - old) < least:
        return ""
    # Edits by hand may have moved the kink too, so the move is not attributed to training then.
    after = f"{steps} later it is at" if state.edits else f"{steps} of training moved it to"
    old_x, new_x = x_texts(session, (old, new))
    began = "was" if first.step else "began"
    drawn = ", where the random start put it" if first.step == 0 and _is_drawn(session, unit, start) else ""
    return f"Its kink {began} at x = {old_x}{drawn}; {after} {new_x}."


def _is_drawn(session: Session, unit: int, start: Parameters) -> bool:
    """Whether the start's w and b of a unit are those that the seed draws."""
    scenario, seed = session.scenario, session.state.seed
    if (
        seed is None
        or session.state.origin
        or unit >= len(scenario.locks.w)
        or scenario.locks.w[unit]
        or scenario.locks.b[unit]
    ):
        return False
    p = start_of(scenario, seed).parameters
    return bool(np.allclose([start.w[unit], start.b[unit]], [p.w[unit], p.b[unit]], rtol=SAMPLE_ROUNDING_SHARE, atol=0.0))


def _bias_remark(session: Session, unit: int) -> str:
    p = session.state.parameters
    if p.b[unit] >= 0.0:
        return f"b puts the kink there: b = -w × kink{in_scaled_units(session)}." if p.w[unit] < 0.0 else ""
    return f"b below 0 only says that it is off at x = {x_text(session, 0.0)}; it has nothing to do with the sign of y."


def _identical_twins(session: Session, unit: int, other: int | None) -> str:
    """Say that twins with equal parameters, locks and moments always move alike; empty for others, and where all is locked."""
    p, locks, optimizer = session.state.parameters, session.state.locks, session.state.checkpoint.optimizer
    if other is None or (locks.w[unit] and locks.b[unit] and locks.v[unit]):
        return ""
    alike = (p, locks, optimizer.first, optimizer.second)
    if any(values[unit] != values[other] for each in alike for values in (each.w, each.b, each.v)):
        return ""
    return "All their numbers are equal, so training always moves the two alike."


def _smooth_unit(session: Session, unit: int) -> str:
    """Describe a unit without a kink: where it is steepest or bends, and its slope."""
    network, p = session.state.network, session.state.parameters
    w, b, v = float(p.w[unit]), float(p.b[unit]), float(p.v[unit])
    if w == 0.0 or v == 0.0:
        return f"Unit {unit} adds a constant: {'w' if w == 0.0 else 'v'} is 0."
    slope = slope_text(own_slope(session, v * w))
    if network.activation == "identity":
        return f"Unit {unit} is a straight line of slope {slope} everywhere: without a kink it never switches off."
    x, line = x_text(session, float(kinks(p)[unit])), line_text(session, w, b)
    if network.stepped:
        return _stepped_unit(session, unit)
    if network.activation == "softplus":
        active_side = "right" if w > 0.0 else "left"
        return (
            f"Unit {unit} is never quite off: softplus bends gently around x = {x}, where its {line} crosses 0. "
            f"Far to the {active_side} it adds slope {slope}, on the other side almost none."
        )
    # sigmoid'(0) = 1/4 and tanh'(0) = 1, the largest slopes of both.
    steepest = v * w / 4 if network.activation == "sigmoid" else v * w
    return (
        f"Unit {unit} is a soft step and never switches off: it is steepest at x = {x}, where its {line} crosses 0. "
        f"There it adds slope {slope_text(own_slope(session, steepest))}, far away almost none."
    )


def _stepped_unit(session: Session, unit: int) -> str:
    """Describe a unit that jumps: where, how high it is there, and why it is not trained."""
    network, p = session.state.network, session.state.parameters
    w, height = float(p.w[unit]), format_number(float(p.v[unit]))
    jump = "the jumps" if network.activation == "rect" else "the jump"
    places = [x_text(session, x) for x in sorted(jumps(network, p)[unit].tolist())]
    if network.activation == "rect":
        where = f"is a box: it adds v = {height} from x = {places[0]} to {places[1]}, where its z is between -1/2 and 1/2"
    else:
        where = f"is a step: it adds v = {height} {'from' if w > 0.0 else 'up to'} x = {places[0]}{' on' * (w > 0.0)}"
        where += f", where its {line_text(session, w, float(p.b[unit]))} is above 0"
    return f"Unit {unit} {where}, and nothing elsewhere. Its slope is 0 but at {jump}, so no gradient reaches w and b."
