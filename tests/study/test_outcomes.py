from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.model.batch import Batch
from relutui.model.dataset import Dataset
from relutui.model.network import ACTIVATIONS, Activation, Layer, Network, Parameters
from relutui.model.training import LayerLocks, Locks, Problem, TrainingSettings
from relutui.model.unit_states import diagnose
from relutui.study.outcomes import OUTCOMES, Outcome, earlier_step, outcomes
from tests.support.sessions import parameters

X = np.linspace(0.0, 3.0, 31)


def problem(locks: Locks, activation: Activation = "relu") -> Problem:
    return Problem(Network(activation), Dataset(X, np.zeros_like(X)), locks, TrainingSettings())


def free(units: int) -> Locks:
    none = np.zeros(units, np.bool_)
    return Locks(none, none, none, True)


def measured(network: Parameters, loss: float = 0.03) -> Batch:
    return replace(Batch.of([network]), losses=np.array([loss]))


def outcome(w: list[float], b: list[float], activation: Activation = "relu", loss: float = 0.03) -> Outcome:
    (found,) = outcomes(measured(parameters(w, b, [1] * len(w)), loss), problem(free(len(w)), activation), 1e-4)
    assert found
    return found


@pytest.mark.parametrize(
    ("w", "b", "expected"),
    [
        ([1, -1], [-1, 2], "stands still"),  # kinks at 1 and 2, facing each other
        ([1, 1], [-1, -3], "dead units"),  # z <= 0 up to x = 3
        ([1, 0], [-1, 0], "dead units"),
        ([1, 1], [-1, -3 + 2e-6], "parked"),  # on over 2e-6, of 3
        ([1, 1], [-1, -3 + 5e-6], "stands still"),
        ([1, 1e-7], [-1, -2e-7], "stands still"),  # flat, and on from x = 2
        ([1, 300], [-1, -900 + 6e-4], "parked"),  # steep, and on over 2e-6
        ([1, 1e7], [-1, -3e7 + 20], "stands still"),  # on over 2e-6, and adding 20 there
        ([1, 3], [-1, -3], "twins"),  # both from 1 to the right
        ([1, -3], [-1, 3], "stands still"),  # one kink, two sides
        ([1, 3], [-1, -3.00001], "stands still"),  # kinks 3.3e-6 apart
        ([1, 3], [-1, -3.000003], "twins"),  # 1e-6
        ([1, 3], [1, 3], "stands still"),  # always on, both
        ([1, 2, 1, 2], [-1, -2, -3, -6], "dead units"),  # and twins
        ([2, 1, 1, 2], [-2, -3 + 5e-7, -2, -2], "parked"),  # and twins
        ([1, -1, 2, -1], [-1, 2, -5, 2], "twins"),  # not beside each other
    ],
)
def test_by_hand(w: list[float], b: list[float], expected: Outcome) -> None:
    assert outcome(w, b) == expected


@pytest.mark.parametrize("activation", ["softplus", "sigmoid", "tanh", "identity"])
def test_units_without_a_kink_are_no_plateau_of_a_name(activation: Activation) -> None:
    assert outcome([0, 1, 1], [0, -4, -4], activation) == "stands still"


def test_a_leaky_unit_is_never_dead_but_may_be_a_twin() -> None:
    assert outcome([1, 1], [-1, -4], "leaky_relu") == "stands still"
    assert outcome([1, 2], [-1, -2], "leaky_relu") == "twins"


def test_what_goes_before_what() -> None:
    dead = [1.0, 1.0], [-1.0, -4.0]
    assert outcome(*dead, loss=0.9e-4) == "solved"
    assert outcome(*dead, loss=1e-4) == "dead units"
    assert outcome(*dead, loss=np.inf) == outcome(*dead, loss=np.nan) == "diverged"
    assert outcome([1, np.inf], [0, 0], loss=0.0) == outcome([np.nan, 1], [0, 0], loss=0.0) == "diverged"
    c_gone = parameters([1], [-1], [1], np.nan)
    assert outcomes(measured(c_gone, 0.0), problem(free(1)), 1e-4) == ("diverged",)


def after(step: int, loss: float, past: dict[int, float]) -> Batch:
    """A network with a dead unit, after so many steps, and its losses before."""
    dead = measured(parameters([1, 1], [-1, -4], [1, 1]), loss)
    return replace(dead, step=step, past={before: np.array([its]) for before, its in past.items()})


