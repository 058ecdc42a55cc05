"""The commands about learning: the progress through the course."""

import argparse
from typing import Any

from relutui.cli.command_options import add_command


def add_progress(commands: Any) -> None:
    """Add `progress`."""
    showing = add_command(commands, "progress", "say what was solved and answered here, or clear it", _progress)
    showing.add_argument("--clear", action="store_true", help="forget it all, and print what was forgotten")


def _progress(options: argparse.Namespace) -> int:
    from relutui.cli.progress_report import print_progress

    return print_progress(options.clear)
