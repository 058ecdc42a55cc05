"""Training point by point in float64, with numpy on the processor, whatever the device: the steps of `gradient.py`.

By it go the steps for which the tables of the burst by pieces have too few digits, and the data for which float32 has too few.
It is no kernel: a step takes as long as tens of a kernel's.  But it is the definition itself, for every activation and on every
device, and is seldom needed for long.  In the middle of a burst it takes over, and gives back, by what the state alone tells:
where a training is interrupted and gone on with changes nothing.
"""

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relutui.lib.arrays import Array, quiet
from relutui.model.batch import Batch, values_of
from relutui.model.gradient import GREATEST, State, losses_and_gradients, step
from relutui.model.network import Parameters
from relutui.model.trainer import Diverged
from relutui.model.training import Checkpoint, OptimizerState, Problem, Sample, extend_history, sampling_stride

_VISITS_AT_ONCE = 2**18  # units at points of all networks that take a step at once: what stays near the processor

IntArray = NDArray[np.int64]
Interrupt = Callable[[], None]


@dataclass(frozen=True)
class ExactSpec:
    """What `form_for` answers where nothing is to be compiled."""


class AdvanceResult(NamedTuple):
    """Where networks have come to: the state, the steps taken, the losses, nan where no longer finite, and the state before."""

    state: State
    taken: IntArray
    losses: Array
    before: State


@quiet
def advance(
    problem: Problem,
    state: State,
    left: IntArray,
    adam_steps: IntArray,
    interrupt: Interrupt,
    doubtful: Callable[[Array], NDArray[np.bool_]] | None = None,
    seen: Callable[[int, float, Array], None] | None = None,
) -> AdvanceResult:
    """Have each network take the steps that are left to it, of shape (networks,); adam_steps: those its moments cover.

    It stops early below stop_below, where it diverges, and after a step when it is no longer doubtful.  seen: is told of each
    state before a step: how many were taken, the loss and the values of the first network.
    """
    state, before = tuple(part.copy() for part in state), tuple(part.copy() for part in state)
    taken, losses = np.zeros(len(left), np.int64), np.full(len(left), np.nan)
    below = -np.inf if problem.settings.stop_below is None else problem.settings.stop_below
    going = np.arange(len(left))
    while len(going):
        interrupt()
        now: State = tuple(part[going] for part in state)
        found, slopes = losses_and_gradients(problem, now[0])
        finite = (found < GREATEST) & is_finite(now)
        losses[going] = np.where(finite, found, np.nan)
        goes_on = finite & (found >= below) & (taken[going] < left[going])
        if doubtful is not None:
            goes_on &= (taken[going] == 0) | doubtful(now[0])
        going, slopes = going[goes_on], slopes[goes_on]
        now = tuple(part[goes_on] for part in now)
        if not len(going):
            break
        if seen is not None:
            seen(int(taken[0]), float(found[0]), now[0][0])
        for part, old, was, new in zip(state, before, now, step(problem, now, slopes, adam_steps[going] + taken[going] + 1)):
            old[going], part[going] = was, new
        taken[going] += 1
    return AdvanceResult(state, taken, losses, before)


def is_finite(state: State) -> NDArray[np.bool_]:
    """Whether all that training carries on of a network is a number that float32 can hold, as it is said of every device."""
    finite: NDArray[np.bool_] = np.all([(np.abs(part) <= GREATEST).all(axis=1) for part in state], axis=0)
    return finite


@quiet
def losses(problem: Problem, values: Array) -> Array:
    """The losses of networks with these parameters, nan where they are beyond what counts as finite."""
    parts = _parts(problem, values)
    found = np.concatenate([losses_and_gradients(problem, values[part])[0] for part in parts]) if parts else np.zeros(0)
    return np.where(found < GREATEST, found, np.nan)


def advance_many(
    problem: Problem,
    state: State,
    left: IntArray,
    adam_steps: IntArray,
    interrupt: Interrupt,
    doubtful: Callable[[Array], NDArray[np.bool_]] | None = None,
) -> AdvanceResult:
    """As `advance`, some networks after the others."""
    done = [
        advance(problem, tuple(of[part] for of in state), left[part], adam_steps[part], interrupt, doubtful)
        for part in _parts(problem, state[0])
    ]
    joined = [tuple(map(np.concatenate, zip(*(getattr(one, name) for one in done)))) for name in ("state", "before")]
    taken, measured = (np.concatenate([getattr(one, name) for one in done]) for name in ("taken", "losses"))
    return AdvanceResult(joined[0], taken, measured, joined[1])


def _parts(problem: Problem, values: Array) -> list[slice]:
    size = max(1, _VISITS_AT_ONCE // (values.shape[1] // 3 * len(problem.dataset)))
    return [slice(first, first + size) for first in range(0, len(values), size)]


class Sampler:
    """The samples of a burst that starts at a step: those at multiples of the stride."""

    def __init__(self, first: int, stride: int) -> None:
        self.samples: tuple[Sample, ...] = ()
        self._first, self._stride = first, stride

    def __call__(self, taken: int, loss: float, values: Array) -> None:
        """Take a sample where one is due."""
        number = self._first + taken
        if number % self._stride == 0:
            self.samples += (Sample(number, float(np.float32(loss)), array("f", values.astype(np.float32).tobytes())),)


class ExactBurst:
    """As `CompiledBurst`, with nothing compiled."""

    def train(self, start: Checkpoint, problem: Problem, steps: int, interrupt: Interrupt) -> Checkpoint:
        """The checkpoint `steps` on, or fewer by stop_below.  Raises Diverged with the last finite state."""
        sampler = Sampler(start.step, sampling_stride(start.history, steps))
        done = advance(problem, state_of(start), np.array([steps]), np.array([start.optimizer.steps]), interrupt, seen=sampler)
        diverged = bool(np.isnan(done.losses[0]))
        taken = max(0, int(done.taken[0]) - diverged)
        samples = tuple(sample for sample in sampler.samples if sample.step < start.step + taken)
        checkpoint = checkpoint_after(start, problem, done.before if diverged else done.state, taken, samples)
        if diverged:
            raise Diverged(checkpoint)
        return checkpoint


class ExactBatch:
    """As `CompiledBatch`, with nothing compiled."""

    def train(self, batch: Batch, problem: Problem, steps: int, interrupt: Interrupt) -> Batch:
        """The batch `steps` on, with its losses."""
        each = np.full(len(batch), steps), np.full(len(batch), batch.step)
        done = advance_many(problem, (batch.values, batch.first, batch.second), *each, interrupt)
        values, first, second = done.state
        return Batch(values, first, second, batch.step + steps, done.losses)


def state_of(checkpoint: Checkpoint) -> State:
    """Of one network."""
    memory = checkpoint.optimizer
    return tuple(values_of(part)[None] for part in (checkpoint.parameters, memory.first, memory.second))


def checkpoint_after(start: Checkpoint, problem: Problem, state: State, taken: int, samples: tuple[Sample, ...]) -> Checkpoint:
    """The checkpoint with the state of one network, so many steps after the start."""
    values = _parameters(state[0])
    memory = OptimizerState.zero(values.units)  # sgd has none
    if problem.settings.optimizer != "sgd":
        second = _parameters(state[2]) if problem.settings.optimizer == "adam" else memory.second
        memory = OptimizerState(_parameters(state[1]), second, start.optimizer.steps + taken)
    return Checkpoint(values, memory, start.step + taken, extend_history(start.history, samples))


def _parameters(values: Array) -> Parameters:
    return Parameters(values[0, 1::3], values[0, 2::3], values[0, 3::3], values[0, 0])
