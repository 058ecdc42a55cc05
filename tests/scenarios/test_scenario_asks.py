"""The questions of the shipped scenarios: each has one or two, and their right answers are true, computed here in numpy."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest

from relutui.readout.asking import read_ask
from relutui.readout.fit import read_fit
from relutui.scenario.library import load, shipped
from relutui.session import asking
from relutui.session.session import open_session
from relutui.ui.widgets.ask import ask_rows

SCENARIOS = {name: load(path) for name, path in shipped().items()}


def relu(z: float) -> float:
    return max(0.0, z)


def kink(w: float, b: float) -> float:
    """Where w x + b changes its sign, by bisection."""
    low, high = -10.0, 10.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if (w * middle + b > 0) == (w * low + b > 0) else (low, middle)
    return (low + high) / 2


def best_single_kink() -> float:
    """The kink of relu(w (x - kink)) that serves the lab's target best beside its unit 0, over a fine grid of kinks."""
    x = np.linspace(0.0, 3.0, 300)
    rest = np.interp(x, [0, 1, 2, 3], [2, 0, 1, 4]) - np.maximum(0.0, -2 * x + 2)

    def loss(place: float) -> float:
        a = np.maximum(0.0, x - place)
        return float(np.mean((rest - a * (a @ rest) / (a @ a)) ** 2))

    places: list[float] = np.linspace(0.5, 2.5, 2001).tolist()
    return min(places, key=loss)


# Of each question whose answer is a number: the scenario, which of its questions, and the number from the definition.
PLACES = {
    ("one-unit", 0): relu(1 * 2 + 0),
    ("one-unit-kink", 0): kink(1, 0.5),
    ("two-units", 0): relu(1 * 2 + 0) + 1 * relu(1 * 2 - 1),
    ("shifted-1", 0): max(np.linspace(0, 2, 201).tolist(), key=lambda x: abs(2 * x - x**2)),
    ("shifted-2", 0): relu(2.0) + 3 * relu(2.0 - 1),
    ("shifted-3", 0): relu(3.0) + 3 * relu(3.0 - 1) + 3 * relu(3.0 - 2),
    ("lab-half", 1): kink(1, -0.5),
    ("lab", 0): kink(2, -3),
    ("flat-right", 0): kink(-0.5, 1),
    ("lab-two-units", 0): best_single_kink(),
}
NUMBERS = {
    ("shifted-weighted", 0): max(
        abs(np.interp(x, [0, 0.5, 1, 1.5, 2], [0, 0.25, 1, 2.25, 4]) - x**2) for x in np.linspace(0, 2, 801)
    ),
    ("lab", 1): 1 - 0,
    ("lab-mistake", 0): 1 + 3,
    ("lab-solved", 0): 3 - 1,
    ("hat", 0): -1 - 1,
    ("dosage-relu", 0): 34.02 - 69.36,
    ("dosage-output-bias", 0): 16.01 * 0.8**2,
    ("activations", 0): 1 / (1 + math.exp(0)),
    ("dosage-softplus", 0): math.log1p(math.exp(-1)),
    ("parabola", 0): 5 + 1,
    ("textbook-regions", 1): -1.3 * 0.4 + 1.3 * 0.9 + 0.66 * -0.7,
    ("textbook-zigzag", 0): -6 - 6,
    ("small-start", 0): 3 + 1,
}


def test_every_scenario_asks_once_or_twice() -> None:
    assert {name for name, scenario in SCENARIOS.items() if not 1 <= len(scenario.asks) <= 2} == set()


def test_the_places_are_true() -> None:
    for (name, number), expected in PLACES.items():
        place = SCENARIOS[name].asks[number].place
        assert place, name
        assert place.value == pytest.approx(expected, abs=2e-3), name
    assert {(name, n) for name, scenario in SCENARIOS.items() for n, ask in enumerate(scenario.asks) if ask.place} == set(
        PLACES
    )


def test_the_curve_that_is_drawn_after_the_answer_goes_through_a_true_height_and_bends_at_a_true_kink() -> None:
    drawn = set()
    for name, scenario in SCENARIOS.items():
        for number, ask in enumerate(scenario.asks):
            session = open_session(replace(scenario, asks=(ask,)))
            session = asking.open_ask(session)
            assert read_fit(session).truth is None
            session = asking.press(session, "1", "1", 7) or session
            session = asking.press(session, "enter", "\r", 7) or session if ask.place else session
            truth = read_fit(session).truth
            if truth is None or ask.place is None or name == "shifted-1":  # which asks where the line is farthest
                continue
            drawn.add((name, number))
            if ask.place.at is not None:
                assert np.interp(ask.place.at, truth.x, truth.y) == pytest.approx(ask.place.value)
            else:
                assert np.abs(truth.x - ask.place.value).min() < 2e-3, name
    assert drawn == set(PLACES) - {("shifted-1", 0)}


def test_the_numbers_are_true() -> None:
    for (name, number), expected in NUMBERS.items():
        (text,) = [choice.text for choice in SCENARIOS[name].asks[number].choices if choice.right]
        found = re.search(r"-?\d+(\.\d+)?", text)
        assert found
        assert float(found[0]) == pytest.approx(expected, abs=5e-3), name


def test_the_slope_of_unit_3_of_four_relus() -> None:
    p = SCENARIOS["four-relus"].start
    assert p.v[3] * p.w[3] == 0.75
    assert relu(p.w[3] * 2.9 + p.b[3]) > 0.0 == relu(p.w[3] * 3.1 + p.b[3])


def test_a_wrong_place_is_not_within_the_right_one() -> None:
    places = [ask.place for scenario in SCENARIOS.values() for ask in scenario.asks if ask.place]
    assert any(place.wrong for place in places)
    for place in places:
        assert not [wrong for wrong in place.wrong if place.is_right(wrong.value)]
        assert [place.misconception(wrong.value) for wrong in place.wrong] == [wrong.misconception for wrong in place.wrong]


def test_the_chart_keeps_twelve_rows_at_80x24_and_a_tiny_screen_has_every_choice() -> None:
    for name, scenario in SCENARIOS.items():
        session = open_session(scenario)
        for id, ask in asking.asks_of(session):
            readout = read_ask(asking.open_ask(session.with_document(scenario=replace(scenario, asks=(ask,)))))
            assert readout
            assert 24 - 1 - ask_rows(readout, 80) >= 14, (name, id)  # with its border
            assert ask_rows(readout._replace(longest=""), 40) <= 11, (name, id)
