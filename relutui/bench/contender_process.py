"""A contender's process, as seen by the one that measures."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict
from threading import Event, Timer
from typing import Any, NamedTuple

from relutui.bench.contenders import Contender
from relutui.bench.task import UNROLLED, Task

ANSWER_LIMIT_S = 180.0  # s for one answer, which may be after a long compilation


class Failed(Exception):
    """The contender could not do what it was asked for; the message says why in one line."""


class Timing(NamedTuple):
    """The seconds of a call of so many steps, and of one of UNROLLED."""

    steps: int
    seconds: float
    short: float

    @property
    def step(self) -> float:
        """Seconds of a step."""
        return self.seconds / self.steps

    @property
    def one_more(self) -> float:
        """Seconds of one step more, without what a call costs in any case."""
        return (self.seconds - self.short) / (self.steps - UNROLLED)

    def at(self, steps: int) -> float:
        """Seconds of a step in a call of so many."""
        return (self.seconds + (steps - self.steps) * self.one_more) / steps


class ContenderProcess:
    """A contender in a process of its own, which begins now; `core` is the only one it may use, None stands for all."""

    def __init__(self, contender: Contender, core: int | None) -> None:
        self.contender = contender
        command = [sys.executable, "-m", "relutui.bench.worker", contender.module, contender.variant]
        self._process = subprocess.Popen(
            command if core is None else [*command, str(core)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,  # ctrl-C is for the one that measures; and with it ends a compiler that was started
        )

    @property
    def alive(self) -> bool:
        """Whether there is any sense in asking it anything more."""
        return self._process.poll() is None

    def begin(self, task: Task, steps: int) -> None:
        """Have it compile and train so many steps; `losses` waits for it."""
        self._send(what="prepare", task=asdict(task), steps=steps)

    def losses(self) -> list[float]:
        """Of each network, after the steps asked for at the beginning; raises Failed."""
        losses: list[float] = self._answer()["losses"]
        return losses

    def time(self, steps: int, seconds: float) -> Timing:
        """The mean of calls of so many steps for so many seconds and at least one; raises Failed."""
        self._send(what="time", steps=steps, seconds=seconds)
        answer = self._answer()
        if not answer["finite"]:
            raise Failed(f"diverged within {steps:,} steps")
        return Timing(steps, answer["seconds"], answer["short"])

    def close(self) -> None:
        """End the process and what it has started."""
        self._kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe
            with suppress(BrokenPipeError):  # a request may be left in it
                pipe.close()

    def _kill(self) -> None:
        if not self.alive:  # the number of its process may be that of another by now
            return
        if hasattr(os, "killpg"):
            os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()

    def _send(self, **request: object) -> None:
        assert self._process.stdin
        with suppress(BrokenPipeError):  # the missing answer will tell
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        late = Event()

        def give_up() -> None:
            late.set()
            self._kill()

        timer = Timer(ANSWER_LIMIT_S, give_up)
        timer.start()
        try:
            line = self._process.stdout.readline()
        finally:  # of an interrupt too: the end of the program would wait for it
            timer.cancel()
        if late.is_set():
            self._process.wait()
            raise Failed(f"no answer within {ANSWER_LIMIT_S:g} s")
        if not line:
            raise Failed(f"its process ended (status {self._process.wait()})")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise Failed(answer["error"])
        return answer
