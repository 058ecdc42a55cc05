"""Explain a unit of one of several hidden layers, by the kinks that it makes and passes on, and the prediction of them all."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from relutui.explain.phrasing import MAX_ITEMS, count_text, enumeration, places_text
from relutui.model.composite import PIECEWISE_LINEAR, Composite, Uncounted, composite, z_slopes
from relutui.model.pieces import SAME_SLOPE
from relutui.session.layer_kinks import own_kinks, passed_kinks
from relutui.session.session import Session


def layer_unit_sentences(session: Session) -> tuple[str, ...]:
    """Explain the selected unit."""
    place, pieces = session.view.selection, _pieces(session)
    name, layer = f"Unit {place.row} of layer {place.layer}", place.layer - 1
    if isinstance(pieces, str):
        return f"{name}: {pieces}.", ""
    made = own_kinks(pieces, layer, place.row)
    if session.state.network.layer_activations[layer] == "identity":
        own = f"{name} makes no kink, as its activation is a straight line."
    elif not made:
        off = "" if pieces.on[layer][place.row].any() else ", and it is off everywhere there"
        own = f"{name} makes no kink: its z crosses 0 nowhere inside the domain{off}."
    else:
        own = f"{name} makes {count_text(len(made), 'kink')}, where its z crosses 0{_at(session, pieces, made)}."
    return own, _passed(session, pieces, layer, place.row) if layer else "", _cut(session, pieces, layer, place.row)


def layer_prediction_sentences(session: Session) -> tuple[str, ...]:
    """Explain the prediction: the sum that it is, its straight pieces, and which layers make its kinks."""
    network, p, pieces = session.state.network, session.state.parameters, _pieces(session)
    prediction = "The scaled prediction" if session.scale.changes else "The prediction"
    curve = prediction if network.output_activation == "identity" else "The sum before the output"
    units = count_text(p.sizes[-1], "unit")
    sum_ = f"{curve} is c plus v a of the {units} of layer {len(p.sizes)}, at every x"
    if isinstance(pieces, str):
        return f"{sum_}: {pieces}.", ""
    bent = np.flatnonzero(pieces.bends).tolist()
    if not bent:
        return f"{sum_}: one straight piece.", ""
    by_layer = Counter(pieces.makers(kink)[-1].layer + 1 for kink in bent)
    made = enumeration(f"{count} in layer {layer}" for layer, count in sorted(by_layer.items()))
    return f"{sum_}: {len(bent) + 1} straight pieces.", f"Kinks, by the layer that makes them: {made}."


def _pieces(session: Session) -> Composite | str:
    """The exact pieces over the domain, or why there are none."""
    network = session.state.network
    if not set(network.layer_activations) <= set(PIECEWISE_LINEAR):
        return "not every activation has a kink, so its pieces are not straight"
    pieces = composite(network, session.state.parameters, session.domain)
    return str(pieces) if isinstance(pieces, Uncounted) else pieces


def _passed(session: Session, pieces: Composite, layer: int, unit: int) -> str:
    """Say which kinks of the layers before the unit's a has, too."""
    passed = passed_kinks(session, pieces, layer, unit)
    if not passed:
        return "It passes on no kink of the layers before it."
    of = sorted({pieces.makers(kink)[-1].layer + 1 for kink in passed})
    layers = f"layer{'s' * (len(of) > 1)} {enumeration(map(str, of))}"
    return f"It passes on {count_text(len(passed), 'kink')} of {layers}{_at(session, pieces, passed)}."


def _cut(session: Session, pieces: Composite, layer: int, unit: int) -> str:
    """Say how many bends of its z are gone, as relu is off there."""
    network = session.state.network
    if not layer or network.layer_activations[layer] != "relu":
        return ""
    slopes = z_slopes(network, session.state.parameters, pieces, layer)[unit]
    bends = np.abs(np.diff(slopes)) > SAME_SLOPE * np.maximum(np.abs(slopes[1:]), np.abs(slopes[:-1]))
    off = ~pieces.on[layer][unit]
    cut = int((bends & off[1:] & off[:-1]).sum())
    return f"Its z has {count_text(cut, 'kink')} more where it is off, which relu cuts off." if cut else ""


def _at(session: Session, pieces: Composite, kinks: Sequence[int]) -> str:
    """The places of kinks, as in ": x = 1 and x = 2"; empty for many."""
    return f": {places_text(session, pieces.kinks[list(kinks)].tolist())}" if len(kinks) <= MAX_ITEMS else ""
