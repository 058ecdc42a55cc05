"""What is imported before the first frame."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.waiting import LIMIT

START = """
import asyncio, gc, sys
from functools import partial
from relutui.ui.app import RelutuiApp
from relutui.cli.parser import make_parser
from relutui.cli.session_options import open_scenario
from relutui.engine.engine import Engine
from relutui.engine.fallback import CpuFallback
from relutui.engine.interactive import DeferredOpening
from relutui.model.trainer import TrainerUnavailable
from relutui.session.journal import Journal

class Opened(DeferredOpening):
    async def open(self):
        print(*sys.modules)
        raise TrainerUnavailable("not needed")

async def start():
    opener = partial(open_scenario, make_parser().parse_args(["open"]))
    engine = CpuFallback(Engine(), lambda device, reason: app.report_fallback(device, reason))
    app = RelutuiApp(opener("lab"), Opened(engine), opener, Journal())
    async with app.run_test(size=(120, 36)):
        await app.screen.settled()
        assert gc.isenabled()

gc.disable()
asyncio.run(start())
import plotext
assert plotext.figure and plotext.doc
"""
LATE = {
    "tinygrad",  # opened once the first frame is drawn
    "plotext",  # of which the chart needs no more than the kernel
    "numpy.ma",  # which numpy imports for some of its functions, and numpy.random of a first drawn start
    "numpy.random",
    "importlib.metadata",  # by which tinygrad's version is told
    "csv",
    "relutui.cli.train",
    "relutui.commands.modes",
    "relutui.engine.compiled_burst",
    "relutui.engine.devices.opening",
    "relutui.explain.default_message",  # what is said once nothing else is
    "relutui.explain.feasibility",
    "relutui.explain.saddle",
    "relutui.explain.why_prediction",
    "relutui.explain.why_unit",
    "relutui.model.batch",
    "relutui.model.gradient",
    "relutui.model.landscape",
    "relutui.readout.landscape",  # as of every view but the first
    "relutui.readout.loss",
    "relutui.readout.small_multiples",
    "relutui.scenario.csv_points",
    "relutui.scenario.writer",
    "relutui.session.journal_entries",
    "relutui.session.questions",
    "relutui.ui.screens.gallery",
    "relutui.ui.screens.overlays",
    "relutui.ui.screens.palette",
    "relutui.ui.screens.seeds",
    "relutui.ui.widgets.cell_editor",
    "relutui.ui.widgets.other_views",
    "relutui.ui.widgets.tour",
}


def test_the_first_frame_waits_for_nothing_heavy(tmp_path: Path) -> None:
    """The chart is drawn when the device is asked for, and these are not imported by then; only then is garbage looked for."""
    environment = os.environ | {"XDG_STATE_HOME": str(tmp_path)}
    imported = subprocess.run(
        [sys.executable, "-c", START], env=environment, capture_output=True, text=True, check=True, timeout=LIMIT
    ).stdout.split()
    assert "relutui.plot.plotext_private" in imported
    assert not LATE & set(imported)
