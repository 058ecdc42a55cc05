import numpy as np

from relutui.lib.identity_cache import cached_by_identity


def test_the_last_answers_are_kept_for_the_very_same_objects() -> None:
    asked: list[object] = []

    @cached_by_identity(2)
    def total(values: object, by: object = None) -> int:
        asked.append(values)
        return len(asked)

    a, b, c = np.array([1.0]), np.array([1.0]), np.array([2.0])
    assert [total(a), total(a), total(b), total(a)] == [1, 1, 2, 1]  # equal is not the same
    assert [total(c), total(b), total(a)] == [3, 2, 4]  # two are kept
    assert [total(a, b), total(a, by=b), total(a)] == [5, 5, 4]
