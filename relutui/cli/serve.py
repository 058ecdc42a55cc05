"""`relutui serve`: the app in browsers, until a signal ends it."""

import argparse
import asyncio
import errno
import os
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from relutui.cli.interrupt import run_until_signalled
from relutui.cli.session_options import open_named
from relutui.cli.usage import UsageError, extra
from relutui.lib.safe_text import sanitize_line
from relutui.scenario.csv_choice import NOTHING_CHOSEN
from relutui.scenario.csv_scenario import CsvQuestion
from relutui.scenario.library import shipped

if TYPE_CHECKING:
    from relutui.web.server import Server

MAX_TEACHERS = 4  # browsers at once that see the class


def serve(options: argparse.Namespace) -> int:
    """Serve until a signal ends it, 130 or the like.  Raises UsageError, ScenarioError and OSError."""
    with extra("serve", "web"):
        from relutui.web.server import Server
        from relutui.web.settings import Settings
        from relutui.web.users import Users
    if options.scenario:
        with suppress(CsvQuestion):  # which each user is asked
            open_named(options.scenario, NOTHING_CHOSEN)
    settings = Settings(_command(options.scenario, options.class_folder), options.port, options.users, options.public_url)
    with TemporaryDirectory(prefix="relutui-") as ours:  # whoever sees the class is asked for the token of each server anew
        teacher = None
        if options.class_folder:
            options.class_folder.mkdir(exist_ok=True)
            command = _watching(options.class_folder)
            watching = replace(settings, command=command, users=MAX_TEACHERS, cookie="relutui-teacher")
            teacher = Server(watching, Users(Path(ours)))
        return _run(Server(settings, teacher=teacher), options.port)


def _run(server: "Server", port: int) -> int:
    def say(addresses: list[str]) -> None:
        lines = (f"{who} {address}" for who, address in zip(("relutui is at", "for the teacher:"), addresses))
        print(*lines, "ctrl-C ends it", sep="\n", file=sys.stderr, flush=True)

    async def work() -> None:
        with suppress(asyncio.CancelledError):
            await server.run(say)

    try:
        return run_until_signalled(work())[1]
    except OSError as error:
        from relutui.web.settings import HOST

        if error.errno != errno.EADDRINUSE:
            raise
        raise UsageError(sanitize_line(f"port {port} of {HOST} is taken: --port names another")) from None


def _command(scenario: str | None, class_folder: Path | None) -> tuple[str, ...]:
    """The command of the process of a page, which has another working folder."""
    if scenario is None:
        opened = []
    else:
        is_file = scenario not in shipped() and os.path.isfile(scenario)
        opened = [os.path.abspath(scenario) if is_file else scenario]
    in_class = ("--class", os.path.abspath(class_folder)) if class_folder else ()
    return sys.executable, "-m", "relutui", "open", *in_class, *opened


def _watching(class_folder: Path) -> tuple[str, ...]:
    """The command of the process of the teacher's page."""
    return sys.executable, "-m", "relutui", "review", "--watch", os.path.abspath(class_folder)
