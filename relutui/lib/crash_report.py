"""The report of an exception that nobody expected."""

import os
import platform
import sys
import time
import traceback
from pathlib import Path

from relutui import __version__
from relutui.lib import files


def report_crash(error: BaseException) -> str:
    """Write a report of an exception, and return one line with its kind, its message, and where the report is."""
    summary = f"relutui has failed, {type(error).__name__}: {' '.join(str(error).split())[:200]}"
    try:
        return f"{summary}; report: {_write_report(error)}"
    except OSError as unwritten:
        return f"{summary}; its report could not be written: {unwritten}"


def _write_report(error: BaseException) -> Path:
    path = files.state_folder("reports") / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt"
    system = f"relutui {__version__}, Python {platform.python_version()}, {platform.platform()}, TERM={os.environ.get('TERM')}"
    trace = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    files.replace_atomically(path, f"{system}\n{' '.join(sys.argv)}\n\n{trace}")
    return path
