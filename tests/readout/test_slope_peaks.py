"""The peaks of a slope, against a look at every place."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.readout.slope_peaks import peaks_along, slope_peaks


@pytest.mark.parametrize(
    ("slopes", "found"),
    [
        ([1.0], [(0, 0, 1)]),
        ([0.0, 0.0], [(0, 0, 2)]),
        ([1.0, 3.0, 1.0, 4.0, 1.0], [(0, 1, 2), (2, 3, 5)]),
        ([1.0, 3.0, 2.0, 4.0, 1.0], [(0, 3, 5)]),  # 2 is no valley between 3 and 4
        ([2.0, -3.0], [(0, 0, 1), (1, 1, 2)]),
        ([2.0, 1.0, -1.0, -3.0], [(0, 0, 2), (2, 3, 4)]),
        ([0.001, 0.0, 5.0], [(0, 2, 3)]),  # too small beside the other
    ],
)
def test_by_hand(slopes: list[float], found: list[tuple[int, int, int]]) -> None:
    assert slope_peaks(np.array(slopes)) == found


def test_peaks_and_changes_of_sign_are_found_between_the_places() -> None:
    """cos x from 0 to 7 is steepest at 0, pi and 2 pi, and 0 at pi / 2 and 3 pi / 2."""
    found = peaks_along(np.cos, np.arange(8.0))
    assert [peak.slope for peak in found] == pytest.approx([1, -1, 1], abs=1e-9)
    ends = [found[0].low, *(peak.high for peak in found)]
    assert ends == pytest.approx([0, np.pi / 2, 3 * np.pi / 2, 7], abs=1e-4)


@given(st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=30))
def test_the_stretches_cover_all_places_and_name_the_steepest(slopes: list[float]) -> None:
    found = slope_peaks(np.array(slopes))
    assert [found[0][0], *(end for _, _, end in found)] == [*(first for first, _, _ in found), len(slopes)]
    assert max(abs(slopes[peak]) for _, peak, _ in found) == max(map(abs, slopes))
