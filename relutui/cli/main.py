"""The composition root: parses the command line, makes the engine and hands it to the app or to a command.

Each command imports what only it needs, because start-up time counts.
"""

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from relutui import __version__
from relutui.cli.option_types import count, momentum, port, positive, positive_count, scale, size, unit_count, unit_counts
from relutui.cli.stdio import keep_out
from relutui.cli.usage import Parser, UsageError
from relutui.lib.safe_text import sanitize, sanitize_line
from relutui.model.trainer import TrainerUnavailable
from relutui.model.training import OPTIMIZERS
from relutui.scenario.scenario import ScenarioError

COMMANDS = ("open", "list", "check", "train", "sweep", "search", "worker", "render", "devices", "bench", "docs")
EPILOG = """without a command, NAME or FILE is opened: `relutui lab` is `relutui open lab`"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit status: 0, 1 for an error, 2 for wrong usage, 130 if interrupted."""
    if argv is None:
        keep_out()
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] not in (*COMMANDS, "-h", "--help", "--version"):
        arguments.insert(0, "open")
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
        print(end="", flush=True)  # a closed pipe raises here, where it is caught
        return status
    except ScenarioError as error:
        return _fail(str(error), 1)
    except TrainerUnavailable as error:
        return _fail(sanitize_line(str(error)), 1)
    except UsageError as error:
        return _fail(sanitize_line(f"relutui: {error}"), 2)
    except BrokenPipeError:  # for example `| head`
        _takes_no_more()
        return 1
    except OSError as error:
        place = error.filename or ("standard output" if _takes_no_more() else "")
        return _fail(sanitize_line(f"{place}: {error.strerror}" if place else str(error)), 1)
    except KeyboardInterrupt:
        return _fail("interrupted", 130)
    except Exception as error:
        from relutui.lib.crash_report import report_crash

        return _fail(report_crash(error), 1)


