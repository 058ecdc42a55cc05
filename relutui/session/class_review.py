"""What a class has done: its reports, counted."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from relutui.scenario.course import ORDER
from relutui.session.report import Report

MAX_QUESTIONS = 200
MAX_DIGITS = 9  # of the number of a question


class Learner(NamedTuple):
    """The report of one learner, counted.

    solved, opened: names of scenarios; answered: the number of questions; right: of those, how many right at the first answer;
    misconceptions: how often each was shown by a wrong answer; first: by question, whether the first answer was right.
    """

    file: str
    name: str
    solved: tuple[str, ...]
    opened: int
    answered: int
    right: int
    misconceptions: Counter[str]
    first: Mapping[str, bool]

    @property
    def wrong_ideas(self) -> int:
        """The number of wrong answers that show a misconception."""
        return self.misconceptions.total()


class Asked(NamedTuple):
    """A question, and how many learners answered it right at once, wrong at first, and not at all."""

    question: str
    right: int
    wrong: int
    not_answered: int


class Misconception(NamedTuple):
    """A misconception, how many learners showed it, and in how many answers."""

    text: str
    learners: int
    answers: int


def count_learner(file: str, report: Report) -> Learner:
    """Count the report of a file."""
    progress = report.progress
    first = {answer.ask: answer.right for answer in reversed(progress.answers)}
    wrong = Counter(answer.misconception for answer in progress.answers if answer.misconception and not answer.right)
    return Learner(
        *(file, report.name, tuple(progress.solved), len(progress.opened), len(first), sum(first.values())),
        *(wrong, first),
    )


def questions(learners: Sequence[Learner]) -> list[Asked]:
    """Return the questions that anyone answered, those of scenarios in the order of the course, then those of tours.

    Of more than MAX_QUESTIONS, those that most learners answered.
    """
    answered = Counter(question for learner in learners for question in learner.first)
    right = Counter(question for learner in learners for question, was_right in learner.first.items() if was_right)
    return [
        Asked(question, right[question], count - right[question], len(learners) - count)
        for question, count in sorted(answered.most_common(MAX_QUESTIONS), key=lambda pair: question_place(pair[0]))
    ]


def question_place(question: str) -> tuple[int, str, int]:
    """Return the place of a question in the list; it is called by a scenario's name, or "question", and a number."""
    of, _, number = question.rpartition(" ")
    place = ORDER.index(of) if of in ORDER else len(ORDER) + (of == "question")
    return place, of, int(number) if number.isdecimal() and len(number) < MAX_DIGITS else 0


def misconceptions(learners: Sequence[Learner]) -> list[Misconception]:
    """Return what was misunderstood, that of most learners first."""
    by, times = Counter[str](), Counter[str]()
    for learner in learners:
        by.update(learner.misconceptions.keys())
        times.update(learner.misconceptions)
    return sorted((Misconception(text, by[text], times[text]) for text in by), key=lambda m: (-m.learners, -m.answers, m.text))
