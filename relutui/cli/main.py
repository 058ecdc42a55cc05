"""Runs a command line: parses it, carries out its command, and says what goes wrong in one line."""

import os
import sys
from collections.abc import Sequence

from relutui.cli.configuration import ConfigurationError
from relutui.cli.parser import COMMANDS, make_parser
from relutui.cli.stdio import keep_out
from relutui.cli.usage import UsageError
from relutui.exchange.problem import ExchangeError
from relutui.lib.safe_text import sanitize, sanitize_line
from relutui.model.trainer import TrainerUnavailable
from relutui.scenario.scenario import ScenarioError


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit status: 0, 1 for an error, 2 for wrong usage, 130 if interrupted."""
    if argv is None:
        keep_out()
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] not in (*COMMANDS, "-h", "--help", "--version"):
        arguments.insert(0, "open")
    options = make_parser().parse_args(arguments)
    try:
        status: int = options.run(options)
        print(end="", flush=True)  # a closed pipe raises here, where it is caught
        return status
    except (ScenarioError, ConfigurationError) as error:
        return _fail(str(error), 1)
    except (TrainerUnavailable, ExchangeError) as error:
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
