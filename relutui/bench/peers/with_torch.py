"""torch: eager with its own optimizers; and compiled, the gradient by hand, UNROLLED steps of one network in a call."""

import os
from typing import Any

os.environ["TORCHINDUCTOR_COMPILE_THREADS"] = "1"  # else a pool of processes, of which some outlive this one

import torch

from relutui.bench.task import UNROLLED, Run, Task, Values


def prepare(task: Task, variant: str) -> Run:
    """Prepare the training of a task; `variant` is eager or compiled; a batch is always compiled, and sgd."""
    x, y = torch.from_numpy(task.x), torch.from_numpy(task.y)
    if variant == "eager":
        return _eager(task, x, y)
    torch._dynamo.reset()  # else another shape would compile for any shape, which is slower
    return _compiled(task, x, y) if task.networks is None else _compiled_batch(task, x, y)


def _eager(task: Task, x: Any, y: Any) -> Run:
    kind = torch.optim.SGD if task.optimizer == "sgd" else torch.optim.Adam

    def run(steps: int) -> Values:
        c, w, b, v = values = [torch.tensor(part, requires_grad=True) for part in task.start]
        optimizer = kind(values, lr=task.rate)
        for _ in range(steps):
            optimizer.zero_grad()
            (v @ torch.relu(w[:, None] * x + b[:, None]) + c - y).square().mean().backward()
            optimizer.step()
        return _arrays(*(part.detach() for part in values))

    return run


def _compiled(task: Task, x: Any, y: Any) -> Run:
    rate = task.rate

    def gradient(c: Any, w: Any, b: Any, v: Any) -> tuple[Any, ...]:
        z = w[:, None] * x + b[:, None]
        on = z > 0
        r = ((v[:, None] * torch.where(on, z, 0.0)).sum(0) + c - y) * (2 / len(x))
        r_on = torch.where(on, r, 0.0)
        r_x, r_1 = (r_on * x).sum(1), r_on.sum(1)
        return r.sum(), v * r_x, v * r_1, w * r_x + b * r_1

    def several_steps(*values: Any) -> tuple[Any, ...]:
        for _ in range(UNROLLED):
            values = tuple(old - rate * slope for old, slope in zip(values, gradient(*values)))
        return values

    return _loop(several_steps, [torch.from_numpy(part) for part in task.start], UNROLLED)


def _compiled_batch(task: Task, x: Any, y: Any) -> Run:
    """The networks along the last axis, in which the processor's vectors lie."""
    rate, start = task.rate, [torch.from_numpy(part.T.copy()) for part in task.start]
    column = x[:, None]

    def one_step(c: Any, w: Any, b: Any, v: Any) -> tuple[Any, ...]:
        z = column * w[:, None] + b[:, None]  # (units, points, networks)
        on = z > 0
        r = ((v[:, None] * torch.where(on, z, 0.0)).sum(0) + c - y[:, None]) * (2 / len(x))
        r_on = torch.where(on, r, 0.0)
        r_x, r_1 = (r_on * column).sum(1), r_on.sum(1)
        slopes = r.sum(0), v * r_x, v * r_1, w * r_x + b * r_1
        return tuple(old - rate * slope for old, slope in zip((c, w, b, v), slopes))

    train = _loop(one_step, start, 1)

    def run(steps: int) -> Values:
        c, w, b, v = (part.T for part in train(steps))
        return c, w, b, v

    return run


def _loop(function: Any, start: list[Any], at_once: int) -> Run:
    compiled = torch.compile(function, fullgraph=True, dynamic=False)

    def run(steps: int) -> Values:
        with torch.no_grad():
            values = start
            for _ in range(steps // at_once):
                values = compiled(*values)
        return _arrays(*values)

    return run


def _arrays(c: Any, w: Any, b: Any, v: Any) -> Values:
    return c.numpy(), w.numpy(), b.numpy(), v.numpy()
