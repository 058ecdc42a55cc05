"""`relutui train`: trains without a screen."""

import argparse
import asyncio
import json
import sys
import time
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from relutui.cli.configuration import device_of
from relutui.cli.interrupt import run_until_signalled
from relutui.cli.parameters import parameter_lines, parameters_json
from relutui.cli.progress import Advance, progress_bar
from relutui.cli.scale_json import as_json
from relutui.cli.session_options import open_scenario, print_reading
from relutui.cli.usage import UsageError, new_file
from relutui.engine.engine import Engine
from relutui.explain.phrasing import count_text
from relutui.lib.files import create_atomically
from relutui.lib.number_text import finite, loss_below_text, loss_text
from relutui.lib.safe_text import sanitize_line
from relutui.model.complexity import effective_pieces_of, norms_of
from relutui.model.dataset import scaling_advice
from relutui.model.gradient import gradient
from relutui.model.trainer import Device, Diverged, TrainerUnavailable
from relutui.model.values import values_of
from relutui.readout.loss import read_loss
from relutui.readout.loss_csv import loss_csv
from relutui.readout.status import rate_text
from relutui.scenario.scale_text import scale_text
from relutui.scenario.scenario_files import files_of, write
from relutui.session import edits
from relutui.session.clean_curve import clean_loss
from relutui.session.output_edits import apply_output_fit, output_fit, why_not_solvable
from relutui.session.own_units import loss_name
from relutui.session.session import Session, as_scenario
from relutui.session.settings_edits import why_no_training
from relutui.session.state import decay_part
from relutui.study.one_network import train_in_pieces

Ended = Literal["steps", "stop_below", "diverged", "interrupted", "failed"]


@dataclass(frozen=True)
class Report:
    """What training came to, and at what it ended; no device where none was opened; moved: whether any parameter ever did.

    trouble: what to say where it ended badly; solving: what solving for v and c did, where that was asked for.
    """

    session: Session
    device: Device | None = None
    seconds: float = 0.0
    ended: Ended = "steps"
    moved: bool = False
    trouble: str = ""
    solving: str = ""

    @property
    def step(self) -> int:
        """The number of steps taken."""
        return self.session.state.checkpoint.step


def train(options: argparse.Namespace) -> int:
    """Train for a number of steps, save the result if asked to, and print it; 1 if it ended badly, 130 or the like if a signal
    ended it.
    """
    session = open_scenario(options, options.scenario)
    print_reading(session.scenario)
    if options.steps and (why := why_no_training(session.state.network)):
        raise UsageError(f"--steps {options.steps}: {why}")
    if options.solve and (why := why_not_solvable(session)):
        raise UsageError(f"--solve: {why}")
    save = new_file("--save", options.save, ".toml") if options.save else None
    curve = new_file("--curve", options.curve, ".csv") if options.curve else None
    if save:
        files_of(as_scenario(session, save.stem), save)  # raises before the training what would fail after it
    device = device_of(options)
    with progress_bar(options.steps, shown=sys.stderr.isatty() and not options.json) as progress:
        report, interrupted = run_until_signalled(_train(session, device, options.steps, progress))
    if options.solve:
        report = _solved(report)
    beside = ""
    try:
        if save:  # before printing: the terminal may be gone
            beside = write(as_scenario(report.session, save.stem), save)
        if curve:
            create_atomically(curve, loss_csv(report.session))
    finally:
        if options.json:
            print(json.dumps(_as_json(report)))
        else:
            _describe(report)
    if beside:
        print(sanitize_line(f"{save}: {beside}"), file=sys.stderr)
    if report.trouble:
        print(sanitize_line(report.trouble), file=sys.stderr)
    return interrupted or (1 if report.trouble else 0)


async def _train(session: Session, device: str | None, steps: int, progress: Advance) -> Report:
    """Train into the report, which keeps what is trained if this is cancelled."""
    if not steps:
        return Report(session)
    engine, start = Engine(device), session.state.checkpoint
    problem, checkpoint = session.state.problem(session.dataset), start
    ended: Ended = "steps"
    opened_device, moved, seconds, trouble = None, False, 0.0, ""
    try:
        opened_device = await engine.open()
        await engine.prepare(problem, start.parameters.units)
        began = time.perf_counter()
        async for checkpoint in train_in_pieces(engine, start, problem, steps):
            moved = moved or checkpoint.parameters != start.parameters
            seconds = time.perf_counter() - began
            progress(checkpoint.step)
        ended = "steps" if checkpoint.step == steps else "stop_below"
    except Diverged as error:
        checkpoint, ended = error.checkpoint, "diverged"
        moved = moved or checkpoint.parameters != start.parameters
        seconds = time.perf_counter() - began
        trouble = f"diverged after step {checkpoint.step} at learning rate {problem.settings.learning_rate:g}"
    except asyncio.CancelledError:
        ended, trouble = "interrupted", f"interrupted after {checkpoint.step:,} of {steps:,} steps"
    except TrainerUnavailable as error:
        if not checkpoint.step:
            raise
        ended, trouble = "failed", f"stopped after {checkpoint.step:,} of {steps:,} steps: {error}"
    finally:
        await engine.close()
    return Report(edits.record_training(session, checkpoint, run=0), opened_device, seconds, ended, moved, trouble)


