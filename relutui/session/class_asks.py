"""The questions of a report, which has only their names: "lab 2" is of a scenario of the course, "question 6" of a tour."""

from relutui.scenario.ask import Ask
from relutui.session.class_place import course_scenarios
from relutui.session.question_asks import QUESTION_ASKS


def ask_of(question: str) -> Ask | None:
    """Return what a question asks; None if it is none of the program's own."""
    of, _, digits = question.rpartition(" ")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 4):
        return None
    number = int(digits)
    if of == "question":
        return QUESTION_ASKS.get(number)
    scenario = course_scenarios().get(of)
    return scenario.asks[number - 1] if scenario and 1 <= number <= len(scenario.asks) else None
