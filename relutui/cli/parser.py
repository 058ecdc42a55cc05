"""The parser of the command line, to which six families of commands add theirs.

Each command imports what only it needs when it runs, because start-up time counts.
"""

import argparse
from collections.abc import Callable
from typing import Any

from relutui import __version__
from relutui.cli.app_commands import add_open, add_render
from relutui.cli.exchange_commands import add_export, add_import
from relutui.cli.info_commands import add_bench, add_check, add_completion, add_devices, add_docs, add_list, add_share
from relutui.cli.learning_commands import add_progress, add_report, add_review
from relutui.cli.training_commands import add_search, add_sweep, add_train, add_worker
from relutui.cli.usage import Parser
from relutui.cli.web_commands import add_serve

ADDERS: dict[str, Callable[[Any], None]] = {
    "open": add_open,
    "serve": add_serve,
    "list": add_list,
    "check": add_check,
    "share": add_share,
    "progress": add_progress,
    "report": add_report,
    "review": add_review,
    "train": add_train,
    "sweep": add_sweep,
    "search": add_search,
    "worker": add_worker,
    "export": add_export,
    "import": add_import,
    "render": add_render,
    "devices": add_devices,
    "bench": add_bench,
    "docs": add_docs,
    "completion": add_completion,
}
COMMANDS = tuple(ADDERS)
EPILOG = """without a command, NAME or FILE is opened: `relutui lab` is `relutui open lab`"""


def make_parser(only: str | None = None) -> argparse.ArgumentParser:
    """The parser of the command line; what it parses has a function `run` that carries out the command.

    only: the one command to be parsed, as making those of all others delays its start.
    """
    parser = Parser(
        prog="relutui", description="See how ReLU units compose a curve, and train them step by step.", epilog=EPILOG
    )
    parser.add_argument("--version", action="version", version=f"relutui {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, add in ADDERS.items():
        if only in (None, name):
            add(commands)
    return parser
