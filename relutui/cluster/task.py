"""What a worker runs: a chunk of a sweep, which comes as text and numbers, and goes back as 9 bytes a network or more."""

import asyncio
import time
from functools import lru_cache

import dask
import numpy as np
from distributed import get_worker

from relutui import __version__
from relutui.engine.engine import Engine
from relutui.model.trainer import Device
from relutui.scenario.reader import parse
from relutui.scenario.scenario import Scenario
from relutui.study.grid import Value
from relutui.study.sweep import Sweep, of_units
from relutui.study.sweep_results import Chunk

Identity = dict[str, str]  # of a worker: its address, what it runs and on what; the bytes of a result depend on all but address
Answer = tuple[Identity, bytes, float]

DEVICE_KEY = "relutui.device"  # in Dask's configuration, for a worker: DASK_RELUTUI__DEVICE in the environment


@lru_cache(1)
def worker_engine() -> Engine:
    """The engine of this process, on the device that its configuration names."""
    return Engine(dask.config.get(DEVICE_KEY, None))


def identify() -> Identity:
    """Who this worker is.  Raises TrainerUnavailable."""
    return _identity(asyncio.run(worker_engine().open()))


def train_chunk(
    text: str, units: Value, first: int, count: int, steps: int, below: float, parameters: bool, expected: Identity | None
) -> Answer:
    """Train `count` seeds from `first` on; the answer is who did it, losses and outcomes of each, and the seconds it took.

    text: as problem_toml writes it; parameters: whether those of each network follow the outcomes; expected: what this worker
    has to be, its address apart, or else it only says who it is; None if it may be any.  Raises TrainerUnavailable.
    """
    seeds = range(first, first + count)
    return asyncio.run(_train(_sweep(text, units, seeds, steps, below, parameters), expected))


async def _train(sweep: Sweep, expected: Identity | None) -> Answer:
    engine, began = worker_engine(), time.perf_counter()
    own = _identity(await engine.open())
    if expected is not None and differing(own, expected):
        return own, b"", 0.0
    chunk = Chunk(sweep.cells[0], sweep.seeds)
    async for reached in sweep.train(engine, chunk):
        batch = reached
    result = sweep.result(batch, chunk)
    parts = result.losses, result.outcomes, result.parameters
    return own, b"".join(np.asarray(part).tobytes() for part in parts), time.perf_counter() - began


def differing(own: Identity, expected: Identity) -> list[str]:
    """What differs between two workers, their addresses apart."""
    return [key for key in expected if key != "worker" and own.get(key) != expected[key]]


def _sweep(text: str, units: Value, seeds: range, steps: int, below: float, parameters: bool) -> Sweep:
    scenario = _scenario(text)
    numbers, vary = of_units([units], ())
    return Sweep(scenario, scenario.settings, numbers, seeds, steps, below, vary, parameters)


@lru_cache(4)
def _scenario(text: str) -> Scenario:
    return parse(text, "sweep", None, limit=None)


def _identity(device: Device) -> Identity:
    return {
        "worker": get_worker().address,
        "relutui": __version__,
        "numpy": np.__version__,
        "device": device.name,
        "renderer": device.renderer,
    }
