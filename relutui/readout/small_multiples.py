"""The contents of the Units view: z and a of every unit, and where it is off."""

import math
from typing import NamedTuple

from relutui.explain.edit_effect import edited_fields, states_before
from relutui.lib.arrays import Array
from relutui.model.network import Parameters
from relutui.model.pieces import jumps, kinks, stretch
from relutui.model.scale import UNSCALED, Scale
from relutui.readout.colour import colour_of
from relutui.readout.curves import drawn_x
from relutui.session.own_units import x_text, x_texts
from relutui.session.session import Session


class UnitCurves(NamedTuple):
    """One small multiple: z and a of a unit, of shape (points,), and the interval where it is off, also in words.

    further_off: the other intervals where it is off; kinks: where it bends, and the number of the layer that makes each, of
    a unit of several hidden layers.
    kink: where z is 0, None if that is out of sight; before: z and its kink before the last edits, if these moved them, the
    newest first; path: the kinks before and the present one, with their markers in the chart, empty if there is one alone.
    """

    unit: int
    colour: int
    z: Array
    a: Array
    off: tuple[float, float] | None
    note: str
    selected: bool
    kink: float | None = None
    before: tuple[tuple[Array, float | None], ...] = ()
    path: str = ""
    further_off: tuple[tuple[float, float], ...] = ()
    kinks: tuple[tuple[float, int], ...] = ()


class UnitsReadout(NamedTuple):
    """The curves of every unit over the same x of shape (points,)."""

    x: Array
    data_range: tuple[float, float] | None
    units: tuple[UnitCurves, ...]
    scale: Scale = UNSCALED


def read_units(session: Session) -> UnitsReadout:
    """Compute the small multiples; of several hidden layers those of the selected one."""
    if session.state.network.deeper:
        from relutui.readout.layer_units import read_layer_units  # imported on demand: start-up time counts

        return read_layer_units(session)
    network, p = session.state.network, session.state.parameters
    x = drawn_x(session)
    z, a = network.pre_activations(p, x), network.activations(p, x)
    edited = {each.row for each in edited_fields(session) if each.field in ("w", "b")}
    olds = [state.parameters for state in states_before(session)] if edited else []
    return UnitsReadout(
        x,
        session.data_range,
        tuple(
            UnitCurves(
                j,
                colour_of(j),
                z[j],
                a[j],
                *_off_interval(session, j),
                j == session.view.selection.row,
                _kink(session, p, j),
                tuple((network.pre_activations(old, x)[j], _kink(session, old, j)) for old in olds if j in edited),
                _path(session, [*(_kink(session, old, j) for old in reversed(olds)), _kink(session, p, j)]) * (j in edited),
            )
            for j in range(p.units)
        ),
        session.scale,
    )


def _kink(session: Session, p: Parameters, unit: int) -> float | None:
    """The x at which z is 0, None if there is none in the x-range."""
    place, (low, high) = float(kinks(p)[unit]), session.x_range
    return place if low <= place <= high else None


def _path(session: Session, places: list[float | None]) -> str:
    """The places where the kink of a unit was, the last one where it is, as in "kink 1 ◇ 1.5 ◆"; empty if one alone is seen."""
    seen = [place for place in places if place is not None]
    if len(seen) < 2:
        return ""
    marks = ["◆" if index == len(places) - 1 else "◇" for index, place in enumerate(places) if place is not None]
    return " ".join(["kink", *(f"{x} {mark}" for x, mark in zip(x_texts(session, seen), marks))])


def _off_interval(session: Session, unit: int) -> tuple[tuple[float, float] | None, str]:
    """The interval where a unit is off, None if it never is, and the same in words."""
    network = session.state.network
    if network.activation == "rect":
        return None, _rect_note(session, unit)
    if not network.kinked and not network.stepped:
        return None, "never off"
    on, (low, high) = stretch(session.state.parameters, unit, session.x_range), session.x_range
    if on is None:
        return (-math.inf, math.inf), "off everywhere"
    if on == (low, high):
        return None, "on everywhere"
    if on[0] > low:
        return (-math.inf, on[0]), f"off until x = {x_text(session, on[0], x_range=session.x_range)}"
    return (on[1], math.inf), f"off from x = {x_text(session, on[1], x_range=session.x_range)}"


def _rect_note(session: Session, unit: int) -> str:
    """Say where a rect unit is on."""
    p, x_range = session.state.parameters, session.x_range
    if p.w[unit] == 0.0:
        return "on everywhere" if session.state.network.activations(p, 0.0)[unit, 0] else "off everywhere"
    low, high = sorted(jumps(session.state.network, p)[unit].tolist())
    if high <= x_range[0] or low >= x_range[1]:
        return "off everywhere"
    return f"on from x = {x_text(session, low, x_range=x_range)} to {x_text(session, high, x_range=x_range)}"
