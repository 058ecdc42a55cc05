"""`relutui render`: draws a screen without a terminal."""

import argparse
import asyncio
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

from relutui.cli.app_commands import is_utf8
from relutui.cli.session_options import open_scenario
from relutui.cli.usage import UsageError
from relutui.engine.engine import Engine
from relutui.plot.plain import PLAIN
from relutui.session.introduction import introduce
from relutui.session.questions import QUESTIONS
from relutui.session.session import Session
from relutui.session.tours import Tour
from relutui.terminal.key_names import is_key
from relutui.terminal.textual_private import screen_text
from relutui.ui.app import RelutuiApp
from relutui.ui.screens.explore import Explore


def render(options: argparse.Namespace) -> int:
    """Draw the screen after some keys, as SVG or text by the suffix of the output file."""
    output = Path(options.output) if options.output else None
    if output and output.suffix not in (".svg", ".txt"):
        raise UsageError(f"{output}: expected a name that ends in .svg or .txt")
    keys = options.keys.split()
    if unknown := [key for key in keys if not is_key(key)]:
        raise UsageError(f'--keys: no key is called "{unknown[0]}"')
    tour = _tour(options)
    keys = ["space"] * options.step + keys if tour else keys
    opener = partial(open_scenario, options)
    session = replace(opener(options.scenario), tour=tour) if tour else introduce(opener(options.scenario))
    app = RelutuiApp(session, Engine(options.device), opener, theme=options.theme)
    plain = options.plain or (output is None and not is_utf8(sys.stdout.encoding))
    svg, text = asyncio.run(_draw(app, keys, options.size, plain))
    if output:
        output.write_text(svg if output.suffix == ".svg" else text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


async def draw_screen(session: Session, size: tuple[int, int]) -> str:
    """Return the screen of a session as text, so many columns wide and rows high."""
    app = RelutuiApp(session, Engine(None), lambda *_: session)
    return (await _draw(app, [], size, plain=False))[1]


def _tour(options: argparse.Namespace) -> Tour | None:
    """The tour of the question that is asked for, if one is; the options then name its scenario and the number of its keys."""
    if (options.question is None) == (options.scenario is None):
        raise UsageError("expected the NAME or FILE of a scenario, or --question N")
    if options.question is None:
        if options.step is not None:
            raise UsageError("--step is for the tour of a --question")
        return None
    question = next((one for one in QUESTIONS if one.number == options.question), None)
    if question is None:
        raise UsageError(f"--question: expected 1 to {len(QUESTIONS)}, found {options.question}")
    options.scenario, keys = question.scenario, len(question.keys)
    options.step = keys if options.step is None else options.step
    if not 0 <= options.step <= keys:
        raise UsageError(f"--step: expected 0 to {keys}, the keys of question {question.number}; found {options.step}")
    return Tour(question)


async def _draw(app: RelutuiApp, keys: list[str], size: tuple[int, int], plain: bool) -> tuple[str, str]:
    PLAIN.set(plain)
    async with app.run_test(size=size) as pilot:
        explore = app.screen
        assert isinstance(explore, Explore)
        await _settled(app, explore)
        for key in keys:
            await pilot.press(key)
            await _settled(app, explore)
        await pilot.pause()
        return app.export_screenshot(), screen_text(app.screen)


async def _settled(app: RelutuiApp, explore: Explore) -> None:
    """Wait until the main screen, a tour and the screen over it are idle."""
    await explore.settled()
    while explore.tour_player.busy or getattr(app.screen, "busy", False):
        await asyncio.sleep(0.01)
    await explore.settled()
