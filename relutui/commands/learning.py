"""The commands that teach: hints, questions to the learner, the lesson, and explanations."""

from relutui.commands.command import Command, Show
from relutui.explain import hints, why_prediction, why_unit
from relutui.session import asking
from relutui.session.session import Session


def _give_hint(session: Session) -> Session:
    result = session.with_view(hint=hints.next_hint(session))
    return result.say(hints.hint(result))


def _explain_row(session: Session) -> Session:
    row = session.view.selection.row
    return (
        session.say(why_unit.why_unit(session, row)) if row < session.state.parameters.units else _explain_prediction(session)
    )


def _explain_prediction(session: Session) -> Session:
    return session.say(why_prediction.why_prediction(session))


def _why_no_lesson(session: Session) -> str | None:
    return None if session.scenario.lesson or session.scenario.intro else "this scenario has no lesson"


def _why_no_ask(session: Session) -> str | None:
    return None if asking.asks_of(session) else "nothing is asked in this scenario"


LEARNING: tuple[Command, ...] = (
    Command("hint", ("h",), "Hint", "next hint for the exercise", _give_hint, hints.why_no_hint),
    Command("ask", ("Q",), "Ask", "answer a question before it is shown", asking.open_ask, _why_no_ask),
    Command("lesson", ("t",), "Lesson", "show the lesson", lambda s: Show("lesson"), _why_no_lesson),
    Command("why", ("i",), "Why", "explain the selected unit; on c, the prediction", _explain_row),
    Command(
        "why-prediction", ("I",), "Why, prediction", "explain the prediction, and what it cannot reach", _explain_prediction
    ),
)
