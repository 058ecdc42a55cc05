"""The driver: writes to the terminal and reads what it sends."""

import asyncio
import os
import re
import select
import sys
import time
from collections import deque
from collections.abc import Iterable
from io import TextIOWrapper
from threading import Event, Lock
from typing import Any, cast

from textual import events
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from relutui.terminal.input import GroundReported, InputDropped, TerminalInput
from relutui.terminal.textual_private import draw_on, never_ask_for_size, stop_in_event_loop

MAX_UNHANDLED_MESSAGES = 32  # messages that the app may hold unhandled
MAX_WAITING_MESSAGES = 1000  # messages that may wait for room: nobody types so many ahead
ROOM_CHECK_INTERVAL_S = 0.01  # between two looks at whether the app has room
SILENCE_S = 0.1  # without input before a flood counts as over
ASK_FOR_GROUND = "\x1b]11;?\x1b\\"
ANSWER_S = 1.0  # that an answer to it may take; one that comes when nobody reads it any more would be typed into the shell
LATEST_ONLY = (events.MouseMove,), (events.AppFocus, events.AppBlur)  # of several in a row only the last is kept

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
        self._waiting: deque[Message] = deque()
        self._lock = Lock()  # guards the waiting messages and _is_delivering
        self._is_delivering = False
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
        """Read input until the app ends or the terminal closes.

        A flood, such as a paste without brackets, is dropped from the moment it is noticed to the next silence.
        """
        incoming, flood, heard = TerminalInput(), 0, time.monotonic()
        while not self.exit_event.is_set():
            if select.select([self.fileno], [], [], SILENCE_S)[0]:
                data, heard = self._read(), time.monotonic()
                if not data:
                    self._receiver.hang_up()
                    return
                if flood:
                    flood += len(data)
                else:
                    self._process(incoming.feed(data))
                    flood = self._drop_flood()
            elif flood:
                incoming.forget()
                self.process_message(InputDropped(flood))
                flood = 0
            elif incoming.timeout_s is not None and time.monotonic() - heard >= incoming.timeout_s:
                self._process(incoming.give_up())

    def _read(self) -> bytes:
        """Return the bytes that have arrived; none when the terminal is gone."""
        try:
            return os.read(self.fileno, 1 << 16)
        except OSError:
            return b""

    def _process(self, incoming: Iterable[Message]) -> None:
        for message in incoming:
            if isinstance(message, GroundReported):
                self._answered.set()
            self.process_message(message)

    def _drop_flood(self) -> int:
        """Drop all waiting messages if nobody can have typed so many, and return how many were dropped."""
        with self._lock:
            flood = len(self._waiting) if len(self._waiting) > MAX_WAITING_MESSAGES else 0
            if flood:
                self._waiting.clear()
        return flood

    def send_message(self, message: Message) -> None:
        """Queue a message until the app has room for it."""
        with self._lock:
            last = self._waiting[-1] if self._waiting else None
            if any(isinstance(last, kinds) and isinstance(message, kinds) for kinds in LATEST_ONLY):
                self._waiting.pop()
            self._waiting.append(message)
            if self._is_delivering:
                return
            self._is_delivering = True
        self._event_loop.call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        """Post the messages that the app has room for, and come back for the rest."""
        app = self._receiver
        screens = app.screen_stack[-1:]
        takers = [app, *screens, *(screen.focused for screen in screens if screen.focused)]
        room = max(1, MAX_UNHANDLED_MESSAGES - sum(taker.message_queue_size for taker in takers))
        with self._lock:
            messages = [self._waiting.popleft() for _ in range(min(room, len(self._waiting)))]
            self._is_delivering = more = bool(self._waiting)
        for message in messages:
            app.post_message(message)
        if more:
            self._event_loop.call_later(ROOM_CHECK_INTERVAL_S, self._deliver)
