"""The questions that learners ask, each with a tour: a scenario, and keys with a caption for what each of them shows."""

from typing import Literal, NamedTuple

# Where a caption stands: a panel of the main screen by its id, or whatever screen the last key has opened.
CaptionPlace = Literal["chart", "strips", "table", "walk", "loss", "network", "screen"]


class Step(NamedTuple):
    """A key of a tour, and what it shows: the caption, on the panel that it speaks of.

    key: a character or its name in Textual, as `relutui render --keys` takes it; empty in the first step, before any key.
    """

    key: str
    caption: str
    place: CaptionPlace = "chart"


class Question(NamedTuple):
    """A question, and how to see its answer: open the scenario, and go through the steps; the last caption is the answer."""

    number: int
    text: str
    scenario: str
    steps: tuple[Step, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of all steps."""
        return tuple(step.key for step in self.steps if step.key)

    @property
    def answer(self) -> str:
        """The last caption."""
        return self.steps[-1].caption


class Tour(NamedTuple):
    """The progress of a question's tour: the number of its keys pressed."""

    question: Question
    keys_pressed: int = 0

    @property
    def step(self) -> Step:
        """The step that the tour stands at."""
        return self.question.steps[self.keys_pressed]

    @property
    def next_key(self) -> str:
        """The key that the next step presses; empty at the last one."""
        return next(iter(self.question.keys[self.keys_pressed :]), "")
