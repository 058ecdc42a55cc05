"""numpy by hand: plain, as one writes it down, and tuned, without a new array in the loop."""

from typing import Any

import numpy as np

from relutui.bench.task import Array32, Run, Task, Values, gradient
from relutui.model.training import BETA1, BETA2, EPSILON


def prepare(task: Task, variant: str) -> Run:
    """Prepare the training of a task; `variant` is plain or tuned."""
    return _plain(task) if variant == "plain" else _tuned(task)


def _plain(task: Task) -> Run:
    x, y, rate = task.x, task.y, task.rate

    def run(steps: int) -> Values:
        values: list[Any] = list(task.start)
        means, squares = ([np.zeros_like(part) for part in values] for _ in range(2))
        for t in range(1, steps + 1):
            for n, slope in enumerate(gradient(np.where, values, x, y)):
                if task.optimizer == "sgd":
                    values[n] = values[n] - rate * slope
                else:
                    means[n] = BETA1 * means[n] + (1 - BETA1) * slope
                    squares[n] = BETA2 * squares[n] + (1 - BETA2) * slope**2
                    root = np.sqrt(squares[n] / (1 - BETA2**t))
                    values[n] = values[n] - rate * (means[n] / (1 - BETA1**t)) / (root + EPSILON)
        return tuple(values)

    return run


def _tuned(task: Task) -> Run:
    """All parameters in one array, so that one operation updates them; every result is written to memory that is there."""
    units, rate = task.units, np.float32(task.rate)
    scaled_y, scale = task.y * np.float32(2 / task.points), np.float32(2 / task.points)
    x_and_1 = np.stack([task.x, np.ones_like(task.x)], axis=1)
    shape = task.start[1].shape
    theta, slope, mean, square, move, root = (np.empty((*shape[:-1], 3 * units + 1), np.float32) for _ in range(6))
    c, w, b, v = _parts(theta, units)
    dc, dw, db, dv = _parts(slope, units)
    z, on = np.empty((*shape, task.points), np.float32), np.empty((*shape, task.points), bool)
    r, sums, product = np.empty((*shape[:-1], 1, task.points), np.float32), np.empty((*shape, 2), np.float32), np.empty_like(w)
    r_x, r_1 = sums[..., 0], sums[..., 1]

    def differentiate() -> None:
        np.multiply(w[..., None], task_x, out=z)
        np.add(z, b[..., None], out=z)
        np.greater(z, 0, out=on)
        np.multiply(z, on, out=z)
        np.matmul(v[..., None, :], z, out=r)
        np.add(r, c[..., None], out=r)
        np.multiply(r, scale, out=r)
        np.subtract(r, scaled_y, out=r)
        np.multiply(r, on, out=z)
        np.matmul(z, x_and_1, out=sums)
        np.multiply(v, r_x, out=dw)
        np.multiply(v, r_1, out=db)
        np.multiply(w, r_x, out=dv)
        np.multiply(b, r_1, out=product)
        np.add(dv, product, out=dv)
        np.sum(r, axis=-1, out=dc)

    task_x = task.x

    def run(steps: int) -> Values:
        for part, first in zip((c[..., 0], w, b, v), task.start):
            part[...] = first
        mean.fill(0)
        square.fill(0)
        for t in range(1, steps + 1):
            differentiate()
            if task.optimizer == "sgd":
                np.multiply(slope, rate, out=move)
            else:
                np.multiply(mean, BETA1, out=mean)
                np.multiply(slope, 1 - BETA1, out=move)
                np.add(mean, move, out=mean)
                np.multiply(square, BETA2, out=square)
                np.multiply(slope, slope, out=move)
                np.multiply(move, 1 - BETA2, out=move)
                np.add(square, move, out=square)
                np.multiply(square, 1 / (1 - BETA2**t), out=root)
                np.sqrt(root, out=root)
                np.add(root, EPSILON, out=root)
                np.multiply(mean, rate / (1 - BETA1**t), out=move)
                np.divide(move, root, out=move)
            np.subtract(theta, move, out=theta)
        return c[..., 0].copy(), w.copy(), b.copy(), v.copy()

    return run


def _parts(flat: Array32, units: int) -> Values:
    """Views of c, of shape (..., 1), and of w, b and v."""
    return flat[..., 3 * units :], flat[..., :units], flat[..., units : 2 * units], flat[..., 2 * units : 3 * units]
