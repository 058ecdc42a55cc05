"""`relutui render`: a screen without a terminal."""

import argparse
import asyncio
import sys
from pathlib import Path

from relutui.app import RelutuiApp
from relutui.cli.opening import make_engine, opened
from relutui.cli.usage import UsageError
from relutui.screens.explore import Explore


def render(options: argparse.Namespace) -> int:
    """Draw the screen after the keys, as SVG or text by the name of the output file."""
    output = Path(options.output) if options.output else None
    if output and output.suffix not in (".svg", ".txt"):
        raise UsageError(f"{output}: expected a name that ends in .svg or .txt")
    app = RelutuiApp(opened(options, options.scenario), make_engine(options.device))
    svg, text = asyncio.run(_draw(app, options.keys.split(), options.size))
    if output:
        output.write_text(svg if output.suffix == ".svg" else text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


async def _draw(app: RelutuiApp, keys: list[str], size: tuple[int, int]) -> tuple[str, str]:
    async with app.run_test(size=size) as pilot:
        explore = app.screen
        assert isinstance(explore, Explore)
        await explore.settled()
        for key in keys:
            await pilot.press(key)
            await explore.settled()
        await pilot.pause()
        return app.export_screenshot(), screen_text(app)


def screen_text(app: RelutuiApp) -> str:
    """What is on the screen, as lines of text without the spaces at their ends."""
    rows = app.screen._compositor.render_strips()  # Textual has nothing public that gives the rows of a whole screen
    return "\n".join(row.text.rstrip() for row in rows) + "\n"