@pytest.mark.parametrize(
    ("earlier", "expected"), [(0.0304, "still falling"), (0.0303, "dead units"), (0.02, "dead units"), (0.03, "dead units")]
)
def test_what_still_falls_by_a_hundredth_is_not_judged_yet(earlier: float, expected: Outcome) -> None:
    """0.99 x 0.0304 = 0.030096 is above 0.03, 0.99 x 0.0303 = 0.029997 below."""
    assert outcomes(after(10, 0.03, {9: earlier}), problem(free(2)), 1e-4) == (expected,)
    assert outcomes(after(10, 1e-5, {9: earlier}), problem(free(2)), 1e-4) == ("solved",)


@pytest.mark.parametrize(("steps", "earlier"), [(0, 0), (1, 0), (2, 1), (9, 8), (10, 9), (11, 9), (19, 17), (4001, 3600)])
def test_nine_tenths_of_the_steps_are_rounded_down(steps: int, earlier: int) -> None:
    assert earlier_step(steps) == earlier
    falling = after(steps, 0.03, {earlier: 0.04} if steps else {})
    assert outcomes(falling, problem(free(2)), 1e-4) == ("still falling" if steps else "dead units",)


def test_what_is_not_known_yet_has_no_outcome() -> None:
    """Of a network on its way only what holds without its losses before."""
    beside = {8: 0.04, 11: 0.04}
    assert outcomes(after(10, 0.03, beside), problem(free(2)), 1e-4) == (None,)
    assert outcomes(after(10, 1e-5, beside), problem(free(2)), 1e-4) == ("solved",)
    assert outcomes(after(10, np.inf, beside), problem(free(2)), 1e-4) == ("diverged",)


@pytest.mark.parametrize(("largest", "expected"), [(1e3, "dead units"), (1.0, "still falling")])
def test_what_rounding_does_to_an_exact_fit_is_no_falling(largest: float, expected: Outcome) -> None:
    """float32 holds 1,000 to 2^-24 x 1,000 = 6e-5, the square of which is 3.6e-9."""
    of = problem(free(2))
    tall = replace(of, dataset=Dataset(X, np.full_like(X, -largest)))
    for settings, points in ((TrainingSettings(), 1), (TrainingSettings(loss="sse"), len(X))):
        told = replace(tall, settings=settings)
        assert outcomes(after(10, 1e-9 * points, {9: 3e-9 * points}), told, 1e-12) == (expected,)
        assert outcomes(after(10, 1e-9 * points, {9: 4e-9 * points}), told, 1e-12) == ("still falling",)


@pytest.mark.parametrize("where", ["values", "first", "second"])
def test_what_no_float32_holds_any_more_has_diverged(where: str) -> None:
    """As in training one network: 3.4e38 is the largest; whatever the loss, and in the optimizer's memory as well."""
    batch = measured(parameters([1, 1], [-1, -4], [1, 1]))
    for number, expected in ((3.4e38, "dead units"), (3.5e38, "diverged"), (-3.5e38, "diverged"), (np.nan, "diverged")):
        numbers = np.array(getattr(batch, where))
        numbers[0, 6] = number  # the dead unit's v, which changes nothing
        state = {"values": batch.values, "first": batch.first, "second": batch.second} | {where: numbers}
        assert outcomes(Batch(**state, step=0, losses=batch.losses), problem(free(2)), 1e-4) == (expected,)
    assert outcomes(replace(batch, losses=np.array([3.5e38])), problem(free(2)), 1e-4) == ("diverged",)


def test_what_cannot_be_moved_is_nobodys_fault() -> None:
    one, both = np.array([True, False]), np.array([True, True])

    def of(p: Parameters, mask: np.ndarray) -> Outcome | None:
        return outcomes(measured(p), problem(Locks(mask, mask, mask, True)), 1e-4)[0]

    first_dead = parameters([1, 1], [-4, -1], [1, 1])
    assert of(first_dead, one) == "stands still"
    assert of(first_dead, ~one) == "dead units"
    twins = parameters([1, 2], [-1, -2], [1, 1])
    assert of(twins, one) == of(twins, ~one) == "twins"
    assert of(twins, both) == "stands still"
    only_v_free, b_free = Locks(both, both, ~both, True), Locks(both, ~both, both, True)
    for p, name in ((first_dead, "dead units"), (twins, "twins")):
        assert outcomes(measured(p), problem(only_v_free), 1e-4) == ("stands still",)
        assert outcomes(measured(p), problem(b_free), 1e-4) == (name,)


