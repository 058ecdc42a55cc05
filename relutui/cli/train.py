"""`relutui train`: training without a screen."""

import argparse
import asyncio
import errno
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from relutui import edits, store
from relutui.cli.opening import make_engine, opened
from relutui.cli.usage import UsageError
from relutui.numbers import loss_text
from relutui.scenario import to_toml
from relutui.session import Session, as_scenario
from relutui.training import Device, Diverged

PIECE = 0.05  # s of training between two movements of the progress bar


@dataclass(frozen=True)
class Outcome:
    """What training came to; no device where nothing was to be trained."""

    session: Session
    device: Device | None
    seconds: float
    trouble: str = ""


def train(options: argparse.Namespace) -> int:
    """Train for a number of steps, print the result, and save it if asked to; 1 if training diverged."""
    session = opened(options, options.scenario)
    save = _place(options.save) if options.save else None
    with _progress_bar(options.steps, shown=sys.stderr.isatty() and not options.json) as progress:
        outcome = asyncio.run(_train(session, options.device, options.steps, progress))
    if options.json:
        print(json.dumps(_as_json(outcome)))
    else:
        _describe(outcome)
    if save:
        store.write_new(save, to_toml(as_scenario(outcome.session, save.stem)))
    if outcome.trouble:
        print(outcome.trouble, file=sys.stderr)
    return 1 if outcome.trouble else 0


def _place(name: str) -> Path:
    """Where to save; what would fail at the end is found before training begins."""
    path = Path(name)
    if path.suffix != ".toml":
        raise UsageError(f"--save {name}: expected a name that ends in .toml")
    if path.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), name)
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path.parent))
    return path


async def _train(session: Session, device: str | None, steps: int, progress: Callable[[int], None]) -> Outcome:
    if not steps:
        return Outcome(session, None, 0.0)
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
        return Outcome(edits.trained(session, checkpoint, run=0), opened_device, seconds, trouble)
    finally:
        await engine.close()


@contextmanager
def _progress_bar(steps: int, shown: bool) -> Iterator[Callable[[int], None]]:
    if not shown or not steps:
        yield lambda step: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    with Progress(
        BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=Console(stderr=True), transient=True
    ) as bar:
        task = bar.add_task("", total=steps)
        yield lambda step: bar.update(task, completed=step)


def _as_json(outcome: Outcome) -> dict[str, object]:
    session = outcome.session
    p = session.state.parameters
    return {
        "scenario": session.scenario.name,
        "device": outcome.device.name if outcome.device else None,
        "renderer": outcome.device.renderer if outcome.device else None,
        "seed": session.state.seed,
        "steps": session.state.checkpoint.step,
        "loss": session.loss,
        "parameters": {"w": p.w.tolist(), "b": p.b.tolist(), "v": p.v.tolist(), "c": p.c},
        "seconds": outcome.seconds,
    }


def _describe(outcome: Outcome) -> None:
    session = outcome.session
    p, step = session.state.parameters, session.state.checkpoint.step
    on = ""
    if outcome.device:
        advice = f"; {outcome.device.advice}" if outcome.device.advice else ""
        on = f" in {outcome.seconds:.2f} s on {outcome.device}{advice}"
    print(f"{session.scenario.name}: {step} steps{on}")
    print(f"{session.state.settings.loss.upper()} {loss_text(session.loss)}")
    print(f"{'unit':>4} {'w':>12} {'b':>12} {'v':>12}")
    for unit in range(p.units):
        print(f"{unit:>4} {p.w[unit]:>12.6g} {p.b[unit]:>12.6g} {p.v[unit]:>12.6g}")
    print(f"{'c':>4} {p.c:>38.6g}")
