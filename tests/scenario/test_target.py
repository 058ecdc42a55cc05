import numpy as np
import pytest

from relutui.model.dataset import Dataset, scaling_advice
from relutui.scenario.target import DataError, Target

KNOTS = ((0.0, 2.0), (1.0, 0.0), (2.0, 1.0), (3.0, 4.0))


def test_a_dataset_is_sorted_by_x_and_read_only() -> None:
    data = Dataset(np.array([2.0, 0.0, 1.0]), np.array([20.0, 0.0, 10.0]))
    assert data.x.tolist() == [0.0, 1.0, 2.0]
    assert data.y.tolist() == [0.0, 10.0, 20.0]
    assert len(data) == 3
    with pytest.raises(ValueError, match="read-only"):
        data.x[0] = 1.0


def test_datasets_are_equal_by_their_points() -> None:
    assert Dataset(np.array([1.0, 0.0]), np.array([5.0, 4.0])) == Dataset(np.array([0.0, 1.0]), np.array([4.0, 5.0]))
    assert Dataset(np.array([1.0]), np.array([5.0])) != Dataset(np.array([1.0]), np.array([6.0]))
    assert Dataset(np.array([1.0]), np.array([5.0])) != 5


@pytest.mark.parametrize(("x", "y"), [([], []), ([1.0], [1.0, 2.0]), ([[1.0]], [[1.0]])])
def test_a_dataset_is_of_points(x: list[float], y: list[float]) -> None:
    with pytest.raises(ValueError, match="of one length"):
        Dataset(np.array(x), np.array(y))


ADD = 'add scale = "standard" under [target]'


@pytest.mark.parametrize(
    ("x", "y", "told"),
    [
        ((0.0, 3.0), (0.0, 4.0), ""),
        ((90.0, 100.0), (-90.0, 90.0), ""),
        ((0.001, 0.1), (5.0, 5.0), ""),
        ((1950.0, 1990.0), (0.0, 2.0), f"x is far from 0: {ADD}, or training does badly"),
        ((1.0, 10.0), (40_000.0, 80_000.0), f"y is large: {ADD}, or training does badly"),
        ((2.4, 57.6), (-134.0, 75.0), f"y is large: {ADD}, or training does badly"),
        ((1.0, 5.0), (1e9, 1e9 + 3.0), f"y is far from 0: {ADD}, or training does badly"),
        ((1_700_001_410.0, 1_700_087_810.0), (20.0, 25.0), f"x is far from 0 and x is large: {ADD}, or training does badly"),
        ((1e-9, 5e-9), (0.0, 1.0), f"x is small: {ADD}, or training does badly"),
        ((1.01e7, 1.01e7 + 10.0), (0.0, 1.0), f"x is far from 0: {ADD}, or b has too few digits"),
        ((-3e7, -3e7 + 10.0), (0.0, 1.0), f"x is far from 0: {ADD}, or b has too few digits"),
        ((1e12, 1e12), (0.0, 1.0), f"x is large: {ADD}, or training does badly"),
        ((0.0, 0.0), (0.0, 0.0), ""),
    ],
)
def test_of_numbers_that_training_does_badly_on_it_is_said_what_to_do(
    x: tuple[float, float], y: tuple[float, float], told: str
) -> None:
    said = scaling_advice(Dataset(np.array(x), np.array(y)))
    assert said == told


def test_knots_are_joined_by_straight_lines() -> None:
    data = Target((0.0, 3.0), knots=KNOTS, samples=7).dataset()
    assert data.x.tolist() == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0]
    assert data.y.tolist() == [2.0, 1.0, 0.0, 0.5, 1.0, 2.5, 4.0]


def test_an_expression_is_taken_at_evenly_spaced_x_ends_included() -> None:
    data = Target((-5.0, 4.0), expression="x**2", samples=4).dataset()
    assert data.x.tolist() == [-5.0, -2.0, 1.0, 4.0]
    assert data.y.tolist() == [25.0, 4.0, 1.0, 16.0]


def test_points_are_the_data_themselves_in_any_order() -> None:
    data = Target((0.0, 1.0), points=((1.0, 0.0), (0.0, 0.0), (0.5, 1.0), (0.5, 2.0))).dataset()
    assert data.x.tolist() == [0.0, 0.5, 0.5, 1.0]
    assert data.y.tolist() == [0.0, 1.0, 2.0, 0.0]


def test_noise_depends_on_its_seed_alone() -> None:
    def noisy(seed: int) -> Dataset:
        return Target((0.0, 1.0), expression="0", samples=4000, noise=0.5, noise_seed=seed).dataset()

    assert noisy(1) == noisy(1)
    assert noisy(1) != noisy(2)
    assert noisy(1).y.std() == pytest.approx(0.5, rel=0.05)  # 4,000 draws: a relative error of 1 % is one sigma
    assert noisy(1).x.tolist() == np.linspace(0.0, 1.0, 4000).tolist()


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (Target((0.0, 1.0), expression="1/x", samples=3), "got y = inf at x = 0"),
        (Target((-1.0, 1.0), expression="log(x)", samples=3), "got y = nan at x = -1"),
        (Target((0.0, 2.0), expression="10**(8*x)", samples=3), "got y = 1e+16 at x = 2"),
        (Target((0.0, 1.0), points=((0.0, 1.0), (1e16, 1.0))), "got y = 1 at x = 1e+16"),
    ],
)
def test_data_that_cannot_be_drawn_name_the_first_point(target: Target, message: str) -> None:
    with pytest.raises(DataError) as caught:
        target.dataset()
    assert message in str(caught.value)


def test_a_target_has_exactly_one_source() -> None:
    with pytest.raises(ValueError, match="exactly one"):
        Target((0.0, 1.0))
    with pytest.raises(ValueError, match="exactly one"):
        Target((0.0, 1.0), knots=KNOTS, points=KNOTS)
