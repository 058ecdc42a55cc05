"""The messages of the input that wait until the app has room for them."""

import asyncio
from collections import deque
from threading import Lock
from typing import Any

from textual import events
from textual.message import Message

MAX_UNHANDLED_MESSAGES = 32  # messages that the app may hold unhandled
MAX_WAITING_MESSAGES = 1000  # messages that may wait for room: nobody types so many ahead
ROOM_CHECK_INTERVAL_S = 0.01  # between two looks at whether the app has room
LATEST_ONLY = (events.MouseMove,), (events.AppFocus, events.AppBlur)  # of several in a row only the last is kept


class TypedAhead:
    """A queue that any thread may fill, and from which the event loop posts to the app what it has room for."""

    def __init__(self, app: Any, event_loop: asyncio.AbstractEventLoop) -> None:
        self._receiver, self._event_loop = app, event_loop
        self._waiting: deque[Message] = deque()
        self._lock = Lock()  # guards the waiting messages and _is_delivering
        self._is_delivering = False

    def send(self, message: Message) -> None:
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

    def drop_flood(self) -> int:
        """Drop all waiting messages if nobody can have typed so many, and return how many were dropped."""
        with self._lock:
            flood = len(self._waiting) if len(self._waiting) > MAX_WAITING_MESSAGES else 0
            if flood:
                self._waiting.clear()
        return flood

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
