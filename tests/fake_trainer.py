"""A Trainer without an engine: gradient descent by central differences of the numpy loss, on the caller's thread."""

import asyncio
import math
from dataclasses import replace

import numpy as np

from relutui.network import Array, Parameters
from relutui.pieces import kinks
from relutui.training import Checkpoint, Device, Diverged, Problem, Sample, TrainerUnavailable, extend_history, sampling_stride

STEP = 1e-6


class FakeTrainer:
    """Trains slowly but rightly; `gate` holds training back until it is set, `unavailable` is what open() complains of."""

    def __init__(self, unavailable: str = "", advice: str = "") -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked: list[int] = []
        self._unavailable, self._advice = unavailable, advice

    async def open(self) -> Device:
        if self._unavailable:
            raise TrainerUnavailable(self._unavailable)
        return Device("CPU", "fake", self._advice)

    async def prepare(self, problem: Problem, units: int) -> None:
        await self.open()

    async def train(self, checkpoint: Checkpoint, problem: Problem, steps: int) -> Checkpoint:
        await self.open()
        self.asked.append(steps)
        await self.gate.wait()
        stride, samples = sampling_stride(checkpoint.history, steps), []
        for _ in range(steps):
            here, p = loss(problem, checkpoint.parameters), checkpoint.parameters
            if problem.settings.stop_below is not None and here < problem.settings.stop_below:
                break
            if checkpoint.step % stride == 0:
                samples.append(Sample(checkpoint.step, here, tuple(kinks(p).tolist())))
            moved = stepped(problem, p)
            if not moved.finite or not math.isfinite(loss(problem, moved)) or np.abs(moved.w).max() > 1e30:
                raise Diverged(replace(checkpoint, history=extend_history(checkpoint.history, tuple(samples))))
            checkpoint = replace(checkpoint, parameters=moved, step=checkpoint.step + 1)
        return replace(checkpoint, history=extend_history(checkpoint.history, tuple(samples)))

    async def close(self) -> None:
        pass


def loss(problem: Problem, p: Parameters) -> float:
    return problem.network.loss(p, problem.dataset.x, problem.dataset.y, problem.settings.loss)


def stepped(problem: Problem, p: Parameters) -> Parameters:
    """One step of gradient descent on what is not locked."""
    flat = np.concatenate([p.w, p.b, p.v, [p.c]])
    locks = problem.locks
    free = ~np.concatenate([locks.w, locks.b, locks.v, [locks.c]])
    gradient = np.zeros_like(flat)
    for index in np.flatnonzero(free):
        small = STEP * max(1.0, abs(flat[index]))
        ends = [loss(problem, unflat(np.where(np.arange(len(flat)) == index, flat + d, flat))) for d in (small, -small)]
        gradient[index] = (ends[0] - ends[1]) / (2 * small)
    with np.errstate(all="ignore"):
        return unflat(flat - problem.settings.learning_rate * gradient)


def unflat(flat: Array) -> Parameters:
    n = len(flat) // 3
    return Parameters(flat[:n], flat[n : 2 * n], flat[2 * n : 3 * n], float(flat[-1]))
