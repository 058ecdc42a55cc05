"""Effective pieces and norms, by hand and against a count of one bend after the other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.model.complexity import effective_pieces, effective_pieces_of, norms_of
from relutui.model.network import Network
from tests.support.sessions import parameters

X = np.linspace(0, 3, 31)


@pytest.mark.parametrize(
    ("w", "b", "v", "pieces"),
    [
        ([1, 1], [-1, -2], [1, 1], 3),
        ([1, -1], [-1, 2], [1, 1], 3),  # one on to the left of 2
        ([1, 1], [-1, -2], [1, 0.0099], 2),  # a bend of 0.99 %
        ([1, 1], [-1, -2], [1, -0.0101], 3),
        ([1, 1], [-1, -1.002], [1, 1], 2),  # kinks 0.002 apart, of 3
        ([1, 1], [-1, -1.004], [1, 1], 3),
        ([1, 1], [-1, -1], [1, -1], 1),  # they cancel out
        ([1, 1, 1], [-1, -1, -1], [0.1, 0.2, -0.3], 1),  # but for rounding
        ([1, 1, 0], [1, -3, 5], [1, 1, 1], 1),  # kinks at -1, at the last point, and none
        ([0], [1], [1], 1),
    ],
)
def test_by_hand(w: list[float], b: list[float], v: list[float], pieces: int) -> None:
    assert effective_pieces_of(Network(), parameters(w, b, v), X) == pieces


def test_a_leak_makes_the_bend_smaller_but_counts_it() -> None:
    assert effective_pieces_of(Network("leaky_relu"), parameters([1], [-1], [1]), X) == 2


def test_the_norms() -> None:
    """2 * 3 + 1 * 4 and 4 + 9 + 1 + 1 + 16 + 4."""
    assert norms_of(parameters([2, -1], [3, 2], [3, 4])) == (10.0, 4 + 1 + 9 + 4 + 9 + 16)


numbers = st.integers(-30, 30).map(lambda tenth: tenth / 10)


short = st.integers(-17, 17).map(lambda tenth: tenth / 10)


@given(st.lists(st.lists(st.tuples(short, short, numbers), min_size=4, max_size=4), min_size=1, max_size=5))
def test_many_networks_at_once_bend_by_bend(networks: list[list[tuple[float, float, float]]]) -> None:
    """Kinks of tenths up to 1.7 are equal or 1 / (16 * 17) apart, more than a thousandth of the width."""
    w, b, v = np.moveaxis(np.array(networks), 2, 0)
    expected = []
    for rows in networks:
        bends: dict[float, float] = {}
        for slope, height, weight in rows:
            if slope and 0 < -height / slope < 3:
                kink = round(-height / slope, 9)
                bends[kink] = round(bends.get(kink, 0.0) + weight * abs(slope), 9)
        largest = max(map(abs, bends.values()), default=0.0)
        expected.append(1 + sum(abs(bend) >= 0.01 * largest and bend != 0.0 for bend in bends.values()))
    assert effective_pieces(Network(), w, b, v, X).tolist() == expected
