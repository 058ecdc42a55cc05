"""`relutui sweep`: trains many random starts without a screen."""

import argparse
import asyncio
import csv
import io
import json
import math
import sys
import time
from dataclasses import dataclass

from relutui.cli.interrupt import run_until_signalled
from relutui.cli.progress import Advance, progress_bar
from relutui.cli.session_options import load_scenario
from relutui.cli.usage import UsageError, new_file
from relutui.engine.engine import Engine
from relutui.lib import files
from relutui.lib.number_text import finite, loss_text
from relutui.lib.safe_text import sanitize_line
from relutui.model.dataset import scaling_advice
from relutui.model.trainer import Device, TrainerUnavailable
from relutui.study.outcomes import OUTCOMES
from relutui.study.sweep import Result, Sweep, best_possible, bound, join_results

QUANTILES = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Report:
    """What was finished of a sweep, and the best possible loss of each number of units where that was computed.

    trouble: why it ended before all was finished.
    """

    sweep: Sweep
    device: Device | None
    results: tuple[Result, ...]
    possible: tuple[float | None, ...]
    seconds: float
    trouble: str


def sweep(options: argparse.Namespace) -> int:
    """Train every start, write the CSV if asked to, and print what became of them; 1 if training failed, 130 or the like if a
    signal ended it.
    """
    planned = _plan(options)
    file = new_file("--csv", options.csv) if options.csv else None
    with progress_bar(planned.networks, shown=sys.stderr.isatty() and not options.json) as progress:
        report, interrupted = run_until_signalled(_run(planned, options.device, progress))
    try:
        if file:  # before printing: the terminal may be gone
            files.create_atomically(file, _as_csv(report))
    finally:
        if options.json:
            print(json.dumps(_as_json(report)))
        elif report.results:
            _describe(report)
    if report.trouble:
        finished = sum(len(result.seeds) for result in report.results)
        said = f"{report.trouble}: {finished:,} of {planned.networks:,} networks were finished"
        print(sanitize_line(said), file=sys.stderr)
    return interrupted or (1 if report.trouble else 0)


def _plan(options: argparse.Namespace) -> Sweep:
    scenario = load_scenario(options, options.scenario)
    if options.unit_counts and not scenario.init.units:
        raise UsageError(f"--units is for scenarios that draw their units ([init] units); {scenario.name} lists them")
    first = scenario.init.seed if options.seed is None else options.seed
    return Sweep(
        scenario,
        scenario.settings,
        units=options.unit_counts or (scenario.start.units,),
        seeds=range(first, first + options.seeds),
        steps=options.steps,
        below=options.below or bound(scenario, scenario.settings),
    )


async def _run(planned: Sweep, device: str | None, progress: Advance) -> Report:
    """Run the sweep into the report, which keeps what is finished if this is cancelled."""
    engine = Engine(device)
    opened_device, seconds, trouble = None, 0.0, ""
    parts: list[Result] = []
    possible: tuple[float | None, ...] = (None,) * len(planned.units)
    bounds = asyncio.create_task(best_possible(planned))
    try:
        opened_device = await engine.open()
        began = time.perf_counter()
        async for reached in planned.run(engine):
            progress(reached.done, f"the next {reached.training:,}: {reached.share:.0%}" if reached.training else "")
            seconds = time.perf_counter() - began
            if reached.finished:
                parts.append(reached.finished)
        possible = await bounds
    except asyncio.CancelledError:
        trouble = "interrupted"
    except TrainerUnavailable as error:
        if not parts:
            raise
        trouble = str(error)
    finally:
        bounds.cancel()
        await engine.close()
    return Report(planned, opened_device, join_results(parts), possible, seconds, trouble)


def _as_json(report: Report) -> dict[str, object]:
    planned = report.sweep
    return {
        "scenario": planned.scenario.name,
        "device": report.device.name if report.device else None,
        "steps": planned.steps,
        "below": planned.below,
        "seconds": report.seconds,
        "units": [
            {
                "units": result.units,
                "seeds": len(result.seeds),
                "success": result.success,
                "quantiles": {str(share): finite(result.quantile(share)) for share in QUANTILES},
                "best": finite(result.best),
                "best_possible": possible,
                "outcomes": result.counts(),
            }
            for result, possible in zip(report.results, report.possible)
        ],
    }


def _as_csv(report: Report) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["units", "seed", "loss", "outcome"])
    for result in report.results:
        losses = map(finite, result.losses.tolist())
        writer.writerows(zip([result.units] * len(result.seeds), result.seeds, losses, result.outcomes))
    return text.getvalue()


def _describe(report: Report) -> None:
    planned, settings = report.sweep, report.sweep.settings
    print(
        f"{planned.scenario.name}: {planned.steps:,} steps of {settings.optimizer} at learning rate "
        f"{settings.learning_rate:g}; solved: {settings.loss.upper()} below {planned.below:g}"
    )
    kind = settings.loss.upper()
    print(f"\nunits   seeds      success  {kind} 10 %    median      90 %      best     bound")
    for result, possible in zip(report.results, report.possible):
        losses = " ".join(f"{_loss(n):>9}" for n in [*(result.quantile(share) for share in QUANTILES), result.best])
        print(f"{result.units:>5} {len(result.seeds):>7,} {_success(result):>12} {losses} {_loss(possible):>9}")
    if any(possible is not None for possible in report.possible):
        print("bound: the lowest of any curve with so many bends; units may not reach it")
    widths = [max(len(outcome), 5) + 2 for outcome in OUTCOMES]
    print("\nunits" + "".join(f"{outcome:>{width}}" for outcome, width in zip(OUTCOMES, widths)))
    for result in report.results:
        print(f"{result.units:>5}" + "".join(f"{n:>{width},}" for n, width in zip(result.counts().values(), widths)))
    if scaling := scaling_advice(planned.scenario.dataset):
        print(f"\n{scaling}")
    advice = f"; {report.device.advice}" if report.device and report.device.advice else ""
    print(f"\nin {report.seconds:.2f} s on {report.device}{advice}")


def _loss(loss: float | None) -> str:
    if loss is None:
        return "-"
    return loss_text(loss) if math.isfinite(loss) else "diverged"


def _success(result: Result) -> str:
    """Write the success rate with its standard error, rounded as that calls for; counts where none or all succeeded."""
    if result.success in (0.0, 1.0):
        return f"{result.counts()['solved']:,} of {len(result.seeds):,}"
    digits = 0 if result.error >= 0.01 else 1
    return f"{100 * result.success:.{digits}f} % ± {100 * result.error:.{digits}f}"
