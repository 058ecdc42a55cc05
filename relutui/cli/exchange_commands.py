"""The commands that take networks out into the files of other programs, and bring them in."""

import argparse
from typing import Any

from relutui.cli.command_options import add_command, add_csv_options
from relutui.cli.option_types import interval
from relutui.exchange.kinds import FRAMEWORKS, READ, WRITTEN
from relutui.model.network import ACTIVATIONS, UNIT_ACTIVATIONS


def add_export(commands: Any) -> None:
    """Add `export`."""
    exporting = add_command(commands, "export", "write a network for another program; the ending says which", _export)
    exporting.add_argument("scenario", metavar="NAME or FILE")
    exporting.add_argument("file", metavar="FILE", help=f"a new file that ends in {', '.join(WRITTEN)}")
    exporting.add_argument(
        "--framework", choices=FRAMEWORKS, metavar="F", help=f"of the script FILE.py: {', '.join(FRAMEWORKS)}"
    )
    add_csv_options(exporting)


def add_import(commands: Any) -> None:
    """Add `import`."""
    importing = add_command(commands, "import", "make a scenario of a network of another program", _import)
    importing.add_argument("file", metavar="FILE", help=f"ends in {', '.join(READ)}")
    importing.add_argument("-o", "--output", metavar="NAME.toml", help="a new file (default: FILE's name, in this folder)")
    importing.add_argument(
        "--activation", choices=UNIT_ACTIVATIONS, help="of the units; else the file's, and relu where it names none"
    )
    importing.add_argument("--output-activation", choices=ACTIVATIONS, help="else the file's, or identity")
    importing.add_argument("--domain", type=interval, metavar="LOW,HIGH", help="the x that are shown, as in --domain=-1,2.5")


def _import(options: argparse.Namespace) -> int:
    from relutui.cli.import_file import import_file

    return import_file(options.file, options.output, options.activation, options.output_activation, options.domain)


def _export(options: argparse.Namespace) -> int:
    from relutui.cli.export import export
    from relutui.cli.session_options import csv_choice

    return export(options.scenario, options.file, options.framework, csv_choice(options))
