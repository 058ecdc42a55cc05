"""The commands that show the app, in a terminal, for which the engine is made here, and without one."""

import argparse
import gc
import locale
import os
import sys
from functools import partial
from pathlib import Path
from typing import Any

from relutui.cli.command_options import (
    add_command,
    add_csv_options,
    add_drawing_options,
    add_training_options,
    add_units_option,
)
from relutui.cli.option_types import size
from relutui.cli.usage import UsageError

CLASS_HELP = "ask for a name, and write what is solved and answered to a report in this folder, for `relutui review`"


def add_open(commands: Any) -> None:
    """Add `open`."""
    opening = add_command(commands, "open", "open a scenario in the app", _open)
    opening.add_argument("scenario", nargs="?", metavar="NAME or FILE", help="without it, the app begins with the gallery")
    add_csv_options(opening)
    add_drawing_options(opening)
    add_units_option(opening)
    add_training_options(opening)
    opening.add_argument("--class", dest="class_folder", metavar="FOLDER", help=CLASS_HELP)


def add_render(commands: Any) -> None:
    """Add `render`."""
    rendering = add_command(commands, "render", "draw a screen without a terminal", _render)
    rendering.add_argument("scenario", nargs="?", metavar="NAME or FILE")
    rendering.add_argument(
        "--question", type=int, metavar="N", help="instead of a scenario: the tour of this question, at its end"
    )
    rendering.add_argument("--step", type=int, metavar="K", help="with --question: after so many of its keys")
    rendering.add_argument("--keys", default="", help='keys pressed first, by Textual\'s names: "s s right +"')
    rendering.add_argument("--size", type=size, default=(120, 36), metavar="WxH", help="of the terminal (default 120x36)")
    rendering.add_argument("-o", "--output", metavar="FILE", help="FILE.svg or FILE.txt; without it, text on standard output")
    add_csv_options(rendering)
    add_drawing_options(rendering)
    add_units_option(rendering)
    add_training_options(rendering)


def _open(options: argparse.Namespace) -> int:
    has_driver = bool(os.environ.get("TEXTUAL_DRIVER"))  # another than the terminal's, as in a browser
    if not has_driver and (missing := missing_terminal(os.environ.get("TERM", ""))):
        raise UsageError(f"no terminal to {missing}; `relutui render` draws without one, `relutui train` trains without one")
    gc.disable()  # until the first frame: collecting what was just imported takes a tenth of the start
    from relutui.cli.configuration import device_of, read_configuration
    from relutui.cli.session_options import open_in_browser, open_scenario
    from relutui.engine.engine import Engine
    from relutui.engine.fallback import CpuFallback
    from relutui.engine.interactive import DeferredOpening
    from relutui.lib.cores import available_cores
    from relutui.lib.face import IN_BROWSER
    from relutui.plot.plain import PLAIN
    from relutui.scenario.course import ORDER
    from relutui.scenario.csv_scenario import CsvQuestion
    from relutui.session.journal import Journal
    from relutui.terminal.packets import DRIVER
    from relutui.ui.app import RelutuiApp

    configuration, class_folder = read_configuration(), options.class_folder and Path(options.class_folder)
    if class_folder and not class_folder.is_dir():
        raise UsageError(f"--class: {options.class_folder} is no folder")
    IN_BROWSER.set(os.environ.get("TEXTUAL_DRIVER") == DRIVER)
    opener = partial(open_in_browser if IN_BROWSER.get() else open_scenario, options)
    question = None
    try:
        session = opener(ORDER[0] if options.scenario is None else options.scenario)
    except CsvQuestion as error:
        session, question = opener(ORDER[0]), error
    engine = CpuFallback(
        Engine(device_of(options, configuration), workers=max(1, available_cores() - 1)),  # one draws the screen
        lambda device, reason: app.report_fallback(device, reason),
    )
    PLAIN.set(options.plain or (not has_driver and needs_ascii(os.environ.get("TERM", ""))))
    app = RelutuiApp(
        session,
        DeferredOpening(engine),
        opener,
        Journal(),
        ask=question or options.scenario is None,
        theme=options.theme or configuration.theme,
        own_keys=configuration.keys,
        class_folder=class_folder,
    )
    gc.freeze()  # and it is never looked through again
    app.run_to_the_end()


def _render(options: argparse.Namespace) -> int:
    from relutui.cli.render import render

    return render(options)


def needs_ascii(term: str) -> bool:
    """Whether the terminal may lack the characters of the drawing: the Linux console, and where the locale is not UTF-8."""
    return term == "linux" or not is_utf8(locale.getencoding())


def is_utf8(encoding: str | None) -> bool:
    """Whether an encoding of this name has every character of the drawing."""
    return (encoding or "").lower().replace("-", "").replace("_", "") == "utf8"


def missing_terminal(term: str) -> str:
    """Say which of standard input and output is no terminal; empty if both are.  Standard error may lead anywhere."""
    if term in ("", "dumb"):
        return f"draw on (TERM={term})"
    for file, doing, name in ((sys.stdout, "draw on", "output"), (sys.stdin, "type on", "input")):
        if file is None or not file.isatty():
            return f"{doing} (standard {name} is not a terminal)"
    return ""
