"""An immediate end for a signal, a lost terminal or a crash: save, restore the terminal, end the process.

All of it runs in a plain signal handler, as the event loop may be waiting for a terminal that nobody reads any more.
"""

import os
import signal
import sys
import termios
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import Empty
from typing import Any

from textual.app import App

from relutui.lib.crash_report import report_crash
from relutui.lib.safe_text import sanitize
from relutui.terminal.textual_private import driver_of, unsent_texts, writer_of

HANGUP_STATUS = 128 + signal.SIGHUP  # the exit status that a shell gives to what SIGHUP has ended
RESTORE_TIMEOUT_S = 0.5  # for a terminal to take what restores it

# The ends of all modes that Textual 8.2 begins, in reverse order: pastes, wrapping, mouse, focus, keys, screen, cursor.
RESTORE_MODES = ("?2004l", "?7h", "?1000l", "?1002l", "?1015l", "?1006l", "?1004l", "<u", "?1049l", "?25h")


class Shutdown:
    """The shutdown of an app; `save` keeps what would be lost, and may raise OSError."""

    def __init__(self, app: App[Any], save: Callable[[], None]) -> None:
        self._app, self._save = app, save
        self._has_begun = False

    def prepare(self) -> None:
        """Exit for the signals that end a process, unless they are ignored, and for an exception in a thread."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, lambda number, _: self.exit(128 + number))
        threading.excepthook = self._handle_thread_exception

    def exit(self, status: int, message: str = "") -> None:
        """Save, restore the terminal, print a message there and end the process; a second call does nothing."""
        if self._has_begun:
            return
        self._has_begun = True
        try:
            self._save()
        except Exception as error:
            message += f"\nwhat was not written is lost: {error}"
        _restore_terminal(self._app, sanitize(message))
        os._exit(status)

    def fail(self, error: BaseException) -> None:
        """Exit for an exception, with a line that says where its report is."""
        self.exit(1, report_crash(error))

    def _handle_thread_exception(self, failure: threading.ExceptHookArgs) -> None:
        writer_name = failure.thread.name if failure.thread else ""
        if isinstance(failure.exc_value, OSError) and writer_name == "textual-output":  # there is no terminal
            self.exit(HANGUP_STATUS)
        elif failure.exc_value:
            self.fail(failure.exc_value)


def _restore_terminal(app: App[Any], message: str) -> None:
    """Restore the terminal's attributes and modes, as far as it takes what is sent."""
    driver = driver_of(app)
    if driver is None:
        return
    if attributes := getattr(driver, "attrs_before", None):
        with suppress(termios.error):
            termios.tcsetattr(driver.fileno, termios.TCSANOW, attributes)
    if writer := writer_of(driver):
        texts = [*(f"\x1b[{mode}" for mode in RESTORE_MODES), message + "\n" if message else ""]
        sender = threading.Thread(target=_send_last, args=(driver, writer, texts), daemon=True)
        sender.start()
        sender.join(RESTORE_TIMEOUT_S)
    elif message and sys.__stderr__:  # the app is in a browser, and its server shows this; Textual keeps sys.stderr to itself
        print(message, file=sys.__stderr__, flush=True)


def _send_last(driver: Any, writer: Any, texts: list[str]) -> None:
    """Send texts in place of all that still waits to be sent."""
    queue = unsent_texts(writer)
    with suppress(Empty):
        while True:
            queue.get_nowait()
    for text in texts:
        driver.write(text)
    writer.stop()
