"""Does with drawn sessions what takes many networks: bounds, trials, one unit fewer or more, random starts, a landscape."""

import asyncio
import math
import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np

from relutui.explain.best import comparison_with_best, lowest_loss_found, lowest_loss_possible
from relutui.explain.why_stuck import missing_trial, stuck_reason
from relutui.model.batch import Batch
from relutui.model.landscape import COLUMNS, NETWORKS, ROWS, Landscape
from relutui.model.network import Parameters
from relutui.model.trainer import Diverged
from relutui.readout.capacity import read_capacity, read_remark
from relutui.readout.landscape import read_landscape
from relutui.readout.refitting import RefitTraining, read_refitting
from relutui.readout.residual import read_residual
from relutui.readout.seeds import read_losses, read_marked
from relutui.scenario.scenario import Init
from relutui.session import landscape_axes
from relutui.session.findings import Trial
from relutui.session.session import Session
from relutui.session.state import loss_of
from relutui.study import capacity, random_starts
from relutui.study.advised_change import advised_change
from relutui.study.best_fit import BestFit, each_best_fit
from relutui.study.refit import Refit, one_fewer, one_more
from relutui.study.sweep import train_in_slices
from tests.support.fake_trainer import FakeTrainer
from tests.truth.registry import PROSE, Heard

STARTS, STEPS = 7, 150  # of random starts
TRIAL_STEPS = 400
Said = Iterator[Heard | tuple[str, Any]]  # texts, and readouts of numbers by the name of their check


def _fits(session: Session) -> tuple[BestFit, ...]:
    """The best fits with up to one kink more than the session has units."""
    return tuple(islice(each_best_fit(session.dataset.x, session.dataset.y), session.state.parameters.units + 2))


def bounds(session: Session) -> Said:
    """The lowest losses possible, and what is said of them."""
    fits = _fits(session)
    yield "bounds: the lowest that kinks can leave", fits
    bounds, reached = tuple(fit.bound for fit in fits), tuple(fit.found for fit in fits)
    known = session.with_findings(lower_bounds=bounds, best_fits=reached)
    about = {"found": lowest_loss_found(known), "possible": lowest_loss_possible(known), "bounds": bounds, "reached": reached}
    yield Heard("best", comparison_with_best(known), about)
    if reason := stuck_reason(known):
        yield Heard(PROSE, reason.text, about)
    residual = read_residual(known)
    for text in (*residual.best_of_points, *residual.best_of_curve):
        yield Heard("residual", text, about)
    numbers = capacity.begin(known, 3, 4, 10)
    yield Heard("remark", read_remark(numbers))
    yield "capacity: its table", (read_capacity(numbers), numbers.numbers, known.findings.lower_bounds)


def trials(session: Session) -> Said:
    """What is tried where the loss stands still, and what is said of it."""
    trainer = FakeTrainer()
    for _ in range(6):
        missing = missing_trial(session)
        if missing is None:
            return
        reason, units = missing
        changed = advised_change(session, reason, units) if reason else (session.state, "")
        if changed is None:
            trial = Trial(session.state, reason, "", 0, math.nan)
        else:
            start, change = changed
            problem = start.problem(session.dataset)
            try:
                there = asyncio.run(trainer.train(start.checkpoint, problem, TRIAL_STEPS))
                lost = loss_of(replace(start, checkpoint=there), session.dataset)
            except Diverged:
                lost = math.nan
            trial = Trial(session.state, reason, change, TRIAL_STEPS, lost)
        session = session.with_findings(trials=(*session.findings.trials, trial))
        tried = {each.reason: each.loss for each in session.findings.trials}
        if told := stuck_reason(session):
            recorded = [sample.loss for sample in session.state.checkpoint.history]
            yield Heard(PROSE, told.text, {"trials": tried, "recorded": recorded, "found": None, "possible": None})
            yield Heard("status", told.summary, {"text": told.text})


