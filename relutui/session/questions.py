"""The questions that learners ask, with their tours, as questions.toml has them."""

import tomllib
from pathlib import Path

from relutui.session.tours import Question, Step


def _read() -> tuple[Question, ...]:
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    return tuple(
        Question(
            table["number"],
            table["text"],
            table["scenario"],
            tuple(Step(key, caption, place) for key, place, caption in table["steps"]),
        )
        for table in tomllib.loads(text)["question"]
    )


QUESTIONS: tuple[Question, ...] = _read()