def _solved(report: Report) -> Report:
    """The report with the best v and c for the w and b at the end."""
    solved = apply_output_fit(report.session, output_fit(report.session))
    message = solved.view.message
    return replace(report, session=solved, solving=message.text if message else "")


def _as_json(report: Report) -> dict[str, object]:
    session = report.session
    p, history, clean = session.state.parameters, read_loss(session), clean_loss(session)
    network, (path, squares) = session.state.network, norms_of(p)
    return {
        "scenario": session.scenario.name,
        "device": report.device.name if report.device else None,
        "renderer": report.device.renderer if report.device else None,
        "seed": session.state.seed,
        "steps": report.step,
        **_settings_json(session),
        "loss": finite(session.loss),
        **as_json(session.scale),
        "decay_part": finite(decay_part(session.state)),
        "clean_loss": None if clean is None else finite(clean),
        "parameters": parameters_json(p),
        "effective_pieces": effective_pieces_of(network, p, session.dataset.x) if network.kinked else None,
        "sum_abs_vw": finite(path),
        "sum_squares": finite(squares),
        "seconds": report.seconds,
        "ended": report.ended,
        "moved": report.moved,
        "solving": report.solving or None,
        "history": {"steps": history.steps, "losses": [finite(loss) for loss in history.losses]},
    }


def _settings_json(session: Session) -> dict[str, object]:
    """The settings that were trained by; batch: the points of a step, as many as there are where it goes by all."""
    problem = session.state.problem(session.dataset)
    settings = problem.settings
    return {
        "optimizer": settings.optimizer,
        "learning_rate": settings.learning_rate,
        "momentum": settings.momentum if settings.optimizer == "momentum" else None,
        "weight_decay": settings.weight_decay,
        "batch": problem.points_of_step,
    }


def _describe(report: Report) -> None:
    session, step = report.session, report.step
    p, settings = session.state.parameters, session.state.settings
    on = ""
    if report.device:
        advice = f"; {report.device.advice}" if report.device.advice else ""
        on = f" in {report.seconds:.2f} s on {report.device}{advice}"
    rate = f" at learning rate {rate_text(settings)}" if settings.automatic_rate else ""
    print(f"{session.scenario.name}: {count_text(step, 'step')}{rate}{on}")
    to_clean = "" if (clean := clean_loss(session)) is None else f", to the clean curve {loss_text(clean)}"
    stop = settings.stop_below if report.ended == "stop_below" else None
    loss = loss_text(session.loss) if stop is None else loss_below_text(session.loss, stop)
    decay = f", and weight decay adds {loss_text(decay_part(session.state))}" if settings.weight_decay else ""
    print(f"{loss_name(session)} {loss}{to_clean}{decay}")
    if session.scale.changes:
        print(scale_text(session.scenario))
    if scaling := scaling_advice(session.dataset):
        print(scaling)
    for line in parameter_lines(session.state.network, p):
        print(line)
    if report.solving:
        print(report.solving)
    if report.ended == "stop_below":
        print(f"stopped before all steps were taken: {loss_name(session)} is below {settings.stop_below:g} (stop_below)")
    elif step and not report.moved:
        print(": ".join(filter(None, ("no parameter moved", _why_still(session)))))


def _why_still(session: Session) -> str:
    """Say why steps from this state change nothing; empty where the gradient by all points does not tell, with minibatches."""
    state = session.state
    problem = state.problem(session.dataset)
    free = ~values_of(problem.locks).astype(np.bool_)
    if not free.any():
        return "all are locked"
    if problem.uses_minibatches:
        return ""
    largest = float(np.abs(values_of(gradient(problem, state.parameters)))[free].max())
    if largest == 0.0:
        return "every gradient is 0" if free.all() else "the gradient of each that is not locked is 0"
    rate = problem.settings.learning_rate
    return f"the gradients are {largest:.2g} at most, too small at learning rate {rate:g} to change a digit"
