"""What each panel shows, computed from a Session: plain data, without widths, colours of text or layout.

Most are named tuples: a dataclass takes the interpreter 1 to 2 ms to make, and start-up counts.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from relutui import edits, explain
from relutui.commands import by_id
from relutui.network import Array
from relutui.numbers import loss_text, number, slope_text
from relutui.pieces import Piece, diagnose, kinks, pieces, share_on, side, unit_slopes
from relutui.selection import Selection
from relutui.session import Session

UNIT_COLOURS = (6, 3, 5, 2, 1, 4, 14, 11, 13, 10, 9, 12)  # of the 16 of a terminal; a unit keeps its own everywhere
ON = 3  # the level of a strip where a unit with a kink is on
SHADES = 60  # places at which the slope of a unit without a kink is shown


def colour_of(unit: int) -> int:
    """The terminal colour of a unit."""
    return UNIT_COLOURS[unit % len(UNIT_COLOURS)]


class Curve(NamedTuple):
    """y against x."""

    x: Array
    y: Array


class Kink(NamedTuple):
    """A bend of the prediction: where it is, and whose."""

    x: float
    y: float
    colour: int


class FitReadout(NamedTuple):
    """The chart of target and prediction; `contribution` is the selected unit's v a."""

    x_limits: tuple[float, float]
    y_limits: tuple[float, float]
    data: Curve
    prediction: Curve
    best: Curve | None
    contribution: Curve | None
    colour: int
    kinks: tuple[Kink, ...]
    probe: float


class UnitCurves(NamedTuple):
    """One small multiple: z and a of a unit, and the interval where it is off, in words."""

    unit: int
    colour: int
    z: Array
    a: Array
    note: str
    selected: bool


class UnitsReadout(NamedTuple):
    """z and a of every unit over the same x."""

    x: Array
    units: tuple[UnitCurves, ...]


class LossReadout(NamedTuple):
    """The recorded losses and the present one, last."""

    steps: tuple[int, ...]
    losses: tuple[float, ...]


class Stretch(NamedTuple):
    """A part of a strip: level 0 (off) to 4 (full), and what is written in it."""

    low: float
    high: float
    level: int
    text: str


class UnitStrip(NamedTuple):
    """Where a unit is on, and what it adds to the slope there."""

    unit: int
    colour: int
    stretches: tuple[Stretch, ...]
    selected: bool


class StripsReadout(NamedTuple):
    """A strip for each unit, and the slopes of the sum; on the x axis of the chart."""

    x_limits: tuple[float, float]
    strips: tuple[UnitStrip, ...]
    total: tuple[Stretch, ...]


@dataclass(frozen=True)
class Cell:
    """A parameter in the table."""

    value: float
    locked: bool


@dataclass(frozen=True)
class UnitRow:
    """A unit in the table; kink, faces, on and state as they are written there."""

    unit: int
    w: Cell
    b: Cell
    v: Cell
    colour: int
    kink: str
    faces: str
    on: str
    state: str


@dataclass(frozen=True)
class TableReadout:
    """The table of the units, with the output bias c last."""

    rows: tuple[UnitRow, ...]
    c: Cell
    activation: str
    output: str
    selection: Selection


class Term(NamedTuple):
    """One unit's part of the forward pass at the probe."""

    unit: int
    colour: int
    w: float
    b: float
    z: float
    a: float
    v: float
    contribution: float


class WalkReadout(NamedTuple):
    """The forward pass at the probe, number by number."""

    x: float
    activation: str
    terms: tuple[Term, ...]
    selected: int
    c: float
    total: float
    output: str
    prediction: float
    target: float


class StatusReadout(NamedTuple):
    """The line on top: what is open and where training stands."""

    name: str
    title: str
    training: str
    step: int
    loss: str
    device: str
    running: str
    unsaved: bool
    solved: bool


class MessageReadout(NamedTuple):
    """The lines at the bottom: what just happened or what to look at, and the hint; `brief` is for a single line."""

    text: str
    error: bool
    hint: str
    brief: str


class FooterReadout(NamedTuple):
    """The line at the very bottom: keys and what they do."""

    keys: tuple[tuple[str, str], ...]
    last: tuple[str, str]  # always there


ChartReadout = FitReadout | UnitsReadout | LossReadout


def read_chart(session: Session) -> ChartReadout:
    """What the chart shows in the present view."""
    match session.view:
        case "fit":
            return read_fit(session)
        case "units":
            return read_units(session)
        case "loss":
            return read_loss(session)


