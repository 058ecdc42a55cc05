"""What holds for every scenario that ships."""

import re

import pytest

from relutui.commands.contents import COMMANDS
from relutui.scenario.course import ORDER
from relutui.scenario.library import load, shipped
from relutui.scenario.reader import parse
from relutui.scenario.scenario import Scenario
from relutui.scenario.writer import to_toml
from tests.support.places import ROOT

every = pytest.mark.parametrize("scenario", [load(path) for path in shipped().values()], ids=list(shipped()))


def test_the_course_names_what_ships_and_nothing_else() -> None:
    folder = ROOT / "scenarios"
    assert tuple(shipped()) == ORDER
    assert sorted(ORDER) == sorted(path.stem for path in folder.glob("*.toml"))


@every
def test_it_says_what_it_is_in_a_line_of_80_columns(scenario: Scenario) -> None:
    assert 20 <= len(scenario.summary) <= 78
    assert scenario.title


@every
def test_its_lesson_is_short_and_names_only_keys_that_there_are(scenario: Scenario) -> None:
    assert 5 <= len(scenario.lesson.splitlines()) <= 15
    keys = {key for command in COMMANDS for key in command.keys} | {r"\_", "_/"}
    assert set(re.findall(r"`(.+?)`", scenario.lesson)) <= keys


@every
def test_an_exercise_has_hints_and_is_not_solved_yet(scenario: Scenario) -> None:
    if scenario.exercise:
        loss = scenario.network.loss(scenario.start, scenario.dataset.x, scenario.dataset.y, scenario.settings.loss)
        assert loss > scenario.exercise.solved_below
        assert len(scenario.exercise.hints) == 3


@every
def test_it_reads_back_as_it_is_written(scenario: Scenario) -> None:
    assert parse(to_toml(scenario), scenario.name, None) == scenario
