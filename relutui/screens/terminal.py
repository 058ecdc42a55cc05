"""What Textual does not tell about the terminal."""

import asyncio
import signal
from typing import Any

from textual.app import App


def is_behind(app: App[object]) -> bool:
    """Whether the last drawing still waits for a slow terminal to take it.

    Textual 8.2's writer blocks the event loop once its queue is full, and nothing public tells how full it is.
    """
    writer = getattr(app._driver, "_writer_thread", None)
    return writer is not None and not writer._queue.empty()


def take_turns_with_shell(app: App[Any]) -> None:
    """Let the event loop see to ctrl+z and fg.

    Textual 8.2's plain signal handlers do so in the middle of anything, and wait forever where that holds a lock they need.
    """
    for name, handler in (("SIGTSTP", "_sigtstp_application"), ("SIGCONT", "_sigcont_application")):
        if hasattr(app._driver, handler):
            asyncio.get_running_loop().add_signal_handler(getattr(signal, name), getattr(app._driver, handler))
