"""Writing scenarios so that they read back equal."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relutui.model.initialization import SCHEMES
from relutui.model.network import ACTIVATIONS, Network, Parameters
from relutui.model.training import OPTIMIZERS, Locks, TrainingSettings
from relutui.scenario.library import find, load
from relutui.scenario.reader import parse
from relutui.scenario.scenario import MAX_UNITS, Exercise, Init, Scenario, ScenarioError, draw_units
from relutui.scenario.sections import PARAMETER_LIMIT
from relutui.scenario.target import Target
from relutui.scenario.writer import to_toml
from tests.support.starts import random_start

SMALL = 'title = "T"\n[target]\npoints = [[0, 1], [2, 3]]\n[init]\nunits = 2\n'


WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8)
LINES = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
FINITE = st.floats(-PARAMETER_LIMIT, PARAMETER_LIMIT)
DATA = st.floats(-1e6, 1e6)
POSITIVE = st.floats(1e-9, 1e9)
SCALE = st.floats(0.0, 1000.0)
SEEDS = st.integers(0, 2**63 - 1)


@st.composite
def targets(draw: st.DrawFn) -> Target:
    points = tuple(draw(st.lists(st.tuples(st.integers(-99, 99).map(float), DATA), min_size=2, unique_by=lambda p: p[0])))
    ordered, samples = tuple(sorted(points)), draw(st.integers(2, 50))
    domain = (ordered[0][0], ordered[-1][0])
    target = draw(
        st.sampled_from(
            [
                Target(domain, knots=ordered, samples=samples),
                Target((domain[0] - draw(POSITIVE), domain[1]), points=points),
                Target(domain, expression=draw(st.sampled_from(["x**2", "sin(pi * x)", "3"])), samples=samples),
            ]
        )
    )
    return replace(target, noise=draw(st.just(0.0) | st.floats(0.0, 10.0)), noise_seed=draw(SEEDS))


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    target, units = draw(targets()), draw(st.integers(1, 6))

    def each(values: st.SearchStrategy[object]) -> np.ndarray:
        return np.array(draw(st.lists(values, min_size=units, max_size=units)))

    locks = Locks(each(st.booleans()), each(st.booleans()), each(st.booleans()), draw(st.booleans()))
    start = Parameters(each(FINITE), each(FINITE), each(FINITE), draw(FINITE))
    init = draw(st.builds(Init, st.sampled_from(SCHEMES), SCALE, *[st.none() | SCALE] * 3, SEEDS, st.none() | st.just(units)))
    if init.units and draw(st.booleans()):
        start, locks = draw_units(init, units, target.dataset().x, start.c, locks.c)
    return Scenario(
        name="any",
        title=draw(LINES),
        summary=draw(st.just("") | LINES),
        lesson=draw(st.lists(st.just("") | LINES, max_size=5).map("\n".join)).strip(),
        target=target,
        dataset=target.dataset(),
        domain=target.domain,
        network=Network(
            draw(st.sampled_from(ACTIVATIONS)), draw(st.sampled_from(ACTIVATIONS)), draw(st.sampled_from([0, 0.5, 1]))
        ),
        start=start,
        locks=locks,
        init=init,
        settings=TrainingSettings(
            draw(st.sampled_from(OPTIMIZERS)),
            draw(POSITIVE),
            draw(st.floats(0.0, 0.99)),
            draw(st.sampled_from(["mse", "sse"])),
            draw(st.integers(1, 1000)),
            draw(st.none() | POSITIVE),
        ),
        exercise=draw(
            st.none() | st.builds(Exercise, POSITIVE, POSITIVE, st.just((-1.5, 2.5)), st.lists(LINES, max_size=3).map(tuple))
        ),
    )


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(scenarios())
def test_a_written_scenario_reads_back_equal(s: Scenario) -> None:
    assert parse(to_toml(s), "any", None) == s
    assert parse(to_toml(s).replace("\n", "\r\n"), "any", None) == s


def test_a_drawn_start_stays_drawn_until_it_is_edited() -> None:
    s = parse(SMALL, "t", None)
    assert "units = 2" in to_toml(s)
    for edited in (
        replace(s, start=replace(s.start, b=s.start.b + 1)),
        replace(s, start=replace(s.start, c=0.5)),
        replace(s, locks=replace(s.locks, w=np.array([True, False]))),
        replace(s, init=Init(seed=1, units=2)),
    ):
        assert edited.init.units is None
        assert "units" not in to_toml(edited)
        assert to_toml(edited).count("[[unit]]") == 2
        assert parse(to_toml(edited), "t", None) == edited
    reseeded = replace(s, init=Init(seed=1, units=2), start=random_start(s.start, s.locks, 1.0, 1))
    assert reseeded.init.units == 2


def test_units_can_be_added_and_removed_before_writing() -> None:
    s = load(find("lab"))
    for units in (1, 2, 4):
        free, numbers = np.zeros(units, np.bool_), np.linspace(-1 / 3, 1e-300, units)
        changed = replace(s, start=Parameters(numbers, numbers, numbers, 0.1), locks=Locks(free, free, free, True))
        assert to_toml(changed).count("[[unit]]") == units
        kept = [tuple(one for one in ask.supposed if one.unit < units) for ask in s.asks]  # of units that there are
        asks = tuple(ask._replace(supposed=supposed) for ask, supposed in zip(s.asks, kept))
        assert parse(to_toml(changed), "lab", None) == replace(changed, asks=asks)


def test_the_largest_network_fits_in_a_file() -> None:
    s = parse(SMALL, "t", None)
    every, number = np.ones(MAX_UNITS, np.bool_), np.full(MAX_UNITS, -1.2345678901234567e-101)
    large = replace(s, start=Parameters(number, number, number, 0.0), locks=Locks(every, every, every, True))
    assert parse(to_toml(large), "t", None) == large


def test_more_points_than_a_file_holds_are_an_error_when_written() -> None:
    s = parse(SMALL, "t", None)
    points = tuple((float(n), 0.0) for n in range(10_000))
    with pytest.raises(ScenarioError, match="larger than 64 kB: 2 units, 10000 points"):
        to_toml(replace(s, target=replace(s.target, points=points)))