def read_fit(session: Session) -> FitReadout:
    """The chart: curves are drawn at their kinks too, so that every bend is where it is."""
    network, p = session.state.network, session.state.parameters
    low, high = session.domain
    at = kinks(p)
    visible = [j for j in range(p.units) if network.kinked and low <= at[j] <= high]
    x = np.union1d(session.curve_x(), at[visible])
    unit = session.selection.row
    best = session.best
    return FitReadout(
        x_limits=session.domain,
        y_limits=session.y_limits,
        data=Curve(session.dataset.x, session.dataset.y),
        prediction=Curve(x, network.prediction(p, x)),
        best=None if best.parameters == p else Curve(x, best.network.prediction(best.parameters, x)),
        contribution=Curve(x, network.contributions(p, x)[unit]) if unit < p.units else None,
        colour=colour_of(unit),
        kinks=tuple(Kink(float(at[j]), float(network.prediction(p, at[j])[0]), colour_of(j)) for j in visible),
        probe=session.probe,
    )


def read_units(session: Session) -> UnitsReadout:
    """The small multiples."""
    network, p = session.state.network, session.state.parameters
    x = np.union1d(session.curve_x(), _inside(kinks(p), session.domain))
    z, a = network.pre_activations(p, x), network.activations(p, x)
    return UnitsReadout(
        x,
        tuple(
            UnitCurves(j, colour_of(j), z[j], a[j], _off_note(session, j), j == session.selection.row) for j in range(p.units)
        ),
    )


def read_loss(session: Session) -> LossReadout:
    """The loss curve, the present state last."""
    checkpoint = session.state.checkpoint
    return LossReadout(
        (*(sample.step for sample in checkpoint.history), checkpoint.step),
        (*(sample.loss for sample in checkpoint.history), session.loss),
    )


def read_strips(session: Session) -> StripsReadout:
    """The strips: by pieces where units have a kink, else by the slope at SHADES places."""
    network, p = session.state.network, session.state.parameters
    found = pieces(network, p, session.domain) if network.kinked else ()
    if network.kinked:
        per_unit = [_on_stretches(found, j) for j in range(p.units)]
        total = tuple(Stretch(piece.low, piece.high, 0, slope_text(piece.slope)) for piece in found)
    else:
        edges = np.linspace(*session.domain, SHADES + 1)
        slopes = unit_slopes(network, p, (edges[:-1] + edges[1:]) / 2)
        per_unit = [_shaded_stretches(edges, slopes[j]) for j in range(p.units)]
        total = _sampled_slopes(edges, slopes.sum(axis=0))
    strips = tuple(UnitStrip(j, colour_of(j), per_unit[j], j == session.selection.row) for j in range(p.units))
    return StripsReadout(session.domain, strips, total)


def read_table(session: Session) -> TableReadout:
    """The table."""
    state, x = session.state, session.dataset.x
    network, p, locks = state.network, state.parameters, state.locks
    at, on, found = kinks(p), share_on(network, p, x), diagnose(network, p, x, session.domain)

    def row(j: int) -> UnitRow:
        all_locked = bool(locks.w[j] and locks.b[j] and locks.v[j])
        diagnosis = found[j]
        twin = f"twin of {diagnosis.other}" if diagnosis and diagnosis.state == "twin" else ""
        return UnitRow(
            unit=j,
            w=Cell(float(p.w[j]), bool(locks.w[j])),
            b=Cell(float(p.b[j]), bool(locks.b[j])),
            v=Cell(float(p.v[j]), bool(locks.v[j])),
            colour=colour_of(j),
            kink=number(float(at[j])) if network.kinked and np.isfinite(at[j]) else "-",
            faces=(side(p.w[j]) or "-") if network.kinked else "-",
            on=f"{on[j]:.0%}" if network.kinked else "-",
            state=twin or (diagnosis.state if diagnosis else "locked" if all_locked else ""),
        )

    return TableReadout(
        tuple(row(j) for j in range(p.units)),
        Cell(p.c, locks.c),
        network.activation,
        network.output_activation,
        session.selection,
    )


