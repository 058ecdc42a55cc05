"""`relutui sweep`: trains many random starts without a screen."""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import nullcontext
from functools import partial
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from relutui.cli.interrupt import run_until_signalled
from relutui.cli.progress import Advance, progress_bar
from relutui.cli.session_options import load_scenario
from relutui.cli.sweep_file import write_file
from relutui.cli.sweep_parquet import SUFFIX, check_library, write_parquet
from relutui.cli.sweep_part import Part, check_part
from relutui.cli.sweep_report import Report, as_json, describe
from relutui.cli.usage import UsageError, cluster_extra, new_file
from relutui.cli.vary_option import command, read_vary
from relutui.engine.engine import Engine
from relutui.lib.cores import available_cores
from relutui.lib.safe_text import sanitize_line
from relutui.model.trainer import TrainerUnavailable
from relutui.study.sweep import Sweep, SweepProgress, best_possible, bound
from relutui.study.sweep_results import Chunk, Ledger

if TYPE_CHECKING:
    from relutui.cluster.client import Cluster

Run = Callable[[Sequence[Chunk]], AsyncIterator[SweepProgress]]

MAX_CELLS = 1000  # rows of the table, each with the seeds of a sweep


def sweep(options: argparse.Namespace) -> int:
    """Train every start, write the CSV if asked to, and print what became of them; 1 if training failed, 130 or the like if a
    signal ended it.
    """
    planned = _plan(options)
    computer, run = _computer(options, planned)
    file = new_file("--csv", options.csv) if options.csv else None
    if file:
        check_part(file, options.resume)
        if file.suffix == SUFFIX:
            check_library()
    elif options.resume:
        raise UsageError("--resume goes on from the part of a file: name it by --csv")
    drawn = _plot_file(options, planned)
    ledger = Ledger(planned.cells, planned.seeds)
    with Part(file, planned) if file else nullcontext() as part:
        with progress_bar(planned.networks, shown=sys.stderr.isatty() and not options.json) as progress:
            report, interrupted = run_until_signalled(_run(planned, computer, run, ledger, part, progress))
        try:
            if file and part and report.finished == planned.networks:  # before printing: the terminal may be gone
                (write_parquet if file.suffix == SUFFIX else write_file)(file, planned, ledger)
                part.drop()
            if drawn and report.finished == planned.networks:
                _plot(report, drawn)
        finally:
            if options.json:
                print(json.dumps(as_json(report)))
            elif report.results:
                describe(report, command(options, [varied.name for varied in planned.varied]))
                if options.plot == "":
                    _plot(report, None)
    if report.trouble:
        going_on = f"; --resume goes on from {part.path}" if part and 0 < report.finished < planned.networks else ""
        said = f"{report.trouble}: {report.finished:,} of {planned.networks:,} networks were finished{going_on}"
        print(sanitize_line(said), file=sys.stderr)
    return interrupted or (1 if report.trouble else 0)


def _plot_file(options: argparse.Namespace, planned: Sweep) -> Path | None:
    """The file that --plot names, if any; the sweep has to be one that can be drawn.  Raises UsageError and OSError."""
    if options.plot is None:
        return None
    from relutui.cli.sweep_plot import check_plot  # which takes what draws the screen

    check_plot(planned)
    if options.plot:
        return new_file("--plot", options.plot, ".svg")
    if options.json:
        raise UsageError("--plot beside --json needs a file: --plot FILE.svg")
    return None


def _plot(report: Report, file: Path | None) -> None:
    """Draw what was finished, in the file or on standard output.  Raises OSError."""
    from relutui.cli.sweep_plot import picture_of, print_picture, write_picture

    if file:
        write_picture(picture_of(report), file)
    else:
        print_picture(picture_of(report))


def _plan(options: argparse.Namespace) -> Sweep:
    scenario, vary = load_scenario(options, options.scenario), read_vary(options)
    units: tuple[int, ...] | None = options.unit_counts or cast(Any, dict(vary).get("units"))
    if units and not scenario.init.units:
        option = "--units" if options.unit_counts else "--vary units="
        raise UsageError(f"{option} is for scenarios that draw their units ([init] units); {scenario.name} lists them")
    first = scenario.init.seed if options.seed is None else options.seed
    planned = Sweep(
        scenario,
        scenario.settings,
        units=units or (scenario.start.units,),
        seeds=range(first, first + options.seeds),
        steps=options.steps,
        below=options.below or bound(scenario, scenario.settings),
        vary=vary,
    )
    if (number := prod(len(values) for _, values in planned.grid)) > MAX_CELLS:
        raise UsageError(f"--vary: expected at most {MAX_CELLS:,} combinations, got {number:,}")
    if "momentum" in dict(vary) and not any(cell.settings.optimizer == "momentum" for cell in planned.cells):
        optimizers = ", ".join(map(str, dict(vary).get("optimizer", [scenario.settings.optimizer])))
        raise UsageError(f"--vary momentum= is for the optimizer momentum, and this is {optimizers}")
    return planned


def _computer(options: argparse.Namespace, planned: Sweep) -> "tuple[Engine | Cluster, Run]":
    """What trains, the engine here or a cluster; and what runs the missing chunks of the sweep on it."""
    if not options.cluster:
        if options.cluster_tls or options.mixed:
            raise UsageError("--cluster-tls and --mixed are for --cluster")
        engine = Engine(options.device, workers=options.workers or available_cores())
        return engine, partial(planned.run, engine)
    if options.device or options.workers:
        raise UsageError("--device and --workers are for this machine; each worker of a cluster has its own device")
    with cluster_extra():
        from relutui.cluster.address import read_address
        from relutui.cluster.client import Cluster
    cluster = Cluster(read_address(options.cluster, options.cluster_tls), options.mixed)
    return cluster, partial(cluster.run, planned)


async def _run(
    planned: Sweep, computer: "Engine | Cluster", run: Run, ledger: Ledger, part: Part | None, progress: Advance
) -> Report:
    """Run the sweep into the report, which keeps what is finished if this is cancelled; each chunk goes to the part at once."""
    opened_device, seconds, trouble = None, 0.0, ""
    possible: tuple[float | None, ...] = (None,) * len(planned.units)
    bounds = asyncio.create_task(best_possible(planned))
    try:
        opened_device = await computer.open()
        if part:
            part.read(str(opened_device), ledger)
        began = time.perf_counter()
        async for reached in run(ledger.missing()):
            share = f": {reached.share:.0%}" if reached.share else ""  # unknown of a cluster
            progress(reached.done, f"the next {reached.training:,}{share}" if reached.training else "")
            seconds = time.perf_counter() - began
            if reached.finished:
                if part:
                    part.append(*reached.finished)
                ledger.enter(*reached.finished)
        possible = await bounds
    except asyncio.CancelledError:
        trouble = "interrupted"
    except (TrainerUnavailable, OSError) as error:
        if not ledger.finished:
            raise
        trouble = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) else str(error)
    finally:
        bounds.cancel()
        await computer.close()
    return Report(planned, opened_device, ledger.results(), possible, seconds, trouble)