few = st.sampled_from([-3.0, -1.0, 0.0, 1.0, 1.5, 3.0])  # so that kinks coincide, and lie at the ends and outside
small = st.sampled_from([0.0, 5e-7, -5e-7, 1e-300])
networks = st.integers(1, 5).flatmap(
    lambda units: st.tuples(
        st.lists(st.tuples(st.tuples(few, few, small), st.integers(0, 1)), min_size=units, max_size=units),
        st.lists(st.booleans(), min_size=units, max_size=units),
    )
)


@given(drawn=networks, activation=st.sampled_from(ACTIVATIONS))
def test_as_each_unit_is_diagnosed(
    drawn: tuple[list[tuple[tuple[float, float, float], int]], list[bool]], activation: Activation
) -> None:
    rows, whole = drawn
    p = parameters([w for (w, _, _), _ in rows], [b + tiny for (_, b, tiny), _ in rows], [v for _, v in rows])
    found = diagnose(Network(activation), p, Dataset(X, np.zeros_like(X)), (0.0, 3.0))
    states = {d.state for d, locked in zip(found, whole) if d is not None and not locked}
    names: dict[str, Outcome] = {"dead": "dead units", "parked": "parked", "twin": "twins"}
    expected = next((name for state, name in names.items() if state in states), "stands still")
    mask = np.array(whole)
    assert outcomes(measured(p), problem(Locks(mask, mask, mask, True), activation), 1e-4) == (expected,)


def test_what_the_manual_says_of_lines_and_of_units_that_are_locked_but_for_v() -> None:
    """Always on and equal: two lines, no twins. Of twins one may be locked; of units free in v alone none counts."""
    assert outcome([1, 1], [1, 1]) == outcome([-2, -2], [7, 7]) == "stands still"
    first, both = np.array([True, False]), np.array([True, True])
    v_free = np.zeros(2, np.bool_)
    for w, b, name in (([1, 1], [-1, -1], "twins"), ([1, 1], [-1, -4], "dead units"), ([1, 1], [-1, -3 + 2e-6], "parked")):
        p = parameters(w, b, [1, 1])
        p = p if name == "twins" else replace(p, v=np.array([1.0, 1e-3]))
        assert outcomes(measured(p), problem(Locks(first, first, v_free, True)), 1e-4) == (name,)
        assert outcomes(measured(p), problem(Locks(both, both, v_free, True)), 1e-4) == ("stands still",)


def test_each_network_of_a_batch_by_itself() -> None:
    values = np.random.default_rng(0).normal(size=(400, 10)) * 2
    losses = np.geomspace(1e-6, 1.0, 400)
    alone = [
        outcomes(replace(Batch.start(values[n : n + 1]), losses=losses[n : n + 1]), problem(free(3)), 1e-4) for n in range(400)
    ]
    together = outcomes(Batch(values, values, values, 0, losses), problem(free(3)), 1e-4)
    assert [one for (one,) in alone] == list(together)
    assert {"solved", "dead units", "stands still"} <= set(together) <= set(OUTCOMES)


@pytest.mark.parametrize(("locked", "expected"), [((), "dead units"), ((1,), "dead units"), ((0, 1), "stands still")])
def test_a_unit_of_a_further_layer_is_dead_where_its_z_is_above_0_at_no_point(
    locked: tuple[int, ...], expected: Outcome
) -> None:
    """z = -relu(x) - 1, at most -1: dead, unless all is locked that could change that."""
    p = Parameters(np.ones(1), np.zeros(1), np.ones(1), 0.5, (Layer(np.array([[-1.0]]), np.array([-1.0])),))
    held = [LayerLocks(np.full((1, 1), layer in locked), np.full(1, layer in locked)) for layer in (0, 1)]
    locks = Locks(held[0].w[0], held[0].b, np.zeros(1, np.bool_), False, (held[1],))
    x = np.linspace(-1.0, 1.0, 9)
    here = Problem(Network(deeper=("relu",)), Dataset(x, x), locks, TrainingSettings())
    losses = np.array([1.0])
    assert outcomes(replace(Batch.of([p]), losses=losses, step=10, past={9: losses}), here, 1e-4) == (expected,)
    alive = replace(p, deeper=(Layer(np.array([[-1.0]]), np.array([1.0])),))
    assert outcomes(replace(Batch.of([alive]), losses=losses, step=10, past={9: losses}), here, 1e-4) == ("stands still",)
