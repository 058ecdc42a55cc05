"""A sweep under way: into the report, the part and the file, until it ends or a signal ends it."""

import argparse
import asyncio
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING

from relutui.cli.interrupt import run_until_signalled
from relutui.cli.progress import Advance, progress_bar
from relutui.cli.sweep_file import write_file
from relutui.cli.sweep_parquet import SUFFIX, check_library, write_parquet
from relutui.cli.sweep_part import Part, check_part
from relutui.cli.sweep_report import Report
from relutui.cli.usage import UsageError, new_file
from relutui.engine.engine import Engine
from relutui.lib.safe_text import sanitize_line
from relutui.model.trainer import TrainerUnavailable
from relutui.study.best_network import BestKnown
from relutui.study.halving import Run
from relutui.study.sweep import Sweep, best_known
from relutui.study.sweep_results import Ledger

if TYPE_CHECKING:
    from relutui.cluster.client import Cluster


def conduct(
    options: argparse.Namespace,
    planned: Sweep,
    networks: int,
    ledger: Ledger,
    computer: "Engine | Cluster",
    run: Run,
    show: Callable[[Report], None],
) -> int:
    """Run a sweep, or what `run` takes of it, write the CSV if asked to, and show what became of it.

    networks: how many it trains in all.  Returns the exit status.
    """
    file = new_file("--csv", options.csv) if options.csv else None
    if file:
        check_part(file, options.resume)
        if file.suffix == SUFFIX:
            check_library()
    elif options.resume:
        raise UsageError("--resume goes on from the part of a file: name it by --csv")
    with Part(file, planned, networks) if file else nullcontext() as part:
        with progress_bar(networks, shown=sys.stderr.isatty() and not options.json) as progress:
            report, interrupted = run_until_signalled(_run(planned, computer, run, ledger, part, progress))
        try:
            if file and part and report.finished == networks:  # before printing: the terminal may be gone
                (write_parquet if file.suffix == SUFFIX else write_file)(file, planned, ledger)
                part.drop()
        finally:
            show(report)
    if report.trouble:
        going_on = f"; --resume goes on from {part.path}" if part and 0 < report.finished < networks else ""
        said = f"{report.trouble}: {report.finished:,} of {networks:,} networks were finished{going_on}"
        print(sanitize_line(said), file=sys.stderr)
    return interrupted or (1 if report.trouble else 0)


async def _run(
    planned: Sweep, computer: "Engine | Cluster", run: Run, ledger: Ledger, part: Part | None, progress: Advance
) -> Report:
    """Run the sweep into the report, which keeps what is finished if this is cancelled; each chunk goes to the part at once."""
    opened_device, seconds, trouble = None, 0.0, ""
    known: tuple[BestKnown | None, ...] = (None,) * len(planned.units)
    bounds = asyncio.create_task(best_known(planned))
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
        known = await bounds
    except asyncio.CancelledError:
        trouble = "interrupted"
    except (TrainerUnavailable, OSError) as error:
        if not ledger.finished:
            raise
        trouble = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) else str(error)
    finally:
        bounds.cancel()
        await computer.close()
    return Report(planned, opened_device, ledger.results(), known, seconds, trouble)
