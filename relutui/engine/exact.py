"""Trains point by point in float64, with numpy on the processor, whatever the device: the steps of `model/gradient.py`.

It takes the steps for which the tables of the kernel by pieces have too few digits, and trains on data for which float32 has
too few.  A step takes as long as tens of a kernel's; but this is the definition itself, for every activation and device, and is
seldom needed for long.  Whether it takes over, and gives back, depends on the state alone: a training that is interrupted and
continued ends in the same state.
"""

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relutui.engine.workers import Interrupt, Workers
from relutui.lib.arrays import Array, quiet
from relutui.model.batch import Batch
from relutui.model.gradient import GREATEST, State, losses_and_gradients, step
from relutui.model.minibatch import problem_of_step
from relutui.model.shapes import Sizes
from relutui.model.trainer import Diverged
from relutui.model.training import Checkpoint, OptimizerState, Problem, Sample, extend_history, sampling_stride
from relutui.model.values import parameters_of, values_of

_VISITS_AT_ONCE = 2**18  # networks times units times points in one step: an array of this size stays in the cache

IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class ExactSpec:
    """The spec of problems for which nothing is compiled."""


class AdvanceResult(NamedTuple):
    """The end of a training of networks.

    taken: the steps of each, of shape (networks,); losses: nan where no longer finite, of shape (networks,); before: the state
    before each network's last step.
    """

    state: State
    taken: IntArray
    losses: Array
    before: State


@quiet
def advance(
    problem: Problem,
    state: State,
    remaining: IntArray,
    adam_steps: IntArray,
    interrupt: Interrupt,
    doubtful: Callable[[Array], NDArray[np.bool_]] | None = None,
    on_step: Callable[[int, float, Array], None] | None = None,
    first: int = 0,
    sizes: Sizes = (),
) -> AdvanceResult:
    """Train each network for its `remaining` steps, of shape (networks,).

    A network stops early if its loss falls below stop_below, if it diverges, and after a step when it is no longer doubtful.

    adam_steps: the steps in each network's moments, of shape (networks,); doubtful: tells for values of shape
    (networks, values) which have to be trained here; on_step: called before each step with the steps taken, and the loss
    and values of the first network; first: the number of the first step, by which minibatches follow one another;
    sizes: of the hidden layers, or () of one.
    """
    state, before = tuple(part.copy() for part in state), tuple(part.copy() for part in state)
    taken, losses = np.zeros(len(remaining), np.int64), np.full(len(remaining), np.nan)
    stop_below = -np.inf if problem.settings.stop_below is None else problem.settings.stop_below
    active = np.arange(len(remaining))
    while len(active):
        interrupt()
        current: State = tuple(part[active] for part in state)
        current_losses, gradients = losses_and_gradients(problem, current[0], sizes)
        finite = (current_losses < GREATEST) & is_finite(current)
        losses[active] = np.where(finite, current_losses, np.nan)
        continues = finite & (current_losses >= stop_below) & (taken[active] < remaining[active])
        if doubtful is not None:
            continues &= (taken[active] == 0) | doubtful(current[0])
        active, gradients = active[continues], gradients[continues]
        current = tuple(part[continues] for part in current)
        if not len(active):
            break
        if problem.uses_minibatches:
            of_step = problem_of_step(problem, first + int(taken[active[0]]))
            gradients = losses_and_gradients(of_step, current[0], sizes)[1]
        if on_step is not None:
            on_step(int(taken[0]), float(current_losses[0]), current[0][0])
        taken[active] += 1
        stepped = step(problem, current, gradients, adam_steps[active] + taken[active])
        for part, previous, old, new in zip(state, before, current, stepped):
            previous[active], part[active] = old, new
    return AdvanceResult(state, taken, losses, before)


def is_finite(state: State) -> NDArray[np.bool_]:
    """Return for each network whether float32, the dtype of most kernels, can hold its state, of shape (networks,)."""
    finite: NDArray[np.bool_] = np.all([(np.abs(part) <= GREATEST).all(axis=1) for part in state], axis=0)
    return finite


@quiet
def losses_of(problem: Problem, values: Array) -> Array:
    """Return the losses of values of shape (networks, 1 + 3 units), of shape (networks,); nan beyond float32."""
    parts = _parts(problem, values)
    found = np.concatenate([losses_and_gradients(problem, values[part])[0] for part in parts]) if parts else np.zeros(0)
    return np.where(found < GREATEST, found, np.nan)


