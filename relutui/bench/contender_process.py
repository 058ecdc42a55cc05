"""The handle on a contender's process."""

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

ANSWER_LIMIT_S = 180.0  # for one answer, which may follow a long compilation


class Failed(Exception):
    """The contender failed; the message says why in one line."""


class Timing(NamedTuple):
    """The seconds of a call of `steps` steps, and of a short one of UNROLLED."""

    steps: int
    seconds: float
    short: float

    @property
    def step(self) -> float:
        """The seconds of a step, a share of the call's overhead included."""
        return self.seconds / self.steps

    @property
    def one_more(self) -> float:
        """The seconds of one more step, without the call's overhead."""
        return (self.seconds - self.short) / (self.steps - UNROLLED)

    def at(self, steps: int) -> float:
        """Extrapolate the seconds of a step to a call of `steps` steps."""
        return (self.seconds + (steps - self.steps) * self.one_more) / steps


class ContenderProcess:
    """A contender in a process of its own, started at once and kept on `core`; None allows all cores."""

    def __init__(self, contender: Contender, core: int | None) -> None:
        self.contender = contender
        command = [sys.executable, "-P", "-m", "relutui.bench.worker", contender.module, contender.variant]
        self._process = subprocess.Popen(
            command if core is None else [*command, str(core)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,  # ctrl-C reaches the measuring process only; a kill ends compilers too
        )

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def begin(self, task: Task, steps: int) -> None:
        """Ask it to compile and train `steps` steps; `losses` waits for the answer."""
        self._send(what="prepare", task=asdict(task), steps=steps)

    def losses(self) -> list[float]:
        """Return the loss of each network after the steps that `begin` asked for; raises Failed."""
        losses: list[float] = self._answer()["losses"]
        return losses

    def time(self, steps: int, seconds: float) -> Timing:
        """Time calls of `steps` steps for at least `seconds` and at least once; raises Failed."""
        self._send(what="time", steps=steps, seconds=seconds)
        answer = self._answer()
        if not answer["finite"]:
            raise Failed(f"diverged within {steps:,} steps")
        return Timing(steps, answer["seconds"], answer["short"])

    def close(self) -> None:
        """End the process and everything it has started."""
        self._kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe
            with suppress(BrokenPipeError):  # a request may be left in it
                pipe.close()

    def _kill(self) -> None:
        if not self.alive:  # its process id may belong to another process by now
            return
        if hasattr(os, "killpg"):
            os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()

    def _send(self, **request: object) -> None:
        assert self._process.stdin
        with suppress(BrokenPipeError):  # reading the answer reports it
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
        finally:  # after an interrupt too: the program would wait for the timer at its end
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
