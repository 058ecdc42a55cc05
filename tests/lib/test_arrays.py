import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from relutui.lib.arrays import order_statistic

numbers = st.floats(allow_nan=False) | st.sampled_from([0.0, -0.0, 5e-324, -5e-324, 1.0, np.inf, -np.inf])


@given(st.lists(numbers, min_size=1, max_size=40), st.data())
def test_an_order_statistic_is_that_of_the_sorted_values(values: list[float], data: st.DataObject) -> None:
    rank, size = data.draw(st.integers(0, len(values) - 1)), data.draw(st.integers(1, 40))
    blocks = [np.array(values[first : first + size]) for first in range(0, len(values), size)]
    assert order_statistic(lambda: blocks, rank) == sorted(values)[rank]
