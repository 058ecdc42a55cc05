"""The parser of the command line, to which six families of commands add theirs.

Each command imports what only it needs when it runs, because start-up time counts.
"""

import argparse

from relutui import __version__
from relutui.cli.app_commands import add_open, add_render
from relutui.cli.exchange_commands import add_export, add_import
from relutui.cli.info_commands import add_bench, add_check, add_completion, add_devices, add_docs, add_list, add_share
from relutui.cli.learning_commands import add_progress, add_report, add_review
from relutui.cli.training_commands import add_search, add_sweep, add_train, add_worker
from relutui.cli.usage import Parser
from relutui.cli.web_commands import add_serve

COMMANDS = (
    *("open", "serve", "list", "check", "share", "progress", "report", "review"),
    *("train", "sweep", "search", "worker", "export", "import", "render", "devices", "bench", "docs"),
    "completion",
)
EPILOG = """without a command, NAME or FILE is opened: `relutui lab` is `relutui open lab`"""


def make_parser() -> argparse.ArgumentParser:
    """The parser of the command line; what it parses has a function `run` that carries out the command."""
    parser = Parser(
        prog="relutui", description="See how ReLU units compose a curve, and train them step by step.", epilog=EPILOG
    )
    parser.add_argument("--version", action="version", version=f"relutui {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in (
        add_open,
        add_serve,
        add_list,
        add_check,
        add_share,
        add_progress,
        add_report,
        add_review,
        add_train,
        add_sweep,
        add_search,
        add_worker,
        add_export,
        add_import,
        add_render,
        add_devices,
        add_bench,
        add_docs,
        add_completion,
    ):
        add(commands)
    return parser
