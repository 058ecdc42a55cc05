"""A Trainer without an engine: the float64 training that the engine is tested against, on the caller's thread."""

import asyncio
import math
from array import array
from collections.abc import AsyncGenerator

import numpy as np

from relutui.model.batch import Batch
from relutui.model.network import Parameters
from relutui.model.trainer import Device, DeviceReport, Diverged, TrainerUnavailable
from relutui.model.training import HISTORY_LIMIT, Checkpoint, OptimizerState, Problem, Sample, extend_history
from relutui.model.values import values_of
from tests.support.oracle import batch_loss, batch_loss_and_gradient, flat, loss_and_gradient, step, unflat

LARGEST = float(np.finfo(np.float32).max)  # what the engine can hold

# What it finds, as on a machine with an NVIDIA GPU; unusable are those without a time.
REPORTS = tuple(
    DeviceReport(device, name, renderer, bool(seconds), reason, seconds)
    for device, name, renderer, reason, seconds in (
        ("CPU:X86", "CPU", "x86 assembler", "", 2.874e-3),
        ("CPU:CLANG", "CPU", "clang", "", 0.412e-3),
        ("CPU:LLVM", "CPU", "LLVM", "no libLLVM; needs libLLVM 16 to 21: apt install libllvm19, or set LLVM_PATH", 0.0),
        ("CL", "CL", "OpenCL", "no libOpenCL; needs an OpenCL driver: the GPU's own, or apt install pocl-opencl-icd", 0.0),
        ("CUDA", "CUDA", "CUDA", "", 31.25e-3),
        ("NV", "NV", "NV", "no /dev/nvidiactl; needs an NVIDIA GPU and its open kernel driver", 0.0),
        ("AMD", "AMD", "AMD", "no /dev/kfd; needs an AMD GPU and the amdgpu driver", 0.0),
        ("METAL", "METAL", "Metal", "needs macOS on Apple's processors", 0.0),
        ("QCOM", "QCOM", "QCOM", "no /dev/kgsl-3d0; needs a Qualcomm Adreno GPU and its driver", 0.0),
        ("WEBGPU", "WEBGPU", "WGSL", "no answer within 2.5 s; needs the Dawn library: pip install dawn-python", 0.0),
    )
)


class FakeTrainer:
    """Trains slowly but rightly; `gate` holds training back until it is set, `unavailable` is what open() complains of.

    `found` holds the devices back until it is set; `given_up` counts how often nobody waited for them to the end.
    """

    def __init__(self, unavailable: str = "", advice: str = "") -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked: list[int] = []
        self.batches: list[tuple[int, int]] = []  # networks and steps of every batch asked for
        self.prepared: list[str] = []
        self.found = asyncio.Event()
        self.found.set()
        self.reports = REPORTS
        self.given_up = 0
        self.switched: list[str] = []
        self.unavailable, self._advice = unavailable, advice

    async def open(self) -> Device:
        if self.unavailable:
            raise TrainerUnavailable(self.unavailable)
        return Device("CPU", "fake", self._advice)

    async def devices(self) -> AsyncGenerator[DeviceReport]:
        try:
            await self.found.wait()
        except asyncio.CancelledError:
            self.given_up += 1
            raise
        for report in self.reports:
            yield report

    async def switch(self, device: str) -> Device:
        """To any that is usable, once the gate is open."""
        self.switched.append(device)
        await self.gate.wait()
        (report,) = [report for report in REPORTS if report.device == device]
        if not report.usable:
            raise TrainerUnavailable(f"device {device} cannot be opened: {report.reason}")
        return Device(report.name, report.renderer)

    async def prepare(self, problem: Problem, units: int) -> None:
        await self.open()
        self.prepared.append(problem.network.activation)
        await self.gate.wait()

    async def train(self, checkpoint: Checkpoint, problem: Problem, steps: int) -> Checkpoint:
        await self.open()
        self.asked.append(steps)
        await self.gate.wait()
        start, back = checkpoint, np.argsort(flat_order(checkpoint.parameters.units))
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
                if (start.step + taken) % stride_at(start.step + taken) == 0:
                    values = array("f", theta[back].astype(np.float32).tobytes())
                    samples.append(Sample(start.step + taken, here, values))
                moved, remembered = step(theta, gradient, moments, known + taken + 1, problem)
                if not (math.isfinite(here) and np.abs(moved).max() < 1e30):
                    raise Diverged(reached())
                theta, moments, taken = moved, remembered, taken + 1
        return reached()

    async def train_batch(self, batch: Batch, problem: Problem, steps: int) -> Batch:
        await self.open()
        self.batches.append((len(batch), steps))
        await self.gate.wait()
        order = flat_order(batch.units)
        values, moments = batch.values[:, order], (batch.first[:, order], batch.second[:, order])
        with np.errstate(all="ignore"):
            for t in range(batch.step + 1, batch.step + steps + 1):
                losses, gradients = batch_loss_and_gradient(values, problem)
                moved, remembered = step(values, gradients, moments, t, problem)
                bound = problem.settings.stop_below
                going = (losses < LARGEST) & (losses >= (0.0 if bound is None else bound))
                values = np.where(going[:, None], moved, values)
                first, second = (np.where(going[:, None], new, old) for new, old in zip(remembered, moments))
                moments = first, second
            losses = batch_loss(values, problem)
            within = (losses < LARGEST) & (np.abs(values).max(axis=1) < LARGEST)
        back = np.argsort(order)
        measured = np.where(within, losses, np.inf)
        return Batch(values[:, back], moments[0][:, back], moments[1][:, back], batch.step + steps, measured)

    async def close(self) -> None:
        pass


def flat_order(units: int) -> list[int]:
    """Where the oracle's w, b, v, c lie among a batch's c, w_0, b_0, v_0, w_1, ..."""
    return [3 * unit + field for field in (1, 2, 3) for unit in range(units)] + [0]


def stride_at(step: int) -> int:
    """The stride of the samples, by the step alone: screens must not depend on how long the bursts were."""
    stride = 1
    while stride * HISTORY_LIMIT <= step:
        stride *= 2
    return stride


def sample_of(p: Parameters, step: int = 0, loss: float = 1.0) -> Sample:
    """A sample of a state, as the engine takes them."""
    return Sample(step, loss, array("f", values_of(p).astype(np.float32).tobytes()))
