import pytest

from relutui.lib.pacing import next_count


@pytest.mark.parametrize(
    ("count", "seconds", "target_s", "expected"),
    [
        (10, 0.5, 0.05, 1),  # 50 ms each
        (10, 0.01, 0.05, 50),  # 1 ms each
        (10, 0.02, 0.05, 25),  # 2 ms each
        (3, 0.25, 1.0, 12),
        (4, 0.75, 1.0, 5),  # 5.33 fit: the sixth would not
        (10, 0.05, 0.05, 10),
    ],
)
def test_as_many_as_fit_in_the_time(count: int, seconds: float, target_s: float, expected: int) -> None:
    assert next_count(count, seconds, target_s) == expected


def test_at_least_one_even_if_it_takes_longer() -> None:
    assert next_count(1, 10.0, 0.05) == 1
    assert next_count(8, 8.0, 0.0) == 1


def test_no_more_than_the_largest() -> None:
    assert next_count(10, 0.001, 0.05, largest=4 * 10) == 40  # 500 would fit
    assert next_count(10, 0.001, 0.05, largest=500) == 500
    assert next_count(10, 0.001, 0.05, largest=4000) == 500


def test_of_a_clock_that_did_not_move_the_slice_took_a_nanosecond() -> None:
    assert next_count(1, 0.0, 0.25) == pytest.approx(250_000_000, abs=1)
    assert next_count(3, 0.0, 0.25, largest=12) == 12
