"""The commands about learning: the progress through the course, and what is handed in of it."""

import argparse
from typing import Any

from relutui.cli.command_options import add_command, add_drawing_options


def add_progress(commands: Any) -> None:
    """Add `progress`."""
    showing = add_command(commands, "progress", "say what was solved and answered here, or clear it", _progress)
    showing.add_argument("--clear", action="store_true", help="forget it all, and print what was forgotten")


def add_report(commands: Any) -> None:
    """Add `report`."""
    writing = add_command(commands, "report", "write what was solved and answered here, to be handed in", _report)
    writing.add_argument("--name", default="", help="of whoever hands it in; without it there is none")
    writing.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="a new file, or - for standard output; without it report.toml, or the next number that is free",
    )


def add_review(commands: Any) -> None:
    """Add `review`."""
    reviewing = add_command(commands, "review", "print what a class has handed in, or watch it in the app", _review)
    reviewing.add_argument("folder", metavar="FOLDER", help="with the files that `relutui report` wrote")
    style = reviewing.add_mutually_exclusive_group()
    style.add_argument("--json", action="store_const", const="json", dest="style", default="table", help="print JSON")
    style.add_argument("--csv", action="store_const", const="csv", dest="style", help="print a row for each learner as CSV")
    style.add_argument("--watch", action="store_const", const="watch", dest="style", help="show it in the app, as it changes")
    add_drawing_options(reviewing)


def _report(options: argparse.Namespace) -> int:
    from relutui.cli.report import report

    return report(options.name, options.output)


def _review(options: argparse.Namespace) -> int:
    if options.style == "watch":
        from relutui.cli.class_watch import watch

        watch(options)
    from relutui.cli.report import review

    return review(options.folder, options.style)


def _progress(options: argparse.Namespace) -> int:
    from relutui.cli.progress_report import print_progress

    return print_progress(options.clear)
