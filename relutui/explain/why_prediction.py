"""Explain the prediction: the sum it is, the effect of the output activation, and which targets it can reach."""

from relutui.explain.about_pieces import about_pieces
from relutui.explain.feasibility import required_sides, why_impossible, why_impossible_with_signs
from relutui.explain.phrasing import MAX_ITEMS, enumeration, interval_text, places_text
from relutui.explain.view_remark import beside_hand_made
from relutui.lib.number_text import distinct_texts, format_number, slope_text
from relutui.model.complexity import MIN_BEND_SHARE, effective_pieces_of, norms_of
from relutui.model.network import LEAK
from relutui.model.pieces import SignStretch, jump_edges, sign_stretches, straight
from relutui.scenario.scale_text import y_number
from relutui.session.own_units import in_scaled_units, own_slope
from relutui.session.session import Session


def why_prediction(session: Session) -> str:
    """Explain the prediction in one text."""
    return " ".join(filter(None, prediction_sentences(session)))


def prediction_sentences(session: Session) -> tuple[str, ...]:
    """Explain the prediction: its composition, the output activation, what it can reach, and its norms."""
    impossible = why_impossible(session) or why_impossible_with_signs(session)
    bound = _bound(session) if impossible else ""
    sides = "" if impossible else required_sides(session)
    own = (sides, about_pieces(session)) if session.scenario.exercise else (about_pieces(session), sides)
    return beside_hand_made(session), _composition(session), _output_effect(session), bound, impossible, *own, _norms(session)


def _bound(session: Session) -> str:
    """Say that solved asks for no exact match; empty while the exercise is not solved."""
    exercise = session.scenario.exercise
    if exercise is None or not session.solved:
        return ""
    return f"Solved asks only for a loss below {exercise.solved_below:g}, not for an exact match."


def _composition(session: Session) -> str:
    """Describe the sum of the units and its straight pieces."""
    network, p = session.state.network, session.state.parameters
    prediction = "The scaled prediction" if session.scale.changes else "The prediction"
    curve = prediction if network.output_activation == "identity" else "The sum before the output"
    units = {1: "the one unit", 2: "the sum of both units"}.get(p.units, f"the sum of all {p.units} units")
    sum_ = f"{curve} is {f'c = {format_number(p.c)} plus ' if p.c else ''}{units}, at every x"
    if network.stepped:
        return f"{sum_}: {_flat_parts(session)}."
    if not network.kinked:
        lines = network.activation == "identity"
        return f"{sum_}: {'straight lines, so their sum is one too' if lines else 'smooth curves, so it has no pieces'}."
    parts = straight(network, p, session.domain)
    count = f"{len(parts)} straight pieces"
    effective = effective_pieces_of(network, p, session.dataset.x)
    if effective is not None and effective < len(parts):
        few = MIN_BEND_SHARE * 100.0
        count += f" ({effective} by the bends among the points that are at least {few:g} % of the largest)"
    values = [own_slope(session, piece.slope) for piece in parts]
    slopes = distinct_texts(values, slope_text)
    if len(parts) == 1:
        return f"{sum_}: one straight piece, with slope {slopes[0]}."
    if len(parts) > MAX_ITEMS:
        least, most = distinct_texts([min(values), max(values)], slope_text)
        return f"{sum_}: {count}, with slopes from {least} to {most}."
    bends = places_text(session, [piece.low for piece in parts[1:]])
    return f"{sum_}: {count}, with slopes {enumeration(slopes)}, which join at {bends}."


def _flat_parts(session: Session) -> str:
    """Describe a sum of units that jump."""
    inside = jump_edges(session.state.network, session.state.parameters, session.domain)[1:-1].tolist()
    if not inside:
        return "one flat line, since no unit jumps inside the domain"
    if len(inside) > MAX_ITEMS:
        return f"flat but for {len(inside)} jumps"
    return f"flat but for {'a jump' if len(inside) == 1 else 'jumps'} at {places_text(session, inside)}"


def _norms(session: Session) -> str:
    """The norms of the parameters, which tell networks of one curve apart; empty for a single unit."""
    if session.state.parameters.units == 1:
        return ""
    path, squares = (format_number(norm) for norm in norms_of(session.state.parameters))
    return f"Its norms: Σ |v w| = {path}, Σ (w² + b² + v²) = {squares}."


def _output_effect(session: Session) -> str:
    """Describe the effect of the output activation on the sum; empty for the identity."""
    scaled = in_scaled_units(session)
    match session.state.network.output_activation:
        case "relu" | "leaky_relu":
            return _cut(session)
        case "softplus":
            ends = "far below 0 the sum becomes nearly 0, far above it stays as it is"
            return f"softplus on the output keeps it above 0{scaled}: {ends}."
        case "sigmoid":
            return f"sigmoid on the output squeezes the sum between 0 and 1{scaled}: a sum of 0 becomes 0.5."
        case "tanh":
            return f"tanh on the output squeezes the sum between -1 and 1{scaled}: a sum of 0 stays 0."
        case _:
            return ""


def _cut(session: Session) -> str:
    """Describe what an output activation with a kink does to the sum, by the stretches where the sum is above and below 0."""
    network = session.state.network
    stretches = sign_stretches(network, session.state.parameters, session.domain)
    signs, above = {stretch.sign for stretch in stretches}, [stretch for stretch in stretches if stretch.sign > 0]
    apart = "Single points apart, " if network.stepped else ""  # at a jump the sum may be that of neither side
    output, leaky = f"{apart}{network.output_activation} on the output", network.output_activation == "leaky_relu"
    where = f"{len(above)} stretches"
    if 0 < len(above) <= MAX_ITEMS:
        where = enumeration(_stretch_text(session, stretch) for stretch in above)
    if -1 not in signs:
        partly = f"the sum is above 0 on {where} and 0 elsewhere" if signs == {0, 1} else ""
        return f"{output} changes nothing here: {partly or 'the sum is nowhere below 0'}."
    if not above:
        effect = f"multiplies the sum by {LEAK:g} everywhere" if leaky else "leaves nothing"
        return f"{output} {effect}: the sum is nowhere above 0."
    if leaky:
        return f"{output} leaves the sum as it is on {where}, and multiplies it by {LEAK:g} elsewhere."
    zero = y_number(session.scenario, session.scale.y.own(0.0))
    return f"{output} leaves only {where}: elsewhere the sum is 0 or below, and the prediction {zero}."


def _stretch_text(session: Session, stretch: SignStretch) -> str:
    """Format the interval of a stretch, as in (0.8, 1]: a bracket for an end that belongs to it."""
    return interval_text(session, stretch.low, stretch.high, (stretch.low_closed, stretch.high_closed))
