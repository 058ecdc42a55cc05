"""Where a learner is in the course, and since when, as far as a report says."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from relutui.scenario.course import ORDER
from relutui.scenario.library import load, shipped
from relutui.scenario.scenario import Scenario
from relutui.session.course_progress import is_done
from relutui.session.progress import Progress


class Place(NamedTuple):
    """Where a learner is; times are in seconds since 1970.

    scenario: the one opened last, empty if none was; since: when it was opened; is_done: whether it is solved, or its questions
    are answered where there is nothing to solve; wrong: the wrong answers to its questions; done: the scenarios that are done;
    last: when something was opened, solved or answered last.
    """

    scenario: str = ""
    since: int = 0
    is_done: bool = False
    wrong: int = 0
    done: frozenset[str] = frozenset()
    last: int = 0

    @property
    def done_in_course(self) -> int:
        """The number of scenarios of the course that are done."""
        return len(self.done.intersection(ORDER))

    @property
    def rank(self) -> int:
        """The number of the scenario in the course; before all others if none is open, behind them for a file."""
        return course_rank(self.scenario) if self.scenario else -1


@cache
def course_scenarios() -> Mapping[str, Scenario]:
    """Return the scenarios of the course by name."""
    paths = shipped()
    return {name: load(paths[name]) for name in ORDER}


def course_rank(scenario: str) -> int:
    """Return the number of a scenario in the course, from 0; a file is behind them all."""
    return ORDER.index(scenario) if scenario in ORDER else len(ORDER)


def place_of(progress: Progress) -> Place:
    """Return where a learner is; the scenarios are named without folders, as in a report."""
    solved, answered = (each.when for each in progress.solved.values()), (each.when for each in progress.answers)
    times = [*progress.opened.values(), *solved, *answered]
    if not times:
        return Place()
    course = course_scenarios().items()
    done = frozenset((*progress.solved, *(name for name, scenario in course if is_done(name, scenario, progress))))
    if not progress.opened:
        return Place(done=done, last=max(times))
    scenario = max(progress.opened, key=lambda name: progress.opened[name])
    wrong = sum(not answer.right and answer.ask.rpartition(" ")[0] == scenario for answer in progress.answers)
    return Place(scenario, progress.opened[scenario], scenario in done, wrong, done, max(times))
