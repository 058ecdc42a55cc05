"""Probes devices in processes of their own: `python -m relutui.engine.probe_worker CPU:X86 CL` prints JSON, a line for each."""

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

TIMED_STEPS = 1000  # in the burst that is timed
TIMED_RUNS = 3  # of which the fastest counts
PARENT_PIPE = 0  # standard input, which reads as ended once the parent has ended, for whatever reason
PROBE_LIMIT_S = 20  # after which a process ends by itself

# 3 units on 300 points, from parameters that converge.
_X = np.linspace(0.0, 3.0, 300)
_FREE = np.zeros(3, dtype=bool)
PROBLEM = Problem(
    Network(), Dataset(_X, np.interp(_X, [0, 1, 2, 3], [2, 0, 1, 4])), Locks(_FREE, _FREE, _FREE, False), TrainingSettings()
)
START = Checkpoint.start(Parameters(np.array([-2.0, 0.5, 1.0]), np.array([2.0, 0.0, -2.0]), np.ones(3), 0.0))


def main(devices: list[str]) -> None:
    """Probe devices in parallel, and print a report of each."""
    candidates = [candidate for candidate in CANDIDATES if candidate.device in devices]
    gc.disable()
    try:
        with isolated_environment():
            import_tinygrad()
            import tinygrad.runtime.ops_cpu  # noqa: F401  # which every device imports

            import relutui.engine.kernel_choice  # noqa: F401
    except TrainerUnavailable as error:
        for candidate in candidates:
            _report(candidate.unusable(str(error)), 1)
        return
    # Forked processes share the imports, which take longer than most probes.  Apple's libraries do not survive a fork.
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
    """Probe a device in this process and print the report; whatever a driver prints is dropped."""
    signal.alarm(PROBE_LIMIT_S)
    heard = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    _report(asyncio.run(measure(candidate)), heard)
    os._exit(0)  # a driver may hang at a normal exit


async def measure(candidate: Candidate) -> DeviceReport:
    """Open a device, check a training on it, and time a burst by points, which every device can run."""
    engine = Engine(candidate.device, method="points")
    try:
        opened = await engine.open()
        trained = await engine.train(START, PROBLEM, TIMED_STEPS)  # compiles the kernel, too
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
    os.write(file, json.dumps(asdict(report)).encode() + b"\n")  # one write, short enough for a pipe to keep it in one piece


if __name__ == "__main__":
    main(sys.argv[1:])
    os._exit(0)
