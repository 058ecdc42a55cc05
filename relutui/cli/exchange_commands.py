"""The commands that take networks out into the files of other programs, and bring them in."""

import argparse
from typing import Any

from relutui.cli.command_options import add_command
from relutui.exchange.script import FRAMEWORKS


def add_export(commands: Any) -> None:
    """Add `export`."""
    exporting = add_command(commands, "export", "write a network for another program; the ending says which", _export)
    exporting.add_argument("scenario", metavar="NAME or FILE")
    exporting.add_argument("file", metavar="FILE", help="a new file: FILE.py, .npz, .csv, .svg or .txt")
    exporting.add_argument(
        "--framework", choices=FRAMEWORKS, metavar="F", help=f"of the script FILE.py: {', '.join(FRAMEWORKS)}"
    )


def _export(options: argparse.Namespace) -> int:
    from relutui.cli.export import export

    return export(options.scenario, options.file, options.framework)
