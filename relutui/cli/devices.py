"""`relutui devices`: lists what training can run on here."""

import asyncio
import json
import shutil
import sys
import textwrap
from contextlib import aclosing
from dataclasses import asdict

from relutui.engine.devices.catalogue import probe_devices
from relutui.engine.devices.choice import choose
from relutui.lib.safe_text import sanitize_line
from relutui.model.trainer import DEVICES, DeviceReport, TrainerUnavailable

ANSWER_LIMIT_S = 2.5  # after which a device counts as not answering, so that the command ends within three
WIDTHS = 60, 100  # columns of the list, at least and at most


def devices(as_json: bool) -> int:
    """Print every device tinygrad knows, its speed or why it is not usable, and which one is the default."""
    reports = asyncio.run(_probed())
    if as_json:
        print(json.dumps({"devices": [asdict(report) for report in reports]}))
        return 0
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else 80
    width = min(max(columns, WIDTHS[0]), WIDTHS[1])
    print(f"{'device':<11}{'renderer':<15}1,000 steps of 3 units on 300 points, or why not")
    for report in reports:
        told = f"{report.burst_seconds * 1e3:.2f} ms" if report.usable else report.reason
        row = f"{report.device:<11}{report.renderer:<15}"
        print("\n".join(textwrap.wrap(told, width, initial_indent=row, subsequent_indent=" " * len(row))))
    print(f"\nwithout --device: {sanitize_line(_taken())}")
    return 0


async def _probed() -> list[DeviceReport]:
    async with aclosing(probe_devices(ANSWER_LIMIT_S)) as found:
        return sorted([report async for report in found], key=lambda report: list(DEVICES).index(report.device))


def _taken() -> str:
    """Say which device is used without --device."""
    try:
        choice = choose(None)
    except TrainerUnavailable as error:
        return str(error)
    return choice.device + (f", from {choice.variable}" if choice.variable else "")
