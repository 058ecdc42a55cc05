"""TensorFlow: the whole training as one loop that XLA compiles, the gradient by hand."""

import os
from typing import Any

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import tensorflow as tf

from relutui.bench.task import Run, Task, Values
from relutui.model.training import BETA1, BETA2, EPSILON

tf.config.set_visible_devices([], "GPU")  # of which it would take all the memory


def prepare(task: Task, variant: str) -> Run:
    """Prepare the training of a task; `variant` is by hand, as autodiff is never faster."""
    x, y, rate = tf.constant(task.x), tf.constant(task.y), task.rate

    def gradient(c: Any, w: Any, b: Any, v: Any) -> Any:
        z = w[:, None] * x + b[:, None]
        on = z > 0
        r = (tf.linalg.matvec(tf.where(on, z, 0.0), v, transpose_a=True) + c - y) * (2 / task.points)
        r_on = tf.where(on, r, 0.0)
        r_x, r_1 = tf.linalg.matvec(r_on, x), tf.reduce_sum(r_on, 1)
        return tf.reduce_sum(r), v * r_x, v * r_1, w * r_x + b * r_1

    def sgd(t: Any, values: Any) -> Any:
        return t + 1, tuple(old - rate * slope for old, slope in zip(values, gradient(*values)))

    def adam(t: Any, state: Any) -> Any:
        values, means, squares = state
        found, taken = gradient(*values), tf.cast(t + 1, tf.float32)
        means = tuple(BETA1 * mean + (1 - BETA1) * slope for mean, slope in zip(means, found))
        squares = tuple(BETA2 * square + (1 - BETA2) * tf.square(slope) for square, slope in zip(squares, found))
        first, second = 1 / (1 - BETA1**taken), 1 / (1 - BETA2**taken)
        values = tuple(
            old - rate * (mean * first) / (tf.sqrt(square * second) + EPSILON)
            for old, mean, square in zip(values, means, squares)
        )
        return t + 1, (values, means, squares)

    def train(values: Any, steps: Any) -> Any:
        nothing = tuple(map(tf.zeros_like, values))
        step, state = (sgd, values) if task.optimizer == "sgd" else (adam, (values, nothing, nothing))
        trained = tf.while_loop(lambda t, _: t < steps, step, (tf.constant(0), state))[1]
        return trained if task.optimizer == "sgd" else trained[0]

    compiled = tf.function(train, jit_compile=True)
    start = tuple(map(tf.constant, task.start))

    def run(steps: int) -> Values:
        c, w, b, v = (part.numpy() for part in compiled(start, tf.constant(steps)))
        return c, w, b, v

    return run
