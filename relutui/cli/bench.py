"""`relutui bench`: measures a step of training here, beside other libraries."""

import asyncio
import json
import platform
import sys

from relutui.bench.machine import Machine
from relutui.bench.plan import FULL, ON_GPU, Lineup, length, run
from relutui.bench.report import Report, as_json, as_markdown
from relutui.cli.progress import progress_bar
from relutui.engine.devices.choice import clang
from relutui.engine.engine import Engine
from relutui.model.trainer import Device


def bench(device: str | None, as_one_object: bool) -> int:
    """Measure and print the report, as Markdown or as one JSON object."""
    report = measured_report(device)
    print(json.dumps(as_json(report)) if as_one_object else as_markdown(report), end="\n" if as_one_object else "")
    return 0


def measured_report(device: str | None) -> Report:
    """Measure the engine on the device, or on the processor with clang and without, and the peers.

    Raises TrainerUnavailable if the device cannot be opened.
    """
    opened = str(asyncio.run(_opened(device))) if device else ""
    lineup = Lineup.on([device] if device else _processor())
    plan = ON_GPU if lineup.own[0].gpu else FULL
    with progress_bar(length(plan), shown=sys.stderr.isatty()) as progress:
        return Report(Machine.here(lineup, opened), lineup, plan, *run(lineup, plan, progress))


async def _opened(device: str) -> Device:
    """Open the device and close it again; raises TrainerUnavailable if it cannot be opened."""
    engine = Engine(device)
    try:
        return await engine.open()
    finally:
        await engine.close()


def _processor() -> list[str]:
    with_clang = ["CPU:CLANG"] if clang() else []
    assembled = ["CPU:X86"] if platform.machine().lower() in ("x86_64", "amd64") else []
    return [*with_clang, *assembled] or ["CPU"]
