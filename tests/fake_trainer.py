"""A Trainer without an engine: the float64 training that the engine is tested against, on the caller's thread."""

import asyncio
import math

import numpy as np
from oracle import flat, loss_and_gradient, step, unflat

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
        start, stride = checkpoint, sampling_stride(checkpoint.history, steps)
        theta, taken = flat(start.parameters), 0
        samples: list[Sample] = []
        moments, known = (flat(start.optimizer.first), flat(start.optimizer.second)), start.optimizer.steps

        def reached() -> Checkpoint:
            optimizer = OptimizerState(unflat(moments[0]), unflat(moments[1]), known + taken)
            return Checkpoint(unflat(theta), optimizer, start.step + taken, extend_history(start.history, tuple(samples)))

        with np.errstate(all="ignore"):
            for _ in range(steps):
                here, gradient, _ = loss_and_gradient(theta, problem)
                if problem.settings.stop_below is not None and here < problem.settings.stop_below:
                    break
                if (start.step + taken) % stride == 0:
                    samples.append(Sample(start.step + taken, here, tuple(kinks(unflat(theta)).tolist())))
                moved, remembered = step(theta, gradient, moments, known + taken + 1, problem)
                if not (math.isfinite(here) and np.abs(moved).max() < 1e30):
                    raise Diverged(reached())
                theta, moments, taken = moved, remembered, taken + 1
        return reached()

    async def close(self) -> None:
        pass
