"""Leaving in a hurry, for a signal, a lost terminal or a fault of our own: save, put the terminal back, end the process.

All of it on the spot, in a plain signal handler: the event loop may be waiting for a terminal that nobody reads any more.
"""

import os
import platform
import signal
import sys
import termios
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty
from types import TracebackType
from typing import TYPE_CHECKING, Any

from relutui import __version__
from relutui.lib import files
from relutui.lib.safe_text import sanitize

if TYPE_CHECKING:
    from textual.app import App

HUNG_UP = 128 + signal.SIGHUP  # the exit status that a shell gives to what SIGHUP has ended
GRACE = 0.5  # s that a terminal has for taking what puts it back

# All that Textual 8.2 switches on, the other way round: pastes, wrapping, mouse, focus, keys, screen, cursor.
RESTORED = ("?2004l", "?7h", "?1000l", "?1003l", "?1015l", "?1006l", "?1004l", "<u", "?1049l", "?25h")


class Shutdown:
    """Of an app; `save` keeps what would be lost, and may raise OSError."""

    def __init__(self, app: "App[Any]", save: Callable[[], None]) -> None:
        self._app, self._save = app, save
        self._left = False

    def prepare(self) -> None:
        """Leave for the signals that end a process, unless they are ignored, and for what fails in a thread."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, lambda number, _: self.leave(128 + number))
        threading.excepthook = self._of_thread

    def leave(self, status: int, words: str = "") -> None:
        """Save, put the terminal back, say these words there, and end the process; whoever asks second is not waited for."""
        if self._left:
            return
        self._left = True
        try:
            self._save()
        except Exception as error:
            words += f"\nwhat was not written is lost: {error}"
        _put_back(self._app, sanitize(words))
        os._exit(status)

    def fail(self, error: BaseException) -> None:
        """Leave for a fault of our own, with a line that says where its report lies."""
        self.leave(1, failure(error))

    def _of_thread(self, what: Any) -> None:
        if isinstance(what.exc_value, OSError) and what.thread and what.thread.name == "textual-output":  # there is no terminal
            self.leave(HUNG_UP)
        elif what.exc_value:
            self.fail(what.exc_value)


def failure(error: BaseException) -> str:
    """What to say in one line of a fault of our own, having written a report of it."""
    said = f"relutui has failed, {type(error).__name__}: {' '.join(str(error).split())[:200]}"
    try:
        return f"{said}; report: {_report(error)}"
    except OSError as unwritten:
        return f"{said}; its report could not be written: {unwritten}"


def _report(error: BaseException) -> Path:
    path = files.state_folder("reports") / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt"
    about = f"relutui {__version__}, Python {platform.python_version()}, {platform.platform()}, TERM={os.environ.get('TERM')}"
    trace: TracebackType | None = error.__traceback__
    files.replace_atomically(
        path, f"{about}\n{' '.join(sys.argv)}\n\n{''.join(traceback.format_exception(type(error), error, trace))}"
    )
    return path


def _put_back(app: "App[Any]", words: str) -> None:
    """Put the terminal back into the state that it was found in, as far as it takes what is sent."""
    driver: Any = app._driver
    if driver is None:
        return
    if attributes := getattr(driver, "attrs_before", None):
        with suppress(termios.error):
            termios.tcsetattr(driver.fileno, termios.TCSANOW, attributes)
    if writer := getattr(driver, "_writer_thread", None):
        ending = [*(f"\x1b[{mode}" for mode in RESTORED), words + "\n" if words else ""]
        sender = threading.Thread(target=_send_last, args=(driver, writer, ending), daemon=True)
        sender.start()
        sender.join(GRACE)


def _send_last(driver: Any, writer: Any, texts: list[str]) -> None:
    """Send these instead of all that still waits to be sent."""
    with suppress(Empty):
        while True:
            writer._queue.get_nowait()
    for text in texts:
        driver.write(text)
    writer.stop()
