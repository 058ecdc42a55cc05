"""The commands that train without a screen."""

import argparse
from typing import Any

from relutui.cli.command_options import (
    add_cluster_tls,
    add_command,
    add_csv_options,
    add_grid_options,
    add_json_option,
    add_training_options,
    add_units_option,
)
from relutui.cli.option_types import count, port, positive, positive_count


def add_train(commands: Any) -> None:
    """Add `train`."""
    training = add_command(commands, "train", "train without a screen", _train)
    training.add_argument("scenario", metavar="NAME or FILE")
    training.add_argument("--steps", type=count, required=True, metavar="N", help="how many; 0 just evaluates the loss")
    add_csv_options(training)
    add_units_option(training)
    add_training_options(training)
    training.add_argument(
        "--solve", action="store_true", help="after the steps, set v and c to the best for w and b, by least squares"
    )
    add_json_option(training)
    training.add_argument("--save", metavar="FILE", help="write the result as a scenario, to a file that does not exist yet")
    training.add_argument(
        "--curve", metavar="FILE.csv", help="write the loss on the way, to a file that does not exist yet: step, loss"
    )


def add_sweep(commands: Any) -> None:
    """Add `sweep`."""
    sweeping = add_command(commands, "sweep", "train many random starts at once, and say what became of them", _sweep)
    sweeping.add_argument("scenario", metavar="NAME or FILE")
    sweeping.add_argument("--seeds", type=positive_count, required=True, metavar="S", help="how many for each number of units")
    sweeping.add_argument("--steps", type=count, required=True, metavar="N", help="of each; 0 just evaluates the losses")
    add_csv_options(sweeping)
    add_grid_options(sweeping)
    sweeping.add_argument(
        "--parameters", action="store_true", help="of each network, in the CSV too: w0, ... b0, ... v0, ... c"
    )
    sweeping.add_argument(
        "--plot",
        nargs="?",
        const="",
        metavar="FILE.svg",
        help="draw success and loss against what is varied",
    )
    sweeping.add_argument(
        "--cluster", metavar="ADDRESS", help="train on a Dask cluster: tcp://HOST:PORT, tls://HOST:PORT or a scheduler file"
    )
    add_cluster_tls(sweeping)
    sweeping.add_argument(
        "--mixed", action="store_true", help="workers may differ in version and renderer; last digits may differ then"
    )


def add_search(commands: Any) -> None:
    """Add `search`."""
    searching = add_command(
        commands, "search", "find a learning rate and an optimizer by random starts, within a budget", _search
    )
    searching.add_argument("scenario", metavar="NAME or FILE")
    searching.add_argument("--steps", type=positive_count, required=True, metavar="N", help="of each network")
    size_of_it = searching.add_mutually_exclusive_group(required=True)
    size_of_it.add_argument("--budget", type=positive_count, metavar="B", help="steps of all networks together, at most")
    size_of_it.add_argument("--seeds", type=positive_count, metavar="S", help="how many of each setting at first")
    add_csv_options(searching)
    add_grid_options(searching)


def add_worker(commands: Any) -> None:
    """Add `worker`."""
    serving = add_command(commands, "worker", "train for the sweeps of a Dask cluster, until ctrl-C", _worker)
    serving.add_argument("address", metavar="ADDRESS", help="of its scheduler: tcp://HOST:PORT, tls://HOST:PORT or a file")
    serving.add_argument("--device", metavar="D", help="what to train on, as `relutui devices` names it")
    serving.add_argument(
        "--port",
        type=port,
        metavar="P",
        help="of 127.0.0.1 to listen on (default: one that is free)",
    )
    serving.add_argument(
        "--death-timeout",
        type=positive,
        default=60.0,
        metavar="S",
        help="end when the scheduler was not heard of for so many seconds (default 60)",
    )
    add_cluster_tls(serving)


def _train(options: argparse.Namespace) -> int:
    from relutui.cli.train import train

    return train(options)


def _sweep(options: argparse.Namespace) -> int:
    from relutui.cli.sweep import sweep

    return sweep(options)


def _search(options: argparse.Namespace) -> int:
    from relutui.cli.search import search

    return search(options)


def _worker(options: argparse.Namespace) -> int:
    from relutui.cli.worker import worker

    return worker(options)
