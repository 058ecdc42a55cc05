"""Measures contenders in turn, round by round, so that a busy machine slows each alike."""

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

ROUNDS, MIN_ROUNDS = 7, 3
MIN_ROUND_S = 0.02  # of calls of each contender in a round
MAX_CALL_S = 0.6  # a call that would take longer is shortened
SHORTENED_CALL_S = 0.06  # what a shortened call takes; beside that its own overhead does not show
MAX_SHORTENED_STEPS = 1_000
TASK_LIMIT_S = 5.0  # no further round of a task begins after this, once there were MIN_ROUNDS (one, for a batch on a GPU)
MIN_GPU_MARGIN_S = 0.25  # by which a call of a batch on a GPU outlasts one of UNROLLED steps; it lasts twice as long at least
LOSS_TOLERANCE = 1e-3  # relative difference between the losses of two contenders that is put down to rounding


@dataclass(frozen=True)
class Figure:
    """The seconds that a step of a task cost a contender in each round, for calls of `asked` steps.

    The calls had `steps` steps; for a batch on a GPU the seconds are extrapolated to `asked`.
    """

    contender: str
    task: Task
    cores: int
    asked: int
    steps: int
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median seconds of a step."""
        return median(self.seconds)

    def times(self, other: "Figure") -> float:
        """The ratio of this cost to the other's: the median over the rounds, each of which has both."""
        return median(mine / its for mine, its in zip(self.seconds, other.seconds))


@dataclass
class Measured:
    """The figures so far, and the tasks that failed, by contender and reason."""

    figures: list[Figure] = field(default_factory=list)
    troubles: dict[tuple[str, str], list[Task]] = field(default_factory=dict)

    def figure(self, contender: str, task: Task, cores: int, asked: int) -> Figure | None:
        """Return the figure of a contender, or None where it was not measured."""
        wanted = (contender, task, cores, asked)
        return next((f for f in self.figures if (f.contender, f.task, f.cores, f.asked) == wanted), None)

    def trouble(self, process: ContenderProcess, task: Task, error: Failed) -> None:
        """Record why a contender has no figure for a task."""
        self.troubles.setdefault((process.contender.name, str(error)), []).append(task)


def can_pin() -> bool:
    """Whether this system can keep a process on one core."""
    return hasattr(os, "sched_setaffinity")


@contextmanager
def started(contenders: Iterable[Contender], cores: int) -> Iterator[list[ContenderProcess]]:
    """Start the contenders' processes, all on the same one core or each on all cores, and close them at the end."""
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
    """Add the figures of one task; `progress` is called once for each of ROUNDS."""
    runners = _prepared([e for e in processes if e.alive and e.contender.takes(task)], task, measured)
    calls = {process: _calls(process, task, timing, asked) for process, timing in runners.items()}
    timings: dict[tuple[ContenderProcess, int], list[Timing]] = {
        (e, n): [] for e, own in calls.items() for n in set(own.values())
    }
    fewest = 1 if any(_copies(process, task) for process in runners) else MIN_ROUNDS
    began = time.perf_counter()
    for number in range(ROUNDS):
        if number < fewest or time.perf_counter() - began < TASK_LIMIT_S:
            for (process, steps), found in list(timings.items()):
                try:
                    found.append(process.time(steps, MIN_ROUND_S))
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
    """Whether a call copies all networks to a GPU and back, which outweighs many steps."""
    return process.contender.gpu and task.networks is not None


def _prepared(processes: list[ContenderProcess], task: Task, measured: Measured) -> dict[ContenderProcess, Timing]:
    """Return the contenders that agree with the first of them on the losses, with a rough timing of each."""
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
            if not np.allclose(losses, expected, rtol=LOSS_TOLERANCE, atol=0):
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
    """Map each number of steps asked for to the steps that a measured call has."""
    if _copies(process, task):
        longer = max(MIN_GPU_MARGIN_S, timing.short)
        enough = (1 + ceil(longer / max(timing.one_more, 1e-9) / UNROLLED)) * UNROLLED
        return {wanted: min(wanted, enough) for wanted in asked}
    step = timing.step
    shorter = max(1, int(SHORTENED_CALL_S / step) // UNROLLED) * UNROLLED
    if not process.contender.bursts:  # it is called for each step, or few
        return dict.fromkeys(asked, min(shorter, MAX_SHORTENED_STEPS))
    return {wanted: wanted if wanted * step <= MAX_CALL_S else min(wanted, shorter) for wanted in asked}
