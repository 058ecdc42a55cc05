"""tinygrad without a kernel of one's own: a step of ordinary Tensor operations, its autograd and optimizer, in a TinyJit."""

import numpy as np
from tinygrad import Context, Tensor, TinyJit, nn

from relutui.bench.task import Run, Task, Values
from relutui.engine.devices.opening import open_device
from relutui.model.training import EPSILON


def prepare(task: Task, variant: str) -> Run:
    """Prepare the training of a task; `variant` is the device."""
    open_device(variant)
    x, y = Tensor(task.x).realize(), Tensor(task.y).realize()
    # one number alone would be a constant to tinygrad, which does not train
    c, w, b, v = values = [Tensor(np.atleast_1d(part)).realize() for part in task.start]
    if task.optimizer == "sgd":
        optimizer = nn.optim.SGD(values, lr=task.rate)
    else:
        optimizer = nn.optim.Adam(values, lr=task.rate, eps=EPSILON)
    state = nn.state.get_parameters(optimizer)  # the values among them
    beginning = [part.clone().realize() for part in state]

    def restart() -> None:
        Tensor.realize(*(part.assign(first) for part, first in zip(state, beginning)))

    def step() -> None:
        optimizer.zero_grad()
        (v @ (w.unsqueeze(1) * x + b.unsqueeze(1)).relu() + c - y).square().mean().backward()
        optimizer.step()

    restarting, stepping = TinyJit(restart), TinyJit(step)

    def run(steps: int) -> Values:
        restarting()
        with Context(TRAINING=1):
            for _ in range(steps):
                stepping()
        return c.numpy()[0], w.numpy(), b.numpy(), v.numpy()

    return run
