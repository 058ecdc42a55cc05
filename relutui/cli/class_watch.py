"""`relutui review --watch`: the app of the teacher, in a terminal."""

import argparse
import os
from pathlib import Path
from typing import NoReturn

from relutui.cli.app_commands import missing_terminal, needs_ascii
from relutui.cli.configuration import read_configuration
from relutui.cli.usage import UsageError
from relutui.plot.plain import PLAIN
from relutui.ui.class_app import ClassApp


def watch(options: argparse.Namespace) -> NoReturn:
    """Show a folder of reports until the teacher quits.  Raises OSError if there is no such folder."""
    has_driver, term = bool(os.environ.get("TEXTUAL_DRIVER")), os.environ.get("TERM", "")
    if not has_driver and (missing := missing_terminal(term)):
        raise UsageError(f"no terminal to {missing}; without --watch `relutui review` prints what there is")
    theme = options.theme or read_configuration().theme
    folder = Path(options.folder)
    os.scandir(folder).close()
    PLAIN.set(options.plain or (not has_driver and needs_ascii(term)))
    ClassApp(folder, theme).run_to_the_end()
