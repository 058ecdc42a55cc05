"""How far a learner is in the course: what is done, and what comes next."""

from collections.abc import Mapping

from relutui.scenario.course import ORDER
from relutui.scenario.scenario import Scenario
from relutui.session.progress import Progress


def is_done(name: str, scenario: Scenario, progress: Progress) -> bool:
    """Return whether a scenario of the course is done: solved, or where there is no exercise, opened."""
    return name in (progress.solved if scenario.exercise else progress.opened)


def next_in_course(scenarios: Mapping[str, Scenario], progress: Progress) -> str | None:
    """Return the first scenario of the course that is not done; None if all are.  scenarios: those that could be read."""
    open_ones = (name for name in ORDER if name in scenarios and not is_done(name, scenarios[name], progress))
    return next(open_ones, None)
