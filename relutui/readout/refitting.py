"""The contents of the screen for one unit fewer or more: the networks side by side, and the effect on the loss in words."""

import math
from typing import NamedTuple

import numpy as np

from relutui.lib.number_text import time_left
from relutui.model.network import Parameters
from relutui.model.pieces import kinks, side
from relutui.model.scale import UNSCALED, Scale
from relutui.readout.colour import colour_of
from relutui.readout.curves import Curve, drawn_x, rounded_limits
from relutui.readout.fit import Kink, target_mark
from relutui.readout.refit_verdict import refit_loss_text, refit_verdict
from relutui.readout.status import FooterReadout
from relutui.session.own_units import loss_name, x_text
from relutui.session.session import Session
from relutui.study.outcomes import Outcome, outcomes
from relutui.study.refit import Refit, Variant
from relutui.study.sweep import bound

IDLE_OUTCOMES: tuple[Outcome, ...] = ("dead units", "parked", "twins")  # outcomes in which a unit adds nothing of its own


class RefitTraining(NamedTuple):
    """The progress of training: steps per run, the step at which the present run ends, the time left, and any error.

    goal: None while nothing is training.
    """

    steps: int
    goal: int | None = None
    seconds_left: float | None = None
    problem: str = ""


class RefitPanel(NamedTuple):
    """One network: a title, and a note with its loss and origin; the prediction is None until there is one."""

    title: str
    note: str
    prediction: Curve | None = None
    kinks: tuple[Kink, ...] = ()


class RefittingReadout(NamedTuple):
    """The networks over the same axes, one of them marked, with a comparison in words and any error."""

    title: str
    detail: str
    progress: str
    data: Curve
    x_limits: tuple[float, float]
    y_limits: tuple[float, float]
    panels: tuple[RefitPanel, ...]
    marked: int
    comparison: str
    problem: str
    footer: FooterReadout
    scale: Scale = UNSCALED


def read_refitting(session: Session, refit: Refit, marked: int, training: RefitTraining) -> RefittingReadout:
    """Compute the panels, the comparison and the keys from a refit in its present state."""
    variants, goal = refit.variants(), training.goal
    session = session.with_view(beyond=0)
    esc = (("esc", "Stop" if goal else "Back"),)
    more = () if goal else (("space", f"{training.steps:,} more steps"),)
    return RefittingReadout(
        title=f"One unit {'fewer' if refit.is_removal else 'more'}",
        detail=f"unit {refit.unit} {'removed' if refit.is_removal else 'added'}",
        progress=_progress_text(refit.batch.step, training),
        data=Curve(session.dataset.x, session.dataset.y),
        x_limits=session.domain,
        y_limits=_limits(session, refit),
        panels=tuple(_panel(session, refit, number, variants) for number in range(4)),
        marked=marked,
        comparison=refit_verdict(refit, session.findings, running=goal is not None),
        problem=training.problem,
        footer=FooterReadout((("← →", "Mark"), ("enter", "Use it"), *more), esc),
        scale=session.scale,
    )


def _progress_text(step: int, training: RefitTraining) -> str:
    if not training.goal:
        return f"{step:,} steps" if step else "not trained"
    return f"{step:,} of {training.goal:,} steps   {time_left(training.seconds_left)}".rstrip()


def _panel(session: Session, refit: Refit, number: int, variants: tuple[Variant, ...]) -> RefitPanel:
    title, kind = _titles(refit)[number], loss_name(session, refit.problem.settings.loss)
    if number >= len(variants):
        return RefitPanel(title, "not trained yet")
    variant = variants[number]
    if not math.isfinite(variant.loss):
        return RefitPanel(title, "diverged")
    note = f"{kind} {refit_loss_text(refit, variant.loss)}{_remark(session, refit, number, variant)}"
    x = drawn_x(session, variant.parameters)
    prediction = Curve(x, refit.problem.network.prediction(variant.parameters, x))
    return RefitPanel(title, note, prediction, _kinks(session, refit, number, variant.parameters))


def _titles(refit: Refit) -> tuple[str, str, str, str]:
    added = f"unit {refit.unit} added"
    changed, refitted = (f"without unit {refit.unit}", "the others") if refit.is_removal else (added, "all")
    return (
        f"before   {target_mark(len(refit.problem.dataset))} target ━ prediction",
        f"{changed}, the others as they are",
        f"{refitted} refitted from here",
        f"from {len(refit.seeds)} random starts (seeds {refit.seeds[0]}-{refit.seeds[-1]})",
    )


def _remark(session: Session, refit: Refit, number: int, variant: Variant) -> str:
    """The remark after a loss: the original trained as long, the new kink, an idle unit, or the best seed."""
    if number == 0 and refit.batch.step:
        trained = refit.trained_before
        return (
            f", trained as long {refit_loss_text(refit, trained)}"
            if math.isfinite(trained)
            else ", trained as long it diverges"
        )
    if number == 1 and not refit.is_removal and refit.problem.network.kinked:
        kink, w = float(kinks(refit.changed)[-1]), float(refit.changed.w[-1])
        return f"   kink {x_text(session, kink)}, faces {side(w)}"
    if number == 2 and variant.grown:
        return "   added after training"
    if number == 2:
        outcome = outcomes(refit.batch, refit.problem, bound(session.scenario, refit.problem.settings))[0]
        return f"   {outcome}" if outcome in IDLE_OUTCOMES else ""
    return f"   the best: seed {variant.seed}" if number == 3 else ""


def _kinks(session: Session, refit: Refit, number: int, p: Parameters) -> tuple[Kink, ...]:
    """The visible kinks, each in the colour of its unit before the change."""
    network, (low, high), positions = refit.problem.network, session.domain, kinks(p)
    removed = refit.is_removal and number > 0
    units = [unit for unit in range(p.units + removed) if not (removed and unit == refit.unit)]
    visible = [row for row in range(p.units) if network.kinked and low <= positions[row] <= high]
    heights = network.prediction(p, positions[visible])
    return tuple(Kink(float(positions[row]), float(y), colour_of(units[row]), False) for row, y in zip(visible, heights))


def _limits(session: Session, refit: Refit) -> tuple[float, float]:
    """The y limits of the data and the untrained networks, these clipped near the data; training does not change them."""
    y, x = session.dataset.y, session.curve_x()
    low, high = float(y.min()), float(y.max())
    span = (high - low) or max(1.0, abs(high))
    curves = [refit.problem.network.prediction(p, x) for p in (refit.before, refit.changed)]
    return rounded_limits(y, *(np.clip(curve, low - span / 2, high + span / 2) for curve in curves))
