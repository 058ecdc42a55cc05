"""What the commands of the command line have in common: how they are added, and their options."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from relutui.cli.option_types import (
    batch,
    count,
    layer_counts,
    learning_rate,
    momentum,
    number,
    positive,
    positive_count,
    scale,
    unit_counts,
    weight_decay,
)
from relutui.model.initialization import SCHEMES
from relutui.model.training import OPTIMIZERS
from relutui.ui import themes


def add_command(commands: Any, name: str, help: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
    """Add a command that `run` carries out, and return its parser."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help, description=f"{help[0].upper()}{help[1:]}.")
    parser.set_defaults(run=run)
    return parser


def add_units_option(parser: argparse.ArgumentParser) -> None:
    """Add --units with one number, or one for each hidden layer."""
    text = "for scenarios that draw their units ([init] units); 8,8: two hidden layers"
    parser.add_argument("--units", type=layer_counts, metavar="N", help=text)


def add_csv_options(parser: argparse.ArgumentParser) -> None:
    """Add what is chosen of a CSV file."""
    parser.add_argument("--x", metavar="COLUMN", help="of a CSV file: the column of x, by its name or its number from 1")
    parser.add_argument("--y", metavar="COLUMN", help="of a CSV file: the column of y")
    missing = parser.add_mutually_exclusive_group()
    missing.add_argument(
        "--drop-missing",
        action="store_const",
        const="drop",
        dest="missing",
        help="of a CSV file: leave out rows with an empty or NA cell",
    )
    missing.add_argument(
        "--missing", type=number, metavar="N", help="of a CSV file: leave out rows with this number too, which stands for NA"
    )


def add_drawing_options(parser: argparse.ArgumentParser) -> None:
    """Add how the screen is drawn."""
    parser.add_argument("--plain", action="store_true", help="draw in ASCII alone")
    parser.add_argument("--theme", choices=themes.NAMES, metavar="T", help=f"the colours: {', '.join(themes.NAMES)}")


def add_training_options(parser: argparse.ArgumentParser, seed: str = "begin at the random start of this seed") -> None:
    """Add the device, and what differs from the scenario; seed: the help on --seed."""
    parser.add_argument("--device", metavar="D", help="what to train on, as `relutui devices` names it")
    parser.add_argument("--seed", type=count, metavar="S", help=seed)
    parser.add_argument("--optimizer", choices=OPTIMIZERS, help="instead of the scenario's")
    parser.add_argument("--learning-rate", type=learning_rate, metavar="R", help="or auto, instead of the scenario's")
    parser.add_argument("--momentum", type=momentum, metavar="M", help="instead of the scenario's")
    parser.add_argument("--weight-decay", type=weight_decay, metavar="L", help="instead of the scenario's")
    parser.add_argument("--batch", type=batch, metavar="B", help="points of each step, or all, instead of the scenario's")
    parser.add_argument("--scheme", choices=SCHEMES, help="of random starts, instead of the scenario's")
    parser.add_argument("--scale", type=scale, metavar="A", help="of random starts, instead of the scenario's")


def add_grid_options(parser: argparse.ArgumentParser) -> None:
    """Add what a sweep and a search have in common."""
    parser.add_argument(
        "--units",
        type=unit_counts,
        dest="unit_counts",
        metavar="N",
        help="3, 2,4,6 or 1..10, for scenarios that draw their units ([init] units); 8x8: two hidden layers",
    )
    parser.add_argument(
        "--vary",
        action="append",
        default=[],
        metavar="NAME=V,V,...",
        help="learning_rate=0.01,0.1, optimizer=, momentum=, weight_decay=, batch=, scheme= and scale= (of the start), "
        "units=; several make a grid",
    )
    parser.add_argument(
        "--below", type=positive, metavar="L", help="the loss below which one is solved (default: the scenario's)"
    )
    add_training_options(parser, seed="the first of the seeds")
    parser.add_argument(
        "--workers", type=positive_count, metavar="N", help="threads that share the starts (default: the cores there are)"
    )
    add_json_option(parser)
    parser.add_argument("--csv", metavar="FILE", help="write seed, loss and outcome of each, to a file that does not exist yet")
    parser.add_argument("--resume", action="store_true", help="go on from FILE.part, which one that did not end has left")


def add_cluster_tls(parser: argparse.ArgumentParser) -> None:
    """Add --cluster-tls."""
    parser.add_argument("--cluster-tls", type=Path, metavar="FOLDER", help="for tls://, with ca.pem, cert.pem and key.pem")


def add_json_option(parser: argparse.ArgumentParser) -> None:
    """Add --json."""
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
