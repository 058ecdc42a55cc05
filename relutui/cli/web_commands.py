"""The command that shows the app in browsers."""

import argparse
from pathlib import Path
from typing import Any

from relutui.cli.command_options import add_command
from relutui.cli.option_types import port, positive_count, public_url


def add_serve(commands: Any) -> None:
    """Add `serve`."""
    serving = add_command(commands, "serve", "show the app in browsers, from this machine", _serve)
    serving.add_argument("scenario", nargs="?", metavar="NAME or FILE", help="without it, the app begins with the gallery")
    serving.add_argument("--port", type=port, default=8000, metavar="P", help="of 127.0.0.1, where it is served (default 8000)")
    serving.add_argument("--users", type=positive_count, default=30, metavar="N", help="at most so many at once (default 30)")
    serving.add_argument(
        "--class",
        type=Path,
        dest="class_folder",
        metavar="FOLDER",
        help="for a class: ask for names, have reports written to this folder, and show it to the teacher",
    )
    serving.add_argument(
        "--public-url",
        type=public_url,
        metavar="URL",
        help="where a proxy of yours offers it, as in https://example.org/relutui/",
    )


def _serve(options: argparse.Namespace) -> int:
    from relutui.cli.serve import serve

    return serve(options)
