"""A Trainer without an engine: the float64 training that the engine is tested against, on the caller's thread."""

import asyncio
import math
from dataclasses import replace

import numpy as np
from oracle import flat, loss_and_gradient, step, unflat

from relutui.network import Array, Parameters
from relutui.pieces import kinks
from relutui.training import (
    Checkpoint,
    Device,
    Diverged,
    OptimizerState,
    Problem,
    Sample,
    TrainerUnavailable,
    extend_history,
    sampling_stride,
)


class FakeTrainer:
    """Trains slowly but rightly; `gate` holds training back until it is set, `unavailable` is what open() complains of."""

    def __init__(self, unavailable: str = "", advice: str = "") -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked: list[int] = []
        self.prepared: list[str] = []
        self._unavailable, self._advice = unavailable, advice

    async def open(self) -> Device:
        if self._unavailable:
            raise TrainerUnavailable(self._unavailable)
        return Device("CPU", "fake", self._advice)

    async def prepare(self, problem: Problem, units: int) -> None:
        await self.open()
        self.prepared.append(problem.network.activation)
        await self.gate.wait()

    async def train(self, checkpoint: Checkpoint, problem: Problem, steps: int) -> Checkpoint:
        await self.open()
        self.asked.append(steps)
        await self.gate.wait()
        stride, samples = sampling_stride(checkpoint.history, steps), []
        for _ in range(steps):
            theta, p = flat(checkpoint.parameters), checkpoint.parameters
            with np.errstate(all="ignore"):
                here, gradient, _ = loss_and_gradient(theta, problem)
            if problem.settings.stop_below is not None and here < problem.settings.stop_below:
                break
            if checkpoint.step % stride == 0:
                samples.append(Sample(checkpoint.step, here, tuple(kinks(p).tolist())))
            moved, optimizer = stepped(problem, theta, gradient, checkpoint.optimizer)
            if not (moved.finite and math.isfinite(here) and np.abs(moved.w).max() < 1e30):
                raise Diverged(replace(checkpoint, history=extend_history(checkpoint.history, tuple(samples))))
            checkpoint = replace(checkpoint, parameters=moved, optimizer=optimizer, step=checkpoint.step + 1)
        return replace(checkpoint, history=extend_history(checkpoint.history, tuple(samples)))

    async def close(self) -> None:
        pass


def stepped(problem: Problem, theta: Array, gradient: Array, optimizer: OptimizerState) -> tuple[Parameters, OptimizerState]:
    """One step of the optimizer on what is not locked."""
    moments = flat(optimizer.first), flat(optimizer.second)
    with np.errstate(all="ignore"):
        theta, (first, second) = step(theta, gradient, moments, optimizer.steps + 1, problem)
    return unflat(theta), OptimizerState(unflat(first), unflat(second), optimizer.steps + 1)
