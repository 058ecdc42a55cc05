"""The input of a driver from its bytes to the messages of the app, without floods that nobody can have typed."""

import time
from collections.abc import Callable, Iterable

from textual.message import Message

from relutui.terminal.input import InputDropped, TerminalInput
from relutui.terminal.typed_ahead import TypedAhead

SILENCE_S = 0.1  # without input before a flood counts as over


class InputStream:
    """Parses what a driver reads; a flood, such as a paste without brackets, is dropped until the next silence."""

    def __init__(self, process: Callable[[Message], None], typed_ahead: TypedAhead) -> None:
        """process: takes each message, and sends it to typed_ahead."""
        self._process, self._typed_ahead = process, typed_ahead
        self._incoming, self._flood, self._heard = TerminalInput(), 0, time.monotonic()

    def feed(self, data: bytes) -> None:
        """Take bytes that have arrived."""
        self._heard = time.monotonic()
        if self._flood:
            self._flood += len(data)
        else:
            self._process_all(self._incoming.feed(data))
            self._flood = self._typed_ahead.drop_flood()

    def rest(self) -> None:
        """Take notice that nothing has arrived for SILENCE_S."""
        if self._flood:
            self._incoming.forget()
            self._process(InputDropped(self._flood))
            self._flood = 0
        elif self._incoming.timeout_s is not None and time.monotonic() - self._heard >= self._incoming.timeout_s:
            self.complete()

    def complete(self) -> None:
        """Take what has arrived for all that belongs together."""
        self._process_all(self._incoming.give_up())

    def _process_all(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self._process(message)
