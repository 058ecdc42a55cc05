"""Tries devices in a process of its own: `python -m relutui.engine.probe_worker CPU:X86 CL` prints a line of JSON for each."""

import asyncio
import gc
import json
import os
import signal
import sys
import time
from dataclasses import asdict
from multiprocessing import get_context
from multiprocessing.connection import wait

import numpy as np

from relutui.engine.devices.catalogue import CANDIDATES, Candidate
from relutui.engine.devices.opening import import_tinygrad
from relutui.engine.engine import Engine
from relutui.engine.tinygrad_patches.environment import isolated_environment
from relutui.model.dataset import Dataset
from relutui.model.network import Network, Parameters
from relutui.model.trainer import DeviceReport, Diverged, TrainerUnavailable
from relutui.model.training import Checkpoint, Locks, Problem, TrainingSettings

TIMED_STEPS = 1000  # of the burst that is timed
TIMED_RUNS = 3  # of which the fastest counts
PARENT_PIPE = 0  # the standard input, which ends with whoever asks, however that ends
PROBE_LIMIT_S = 20  # s after which a process ends that nobody has ended

# The training of 3 units on 300 points, from where it converges.
_X = np.linspace(0.0, 3.0, 300)
_FREE = np.zeros(3, dtype=bool)
PROBLEM = Problem(
    Network(), Dataset(_X, np.interp(_X, [0, 1, 2, 3], [2, 0, 1, 4])), Locks(_FREE, _FREE, _FREE, False), TrainingSettings()
)
START = Checkpoint.start(Parameters(np.array([-2.0, 0.5, 1.0]), np.array([2.0, 0.0, -2.0]), np.ones(3), 0.0))


def main(devices: list[str]) -> None:
    """Try devices, all at once, and say of each what came of it."""
    candidates = [candidate for candidate in CANDIDATES if candidate.device in devices]
    gc.disable()
    try:
        with isolated_environment():
            import_tinygrad()
            import tinygrad.runtime.ops_cpu  # noqa: F401  # which every device comes with

            import relutui.engine.kernel_choice  # noqa: F401
    except TrainerUnavailable as error:
        for candidate in candidates:
            _report(candidate.unusable(str(error)), 1)
        return
    # Forked, they share what is imported, which takes longer than most of them.  Apple's libraries do not bear it.
    context = get_context("fork") if sys.platform == "linux" else get_context("spawn")
    processes = [context.Process(target=probe, args=(candidate,)) for candidate in candidates]
    for process in processes:
        process.start()
    waiting = dict(zip(candidates, processes))
    while waiting:
        ended = wait([PARENT_PIPE, *(process.sentinel for process in waiting.values())])
        if PARENT_PIPE in ended:
            for process in waiting.values():
                process.kill()
            return
        for candidate, process in list(waiting.items()):
            if process.sentinel in ended:
                process.join()
                del waiting[candidate]
                if process.exitcode:
                    _report(candidate.unusable(f"its driver ended the process (status {process.exitcode})"), 1)


def probe(candidate: Candidate) -> None:
    """Try a device in this process, and say what came of it; nothing else that is printed here is heard."""
    signal.alarm(PROBE_LIMIT_S)
    heard = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    _report(asyncio.run(measure(candidate)), heard)
    os._exit(0)  # at once, whatever a driver would still do


async def measure(candidate: Candidate) -> DeviceReport:
    """Open the device, train on it, and time a burst that visits every point: the kernel that every device can run."""
    engine = Engine(candidate.device, method="points")
    try:
        opened = await engine.open()
        trained = await engine.train(START, PROBLEM, TIMED_STEPS)  # compiles, too
        seconds = []
        for _ in range(TIMED_RUNS):
            began = time.perf_counter()
            await engine.train(START, PROBLEM, TIMED_STEPS)
            seconds.append(time.perf_counter() - began)
    except TrainerUnavailable as error:
        return candidate.unusable(str(error).removeprefix(f"device {candidate.device} cannot be opened: "))
    except Diverged as error:
        trained = error.checkpoint
    finally:
        await engine.close()
    losses = [PROBLEM.network.loss(p, PROBLEM.dataset.x, PROBLEM.dataset.y) for p in (START.parameters, trained.parameters)]
    if trained.step != TIMED_STEPS or not np.isclose(trained.history[0].loss, losses[0]) or losses[1] > losses[0] / 100:
        return candidate.unusable("trains, but wrongly")
    return DeviceReport(candidate.device, opened.name, opened.renderer, True, "", min(seconds))


def _report(report: DeviceReport, file: int) -> None:
    os.write(file, json.dumps(asdict(report)).encode() + b"\n")  # as one piece, of a size that pipes keep together


if __name__ == "__main__":
    main(sys.argv[1:])
    os._exit(0)
