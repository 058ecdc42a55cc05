"""Steps per second of the engine and of plain numpy: 3 units, 300 points, sgd, 1,000 steps a burst.

    python tests/benchmarks/steps.py [DEVICE ...]       (default: CPU:X86, and CPU:CLANG where clang is on PATH)

The rounds of all are interleaved, so that a busy machine slows each alike; the figures are medians.
"""

import asyncio
import sys
import time

import numpy as np

from relutui.data import Dataset
from relutui.engine import Engine
from relutui.engine.opening import clang
from relutui.network import ACTIVATIONS, Activation, Network, Parameters
from relutui.training import OPTIMIZERS, Checkpoint, Locks, Optimizer, Problem, TrainingSettings

ROUNDS, STEPS, NUMPY_STEPS = 25, 1000, 200
TARGETS = {"clang": 10, "x86 assembler": 4}
X = np.linspace(0, 3, 300)
Y = np.interp(X, [0, 1, 2, 3], [2, 0, 1, 4])
RNG = np.random.default_rng(0)
W, B, V = RNG.normal(size=(3, 3))
RATE = 0.01


def problem(activation: Activation, optimizer: Optimizer) -> Problem:
    free = np.zeros(3, dtype=bool)
    settings = TrainingSettings(optimizer, RATE)
    return Problem(Network(activation), Dataset(X, Y), Locks(free, free, free, False), settings)


def numpy_steps() -> None:
    """relu and sgd as one writes them by hand, in float32."""
    x, y, w, b, v = (a.astype(np.float32) for a in (X, Y, W, B, V))
    c = np.float32(0)
    for _ in range(NUMPY_STEPS):
        z = x[:, None] * w + b
        a, on = np.maximum(z, 0), z > 0
        r = (a @ v + c - y) * np.float32(2 / len(x))
        on_r = r[:, None] * on
        dw, db, dv, dc = v * (on_r * x[:, None]).sum(0), v * on_r.sum(0), r @ a, r.sum()
        w -= RATE * dw
        b -= RATE * db
        v -= RATE * dv
        c -= RATE * dc


async def compare(device: str) -> None:
    engine = Engine(device)
    opened = await engine.open()
    print(f"\n{opened}")
    kinds: list[tuple[Activation, Optimizer]] = [("relu", optimizer) for optimizer in OPTIMIZERS]
    kinds += [(activation, "sgd") for activation in ACTIVATIONS if activation != "relu"]
    for activation, optimizer in kinds:
        await measure(engine, activation, optimizer, TARGETS.get(opened.renderer))
    await engine.close()


async def measure(engine: Engine, activation: Activation, optimizer: Optimizer, target: int | None) -> None:
    task, start = problem(activation, optimizer), Checkpoint.start(Parameters(W, B, V, 0.0))
    times = [time.perf_counter()]
    await engine.prepare(task, 3)
    compiled = time.perf_counter() - times[0]
    await engine.train(start, task, STEPS)
    rounds = []
    for _ in range(ROUNDS):
        times = [time.perf_counter()]
        await engine.train(start, task, STEPS)
        times.append(time.perf_counter())
        await engine.train(start, task, 1)
        times.append(time.perf_counter())
        numpy_steps()
        times.append(time.perf_counter())
        rounds.append(np.diff(times))
    burst, one, by_hand = np.median(rounds, axis=0) / (STEPS, 1, NUMPY_STEPS)
    print(
        f"{activation:>10} {optimizer:<8}  {burst * 1e6:6.2f} us a step, {one * 1e6:4.0f} us for one step, "
        f"compiled in {compiled:.2f} s; numpy (relu, sgd) {by_hand * 1e6:5.1f} us: {by_hand / burst:5.1f} times"
    )
    if (activation, optimizer) == ("relu", "sgd") and target:
        print(f"{'':>10} target: at least {target} times: {'met' if by_hand / burst >= target else 'MISSED'}")


if __name__ == "__main__":
    for name in sys.argv[1:] or ["CPU:X86", *(["CPU:CLANG"] if clang() else [])]:
        asyncio.run(compare(name))
