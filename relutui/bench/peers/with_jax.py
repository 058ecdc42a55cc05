"""JAX: the whole training as one jitted fori_loop; batches by vmap of it."""

import os
from typing import Any

os.environ["XLA_PYTHON_CLIENT_PREALLOCATE"] = "false"  # else the first of two takes most of a GPU's memory

import jax
import jax.numpy as jnp
import numpy as np

from relutui.bench.task import Run, Task, Values, gradient
from relutui.model.training import BETA1, BETA2, EPSILON

jax.config.update("jax_default_matmul_precision", "float32")  # of which a GPU would drop digits


def prepare(task: Task, variant: str) -> Run:
    """Prepare the training of a task; `variant` is autodiff or by hand."""
    x, y, rate = jnp.asarray(task.x), jnp.asarray(task.y), task.rate

    def loss(values: Any) -> Any:
        c, w, b, v = values
        return jnp.square(v @ jnp.maximum(w[:, None] * x + b[:, None], 0) + c - y).mean()

    slopes = jax.grad(loss) if variant == "autodiff" else lambda values: gradient(jnp.where, values, x, y)

    def sgd(_: Any, values: Any) -> Any:
        return jax.tree.map(lambda old, slope: old - rate * slope, values, slopes(values))

    def adam(step: Any, state: Any) -> Any:
        values, means, squares = state
        found, t = slopes(values), step + 1.0
        means = jax.tree.map(lambda mean, slope: BETA1 * mean + (1 - BETA1) * slope, means, found)
        squares = jax.tree.map(lambda square, slope: BETA2 * square + (1 - BETA2) * slope**2, squares, found)
        first, second = 1 / (1 - BETA1**t), 1 / (1 - BETA2**t)
        values = jax.tree.map(
            lambda old, mean, square: old - rate * (mean * first) / (jnp.sqrt(square * second) + EPSILON),
            values, means, squares,
        )  # fmt: skip
        return values, means, squares

    def train(values: Any, steps: Any) -> Any:
        if task.optimizer == "sgd":
            return jax.lax.fori_loop(0, steps, sgd, values)
        nothing = jax.tree.map(jnp.zeros_like, values)
        return jax.lax.fori_loop(0, steps, adam, (values, nothing, nothing))[0]

    compiled = jax.jit(train if task.networks is None else jax.vmap(train, in_axes=(0, None)))
    start = tuple(map(jnp.asarray, task.start))

    def run(steps: int) -> Values:
        return tuple(map(np.asarray, compiled(start, steps)))

    return run
