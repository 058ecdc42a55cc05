"""`relutui serve`: the app in browsers, until a signal ends it."""

import argparse
import asyncio
import errno
import os
import sys
from contextlib import suppress

from relutui.cli.interrupt import run_until_signalled
from relutui.cli.session_options import open_named
from relutui.cli.usage import UsageError, extra
from relutui.lib.safe_text import sanitize_line
from relutui.scenario.csv_choice import NOTHING_CHOSEN
from relutui.scenario.csv_scenario import CsvQuestion
from relutui.scenario.library import shipped


def serve(options: argparse.Namespace) -> int:
    """Serve until a signal ends it, 130 or the like.  Raises UsageError, ScenarioError and OSError."""
    with extra("serve", "web"):
        from relutui.web.server import Server
        from relutui.web.settings import HOST, Settings
    if options.scenario:
        with suppress(CsvQuestion):  # which each user is asked
            open_named(options.scenario, NOTHING_CHOSEN)
    settings = Settings(_command(options.scenario), options.port, options.users, options.public_url)
    server = Server(settings)

    async def work() -> None:
        with suppress(asyncio.CancelledError):
            await server.run(lambda address: print(f"relutui is at {address}\nctrl-C ends it", file=sys.stderr, flush=True))

    try:
        return run_until_signalled(work())[1]
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise UsageError(sanitize_line(f"port {options.port} of {HOST} is taken: --port names another")) from None


def _command(scenario: str | None) -> tuple[str, ...]:
    """The command of the process of a page, which has another working folder."""
    if scenario is None:
        opened = []
    else:
        is_file = scenario not in shipped() and os.path.isfile(scenario)
        opened = [os.path.abspath(scenario) if is_file else scenario]
    return sys.executable, "-m", "relutui", "open", *opened
