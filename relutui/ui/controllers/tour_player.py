"""The tours of the sixteen questions: their keys are pressed slowly enough to see what each of them does."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Protocol

from relutui.session import other_sessions
from relutui.session.tours import Question, Tour
from relutui.terminal.key_names import key_name
from relutui.ui.controllers.background_task import raise_failure
from relutui.ui.controllers.host import Host
from relutui.ui.controllers.training_loop import TrainingLoop

KEY_PAUSE_S = 0.8  # before each key


class KeyHost(Host, Protocol):
    """A host that takes keys and trains."""

    training: TrainingLoop

    def take(self, key: str, character: str | None) -> bool:
        """Carry out a key, and return whether it has a function."""

    async def settled(self) -> None:
        """Wait until all that the last key asked for is done."""


async def _pause() -> None:
    await asyncio.sleep(KEY_PAUSE_S)


class TourPlayer:
    """Presses the keys of a question one after the other, until all are pressed or the tour is stopped."""

    def __init__(self, host: KeyHost, pause: Callable[[], Awaitable[None]] = _pause) -> None:
        self._host, self._pause = host, pause
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Play the tour of the present session."""
        assert self._host.session.tour
        self._task = asyncio.create_task(self._play(self._host.session.tour.question))
        self._task.add_done_callback(raise_failure)

    def stop(self) -> None:
        """Stop the tour, if one is under way, and its training; how far it came stays on the screen."""
        tour = self._host.session.tour
        if self._task and tour and tour.playing:
            self._task.cancel()
            self._host.training.cancel()
            self._host.session = replace(self._host.session, tour=replace(tour, playing=False))

    def interrupt(self) -> bool:
        """Stop the tour for a key of the user, and return whether that is all the key does."""
        tour = self._host.session.tour
        if tour and tour.playing:
            self.stop()
            return True
        if tour:
            self._host.session = other_sessions.end_tour(self._host.session)
        return False

    async def _play(self, question: Question) -> None:
        for number, key in enumerate(question.keys, 1):
            await self._pause()
            await self._host.settled()
            going = number < len(question.keys)
            self._host.session = replace(self._host.session, tour=Tour(question, number, going))
            self._host.take(*_event_of(key))


def _event_of(key: str) -> tuple[str, str | None]:
    """Return the name and the character with which Textual reports a key."""
    return (key_name(key), key) if len(key) == 1 else (key, None)
