"""A step held against the gradient at every point, in more digits than float64 has."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relutui.model.batch import Batch
from relutui.model.gradient import gradient
from relutui.model.network import Parameters
from relutui.model.trainer import Diverged
from relutui.model.training import Checkpoint, Problem
from relutui.model.values import values_of
from tests.support import oracle
from tests.support.blocking import Blocking


class Wanted(NamedTuple):
    """A gradient point by point, of c, w_0, b_0, v_0, w_1, ..., what it may be off by, and if a kink is too near a point."""

    gradient: NDArray[np.float64]
    may_be_off: NDArray[np.float64]
    on_kink: bool
    finite: bool


def wanted(problem: Problem, p: Parameters) -> Wanted:
    """With more digits where numpy has them; off by 1e-6 of the largest term, and by what float64 is at each point."""
    network, wide, tiny = problem.network, np.longdouble, 2.0**-49
    x, y = problem.dataset.x.astype(wide)[:, None], problem.dataset.y.astype(wide)[:, None]
    w, b, v = (values.astype(wide) for values in (p.w, p.b, p.v))
    z, parts = w * x + b, np.abs(w * x) + np.abs(b)
    a, da = oracle.value_and_slope(network.activation, z, network.slope_at_kink)  # type: ignore[arg-type]
    error = (wide(p.c) + (a * v).sum(axis=1, keepdims=True)) - y
    scale = wide(2 / len(x) if problem.settings.loss == "mse" else 2.0)
    kinked = network.activation in ("relu", "leaky_relu")
    off_a = tiny * np.where((z > 0) | (network.activation != "relu"), parts, 0)  # of a, and of a slope that bends
    off_da = tiny * (0.0 if kinked else 1.0 + parts)
    off_error = tiny * (np.abs(p.c) + np.abs(y)) + (np.abs(v) * off_a).sum(axis=1, keepdims=True)
    found, off = np.empty(1 + 3 * len(w)), np.empty(1 + 3 * len(w))
    for first, (factor, off_factor) in enumerate([(1.0, 0.0), (v * da * x, v * off_da * x), (v * da, v * off_da), (a, off_a)]):
        place = slice(0, 1) if first == 0 else slice(first, None, 3)
        term, rounding = error * factor, np.abs(error * off_factor) + np.abs(off_error * factor)
        found[place] = (scale * term).sum(axis=0)
        off[place] = scale * (1e-6 * np.abs(term).max(axis=0) + rounding.sum(axis=0))
    near = kinked and bool((np.abs(z) <= 2.0**-46 * parts).any())
    loss = scale / 2 * (error**2).sum()
    return Wanted(found, off, near, bool(loss < 3.4e38))


def gradient_taken(before: Checkpoint, after: Checkpoint, problem: Problem) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The gradient that a step has followed, from what it has changed, and how exactly that tells it."""
    how = problem.settings
    old, new = (values_of(c.parameters if how.optimizer == "sgd" else c.optimizer.first) for c in (before, after))
    if how.optimizer == "sgd":
        return (old - new) / how.learning_rate, 2.0**-51 * (np.abs(old) + np.abs(new)) / how.learning_rate
    decay, share = (how.momentum, 1.0) if how.optimizer == "momentum" else (0.9, 1 - 0.9)
    return (new - decay * old) / share, 2.0**-50 * (np.abs(old) + np.abs(new)) / share


def holds(engine: Blocking, before: Checkpoint, problem: Problem) -> Checkpoint | None:
    """Take a step, alone and in a batch, and hold both against every point; where it has led to, None where it diverged."""
    want = wanted(problem, before.parameters)
    memory = before.optimizer
    values, first, second = (
        values_of(part)[None].repeat(2, axis=0) for part in (before.parameters, memory.first, memory.second)
    )
    batch = Batch(values, first, second, memory.steps, np.full(2, np.nan))
    together = engine.train_batch(batch, problem, 1)
    try:
        after = engine.train(before, problem, 1)
    except Diverged:
        assert np.isnan(together.losses).all()
        return None
    assert want.finite
    assert np.isfinite(together.losses).all()
    as_one = replace(after, parameters=together.parameters(1), optimizer=after.optimizer._replace(first=first_of(together)))
    if not want.on_kink:
        free = values_of(problem.locks) == 0.0
        own, reference = values_of(gradient(problem, before.parameters)), want.gradient
        assert (np.abs(own - reference) <= want.may_be_off).all()
        for got in (after, as_one):
            found, slack = gradient_taken(before, got, problem)
            off = np.abs(found - reference) - want.may_be_off - slack
            assert (off[free] <= 0.0).all(), (off, found, reference)
    return after


def first_of(batch: Batch) -> Parameters:
    return Batch.start(batch.first).parameters(1)