def refits(session: Session, dice: random.Random) -> Said:
    """One unit fewer or one more, refitted, and what is said of it."""
    state, seeds = session.state, range(STARTS)
    p, problem, units = state.parameters, state.problem(session.dataset), state.parameters.units
    fewer = units > 1 and dice.random() < 0.5
    refit = one_fewer(p, problem, dice.randrange(units), Init(), seeds) if fewer else one_more(p, problem, Init(), seeds)
    fits = _fits(session) if state.network.straight else ()
    bounds, reached = tuple(fit.bound for fit in fits), tuple(fit.found for fit in fits)
    known = session.with_findings(lower_bounds=bounds, best_fits=reached)
    yield from _refit(known, refit)

    async def last() -> Refit:
        after = refit
        async for each in refit.trained(FakeTrainer(), STEPS):
            after = each
        return after

    yield from _refit(known, asyncio.run(last()))


def _refit(session: Session, refit: Refit) -> Said:
    readout = read_refitting(session, refit, 0, RefitTraining(STEPS))
    about = {
        "fewer": refit.is_removal,
        "unit": refit.unit,
        "units": refit.before.units,
        "lowest": refit.lowest,
        "before": refit.lowest_before,
        "losses": [variant.loss for variant in refit.variants()],
        "starts": len(refit.batch),
        "tried": len(refit.batch) + (len(refit.grown) if refit.grown else 0),  # with as many units as the larger network
        "diverged": refit.diverged,
        "bounds": session.findings.lower_bounds,
        "reached": session.findings.best_fits,
        "kink": float(-refit.changed.b[-1] / refit.changed.w[-1]) if refit.changed.w[-1] else math.nan,
        "w": float(refit.changed.w[-1]),
    }
    yield Heard("refit", readout.comparison, about)
    for number, panel in enumerate(readout.panels):
        yield Heard("refit panel", panel.note, about | {"panel": number})


def starts(session: Session) -> Said:
    """Random starts, and what became of each."""
    begun = random_starts.begin(session, STARTS, STEPS)

    async def trained() -> Batch:
        batch = begun.parts[0]
        async for each in train_in_slices(FakeTrainer(), batch, begun.problem, STEPS):
            batch = each
        return batch

    batch = asyncio.run(trained())
    ended = begun.with_part(0, batch)
    earlier = batch.losses_at(9 * STEPS // 10)
    for place in range(len(ended)):
        about = {
            "seed": ended.seed(place),
            "loss": float(ended.losses[place]),
            "earlier": math.nan if earlier is None else float(earlier[place]),
            "below": ended.below,
            "parameters": batch.parameters(place),
        }
        yield Heard("seed", read_marked(ended, place), about)
    yield "seeds: their counts", (read_losses(ended, 0), ended.outcomes)


def landscape(session: Session) -> Said:
    """The loss over two parameters, and what is said of it."""
    plane = landscape_axes.plane(session)
    first, second = np.meshgrid(np.linspace(*plane.x, COLUMNS), np.linspace(*plane.y, ROWS))
    losses = np.empty(NETWORKS)
    some = range(NETWORKS)
    values = np.array(plane.values)
    across, up = (0 if at.field == "c" else 1 + 3 * at.row + "wbv".index(at.field) for at in plane.axes)
    for number, x, y in zip(some, first.ravel(), second.ravel()):
        values[across], values[up] = x, y
        p = Parameters(values[1::3], values[2::3], values[3::3], float(values[0]))
        losses[number] = session.state.network.loss(p, session.dataset.x, session.dataset.y, session.state.settings.loss)
    known = session.with_findings(landscape=Landscape(plane, losses.reshape(ROWS, COLUMNS)))
    about = {"axes": [at.short for at in plane.axes], "x": plane.x, "y": plane.y, "losses": losses}
    about["map"], about["here"] = losses.reshape(ROWS, COLUMNS), (plane.values[across], plane.values[up])
    for text in read_landscape(known).said:
        yield Heard("landscape", text, about)
