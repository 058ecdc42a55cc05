"""The contents of the strips of several hidden layers: every unit of each, and the slope of its a, in the last of its v a."""

from itertools import pairwise

import numpy as np

from relutui.lib.arrays import Array, quiet
from relutui.lib.number_text import slope_text
from relutui.model.composite import Composite
from relutui.model.network import KINKED, activate, slope
from relutui.readout.colour import colour_of
from relutui.readout.curves import bends_of_output, composite_of
from relutui.readout.strips import ON_LEVEL, OutputStrip, Stretch, StripsReadout, target_strip
from relutui.readout.unshown import Unshown
from relutui.session.layer_kinks import a_slopes
from relutui.session.own_units import own_slope
from relutui.session.session import Session

MAX_STRIP_PIECES = 2000  # far more than columns


@quiet
def read_layer_strips(session: Session) -> StripsReadout | Unshown:
    """Compute the strips by the exact pieces; why there are none for smooth units, and for more than MAX_STRIP_PIECES."""
    network, p, place = session.state.network, session.state.parameters, session.view.selection
    if not network.kinked:
        return Unshown("On and off: of several layers for units with kinks, so far")
    pieces = composite_of(session, p)
    if pieces is None or pieces.pieces > MAX_STRIP_PIECES:
        return Unshown(f"On and off: more than {MAX_STRIP_PIECES:,} pieces, too many for strips")
    added = own_slope(session, np.concatenate([_a_slopes(session, pieces, layer) for layer in range(len(p.sizes))]))
    units = [(layer, unit) for layer, size in enumerate(p.sizes, 1) for unit in range(size)]
    selected = sum(p.sizes[: place.layer - 1]) + place.row if place.field != "c" else len(units)
    totals = map(slope_text, np.atleast_1d(own_slope(session, pieces.slopes)).tolist())
    return StripsReadout(
        x_limits=session.x_range,
        edges=pieces.edges,
        shares=np.concatenate(pieces.on).astype(np.float64),
        added=added,
        steepest=np.empty(0),
        word="slope",
        names=tuple(f"{layer}:{unit}" for layer, unit in units),
        colours=tuple(colour_of(unit) for _, unit in units),
        selected=selected,
        stuck=(),
        total=tuple(Stretch(low, high, 0, text) for (low, high), text in zip(pairwise(pieces.edges.tolist()), totals)),
        output=_output(session, pieces) if network.output_activation in KINKED else None,
        target=target_strip(session),
    )


def _a_slopes(session: Session, pieces: Composite, layer: int) -> Array:
    """The slope of each unit's a in each piece, in the last layer times v; of shape (units, pieces)."""
    slopes, p = a_slopes(session, pieces, layer), session.state.parameters
    return slopes * p.v[:, None] if layer == len(p.deeper) else slopes


def _output(session: Session, pieces: Composite) -> OutputStrip:
    """The strip of an output activation with a kink: on where the sum is above 0, with the slope of the prediction."""
    network = session.state.network
    bounds = np.unique(np.concatenate([pieces.edges, bends_of_output(session, pieces)]))
    middles = (bounds[:-1] + bounds[1:]) / 2.0
    place = np.clip(np.searchsorted(pieces.edges, middles) - 1, 0, pieces.pieces - 1)
    sums = pieces.slopes[place] * middles + pieces.offsets[place]
    slopes = own_slope(session, pieces.slopes[place] * slope(network.output_activation, sums)).tolist()
    levels = np.where(activate("step", sums) > 0.0, ON_LEVEL, 0).tolist()
    texts = [f"slope {slope_text(its)}" if level or its else "" for level, its in zip(levels, slopes)]
    parts = zip(pairwise(bounds.tolist()), levels, texts)
    return OutputStrip(network.output_activation, tuple(Stretch(low, high, level, text) for (low, high), level, text in parts))
