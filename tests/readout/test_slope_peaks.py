"""The peaks of a slope, against a look at every place."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.readout.slope_peaks import slope_peaks


@pytest.mark.parametrize(
    ("slopes", "found"),
    [
        ([1.0], [(0, 1, 1.0)]),
        ([0.0, 0.0], [(0, 2, 0.0)]),
        ([1.0, 3.0, 1.0, 4.0, 1.0], [(0, 2, 3.0), (2, 5, 4.0)]),
        ([1.0, 3.0, 2.0, 4.0, 1.0], [(0, 5, 4.0)]),  # 2 is no valley between 3 and 4
        ([2.0, -3.0], [(0, 1, 2.0), (1, 2, -3.0)]),
        ([2.0, 1.0, -1.0, -3.0], [(0, 2, 2.0), (2, 4, -3.0)]),
        ([0.001, 0.0, 5.0], [(0, 3, 5.0)]),  # too small beside the other
    ],
)
def test_by_hand(slopes: list[float], found: list[tuple[int, int, float]]) -> None:
    assert slope_peaks(np.array(slopes)) == found


@given(st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=30))
def test_the_stretches_cover_all_places_and_name_the_steepest(slopes: list[float]) -> None:
    found = slope_peaks(np.array(slopes))
    assert [found[0][0], *(end for _, end, _ in found)] == [*(first for first, _, _ in found), len(slopes)]
    assert max(abs(slope) for _, _, slope in found) == max(map(abs, slopes))
