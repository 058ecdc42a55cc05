"""An ask: a question that the learner answers before the truth is shown, by a choice or by a place on the chart."""

from typing import Literal, NamedTuple

MAX_ASKS = 8  # of a scenario
MAX_CHOICES = 5
MAX_WRONG_PLACES = 5
MAX_ASK_TEXT = 200  # characters of the question, and of the sentence shown after the answer
MAX_CHOICE_TEXT = 72  # characters, so that a choice fits into a row at 80 columns
MAX_MISCONCEPTION = 120  # characters
MAX_ASK_KEYS = 8
MAX_SUPPOSED = 8  # units
MAX_KEY_NAME = 20  # characters


class Choice(NamedTuple):
    """One of the answers to choose from; misconception: what choosing it shows, empty for the right one."""

    text: str
    right: bool
    misconception: str = ""


class WrongPlace(NamedTuple):
    """A place where learners wrongly expect it, and what that shows."""

    value: float
    misconception: str


class Place(NamedTuple):
    """A place on the chart: an x, or the y at a given x (`at`); right within `tolerance`."""

    axis: Literal["x", "y"]
    value: float
    tolerance: float
    at: float | None = None
    wrong: tuple[WrongPlace, ...] = ()

    def is_right(self, value: float) -> bool:
        """Return whether a value is within the tolerance, rounding apart."""
        return abs(value - self.value) <= self.tolerance * (1.0 + 1e-9)

    def misconception(self, value: float) -> str:
        """Return what a wrong value shows: that of the nearest wrong place within the tolerance; else empty."""
        near = [wrong for wrong in self.wrong if abs(value - wrong.value) <= self.tolerance * (1.0 + 1e-9)]
        return min(near, key=lambda wrong: abs(value - wrong.value)).misconception if near else ""


class Supposed(NamedTuple):
    """The parameters of a unit that a question supposes, None where they are as at the start."""

    unit: int
    w: float | None = None
    b: float | None = None
    v: float | None = None


class Ask(NamedTuple):
    """A question with either choices, one of them right, or a place; then: a sentence that is shown after the answer.

    keys: what to press to see it, as `relutui render --keys` takes it; supposed: with these, and else as at the start, the
    curve is drawn after the answer.
    """

    text: str
    then: str
    choices: tuple[Choice, ...] = ()
    place: Place | None = None
    keys: tuple[str, ...] = ()
    supposed: tuple[Supposed, ...] = ()
