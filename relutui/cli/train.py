"""`relutui train`: training without a screen."""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from relutui import edits
from relutui.cli.opening import make_engine, opened
from relutui.cli.progress import progress_bar
from relutui.cli.usage import new_file
from relutui.numbers import finite, loss_text
from relutui.session import Session, as_scenario
from relutui.text import scrub_line
from relutui.training import Device, Diverged
from relutui.writing import files_of, write

PIECE = 0.05  # s of training between two movements of the progress bar


@dataclass(frozen=True)
class Report:
    """What training came to; no device where nothing was to be trained."""

    session: Session
    device: Device | None
    seconds: float
    trouble: str = ""


def train(options: argparse.Namespace) -> int:
    """Train for a number of steps, print the result, and save it if asked to; 1 if training diverged."""
    session = opened(options, options.scenario)
    save = new_file("--save", options.save, ".toml") if options.save else None
    if save:
        files_of(as_scenario(session, save.stem), save)  # what cannot be saved is told before the training
    with progress_bar(options.steps, shown=sys.stderr.isatty() and not options.json) as progress:
        report = asyncio.run(_train(session, options.device, options.steps, progress))
    if options.json:
        print(json.dumps(_as_json(report)))
    else:
        _describe(report)
    if save and (more := write(as_scenario(report.session, save.stem), save)):
        print(scrub_line(f"{save}: {more}"), file=sys.stderr)
    if report.trouble:
        print(report.trouble, file=sys.stderr)
    return 1 if report.trouble else 0


async def _train(session: Session, device: str | None, steps: int, progress: Callable[[float], None]) -> Report:
    if not steps:
        return Report(session, None, 0.0)
    engine = make_engine(device)
    problem, checkpoint = session.state.problem(session.dataset), session.state.checkpoint
    try:
        opened_device = await engine.open()
        await engine.prepare(problem, checkpoint.parameters.units)
        began, trouble, piece = time.perf_counter(), "", 1000
        try:
            while checkpoint.step < steps:
                asked = min(piece, steps - checkpoint.step)
                start = time.perf_counter()
                trained = await engine.train(checkpoint, problem, asked)
                taken, checkpoint = trained.step - checkpoint.step, trained
                progress(checkpoint.step)
                if taken < asked:
                    break
                piece = max(1, int(asked * PIECE / (time.perf_counter() - start)))
        except Diverged as error:
            checkpoint = error.checkpoint
            trouble = f"diverged after step {checkpoint.step} at learning rate {problem.settings.learning_rate:g}"
        seconds = time.perf_counter() - began
        return Report(edits.trained(session, checkpoint, run=0), opened_device, seconds, trouble)
    finally:
        await engine.close()


def _as_json(report: Report) -> dict[str, object]:
    session = report.session
    p = session.state.parameters
    return {
        "scenario": session.scenario.name,
        "device": report.device.name if report.device else None,
        "renderer": report.device.renderer if report.device else None,
        "seed": session.state.seed,
        "steps": session.state.checkpoint.step,
        "loss": finite(session.loss),
        "parameters": {"w": p.w.tolist(), "b": p.b.tolist(), "v": p.v.tolist(), "c": p.c},
        "seconds": report.seconds,
    }


def _describe(report: Report) -> None:
    session = report.session
    p, step = session.state.parameters, session.state.checkpoint.step
    on = ""
    if report.device:
        advice = f"; {report.device.advice}" if report.device.advice else ""
        on = f" in {report.seconds:.2f} s on {report.device}{advice}"
    print(f"{session.scenario.name}: {step} steps{on}")
    print(f"{session.state.settings.loss.upper()} {loss_text(session.loss)}")
    print(f"{'unit':>4} {'w':>12} {'b':>12} {'v':>12}")
    for unit in range(p.units):
        print(f"{unit:>4} {p.w[unit]:>12.6g} {p.b[unit]:>12.6g} {p.v[unit]:>12.6g}")
    print(f"{'c':>4} {p.c:>38.6g}")
