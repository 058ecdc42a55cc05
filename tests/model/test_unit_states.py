"""The state of each unit, for weights at the edge of each state."""

import numpy as np
import pytest

from relutui.model.dataset import Dataset
from relutui.model.network import Network
from relutui.model.unit_states import Diagnosis, UnitState, diagnose
from tests.support.sessions import parameters

RELU = Network()
X = np.linspace(0, 3, 300)
DATA = Dataset(X, X)


@pytest.mark.parametrize(
    ("w", "b", "expected"),
    [
        (0, 0, "dead"),
        (1, -3, "dead"),  # z is exactly 0 at the last point, and below it elsewhere
        (1, -3 + 1e-7, "parked"),
        (1, -3 + 4e-6, None),
        (1e-7, -1e-7, None),  # flat, but on from x = 1: a v of 1e7 makes it the whole prediction
        (-1e4, 0.001, "parked"),
        (-1e7, 1, None),  # it adds 1 at x = 0
        (0, 1e-9, "always on"),
        (1, 1, "always on"),
        (0, 1, "always on"),
        (1, -1, None),
    ],
)
def test_a_unit_alone(w: float, b: float, expected: UnitState | None) -> None:
    assert state_of(w, b, 1) == expected


@pytest.mark.parametrize(
    ("v", "y_range", "expected"),
    [(9e3, 1, "parked"), (1.1e4, 1, None), (-1.1e4, 1, None), (1.1e4, 2, "parked"), (0, 1, "parked"), (1e300, 1, None)],
)
def test_a_unit_at_the_edge_is_parked_by_what_it_adds_there(v: float, y_range: float, expected: UnitState | None) -> None:
    """At x = 3 its z is 1e-7, so it adds v 1e-7: a thousandth of the range of y for v = 1e4."""
    assert state_of(1, -3 + 1e-7, v, y_range) == expected


def state_of(w: float, b: float, v: float, y_range: float = 4) -> UnitState | None:
    (found,) = diagnose(RELU, parameters([w], [b], [v], 0), Dataset(X, np.linspace(5, 5 + y_range, len(X))), (0, 3))
    return found.state if found else None


def test_units_with_one_kink_and_side_are_twins_whatever_their_slopes() -> None:
    found = diagnose(RELU, parameters([1, 2, -1], [-1, -2, 1], [1, -3, 1], 0), DATA, (0, 3))
    assert found == (Diagnosis("twin", 1), Diagnosis("twin", 0), None)
    found = diagnose(RELU, parameters([1, 1, 0, 0, -1, 3], [-4, -1, 0, 1, 1, -3], [1] * 6, 0), DATA, (0, 3))
    assert found == (
        Diagnosis("dead"),
        Diagnosis("twin", 5),
        Diagnosis("dead"),
        Diagnosis("always on"),
        None,
        Diagnosis("twin", 1),
    )


def test_a_leaky_unit_is_never_dead() -> None:
    assert diagnose(Network("leaky_relu"), parameters([1], [-4], [1], 0), DATA, (0, 3)) == (None,)


def test_smooth_units_are_not_diagnosed() -> None:
    assert diagnose(Network("tanh"), parameters([0], [-4], [1], 0), DATA, (0, 3)) == (None,)
