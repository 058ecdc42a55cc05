"""The learner's progress through the course: scenarios opened and solved, answers given, and the setting that goes with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple, TypeVar

from relutui.lib.identity_cache import cached_by_identity
from relutui.lib.safe_text import sanitize_line
from relutui.scenario.library import is_shipped
from relutui.scenario.scenario import Scenario

MAX_ENTRIES = 200  # scenarios solved, scenarios opened, and answers; beyond that the oldest are dropped

V = TypeVar("V")


class Solved(NamedTuple):
    """How an exercise was solved for the first time: by so many edits and steps of training, in seconds since 1970."""

    edits: int
    steps: int
    when: int


class Answer(NamedTuple):
    """An answer to the question `ask`; misconception: what a wrong one shows, else empty; when: in seconds since 1970."""

    ask: str
    chosen: str
    right: bool
    misconception: str
    when: int


@dataclass(frozen=True)
class Progress:
    """What a learner has done, by the keys of scenarios (`scenario_key`), and what the app keeps as a setting.

    solved: the exercises solved; opened: when each scenario was opened last, in seconds since 1970; answers: oldest first;
    show_everything: whether words and columns are shown before their lesson has come.
    """

    solved: Mapping[str, Solved] = field(default_factory=dict)
    opened: Mapping[str, int] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()
    show_everything: bool = False

    def with_solved(self, key: str, solved: Solved) -> "Progress":
        """Record that an exercise was solved; the first time stays."""
        return self if key in self.solved else replace(self, solved={**self.solved, key: solved}).newest()

    def with_opened(self, key: str, when: int) -> "Progress":
        """Record that a scenario was opened."""
        return replace(self, opened={**self.opened, key: when}).newest()

    def with_answer(self, answer: Answer) -> "Progress":
        """Record an answer; earlier ones to the same question stay."""
        return replace(self, answers=(*self.answers, answer)).newest()

    def newest(self, most: int = MAX_ENTRIES) -> "Progress":
        """Return the progress with only so many entries of each kind, the newest ones, in their order."""
        solved, opened = _newest(self.solved, lambda solved: solved.when, most), _newest(self.opened, int, most)
        return replace(self, solved=solved, opened=opened, answers=self.answers[-most:])


@cached_by_identity(4)  # it looks at the file of every shipped scenario, and is asked for at every drawing
def scenario_key(scenario: Scenario) -> str:
    """Return what progress calls a scenario: the name of a shipped one, or the path of a file."""
    return scenario.name if scenario.source is None or is_shipped(scenario.source) else sanitize_line(str(scenario.source))


def key_name(key: str) -> str:
    """Return the key of a scenario without the folders of its file, such as "lab" or "mine.toml"."""
    return Path(key).name or key


def merge(before: Progress, ours: Progress, theirs: Progress) -> Progress:
    """Return `theirs` with what has been added between `before` and `ours`, so that two apps at once lose nothing."""
    merged = theirs
    for key, solved in ours.solved.items():
        if key not in before.solved:
            merged = merged.with_solved(key, solved)
    for key, when in ours.opened.items():
        if before.opened.get(key) != when:
            merged = merged.with_opened(key, max(when, merged.opened.get(key, when)))
    known = {*before.answers, *theirs.answers}
    added = [answer for answer in ours.answers if answer not in known]
    answers = sorted((*merged.answers, *added), key=lambda answer: answer.when)  # stable: the order of those at once stays
    if ours.show_everything != before.show_everything:
        merged = replace(merged, show_everything=ours.show_everything)
    merged = replace(merged, answers=tuple(answers)).newest()
    return theirs if merged == theirs else merged


def _newest(entries: Mapping[str, V], when: Callable[[V], int], most: int) -> dict[str, V]:
    dropped = sorted(entries, key=lambda key: when(entries[key]))[:-most]
    return {key: entry for key, entry in entries.items() if key not in dropped}