def read_walk(session: Session) -> WalkReadout:
    """The forward pass at the probe; the target is read off between the two nearest points."""
    network, p, x = session.state.network, session.state.parameters, session.probe
    z, a, parts = (of(p, x)[:, 0].tolist() for of in (network.pre_activations, network.activations, network.contributions))
    return WalkReadout(
        x=x,
        activation=network.activation,
        terms=tuple(
            Term(j, colour_of(j), float(p.w[j]), float(p.b[j]), z[j], a[j], float(p.v[j]), parts[j]) for j in range(p.units)
        ),
        selected=session.selection.row,
        c=p.c,
        total=float(network.output_sum(p, x)[0]),
        output=network.output_activation,
        prediction=float(network.prediction(p, x)[0]),
        target=float(np.interp(x, session.dataset.x, session.dataset.y)),
    )


def read_status(session: Session) -> StatusReadout:
    """The line on top."""
    settings, checkpoint = session.state.settings, session.state.checkpoint
    seed = "" if session.state.seed is None else f"   seed {session.state.seed}"
    pace = "as many as fit" if session.speed is None else f"{session.speed} a frame"
    return StatusReadout(
        name=session.scenario.name,
        title=session.scenario.title,
        training=f"{settings.optimizer} {settings.learning_rate:g}{seed}",
        step=checkpoint.step,
        loss=f"{settings.loss.upper()} {loss_text(session.loss)}",
        device=session.device,
        running=f"running, {pace}" if session.running else "",
        unsaved=session.unsaved,
        solved=session.solved,
    )


def read_footer(session: Session) -> FooterReadout:
    """The keys worth naming now."""
    if session.typing:
        return FooterReadout(
            (("enter", "Keep"), ("tab", "Keep, next cell"), ("up, down", "Keep, next row")), ("esc", "As it was")
        )
    named = [by_id(id) for id in ("step", "run", "undo", "view", "hint", "rewind", "lock")]
    keys = [("space", "Pause") if c.id == "run" and session.running else (c.keys[0], c.label) for c in named]
    return FooterReadout((("enter", "Type"), ("+ -", "Nudge"), *keys), ("?", "Keys"))


def read_message(session: Session) -> MessageReadout:
    """The lines at the bottom."""
    message = session.message
    value = f"{session.selection.short} {number(edits.parameter(session.state.parameters, session.selection))}"
    loss = f"{session.state.settings.loss.upper()} {loss_text(session.loss)}{' ✓ solved' if session.solved else ''}"
    at = f"{value}   {loss}   step {session.state.checkpoint.step}"
    return MessageReadout(
        text=message.text if message else explain.guidance(session),
        error=bool(message and message.error),
        hint="" if message and message.text == explain.hint(session) else explain.hint(session),
        brief=message.text if message else at,
    )


def _inside(values: Array, domain: tuple[float, float]) -> Array:
    return values[(values >= domain[0]) & (values <= domain[1])]


def _off_note(session: Session, unit: int) -> str:
    """Where a unit is off, in words."""
    network, p = session.state.network, session.state.parameters
    if not network.kinked:
        return ""
    (low, high), at = session.domain, float(kinks(p)[unit])
    on_at_ends = [float(p.w[unit]) * x + float(p.b[unit]) > 0.0 for x in (low, high)]
    match on_at_ends:
        case [False, False]:
            return "off everywhere"
        case [True, True]:
            return "on everywhere"
        case [False, True]:
            return f"off until {number(at)}"
        case _:
            return f"off from {number(at)}"


def _on_stretches(found: tuple[Piece, ...], unit: int) -> tuple[Stretch, ...]:
    """The stretches of one unit with a kink: neighbouring pieces on which it is on (or off) are one."""
    merged: list[Stretch] = []
    for piece in found:
        on, slope = piece.on[unit], piece.slopes[unit]
        low = merged.pop().low if merged and bool(merged[-1].level) == on else piece.low
        merged.append(Stretch(low, piece.high, ON if on else 0, f"slope {slope_text(slope)}" if on or slope else ""))
    return tuple(merged)


def _shaded_stretches(edges: Array, slopes: Array) -> tuple[Stretch, ...]:
    largest = float(np.abs(slopes).max())
    levels = np.ceil(4 * np.abs(slopes) / largest).astype(int) if largest > 0 else np.zeros(len(slopes), int)
    return tuple(Stretch(edges[i], edges[i + 1], int(levels[i]), "") for i in range(len(slopes)))


def _sampled_slopes(edges: Array, slopes: Array) -> tuple[Stretch, ...]:
    """The slope of a smooth sum, written at five places."""
    fifth = len(slopes) // 5
    return tuple(
        Stretch(edges[i], edges[i + fifth], 0, slope_text(float(slopes[i + fifth // 2]))) for i in range(0, fifth * 5, fifth)
    )
