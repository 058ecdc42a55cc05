"""The best v and c for given w and b, beside values found by hand, and beside what every best fit is known by."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.lib.arrays import Array
from relutui.model.dataset import Dataset
from relutui.model.network import Network, Parameters
from relutui.model.output_fit import best_output, why_no_output_fit
from relutui.model.training import Locks
from tests.support.sessions import parameters

RELU = Network("relu")
ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "relu": lambda z: np.where(z > 0, z, 0),
    "leaky_relu": lambda z: np.where(z > 0, z, z / 100),
    "softplus": lambda z: np.log1p(np.exp(z)),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": lambda z: (np.exp(2 * z) - 1) / (np.exp(2 * z) + 1),
    "identity": lambda z: z,
}


def free(units: int, v: tuple[int, ...] = (), c: bool = False) -> Locks:
    """No locks but those of these v, and of c."""
    nothing, locked = np.zeros(units, np.bool_), np.isin(np.arange(units), v)
    return Locks(nothing, nothing, locked, c)


def test_a_hinge_is_found_by_hand() -> None:
    """y = 3 + 2 relu(x - 1): the unit's v is 2 and c is 3, wherever they began."""
    x = np.array([0.0, 0.5, 1.0, 2.0, 4.0])
    data = Dataset(x, np.array([3.0, 3.0, 3.0, 5.0, 9.0]))
    fit = best_output(RELU, parameters([1], [-1], [-70], 1e6), data, free(1))
    assert fit.parameters.v == pytest.approx([2.0], rel=1e-12)
    assert fit.parameters.c == pytest.approx(3.0, rel=1e-12)
    assert (fit.free, fit.undetermined) == (2, 0)


def test_without_units_c_is_the_mean_of_what_is_left() -> None:
    """With v locked at 1 on x = 0, 1, 2 and y = 1, 2, 6, c is the mean of 1 - 0, 2 - 1, 6 - 2, which is 2."""
    data = Dataset(np.array([0.0, 1.0, 2.0]), np.array([1.0, 2.0, 6.0]))
    fit = best_output(RELU, parameters([1], [0], [1], 9), data, free(1, v=(0,)))
    assert fit.parameters == parameters([1], [0], [1], fit.parameters.c)
    assert fit.parameters.c == pytest.approx(2.0)


def test_a_dead_unit_keeps_its_v_and_twins_share() -> None:
    """Unit 0 is off everywhere; units 1 and 2 are relu(x) both, and y = 4 x leaves 4 for the two, who had 1 and 2."""
    x = np.array([0.0, 1.0, 2.0, 3.0])
    fit = best_output(RELU, parameters([1, 1, 1], [-9, 0, 0], [7, 1, 2], 0), Dataset(x, 4 * x), free(3))
    assert fit.parameters.v == pytest.approx([7.0, 1.5, 2.5])
    assert fit.parameters.c == pytest.approx(0.0, abs=1e-12)
    assert (fit.free, fit.undetermined) == (4, 2)


def test_kinks_far_apart_in_size_are_no_less_exact() -> None:
    """w of 1e-6 and 1e6 at the kinks 0 and 1: v = 3e6 and -5e-6 give y = 3 relu(x) - 5 relu(x - 1)."""
    x = np.linspace(-1, 2, 31)
    y = 3 * np.maximum(x, 0) - 5 * np.maximum(x - 1, 0)
    fit = best_output(RELU, parameters([1e-6, 1e6], [0, -1e6], [0, 0]), Dataset(x, y), free(2))
    assert fit.parameters.v == pytest.approx([3e6, -5e-6], rel=1e-10)


@given(st.integers(0, 2**32), st.sampled_from(list(ACTIVATIONS)))
def test_no_other_v_and_c_are_better(seed: int, activation: str) -> None:
    """Of a convex loss the lowest is where its slope is 0: what is left has no share in any column.  What is locked stays."""
    dice = np.random.default_rng(seed)
    units, points = int(dice.integers(1, 7)), int(dice.integers(1, 40))
    network = Network(activation)  # type: ignore[arg-type]
    (w, b, v), c = dice.normal(size=(3, units)), float(dice.normal())
    p = Parameters(w, b, v, c)
    data = Dataset(dice.normal(size=points), dice.normal(size=points))
    lock_w, lock_b, lock_v = dice.random((3, units)) < 0.4
    locks = Locks(lock_w, lock_b, lock_v, bool(dice.random() < 0.3))
    if why_no_output_fit(network, locks):
        return
    fit = best_output(network, p, data, locks)
    assert (fit.parameters.w.tolist(), fit.parameters.b.tolist()) == (p.w.tolist(), p.b.tolist())
    assert fit.parameters.v[locks.v].tolist() == p.v[locks.v].tolist()
    assert fit.parameters.c == p.c or not locks.c
    z = np.outer(data.x, p.w) + p.b
    a = ACTIVATIONS[activation](z)
    columns = np.column_stack([a[:, ~locks.v], *([] if locks.c else [np.ones(points)])])
    rest = data.y - a[:, locks.v] @ p.v[locks.v] - (p.c if locks.c else 0.0)
    found = np.append(fit.parameters.v[~locks.v], [] if locks.c else fit.parameters.c)
    left = rest - columns @ found
    sizes = np.linalg.norm(columns, axis=0)
    assert np.abs(columns.T @ left) == pytest.approx(0.0, abs=1e-9 * sizes.max() * (1 + np.linalg.norm(rest)))
    assert fit.undetermined == columns.shape[1] - np.linalg.matrix_rank(columns / np.maximum(np.abs(columns).max(0), 1e-300))


def test_why_least_squares_does_not_serve() -> None:
    assert why_no_output_fit(RELU, free(2)) is None
    assert why_no_output_fit(Network("relu", "tanh"), free(2)) == (
        "least squares needs the output identity, and this is tanh; F changes it"
    )
    assert why_no_output_fit(RELU, free(2, v=(0, 1), c=True)) == "every v and c is locked; l unlocks one"
    assert why_no_output_fit(RELU, free(2, v=(0, 1))) is None
