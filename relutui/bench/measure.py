"""Measuring contenders in turn, round by round, so that a busy machine slows each alike."""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil
from statistics import median

import numpy as np

from relutui.bench.contender_process import ContenderProcess, Failed, Timing
from relutui.bench.contenders import Contender
from relutui.bench.task import UNROLLED, Task

ROUNDS, FEWEST = 7, 3
ROUND = 0.02  # s of calls of each contender in a round, at least
LONGEST = 0.6  # s of a call; one that would take longer,
SHORTER = 0.06  # s, is made of as many steps as take this, for of the call's own cost nothing shows then
MOST = 1_000  # steps of such a one
PATIENCE = 5.0  # s of rounds of one task, if there were FEWEST; of a batch on a GPU, if there was one
LONGER = 0.25  # s, that a call of a batch on a GPU takes at least beyond one of UNROLLED steps, and as long again as that one
AGREE = 1e-3  # relative difference between the losses of two contenders that is rounding


@dataclass(frozen=True)
class Figure:
    """What a step of a task cost a contender, in seconds, in each round; `asked` steps a call, of which `steps` were made.

    Of a batch on a GPU it is that of `asked` all the same: what the others would cost is added.
    """

    contender: str
    task: Task
    cores: int
    asked: int
    steps: int
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """Seconds of a step."""
        return median(self.seconds)

    def times(self, other: "Figure") -> float:
        """How many times the other's step this one takes: the median over the rounds, each of which has both."""
        return median(mine / its for mine, its in zip(self.seconds, other.seconds))


@dataclass
class Measured:
    """What has been measured so far, and what could not be: the tasks by contender and reason."""

    figures: list[Figure] = field(default_factory=list)
    troubles: dict[tuple[str, str], list[Task]] = field(default_factory=dict)

    def figure(self, contender: str, task: Task, cores: int, asked: int) -> Figure | None:
        """That of a contender; None where it was not measured."""
        wanted = (contender, task, cores, asked)
        return next((f for f in self.figures if (f.contender, f.task, f.cores, f.asked) == wanted), None)

    def trouble(self, process: ContenderProcess, task: Task, error: Failed) -> None:
        """Note what went wrong."""
        self.troubles.setdefault((process.contender.name, str(error)), []).append(task)


def all_cores() -> int:
    """How many cores there are for this process."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def can_pin() -> bool:
    """Whether a process can be kept on one core."""
    return hasattr(os, "sched_setaffinity")


@contextmanager
def started(contenders: Iterable[Contender], cores: int) -> Iterator[list[ContenderProcess]]:
    """The processes of the contenders, on one core, the same for all of them, or on all."""
    core = max(os.sched_getaffinity(0)) if cores == 1 and can_pin() else None
    processes = [ContenderProcess(contender, core) for contender in contenders]
    try:
        yield processes
    finally:
        for process in processes:
            process.close()


def measure(
    processes: list[ContenderProcess],
    task: Task,
    cores: int,
    asked: Iterable[int],
    measured: Measured,
    progress: Callable[[], None],
) -> None:
    """Add the figures of one task; `progress` is called for each of ROUNDS."""
    runners = _prepared([e for e in processes if e.alive and e.contender.takes(task)], task, measured)
    calls = {process: _calls(process, task, timing, asked) for process, timing in runners.items()}
    timings: dict[tuple[ContenderProcess, int], list[Timing]] = {
        (e, n): [] for e, own in calls.items() for n in set(own.values())
    }
    fewest = 1 if any(_copies(process, task) for process in runners) else FEWEST
    began = time.perf_counter()
    for number in range(ROUNDS):
        if number < fewest or time.perf_counter() - began < PATIENCE:
            for (process, steps), found in list(timings.items()):
                try:
                    found.append(process.time(steps, ROUND))
                except Failed as error:
                    measured.trouble(process, task, error)
                    del timings[process, steps]
        progress()
    for process, own in calls.items():
        for wanted, steps in own.items():
            if (process, steps) in timings:
                some = timings[process, steps]
                rounds = tuple(timing.at(wanted) if _copies(process, task) else timing.step for timing in some)
                figure = Figure(process.contender.name, task, cores, wanted, steps, rounds)
                if figure.median > 0.0:
                    measured.figures.append(figure)
                else:
                    measured.trouble(process, task, Failed("a longer call took no longer: the machine is too busy"))


def _copies(process: ContenderProcess, task: Task) -> bool:
    """Whether a call takes longer than many steps, for it copies all networks to a GPU and back."""
    return process.contender.gpu and task.networks is not None


def _prepared(processes: list[ContenderProcess], task: Task, measured: Measured) -> dict[ContenderProcess, Timing]:
    """Those that compute what the first of them does, and how long that takes them, roughly."""
    steps = 10 * UNROLLED if task.work <= 1_000_000 else UNROLLED
    for process in processes:
        process.begin(task, steps)
    expected: list[float] | None = None
    right: list[ContenderProcess] = []
    for process in processes:
        try:
            losses = process.losses()
            if expected is None:
                expected = losses
            if not np.isfinite(losses).all():
                raise Failed(f"diverged within {steps} steps")
            if not np.allclose(losses, expected, rtol=AGREE, atol=0):
                raise Failed(f"computes something else: a loss of {np.mean(losses):.6g}, not {np.mean(expected):.6g}")
            right.append(process)
        except Failed as error:
            measured.trouble(process, task, error)
    found: dict[ContenderProcess, Timing] = {}
    for process in right:  # now that none compiles
        try:
            found[process] = process.time(11 * UNROLLED if _copies(process, task) else steps, 0.0)
        except Failed as error:
            measured.trouble(process, task, error)
    return found


def _calls(process: ContenderProcess, task: Task, timing: Timing, asked: Iterable[int]) -> dict[int, int]:
    """The steps of a call for each number of steps asked for."""
    if _copies(process, task):
        longer = max(LONGER, timing.short)
        enough = (1 + ceil(longer / max(timing.one_more, 1e-9) / UNROLLED)) * UNROLLED
        return {wanted: min(wanted, enough) for wanted in asked}
    step = timing.step
    shorter = max(1, int(SHORTER / step) // UNROLLED) * UNROLLED
    if not process.contender.bursts:  # it is called for each step, or few
        return dict.fromkeys(asked, min(shorter, MOST))
    return {wanted: wanted if wanted * step <= LONGEST else min(wanted, shorter) for wanted in asked}
