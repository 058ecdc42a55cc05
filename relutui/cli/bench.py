"""`relutui bench`: the benchmark of the manual, measured here."""

import asyncio
import json
import platform
import shutil
import sys

from relutui.bench.machine import Machine
from relutui.bench.plan import FULL, ON_GPU, Lineup, length, run
from relutui.bench.report import Report, as_json, as_markdown
from relutui.cli.progress import progress_bar
from relutui.cli.session_options import make_engine
from relutui.engine.devices.choice import clang
from relutui.model.trainer import Device

WIDTHS = 80, 120  # columns of the report, at least and at most


def bench(device: str | None, as_one_object: bool) -> int:
    """Measure the engine on the device, or on the processor with clang and without, and the peers; print what came of it."""
    opened = str(asyncio.run(_opened(device))) if device else ""
    contest = Lineup.on([device] if device else _processor())
    plan = ON_GPU if contest.own[0].gpu else FULL
    with progress_bar(length(plan), shown=sys.stderr.isatty()) as progress:
        report = Report(Machine.here(contest, opened), contest, plan, *run(contest, plan, progress))
    if as_one_object:
        print(json.dumps(as_json(report)))
    else:
        width = min(max(shutil.get_terminal_size().columns, WIDTHS[0]), WIDTHS[1]) if sys.stdout.isatty() else WIDTHS[0]
        print(as_markdown(report, width, coloured=sys.stdout.isatty()), end="")
    return 0


async def _opened(device: str) -> Device:
    """Raises TrainerUnavailable if it cannot be opened."""
    engine = make_engine(device)
    try:
        return await engine.open()
    finally:
        await engine.close()


def _processor() -> list[str]:
    with_clang = ["CPU:CLANG"] if clang() else []
    assembled = ["CPU:X86"] if platform.machine().lower() in ("x86_64", "amd64") else []
    return [*with_clang, *assembled] or ["CPU"]
