"""The tours of the questions: space presses the next of their keys, backspace goes back a step, esc leads out."""

import asyncio
from dataclasses import replace
from typing import Protocol

from relutui.session import other_sessions
from relutui.session.session import Session
from relutui.session.tours import Tour
from relutui.terminal.key_names import key_event
from relutui.ui.controllers.background_task import raise_failure
from relutui.ui.controllers.host import Host
from relutui.ui.controllers.training_loop import TrainingLoop


class KeyHost(Host, Protocol):
    """A host that takes keys and trains."""

    training: TrainingLoop

    def take(self, key: str, character: str | None) -> bool:
        """Carry out a key, and return whether it has a function."""

    async def settled(self) -> None:
        """Wait until all that the last key asked for is done."""

    def uncover(self) -> None:
        """Close the screen that lies over this one, if there is one."""


class TourPlayer:
    """Takes the keys that lead through a tour; any other key ends it."""

    def __init__(self, host: KeyHost) -> None:
        self._host = host
        self._before: list[Session] = []  # the session before each key pressed
        self._due = 0  # keys asked for and not pressed yet: each waits for the training of the one before
        self._task: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        """Whether a key is still to be pressed."""
        return self._due > 0

    def start(self) -> None:
        """Begin the tour of the present session."""
        self.stop()
        self._before = []

    def take(self, key: str) -> bool:
        """Carry out a key that leads through the tour, and return whether that is all it does; others end the tour."""
        if self._host.session.tour is None:
            return False
        match key:
            case "space":
                self._go_on()
            case "backspace":
                self._go_back()
            case "escape":
                self._host.uncover()
                self.stop()
                self._host.session = other_sessions.return_from_tour(other_sessions.end_tour(self._host.session))
            case _:
                self.end()
                return False
        return True

    def end(self) -> None:
        """End the tour, if there is one, and its training; what it has shown stays on the screen."""
        if self._host.session.tour:
            self.stop()
            self._host.session = other_sessions.end_tour(self._host.session)

    def stop(self) -> None:
        """Press no more of the keys that are due, and stop the training of the last one."""
        self._due = 0
        if self._task and not self._task.done():
            self._task.cancel()
            self._host.training.cancel()

    def _go_on(self) -> None:
        tour = self._host.session.tour
        assert tour
        if tour.keys_pressed + self._due < len(tour.question.keys):
            self._due += 1
            if self._due == 1:
                self._task = asyncio.create_task(self._press())
                self._task.add_done_callback(raise_failure)

    def _go_back(self) -> None:
        self.stop()
        self._host.training.cancel()
        if self._before:
            self._host.uncover()
            self._host.session = other_sessions.on_same_screen(self._host.session, self._before.pop())

    async def _press(self) -> None:
        """Press the keys that are due, each once the one before has done its work."""
        while self._due:
            await self._host.settled()
            tour = self._host.session.tour
            assert tour
            self._before.append(self._host.session)
            self._host.session = replace(self._host.session, tour=Tour(tour.question, tour.keys_pressed + 1))
            self._host.take(*key_event(tour.next_key))
            self._due -= 1
