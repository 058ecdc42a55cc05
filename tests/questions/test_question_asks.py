"""What each question asks back: well formed, and its right answer true, computed here in plain numpy from the definition."""

import re
from dataclasses import replace

import numpy as np
import pytest

from relutui.scenario.ask import Ask
from relutui.scenario.library import find, load
from relutui.scenario.reader import parse
from relutui.scenario.writer import to_toml
from relutui.session.question_asks import QUESTION_ASKS
from relutui.session.questions import QUESTIONS

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
X = np.linspace(0.0, 3.0, 300)
TARGET = np.interp(X, [0, 1, 2, 3], [2, 0, 1, 4])


def relu(z: Array | float) -> Array:
    return np.maximum(0.0, z)


def right(number: int) -> str:
    """The text of the right choice."""
    (text,) = [choice.text for choice in QUESTION_ASKS[number].choices if choice.right]
    return text


def first_number(number: int) -> float:
    found = re.search(r"-?\d+(\.\d+)?", right(number))
    assert found
    return float(found[0])


def lab_loss(w: float, b: float) -> float:
    return float(np.mean((relu(-2 * X + 2) + relu(w * X + b) - TARGET) ** 2))


def zero_start(slope_at_kink: float, steps: int = 4000, rate: float = 0.05) -> tuple[Array, Array]:
    """The lab from its zero start by gradient descent: w and b of units 1 and 2."""
    w, b = np.zeros(2), np.zeros(2)
    for _ in range(steps):
        z = np.outer(w, X) + b[:, None]
        error = relu(-2 * X + 2) + relu(z).sum(axis=0) - TARGET
        slope = np.where(z > 0.0, 1.0, np.where(z == 0.0, slope_at_kink, 0.0))
        w = w - rate * 2 * np.mean(error * slope * X, axis=1)
        b = b - rate * 2 * np.mean(error * slope, axis=1)
    return w, b


def test_every_question_asks_back() -> None:
    assert set(QUESTION_ASKS) == set(range(1, 27))
    assert {question.number for question in QUESTIONS} <= set(QUESTION_ASKS)


@pytest.mark.parametrize("ask", QUESTION_ASKS.values(), ids=map(str, QUESTION_ASKS))
def test_it_is_as_the_format_of_scenarios_has_it(ask: Ask) -> None:
    scenario = load(find("lab-half"))
    if ask.place and ask.place.at == 2.0:
        scenario = load(find("shifted-weighted"))
    assert parse(to_toml(replace(scenario, asks=(ask,))), "asked", None).asks == (ask,)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: str(question.number))
def test_a_place_is_on_the_chart_of_its_tour(question: object) -> None:
    place = QUESTION_ASKS[question.number].place  # type: ignore[attr-defined]
    if place:
        low, high = load(find(question.scenario)).domain  # type: ignore[attr-defined]
        assert low <= (place.value if place.at is None else place.at) <= high


def test_the_numbers_are_true() -> None:
    assert first_number(2) == 2 * relu(-1.5)
    assert first_number(3) == pytest.approx((relu(1 * 2.6 - 1) - relu(1 * 2.4 - 1)) / 0.2)
    place = QUESTION_ASKS[4].place
    assert place
    assert place.value == 0 + 1 + 2
    assert np.isclose(float(right(8).rsplit(" ", 1)[1]), -1 + 2 + 0.5)
    assert first_number(9) == 3 - 1
    assert first_number(14) == relu(relu(1.70 * 0.2 - 0.85) * -40.8 + relu(12.6 * 0.2) * 2.7 - 16)
    assert np.isclose(relu(1.70 * 0.2 - 0.85) * -40.8 + relu(12.6 * 0.2) * 2.7 - 16, -9.196)
    assert first_number(15) == -3 * relu(2 * 1 - 0.5) + 4
    assert np.isclose(first_number(16), 0.1 * (10 / 20) ** 2)
    assert first_number(17) == relu(-2 * -5 + 2)
    assert -2 * -3 + first_number(19) == 0  # z is 0 at the kink
    assert relu(-2 * 0 - 6) == 0
    assert first_number(21) == relu(-1 + 3) != relu(-1) + relu(3)


