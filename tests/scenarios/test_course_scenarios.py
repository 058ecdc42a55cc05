"""The first scenarios of the course: one number to change, and solved after a few nudges of it."""

import numpy as np
import pytest

from relutui.commands.command import apply
from relutui.commands.contents import by_id
from relutui.scenario.course import COURSE, ORDER, scenario_after
from relutui.scenario.library import load, shipped
from relutui.scenario.scenario import Scenario
from relutui.session.session import Session, open_session
from tests.scenarios.figures import loss, scenario, with_units

every = pytest.mark.parametrize("scenario", [load(path) for path in shipped().values()], ids=list(shipped()))


@every
def test_it_is_introduced_in_three_lines(scenario: Scenario) -> None:
    assert len(scenario.intro.splitlines()) == 3


@every
def test_an_exercise_says_in_a_sentence_why_it_is_solved(scenario: Scenario) -> None:
    if scenario.exercise:
        assert 40 <= len(scenario.exercise.why) <= 110
        assert scenario.exercise.why.endswith(".")


def test_each_scenario_of_the_course_leads_to_the_next() -> None:
    assert len(set(ORDER)) == len(ORDER)
    assert scenario_after(ORDER[0]) == ORDER[1]
    assert scenario_after(COURSE[0].scenarios[-1]) == COURSE[1].scenarios[0]
    assert scenario_after(ORDER[-1]) is None
    assert scenario_after("mine") is None


@pytest.mark.parametrize(
    ("name", "key", "presses"),
    [
        ("one-unit", "nudge-up", 3),
        ("one-unit-kink", "nudge-down", 4),
        ("two-units", "nudge-up", 4),
        ("flat-right", "nudge-down", 4),
        ("falling", "nudge-down", 4),
    ],
)
def test_a_few_nudges_of_the_only_free_number_solve_it(name: str, key: str, presses: int) -> None:
    session = open_session(scenario(name))
    locks = session.state.locks
    assert np.count_nonzero(np.concatenate([~locks.w, ~locks.b, ~locks.v])) == 1
    assert locks.c
    for _ in range(presses):
        assert not session.solved
        nudged = apply(by_id(key), session)
        assert isinstance(nudged, Session)
        session = nudged
    assert session.solved


@pytest.mark.parametrize(
    ("name", "units"),
    [
        ("one-unit", [(2, 0, 1)]),
        ("one-unit-kink", [(1, -1, 1)]),
        ("two-units", [(1, 0, 1), (1, -1, 2)]),
        ("flat-right", [(-1, 1, 1)]),
        ("falling", [(1, -1, -1)]),
    ],
)
def test_the_solution_that_its_hints_name_is_exact(name: str, units: list[tuple[float, float, float]]) -> None:
    s = scenario(name)
    assert loss(s, with_units(s, *units)) < 1e-20
