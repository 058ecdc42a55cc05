"""The commands that say what there is: scenarios, devices, speed, the manual."""

import argparse
from typing import Any

from relutui.cli.command_options import add_command, add_csv_options, add_json_option


def add_list(commands: Any) -> None:
    """Add `list`."""
    listing = add_command(commands, "list", "list the scenarios: name, units, points, summary", _list)
    add_json_option(listing)


def add_check(commands: Any) -> None:
    """Add `check`."""
    checking = add_command(commands, "check", "say what is wrong with scenario files, all of it", _check)
    checking.add_argument(
        "files", nargs="+", metavar="FILE", help="a scenario or data file, or - for a scenario on standard input"
    )
    add_csv_options(checking)
    add_json_option(checking)


def add_share(commands: Any) -> None:
    """Add `share`."""
    sharing = add_command(commands, "share", "print a scenario as a string that relutui opens like a file", _share)
    sharing.add_argument("scenario", metavar="NAME or FILE")
    add_csv_options(sharing)


def add_devices(commands: Any) -> None:
    """Add `devices`."""
    probing = add_command(commands, "devices", "what training can run on here, and why the others cannot", _devices)
    add_json_option(probing)


def add_bench(commands: Any) -> None:
    """Add `bench`."""
    racing = add_command(commands, "bench", "measure a step of training here, beside the libraries that are installed", _bench)
    racing.add_argument("--device", metavar="D", help="instead of the processor, with clang and without")
    add_json_option(racing)


def add_docs(commands: Any) -> None:
    """Add `docs`."""
    reading = add_command(commands, "docs", "print a page of the manual, or the list of its pages", _docs)
    reading.add_argument("page", nargs="?", metavar="NAME", help="without it, the pages and their titles")


def add_completion(commands: Any) -> None:
    """Add `completion`."""
    completing = add_command(commands, "completion", "print what a shell needs to complete all this by tab", _completion)
    completing.add_argument("shell", choices=("bash", "zsh", "fish"))


def _list(options: argparse.Namespace) -> int:
    from relutui.cli.scenarios import list_scenarios

    return list_scenarios(options.json)


def _check(options: argparse.Namespace) -> int:
    from relutui.cli.scenarios import check_files
    from relutui.cli.session_options import csv_choice

    return check_files(options.files, csv_choice(options), options.json)


def _share(options: argparse.Namespace) -> int:
    from relutui.cli.scenarios import share

    return share(options)


def _devices(options: argparse.Namespace) -> int:
    from relutui.cli.devices import devices

    return devices(options.json)


def _bench(options: argparse.Namespace) -> int:
    from relutui.cli.bench import bench

    return bench(options.device, options.json)


def _docs(options: argparse.Namespace) -> int:
    from relutui.cli.docs import docs

    return docs(options.page)


def _completion(options: argparse.Namespace) -> int:
    from relutui.cli.completion import completion

    return completion(options.shell)
