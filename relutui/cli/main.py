"""Runs a command line: parses it, carries out its command, and says what goes wrong in one line."""

import argparse
import gc
import os
import sys
from collections.abc import Sequence

from relutui.cli.stdio import keep_out
from relutui.cli.usage import UsageError
from relutui.lib.safe_text import sanitize, sanitize_line


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit status: 0, 1 for an error, 2 for wrong usage, 130 if interrupted."""
    if argv is None:
        keep_out()
        gc.disable()  # importing leaves no garbage, and looking for it takes a twentieth of the start
    options = _parse(list(sys.argv[1:] if argv is None else argv))
    if argv is None:
        gc.freeze()  # what was imported stays, and is never looked through
        gc.enable()
    try:
        status: int = options.run(options)
        print(end="", flush=True)  # a closed pipe raises here, where it is caught
        return status
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
        return _fail(_message_of(error), 1)


def _parse(arguments: list[str]) -> argparse.Namespace:
    from relutui.cli.parser import COMMANDS, make_parser  # imported here, when no garbage is looked for

    if not arguments or arguments[0] not in (*COMMANDS, "-h", "--help", "--version"):
        arguments.insert(0, "open")
    return make_parser(arguments[0] if arguments[0] in COMMANDS else None).parse_args(arguments)


def _message_of(error: Exception) -> str:
    """Return what is wrong with a file or a device, or where the report of an error of the program lies."""
    from relutui.cli.configuration import ConfigurationError  # imported on demand: start-up time counts
    from relutui.exchange.problem import ExchangeError
    from relutui.lib.crash_report import report_crash
    from relutui.model.trainer import TrainerUnavailable
    from relutui.scenario.scenario import ScenarioError

    if isinstance(error, ScenarioError | ConfigurationError):
        return str(error)
    return sanitize_line(str(error)) if isinstance(error, TrainerUnavailable | ExchangeError) else report_crash(error)


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