def test_the_best_of_twice_the_pieces_is_four_times_as_near() -> None:
    """The best line on a piece of width h is half as far from x^2 as the chord, whose middle is h^2 / 4 off: h^2 / 8."""
    errors = []
    for pieces in (10, 20):
        x = np.linspace(0.0, 1.0 / pieces, 1001)
        chord = x / pieces
        errors.append(np.abs(chord - x**2).max() / 2)
    assert np.isclose(errors[0] / errors[1], 4.0)


def test_the_unit_that_is_flat_on_the_right() -> None:
    fits = []
    for choice in QUESTION_ASKS[5].choices:
        w, b, v = (float(number) for number in re.findall(r"= (-?\d+)", choice.text))
        y = v * relu(w * np.array([0.0, 0.99, 1.0, 1.01, 3.0]) + b)
        fits.append(bool(y[0] and y[1] and not y[2:].any()))
    assert fits == [choice.right for choice in QUESTION_ASKS[5].choices]


def test_where_the_kinks_are() -> None:
    place = QUESTION_ASKS[6].place
    assert place
    x = np.linspace(0.0, 3.0, 30_001)
    assert np.isclose(x[relu(1 * x - 0.4) > 0][0], place.value, atol=2e-4)
    assert np.isclose(x[relu(4 * x - 3) > 0][0], first_number(25), atol=2e-4)


def test_one_unit_fewer_cannot_fit_the_three_pieces() -> None:
    losses = [lab_loss(w, -w * kink) for w in np.arange(1.0, 4.0, 0.05) for kink in np.arange(0.5, 2.5, 0.02)]
    assert min(losses) == pytest.approx(0.0300, abs=2e-4)
    assert pytest.approx(1.459, abs=5e-4) == 3.556 / 2.438
    assert lab_loss(2.438, -3.556) <= min(losses) + 1e-6
    assert right(10).startswith("no")


def test_a_dead_unit_has_no_gradient_and_small_moves_change_nothing() -> None:
    w, b, v = -1.0, -0.5, 1.0  # off over [0, 3]
    for dw, db, dv in np.eye(3) * 1e-3:
        assert np.array_equal((v + dv) * relu((w + dw) * X + b + db), np.zeros_like(X))


def test_from_the_zero_start_both_units_stay_the_same() -> None:
    assert not np.any(zero_start(0.0, 20))
    w, b = zero_start(0.5)
    assert w[0] == w[1]
    assert b[0] == b[1]
    loss = np.mean((relu(-2 * X + 2) + 2 * relu(w[0] * X + b[0]) - TARGET) ** 2)
    assert loss == pytest.approx(0.0300, abs=5e-4)
    assert "0.0300" in right(12)


def test_identity_units_make_one_line() -> None:
    rng = np.random.default_rng(1)
    w, b, v = rng.normal(size=(3, 3))
    y = v @ (np.outer(w, X) + b[:, None])
    assert np.allclose(np.diff(y, 2), 0.0)
    assert right(13) == "one straight line"


def test_the_two_units_of_question_20_are_both_on_in_the_middle() -> None:
    assert np.allclose(relu(-2 * X + 4) + relu(3 * X - 3) - 2, TARGET)
    middle = X[(X > 1) & (X < 2)]
    assert (relu(-2 * middle + 4) > 0).all()
    assert (relu(3 * middle - 3) > 0).all()
    assert right(20) == "both"


def test_the_places_of_the_kinks_make_many_units_good() -> None:
    x = np.linspace(0.0, 2.0, 1001)

    def best(kinks: Array) -> float:
        features = np.stack([np.ones_like(x), *(relu(x - kink) for kink in kinks)], axis=1)
        solved = np.linalg.lstsq(features, x**2, rcond=None)[0]
        return float(np.abs(features @ solved - x**2).max())

    assert best(np.linspace(0.0, 1.98, 100)) < 1e-3 < best(np.full(100, 1.0)) / 10


def test_the_derivative_at_the_bend_counts_only_for_a_point_on_a_kink() -> None:
    w, b = 1.0, -1.005  # its kink lies between two of the points
    z = w * X + b
    assert (z != 0.0).all()
    assert np.count_nonzero(0.0 * X + 0.0 == 0.0) == len(X)  # the zero start: every point is on it
    assert right(23) == "when a point lies exactly on a kink"
