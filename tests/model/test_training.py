from array import array

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.model.network import Parameters
from relutui.model.trainer import Device, Diverged
from relutui.model.training import (
    BURST_SAMPLES,
    HISTORY_LIMIT,
    Checkpoint,
    Locks,
    OptimizerState,
    Sample,
    extend_history,
    sampling_stride,
)


def parameters(units: int, value: float = 7.0) -> Parameters:
    same = np.full(units, value)
    return Parameters(same, same, same, value)


def locks(units: int, *, on: bool = False) -> Locks:
    same = np.full(units, on)
    return Locks(same, same, same, on)


def test_a_unit_is_locked_whole_only_if_nothing_of_it_is_free() -> None:
    w, b, v = np.array([[True, True, True, False], [True, False, True, False], [True, True, False, False]])
    assert [Locks(w, b, v, False).whole(unit) for unit in range(4)] == [True, False, False, False]


def test_a_unit_can_be_moved_if_its_w_or_b_is_free() -> None:
    every, locked = np.array([True] * 4), Locks(np.array([1, 1, 0, 0]), np.array([1, 0, 1, 0]), np.array([0, 1, 1, 1]), True)
    assert locked.movable.tolist() == [False, True, True, True]
    assert not Locks(every, every, ~every, False).movable.any()


def test_locks_are_of_one_length_equal_by_value_and_read_only() -> None:
    assert locks(2) == locks(2)
    assert locks(2) != locks(3)
    assert locks(2) != locks(2, on=True)
    with pytest.raises(ValueError, match="read-only"):
        locks(2).w[0] = True
    with pytest.raises(ValueError, match="of one length"):
        Locks(np.zeros(2, np.bool_), np.zeros(2, np.bool_), np.zeros(3, np.bool_), False)


def samples(steps: range) -> tuple[Sample, ...]:
    return tuple(Sample(step, 1.0 / (1 + step), array("f", [0.5])) for step in steps)


@pytest.mark.parametrize(("steps", "stride"), [(1, 1), (32, 1), (33, 2), (100, 4), (1000, 32), (1024, 32), (1025, 64)])
def test_a_burst_records_some_32_samples(steps: int, stride: int) -> None:
    assert sampling_stride((), steps) == stride


def test_a_burst_records_no_denser_than_its_long_history() -> None:
    assert sampling_stride(samples(range(0, 1999)), 1) == 1
    assert sampling_stride(samples(range(0, 1999)), 3) == 2
    assert sampling_stride(samples(range(0, 100_000, 64)), 1) == 64  # 100,000 / 2,000 = 50


def burst(history: tuple[Sample, ...], start: int, steps: int) -> tuple[Sample, ...]:
    """What a trainer records: every step of the burst that the stride divides."""
    stride = sampling_stride(history, steps)
    return extend_history(history, samples(range(start + -start % stride, start + steps, stride)))


@given(st.lists(st.integers(1, 20_000), min_size=1, max_size=300))
def test_a_history_stays_short_sorted_and_reaches_from_the_first_step_to_the_last_burst(bursts: list[int]) -> None:
    history: tuple[Sample, ...] = ()
    step = 0
    for steps in bursts:
        history = burst(history, step, steps)
        step += steps
    numbers = [sample.step for sample in history]
    assert len(numbers) <= HISTORY_LIMIT
    assert numbers[0] == 0
    assert numbers == sorted(set(numbers))
    widest = max(2 * step / HISTORY_LIMIT, 2 * max(bursts) / BURST_SAMPLES, 1)
    assert np.diff([*numbers, step]).max() <= 2 * widest


def test_a_long_run_step_by_step_is_sampled_like_one_in_bursts() -> None:
    single: tuple[Sample, ...] = ()
    for step in range(10_000):
        single = burst(single, step, 1)
    assert [sample.step for sample in single] == list(range(0, 10_000, 8))


def test_extending_thins_to_powers_of_two() -> None:
    assert extend_history(samples(range(2000)), samples(range(2000, 2001))) == samples(range(0, 2001, 2))
    assert extend_history(samples(range(10)), ()) == samples(range(10))


def test_an_edit_keeps_the_step_and_drops_the_optimizer_state() -> None:
    trained = Checkpoint(parameters(2), OptimizerState(parameters(2), parameters(2), 5), 40, samples(range(40)))
    edited = trained.edited(parameters(3))
    assert edited.step == 40
    assert edited.history == trained.history
    assert edited.optimizer == OptimizerState.zero(3)
    assert edited.optimizer.first == parameters(3, 0.0)


def test_what_is_told_of_a_device_and_of_divergence() -> None:
    assert str(Device("CPU", "x86 assembler")) == "CPU (x86 assembler)"
    error = Diverged(Checkpoint(parameters(1), OptimizerState.zero(1), 12))
    assert "12" in str(error)
    assert error.checkpoint.step == 12