def _takes_no_more() -> bool:
    """Whether standard output is broken; if so, what Python flushes at exit is discarded."""
    try:
        print(end="", flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return True
    return False


def _fail(text: str, status: int) -> int:
    print(sanitize(text), file=sys.stderr)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="relutui", description="See how ReLU units compose a curve, and train them step by step.", epilog=EPILOG
    )
    parser.add_argument("--version", action="version", version=f"relutui {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    opening = _command(commands, "open", "open a scenario in the app", _open)
    opening.add_argument("scenario", nargs="?", metavar="NAME or FILE", help="without it, the app begins with the gallery")
    _add_units_option(opening)
    _add_training_options(opening)

    _command(commands, "list", "list the scenarios: name, units, points, summary", _list)

    checking = _command(commands, "check", "say what is wrong with scenario files, all of it", _check)
    checking.add_argument("files", nargs="+", metavar="FILE")

    training = _command(commands, "train", "train without a screen", _train)
    training.add_argument("scenario", metavar="NAME or FILE")
    training.add_argument("--steps", type=count, required=True, metavar="N", help="how many; 0 just evaluates the loss")
    _add_units_option(training)
    _add_training_options(training)
    training.add_argument(
        "--solve", action="store_true", help="after the steps, set v and c to the best for w and b, by least squares"
    )
    training.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    training.add_argument("--save", metavar="FILE", help="write the result as a scenario, to a file that does not exist yet")

    sweeping = _command(commands, "sweep", "train many random starts at once, and say what became of them", _sweep)
    sweeping.add_argument("scenario", metavar="NAME or FILE")
    sweeping.add_argument("--seeds", type=positive_count, required=True, metavar="S", help="how many for each number of units")
    sweeping.add_argument("--steps", type=count, required=True, metavar="N", help="of each; 0 just evaluates the losses")
    _add_grid_options(sweeping)
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
    _add_cluster_tls(sweeping)
    sweeping.add_argument(
        "--mixed", action="store_true", help="workers may differ in version and renderer; last digits may differ then"
    )

    searching = _command(commands, "search", "find a learning rate and an optimizer by random starts, within a budget", _search)
    searching.add_argument("scenario", metavar="NAME or FILE")
    searching.add_argument("--steps", type=positive_count, required=True, metavar="N", help="of each network")
    size_of_it = searching.add_mutually_exclusive_group(required=True)
    size_of_it.add_argument("--budget", type=positive_count, metavar="B", help="steps of all networks together, at most")
    size_of_it.add_argument("--seeds", type=positive_count, metavar="S", help="how many of each setting at first")
    _add_grid_options(searching)

    serving = _command(commands, "worker", "train for the sweeps of a Dask cluster, until ctrl-C", _worker)
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
    _add_cluster_tls(serving)

    rendering = _command(commands, "render", "draw a screen without a terminal", _render)
    rendering.add_argument("scenario", metavar="NAME or FILE")
    rendering.add_argument("--keys", default="", help='keys pressed first, by Textual\'s names: "s s right +"')
    rendering.add_argument("--size", type=size, default=(120, 36), metavar="WxH", help="of the terminal (default 120x36)")
    rendering.add_argument("-o", "--output", metavar="FILE", help="FILE.svg or FILE.txt; without it, text on standard output")
    _add_units_option(rendering)
    _add_training_options(rendering)

    probing = _command(commands, "devices", "what training can run on here, and why the others cannot", _devices)
    probing.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    racing = _command(commands, "bench", "measure a step of training here, beside the libraries that are installed", _bench)
    racing.add_argument("--device", metavar="D", help="instead of the processor, with clang and without")
    racing.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    reading = _command(commands, "docs", "print a page of the manual, or the list of its pages", _docs)
    reading.add_argument("page", nargs="?", metavar="NAME", help="without it, the pages and their titles")
    return parser


def _command(commands: Any, name: str, help: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help, description=f"{help[0].upper()}{help[1:]}.")
    parser.set_defaults(run=run)
    return parser


def _add_units_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--units", type=unit_count, metavar="N", help="for scenarios that draw their units ([init] units)")


def _add_training_options(parser: argparse.ArgumentParser, seed: str = "begin at the random start of this seed") -> None:
    parser.add_argument("--device", metavar="D", help="what to train on, as `relutui devices` names it")
    parser.add_argument("--seed", type=count, metavar="S", help=seed)
    parser.add_argument("--optimizer", choices=OPTIMIZERS, help="instead of the scenario's")
    parser.add_argument("--learning-rate", type=positive, metavar="R", help="instead of the scenario's")
    parser.add_argument("--momentum", type=momentum, metavar="M", help="instead of the scenario's")
    parser.add_argument("--scale", type=scale, metavar="A", help="of random starts, instead of the scenario's")


def _add_grid_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--units",
        type=unit_counts,
        dest="unit_counts",
        metavar="N",
        help="3, 2,4,6 or 1..10, for scenarios that draw their units ([init] units)",
    )
    parser.add_argument(
        "--vary",
        action="append",
        default=[],
        metavar="NAME=V,V,...",
        help="learning_rate=0.01,0.1, optimizer=, momentum=, scale= (of the start) or units=; with several, a grid",
    )
    parser.add_argument(
        "--below", type=positive, metavar="L", help="the loss below which one is solved (default: the scenario's)"
    )
    _add_training_options(parser, seed="the first of the seeds")
    parser.add_argument(
        "--workers", type=positive_count, metavar="N", help="threads that share the starts (default: the cores there are)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    parser.add_argument("--csv", metavar="FILE", help="write seed, loss and outcome of each, to a file that does not exist yet")
    parser.add_argument("--resume", action="store_true", help="go on from FILE.part, which one that did not end has left")


def _add_cluster_tls(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cluster-tls", type=Path, metavar="FOLDER", help="for tls://, with ca.pem, cert.pem and key.pem")


def _open(options: argparse.Namespace) -> int:
    if missing := _missing_terminal(os.environ.get("TERM", "")):
        raise UsageError(f"no terminal to {missing}; `relutui render` draws without one, `relutui train` trains without one")
    gc.disable()  # until the first frame: collecting what was just imported takes a tenth of the start
    from relutui.cli.session_options import open_scenario
    from relutui.engine.engine import Engine
    from relutui.engine.fallback import CpuFallback
    from relutui.engine.interactive import DeferredOpening
    from relutui.lib.cores import available_cores
    from relutui.session.journal import Journal
    from relutui.ui.app import RelutuiApp

    opener = partial(open_scenario, options)
    session = opener(options.scenario or "lab")
    engine = CpuFallback(
        Engine(options.device, workers=max(1, available_cores() - 1)),  # one draws the screen
        lambda device, reason: app.report_fallback(device, reason),
    )
    app = RelutuiApp(session, DeferredOpening(engine), opener, Journal(), ask=options.scenario is None)
    gc.freeze()  # and it is never looked through again
    app.run_to_the_end()


def _missing_terminal(term: str) -> str:
    """Say which of standard input and output is no terminal; empty if both are.  Standard error may lead anywhere."""
    if term in ("", "dumb"):
        return f"draw on (TERM={term})"
    for file, doing, name in ((sys.stdout, "draw on", "output"), (sys.stdin, "type on", "input")):
        if file is None or not file.isatty():
            return f"{doing} (standard {name} is not a terminal)"
    return ""


def _list(options: argparse.Namespace) -> int:
    from relutui.cli.scenarios import list_scenarios

    return list_scenarios()


def _check(options: argparse.Namespace) -> int:
    from relutui.cli.scenarios import check_files

    return check_files(options.files)


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


def _render(options: argparse.Namespace) -> int:
    from relutui.cli.render import render

    return render(options)


def _devices(options: argparse.Namespace) -> int:
    from relutui.cli.devices import devices

    return devices(options.json)


def _bench(options: argparse.Namespace) -> int:
    from relutui.cli.bench import bench

    return bench(options.device, options.json)


def _docs(options: argparse.Namespace) -> int:
    from relutui.cli.docs import docs

    return docs(options.page)
