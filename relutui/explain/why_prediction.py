"""Explain the prediction: the sum it is, the effect of the output activation, and which targets it can reach."""

from itertools import pairwise

import numpy as np

from relutui.explain.feasibility import required_sides, why_impossible, why_impossible_with_signs
from relutui.explain.phrasing import MAX_ITEMS, enumeration, join_sentences
from relutui.lib.number_text import format_number, format_x, slope_text
from relutui.model.network import LEAK
from relutui.model.pieces import output_kinks, straight
from relutui.session.session import Session


def why_prediction(session: Session) -> str:
    """Explain the prediction in at most three sentences: its composition, the output activation, and what it can reach."""
    reach = why_impossible(session) or why_impossible_with_signs(session) or required_sides(session)
    return join_sentences(_composition(session), _output_effect(session), reach)


def _composition(session: Session) -> str:
    """Describe the sum of the units and its straight pieces."""
    network, p = session.state.network, session.state.parameters
    curve = "The prediction" if network.output_activation == "identity" else "The sum before the output"
    units = {1: "the one unit", 2: "the sum of both units"}.get(p.units, f"the sum of all {p.units} units")
    sum_ = f"{curve} is {f'c = {format_number(p.c)} plus ' if p.c else ''}{units}, at every x"
    if not network.kinked:
        lines = network.activation == "identity"
        return f"{sum_}: {'straight lines, so their sum is one too' if lines else 'smooth curves, so it has no pieces'}."
    parts = straight(network, p, session.domain)
    slopes = [slope_text(piece.slope) for piece in parts]
    if len(parts) == 1:
        return f"{sum_}: one straight piece, with slope {slopes[0]}."
    if len(parts) > MAX_ITEMS:
        least, most = (slope_text(pick(piece.slope for piece in parts)) for pick in (min, max))
        return f"{sum_}: {len(parts)} straight pieces, with slopes from {least} to {most}."
    bends = enumeration(f"x = {format_x(piece.low, session.domain)}" for piece in parts[1:])
    return f"{sum_}: {len(parts)} straight pieces, with slopes {enumeration(slopes)}, which join at {bends}."


def _output_effect(session: Session) -> str:
    """Describe the effect of the output activation on the sum; empty for the identity."""
    match session.state.network.output_activation:
        case "identity":
            return ""
        case "relu":
            return _cut(session, "relu on the output leaves only {where}: elsewhere the sum is below 0, and the prediction 0.")
        case "leaky_relu":
            return _cut(session, f"leaky_relu on the output leaves {{where}}, and multiplies the sum by {LEAK:g} elsewhere.")
        case "softplus":
            return "softplus on the output keeps it above 0: far below 0 the sum becomes nearly 0, far above it stays as it is."
        case "sigmoid":
            return "sigmoid on the output squeezes the sum between 0 and 1: a sum of 0 becomes 0.5."
        case "tanh":
            return "tanh on the output squeezes the sum between -1 and 1: a sum of 0 stays 0."


def _cut(session: Session, sentence: str) -> str:
    """Fill `{where}` of the sentence with the intervals where the sum is positive, unless that is everywhere or nowhere."""
    state, name = session.state, session.state.network.output_activation
    edges = [session.domain[0], *output_kinks(state.network, state.parameters, session.domain).tolist(), session.domain[1]]
    middles = np.array([(low + high) / 2 for low, high in pairwise(edges)])
    above = state.network.output_sum(state.parameters, middles) > 0.0
    if above.all():
        return f"{name} on the output changes nothing here: the sum is nowhere below 0."
    if not above.any():
        return f"{name} on the output leaves nothing: the sum is nowhere above 0."
    places = [format_x(edge, session.domain) for edge in edges]
    stretches = [f"({low}, {high})" for (low, high), on in zip(pairwise(places), above) if on]
    return sentence.format(where=enumeration(stretches) if len(stretches) <= MAX_ITEMS else f"{len(stretches)} stretches")
