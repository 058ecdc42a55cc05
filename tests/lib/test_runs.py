from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from relutui.lib.runs import add_run, gaps

WHOLE = range(5, 35)
ranges = st.tuples(st.integers(5, 34), st.integers(1, 10)).map(lambda drawn: range(drawn[0], min(sum(drawn), 35)))


@given(st.lists(ranges, max_size=12))
def test_runs_and_gaps_are_those_of_the_set_of_all_numbers(added: list[range]) -> None:
    runs: list[range] = []
    for each in added:
        add_run(runs, each)
    numbers = {number for each in added for number in each}
    assert [number for run in runs for number in run] == sorted(numbers)
    assert [number for gap in gaps(runs, WHOLE) for number in gap] == sorted(set(WHOLE) - numbers)
    for before, after in pairwise(runs):
        assert before.stop < after.start
    assert all(gaps(runs, WHOLE))