def advance_many(
    problem: Problem,
    state: State,
    remaining: IntArray,
    adam_steps: IntArray,
    interrupt: Interrupt,
    doubtful: Callable[[Array], NDArray[np.bool_]] | None = None,
) -> AdvanceResult:
    """Train as `advance`, in parts of so few networks that their arrays stay in the cache."""
    results = [
        advance(problem, tuple(of[part] for of in state), remaining[part], adam_steps[part], interrupt, doubtful)
        for part in _parts(problem, state[0])
    ]
    joined = [tuple(map(np.concatenate, zip(*(getattr(one, name) for one in results)))) for name in ("state", "before")]
    taken, measured = (np.concatenate([getattr(one, name) for one in results]) for name in ("taken", "losses"))
    return AdvanceResult(joined[0], taken, measured, joined[1])


def _parts(problem: Problem, values: Array) -> list[slice]:
    size = max(1, _VISITS_AT_ONCE // (values.shape[1] // 3 * len(problem.dataset)))
    return [slice(first, first + size) for first in range(0, len(values), size)]


class Sampler:
    """Takes the samples of a training that starts at step `first`: those at multiples of the stride."""

    def __init__(self, first: int, stride: int) -> None:
        self.samples: tuple[Sample, ...] = ()
        self._first, self._stride = first, stride

    def __call__(self, taken: int, loss: float, values: Array) -> None:
        """Take a sample if one is due."""
        number = self._first + taken
        if number % self._stride == 0:
            self.samples += (Sample(number, float(np.float32(loss)), array("f", values.astype(np.float32).tobytes())),)


class ExactBurst:
    """Trains as `CompiledBurst`, with nothing compiled."""

    def train(self, start: Checkpoint, problem: Problem, steps: int, interrupt: Interrupt) -> Checkpoint:
        """Return the checkpoint after `steps`, or fewer by stop_below.  Raises Diverged with the last finite state."""
        sampler = Sampler(start.step, sampling_stride(start.history, steps))
        counts = np.array([steps]), np.array([start.optimizer.steps])
        sizes = start.parameters.sizes
        result = advance(problem, state_of(start), *counts, interrupt, on_step=sampler, first=start.step, sizes=sizes)
        diverged = bool(np.isnan(result.losses[0]))
        taken = max(0, int(result.taken[0]) - diverged)
        samples = tuple(sample for sample in sampler.samples if sample.step < start.step + taken)
        checkpoint = checkpoint_after(start, problem, result.before if diverged else result.state, taken, samples)
        if diverged:
            raise Diverged(checkpoint)
        return checkpoint


class ExactBatch:
    """Trains as `CompiledBatch`, with nothing compiled."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    def train(self, batch: Batch, problem: Problem, steps: int, interrupt: Interrupt) -> Batch:
        """Return the batch after `steps`, with its losses, of shape (networks,)."""

        def train_part(_worker: int, part: slice, interrupt: Interrupt) -> Batch:
            state = batch.values[part], batch.first[part], batch.second[part]
            each = np.full(len(state[0]), steps), np.full(len(state[0]), batch.step)
            done = advance(problem, state, *each, interrupt, first=batch.step, sizes=batch.sizes)
            values, first, second = done.state
            return Batch(values, first, second, batch.step + steps, done.losses, sizes=batch.sizes)

        return Batch.joined(self._workers.map(train_part, _parts(problem, batch.values), interrupt))


def state_of(checkpoint: Checkpoint) -> State:
    """Return the state of a checkpoint, each part of shape (1, 1 + 3 units)."""
    memory = checkpoint.optimizer
    return tuple(values_of(part)[None] for part in (checkpoint.parameters, memory.first, memory.second))


def checkpoint_after(start: Checkpoint, problem: Problem, state: State, taken: int, samples: tuple[Sample, ...]) -> Checkpoint:
    """Return the checkpoint `taken` steps after the start, with a state whose parts have shape (1, 1 + 3 units)."""
    sizes = start.parameters.sizes
    values, memory = parameters_of(state[0][0], sizes), OptimizerState.zero(*sizes)  # sgd has none
    if problem.settings.optimizer != "sgd":
        second = parameters_of(state[2][0], sizes) if problem.settings.optimizer == "adam" else memory.second
        memory = OptimizerState(parameters_of(state[1][0], sizes), second, start.optimizer.steps + taken)
    return Checkpoint(values, memory, start.step + taken, extend_history(start.history, samples))
