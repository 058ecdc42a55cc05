"""Equal starts have equal losses and outcomes, whatever the clock, the pieces and the chunks: in a sweep, in Seeds, alone."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.model.dataset import Dataset
from relutui.model.network import Network
from relutui.model.trainer import Diverged
from relutui.model.training import OPTIMIZERS, Checkpoint, Problem, TrainingSettings
from relutui.scenario.scenario import Scenario
from relutui.session.session import open_session
from relutui.study import sweep as sweeping
from relutui.study.outcomes import outcomes_of
from relutui.study.random_starts import RandomStarts, begin
from relutui.study.sweep import Sweep, train_in_slices
from relutui.study.sweep_results import Ledger, Result
from tests.support.blocking import Blocking
from tests.support.examples import examples
from tests.support.sessions import opener
from tests.support.starts import random_start

LAB = opener("lab-free").scenario
POINTS, SEEDS = 12, range(35, 53)  # as lab-free draws them

scales = st.sampled_from([1e-9, 1e-3, 1.0, 1e4, 1e9])
data = st.tuples(st.integers(0, 1000), scales, scales)
rates = st.sampled_from([1e-3, 0.05, 0.5, 10.0, 1e9])


def scenario(drawn: tuple[int, float, float]) -> Scenario:
    """lab-free with random data of some widths."""
    seed, across, up = drawn
    x, y = np.random.default_rng(seed).normal(size=(2, POINTS))
    return replace(LAB, dataset=Dataset(np.sort(x) * across, y * up))


def swept(engine: Blocking, of: Scenario, told: TrainingSettings, steps: int) -> Result:
    sweep = Sweep(of, told, (3,), SEEDS, steps, 1e-4)
    ledger = Ledger(sweep.cells, sweep.seeds)

    async def run() -> None:
        async for reached in sweep.run(engine.engine):
            if reached.finished:
                ledger.enter(*reached.finished)

    asyncio.run(run())
    (result,) = ledger.results()
    return result


def in_seeds(engine: Blocking, of: Scenario, told: TrainingSettings, steps: int, at_a_time: int) -> RandomStarts:
    """As the Seeds screen trains them: so many steps at a time, and the second half when the first has taken all."""
    half = len(SEEDS) // 2
    starts = begin(open_session(replace(of, settings=told)), half, at_a_time)

    async def train(starts: RandomStarts) -> RandomStarts:
        while (number := starts.lagging) is not None:
            part = starts.parts[number]
            pieces = train_in_slices(engine.engine, part, starts.problem, starts.goal - part.step, starts.steps)
            *_, end = [piece async for piece in pieces]
            starts = starts.with_part(number, end).joined()
        return starts

    async def train_all() -> RandomStarts:
        reached = await train(starts)
        while reached.step < steps:
            reached = await train(reached.with_further_steps())
        return await train(reached.with_more(half))

    return asyncio.run(train_all())


@examples(5, 200)
@given(
    drawn=data,
    told=st.builds(TrainingSettings, st.sampled_from(OPTIMIZERS), rates),
    steps=st.integers(1, 60),
    sizes=st.tuples(st.integers(1, 60), st.integers(1, 4), st.sampled_from([0.0, 1e-4, 1e9])),
    chunk=st.integers(1, 20),
)
def test_whatever_the_clock_the_pieces_and_the_chunks(
    engine: Blocking,
    drawn: tuple[int, float, float],
    told: TrainingSettings,
    steps: int,
    sizes: tuple[int, int, float],
    chunk: int,
) -> None:
    of, (first, growth, piece) = scenario(drawn), sizes
    whole = swept(engine, of, told, steps)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (
            ("FIRST_CHUNK", chunk),
            ("MAX_CHUNK", chunk),
            ("MAX_SLICE_GROWTH", growth),
            ("SWEEP_SLICE_S", piece),
        ):
            patch.setattr(sweeping, name, value)
        patch.setattr(sweeping, "FIRST_SLICE_WORK", first * 3 * POINTS * chunk)
        parted = swept(engine, of, told, steps)
    np.testing.assert_array_equal(parted.losses, whole.losses)
    np.testing.assert_array_equal(parted.outcomes, whole.outcomes)


@examples(5, 200)
@given(
    drawn=data,
    told=st.builds(TrainingSettings, st.sampled_from(OPTIMIZERS), rates),
    at_a_time=st.integers(1, 30),
    times=st.sampled_from([1, 2, 11, 20]),
)
def test_in_seeds_in_a_sweep_and_alone(
    engine: Blocking, drawn: tuple[int, float, float], told: TrainingSettings, at_a_time: int, times: int
) -> None:
    of, steps = scenario(drawn), at_a_time * times
    result, starts = swept(engine, of, told, steps), in_seeds(engine, of, told, steps, at_a_time)
    assert starts.outcomes == outcomes_of(np.asarray(result.outcomes))
    np.testing.assert_array_equal(np.nan_to_num(starts.losses, nan=np.inf), result.losses)


@examples(3, 200)
@given(drawn=data, told=st.builds(TrainingSettings, st.sampled_from(OPTIMIZERS), rates), steps=st.integers(1, 60))
@pytest.mark.parametrize("network", [Network(), Network("leaky_relu"), Network("softplus"), Network("relu", "relu")])
def test_alone_it_diverges_where_it_does_in_a_sweep(
    engine: Blocking, network: Network, drawn: tuple[int, float, float], told: TrainingSettings, steps: int
) -> None:
    of = replace(scenario(drawn), network=network)
    problem = Problem(of.network, of.dataset, of.locks, told)
    for seed, outcome in zip(SEEDS, outcomes_of(np.asarray(swept(engine, of, told, steps).outcomes))):
        try:
            engine.train(Checkpoint.start(random_start(of.start, of.locks, of.init.scale, seed)), problem, steps)
        except Diverged:
            assert outcome == "diverged"
        else:
            assert outcome != "diverged"
