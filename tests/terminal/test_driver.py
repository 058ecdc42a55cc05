"""How much of what a terminal sends is taken at a time, and in what order."""

import asyncio
import os
import pty
import signal
import tty
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from textual import events
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from relutui.terminal.driver import TerminalDriver
from relutui.terminal.input import InputDropped
from relutui.terminal.typed_ahead import MAX_UNHANDLED_MESSAGES, MAX_WAITING_MESSAGES
from tests.support.waiting import bounded, until


class Taker:
    """An app that works off what it is given when it is told to."""

    def __init__(self) -> None:
        self.queue: list[Message] = []
        self.done: list[Message] = []
        self.hung_up = 0
        self.wants_ground = False
        self.screen_stack: list[Any] = []

    @property
    def message_queue_size(self) -> int:
        return len(self.queue)

    def post_message(self, message: Message) -> None:
        self.queue.append(message)

    def work(self) -> None:
        self.done += self.queue
        self.queue.clear()

    def hang_up(self) -> None:
        self.hung_up += 1


@pytest.fixture
def signals() -> Iterator[None]:
    """A driver sets some."""
    kept = {name: signal.getsignal(name) for name in (signal.SIGTSTP, signal.SIGCONT)}
    yield
    for name, handler in kept.items():
        signal.signal(name, handler)


class Line:
    """A terminal with a driver at its other end."""

    def __init__(self) -> None:
        self.main, self.side = pty.openpty()
        os.set_blocking(self.main, False)
        self.taker = Taker()
        self.driver = TerminalDriver(self.taker)
        self.driver.fileno = self.side
        tty.setraw(self.side)
        self.listening = asyncio.get_running_loop().run_in_executor(None, self.driver.run_input_thread)

    async def send(self, data: bytes) -> None:
        async with bounded("all that is sent is taken"):
            while data:
                try:
                    data = data[os.write(self.main, data) :]
                except BlockingIOError:
                    await asyncio.sleep(0.001)

    def keys(self) -> str:
        return "".join(message.character or "" for message in self.taker.done if isinstance(message, events.Key))


@pytest.fixture
async def line(signals: None) -> AsyncIterator[Line]:
    line = Line()
    yield line
    line.driver.exit_event.set()
    async with bounded("the driver's thread ends"):
        await line.listening
    os.close(line.main)
    os.close(line.side)


async def test_what_is_typed_ahead_comes_in_its_order_when_there_is_room(line: Line) -> None:
    typed = "0123456789" * (MAX_WAITING_MESSAGES // 20)
    await line.send(typed.encode())
    await until(lambda: len(line.taker.queue) >= MAX_UNHANDLED_MESSAGES)
    async with bounded("all that was typed is worked off"):
        while len(line.taker.done) < len(typed):
            assert (
                len(line.taker.queue) <= MAX_UNHANDLED_MESSAGES + 10
            )  # what never is worked off still gets a little at a time
            line.taker.work()
            await asyncio.sleep(0.001)
    assert line.keys() == typed


async def test_a_flood_is_left_out_as_a_whole_which_is_said(line: Line) -> None:
    await line.send(b"a" * 100_000)
    accounted_for = 0

    def all_accounted_for() -> bool:
        nonlocal accounted_for
        dropped = sum(message.count for message in line.taker.queue if isinstance(message, InputDropped))
        accounted_for = dropped + sum(isinstance(message, events.Key) for message in line.taker.queue)
        return accounted_for >= 100_000

    await until(all_accounted_for)
    assert accounted_for == 100_000
    before = sum(isinstance(message, events.Key) for message in line.taker.queue)  # none, if it was noticed at once
    assert before < MAX_WAITING_MESSAGES
    line.taker.work()
    await line.send(b"b")
    await until(lambda: bool(line.taker.queue))
    line.taker.work()
    assert line.keys() == "a" * before + "b"


async def test_of_mouse_moves_and_focus_only_the_last_matters(line: Line) -> None:
    await line.send(b"x" * MAX_UNHANDLED_MESSAGES)
    await until(lambda: len(line.taker.queue) >= MAX_UNHANDLED_MESSAGES)
    moves = b"".join(b"\x1b[<35;%d;2M" % column for column in range(1, 500))
    await line.send(moves + b"\x1b[I\x1b[O" * 300 + b"y")

    def all_done() -> bool:
        line.taker.work()
        return line.keys().endswith("y")

    await until(all_done)
    assert [message.x for message in line.taker.done if isinstance(message, events.MouseMove)][-1] == 498
    assert len(line.taker.done) < 500  # of 1132: a few for each look at whether there is room


async def test_the_end_of_the_terminal_is_told_once(line: Line) -> None:
    os.close(line.main)  # reading fails from now on
    line.main = os.open(os.devnull, os.O_RDONLY)
    async with bounded("the driver's thread ends"):
        await line.listening
    assert line.taker.hung_up == 1
    line.driver.fileno = line.main  # at its end, as what nobody writes to
    line.driver.run_input_thread()
    assert line.taker.hung_up == 2


async def test_the_terminal_is_asked_for_its_ground_and_its_answer_awaited_before_it_is_given_back(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the answer would be typed into the shell."""
    written: list[str] = []
    for name in "start_application_mode", "stop_application_mode":
        monkeypatch.setattr(LinuxDriver, name, lambda driver, name=name: written.append(name))
    monkeypatch.setattr(line.driver, "write", written.append)
    monkeypatch.setattr("relutui.terminal.driver.ANSWER_S", 1000.0)
    for line.taker.wants_ground in (False, True):
        line.driver.start_application_mode()
    assert written == ["start_application_mode"] * 2 + ["\x1b]11;?\x1b\\"]
    stopping = asyncio.create_task(asyncio.to_thread(line.driver.stop_application_mode))
    await asyncio.sleep(0.01)
    assert written[-1] != "stop_application_mode"
    await line.send(b"\x1b]11;rgb:ffff/ffff/ffff\x07")
    await stopping
    assert written[-1] == "stop_application_mode"


async def test_a_console_which_would_print_it_is_not_asked(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    monkeypatch.setattr(LinuxDriver, "start_application_mode", lambda driver: None)
    monkeypatch.setattr(line.driver, "write", written.append)
    monkeypatch.setattr(line.driver, "_is_console", True)
    line.taker.wants_ground = True
    line.driver.start_application_mode()
    assert written == []
