import pytest

from relutui.lib.round_numbers import multiple_after, nearest_multiple, round_step, steps_to


@pytest.mark.parametrize(("least", "step"), [(0.03, 0.05), (0.05, 0.05), (1.1, 2.0), (6e5, 1e6), (0.0, 0.0), (-1.0, 0.0)])
def test_a_step_is_the_smallest_round_number_from_there_on(least: float, step: float) -> None:
    assert round_step(least) == pytest.approx(step)


@pytest.mark.parametrize(("value", "steps", "step", "there"), [
    (0.37, 1, 0.1, 0.4),
    (0.37, -1, 0.1, 0.3),
    (0.3, 1, 0.1, 0.4),
    (0.1 + 0.2, -1, 0.1, 0.2),
    (-0.37, 10, 0.05, 0.1),
    (0.1, -1, 0.1, 0.0),
    (1994.3, 1, 5.0, 1995.0),
    (3.2e-13, 1, 1e-13, 4e-13),
])  # fmt: skip
def test_a_move_ends_on_a_multiple(value: float, steps: int, step: float, there: float) -> None:
    assert multiple_after(value, steps, step) == there
    assert steps_to(value, there, step) == steps


def test_the_nearest_multiple() -> None:
    assert [nearest_multiple(value, 0.05) for value in (1.52, 1.53, -0.01, 0.3)] == [1.5, 1.55, 0.0, 0.3]
