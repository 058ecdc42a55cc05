"""The driver: writes to the terminal and reads what it sends."""

import asyncio
import os
import re
import select
import sys
import time
from io import TextIOWrapper
from threading import Event
from typing import Any, cast

from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from relutui.terminal.input import GroundReported
from relutui.terminal.input_stream import SILENCE_S, InputStream
from relutui.terminal.textual_private import draw_on, never_ask_for_size, stop_in_event_loop
from relutui.terminal.typed_ahead import TypedAhead

ASK_FOR_GROUND = "\x1b]11;?\x1b\\"
ANSWER_S = 1.0  # that an answer to it may take; one that comes when nobody reads it any more would be typed into the shell

# Consoles: these have one screen only, and may write on it what follows the beginning of a sequence that they do not know:
# the keyboard protocol on and off, the question whether drawings can be synchronized, the shape of the mouse pointer.
CONSOLE_TERM = re.compile(r"linux|vt\d")
UNKNOWN_TO_CONSOLES = "\x1b[>", "\x1b[<u", "\x1b[?2026$p", "\x1b]"

# Textual 8.2 asks for a report of every move of the mouse, which nothing here uses and a slow link feels.
ANY_MOVES, DRAGS = "\x1b[?1003", "\x1b[?1002"


class TerminalDriver(LinuxDriver):
    """Textual's Linux driver, hardened: survives arbitrary input and exits when the terminal closes."""

    def __init__(self, app: Any, **options: Any) -> None:
        self._is_console = CONSOLE_TERM.match(os.environ.get("TERM", "")) is not None
        options["mouse"] = options.get("mouse", True) and not self._is_console and os.environ.get("RELUTUI_MOUSE") != "0"
        super().__init__(app, **options)
        self._receiver = app
        # Drawn on standard output, which is known to be a terminal; Textual 8.2 draws on standard error, wherever that leads.
        file = cast(TextIOWrapper, sys.__stdout__)
        draw_on(self, file)
        # Terminals draw UTF-8 whatever the locale says, where Textual 8.2 would write what the locale knows.
        file.reconfigure(encoding="utf-8", errors="replace")
        self._event_loop = asyncio.get_running_loop()
        stop_in_event_loop(self, self._event_loop)
        never_ask_for_size(self)
        self._typed_ahead = TypedAhead(app, self._event_loop)
        self._asked_at = -ANSWER_S  # s, for the terminal's ground
        self._answered = Event()

    def start_application_mode(self) -> None:
        """Take the terminal, and ask it for its ground if the app wants to know."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self._receiver.wants_ground and not self._is_console:
            self._answered.clear()
            self._asked_at = time.monotonic()
            self.write(ASK_FOR_GROUND)

    def write(self, data: str) -> None:
        """Send data, unless it is a sequence that a console would print; of moves of the mouse only drags are asked for."""
        if not (self._is_console and data.startswith(UNKNOWN_TO_CONSOLES)):
            super().write(data.replace(ANY_MOVES, DRAGS) if data.startswith(ANY_MOVES) else data)

    def stop_application_mode(self) -> None:
        """Restore the terminal, once it has answered what it was asked; a console, which has one screen only, is cleared."""
        self._answered.wait(max(0.0, self._asked_at + ANSWER_S - time.monotonic()))
        if self._is_console:
            self.write("\x1b[H\x1b[J")
        super().stop_application_mode()

    def run_input_thread(self) -> None:
        """Read input until the app ends or the terminal closes."""
        stream = InputStream(self._process, self._typed_ahead)
        while not self.exit_event.is_set():
            if select.select([self.fileno], [], [], SILENCE_S)[0]:
                if not (data := self._read()):
                    self._receiver.hang_up()
                    return
                stream.feed(data)
            else:
                stream.rest()

    def _read(self) -> bytes:
        """Return the bytes that have arrived; none when the terminal is gone."""
        try:
            return os.read(self.fileno, 1 << 16)
        except OSError:
            return b""

    def _process(self, message: Message) -> None:
        if isinstance(message, GroundReported):
            self._answered.set()
        self.process_message(message)

    def send_message(self, message: Message) -> None:
        """Queue a message until the app has room for it."""
        self._typed_ahead.send(message)
