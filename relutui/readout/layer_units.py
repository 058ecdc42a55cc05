"""The contents of the Units view for a layer of several: each z, a curve of pieces, what is cut off, and whose kinks it has."""

import numpy as np

from relutui.model.composite import Composite
from relutui.readout.colour import colour_of
from relutui.readout.curves import composite_of, drawn_x
from relutui.readout.small_multiples import UnitCurves, UnitsReadout
from relutui.session.layer_kinks import own_kinks, passed_kinks
from relutui.session.session import Session

Interval = tuple[float, float]


def read_layer_units(session: Session) -> UnitsReadout:
    """Compute the small multiples of the units of the selected layer."""
    network, p, place = session.state.network, session.state.parameters, session.view.selection
    layer, x, pieces = place.layer - 1, drawn_x(session), composite_of(session, p)
    z, a = network.pre_activations(p, x, layer), network.activations(p, x, layer)
    units = []
    for j in range(p.sizes[layer]):
        off: tuple[Interval, ...] = ()
        kinks: tuple[tuple[float, int], ...] = ()
        note = "smooth"
        if pieces is not None:
            off = _off(pieces, layer, j) if network.kinked else ()
            kinks, note = _kinks(session, pieces, layer, j)
        chosen = j == place.row and place.field != "c"
        first, further = (off[0], off[1:]) if off else (None, ())
        units.append(UnitCurves(j, colour_of(j), z[j], a[j], first, note, chosen, further_off=further, kinks=kinks))
    return UnitsReadout(x, session.data_range, tuple(units), session.scale)


def _off(pieces: Composite, layer: int, unit: int) -> tuple[Interval, ...]:
    """The intervals in which a unit is off, those at an end of the x-range infinite."""
    off = np.concatenate([[False], ~pieces.on[layer][unit], [False]])
    starts, ends = (np.flatnonzero(off[1:] & ~off[:-1]), np.flatnonzero(off[:-1] & ~off[1:]))
    edges = np.concatenate([[-np.inf], pieces.edges[1:-1], [np.inf]])
    return tuple(zip(edges[starts].tolist(), edges[ends].tolist()))


def _kinks(session: Session, pieces: Composite, layer: int, unit: int) -> tuple[tuple[tuple[float, int], ...], str]:
    """Where a unit bends, with the numbers of the layers that make its kinks, and how many it makes and passes on."""
    made, passed = own_kinks(pieces, layer, unit), passed_kinks(session, pieces, layer, unit)
    number = {kink: pieces.makers(kink)[-1].layer + 1 for kink in passed} | dict.fromkeys(made, layer + 1)
    places = tuple((float(pieces.kinks[kink]), number[kink]) for kink in sorted(number))
    return places, f"makes {len(made)}, passes on {len(passed)}" if layer else f"makes {len(made)} kink{'s' * (len(made) != 1)}"
