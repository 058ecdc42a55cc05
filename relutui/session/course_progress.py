"""How far a learner is in the course: what is done, what comes next, and which scenarios belong to it."""

from collections.abc import Mapping

from relutui.lib.identity_cache import cached_by_identity
from relutui.scenario.course import ORDER, scenario_after
from relutui.scenario.scenario import Scenario
from relutui.session.progress import Progress, scenario_key


def is_done(name: str, scenario: Scenario, progress: Progress) -> bool:
    """Return whether a scenario of the course is done: solved, or where there is no exercise, its questions answered.

    Where there is neither an exercise nor a question, it is done once it was opened.
    """
    if scenario.exercise or not scenario.asks:
        return name in (progress.solved if scenario.exercise else progress.opened)
    return {f"{name} {number}" for number in range(1, len(scenario.asks) + 1)} <= {answer.ask for answer in progress.answers}


def next_in_course(scenarios: Mapping[str, Scenario], progress: Progress) -> str | None:
    """Return the first scenario of the course that is not done; None if all are.  scenarios: those that could be read."""
    open_ones = (name for name in ORDER if name in scenarios and not is_done(name, scenarios[name], progress))
    return next(open_ones, None)


@cached_by_identity(2)
def following(scenario: Scenario) -> str | None:
    """Return the scenario of the course that follows an open one; None after the last, and for a file of one's own."""
    return scenario_after(scenario_key(scenario))
