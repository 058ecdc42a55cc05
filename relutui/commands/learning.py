"""The commands that teach: hints, questions to the learner, the lesson, and explanations."""

from relutui.commands.command import Command, Show
from relutui.explain import hints
from relutui.explain.phrasing import in_parts
from relutui.session import asking
from relutui.session.session import Session


def _give_hint(session: Session) -> Session:
    result = session.with_view(hint=hints.next_hint(session))
    return result.say(hints.hint(result))


def _explain_row(session: Session) -> Session:
    from relutui.explain.why_unit import unit_sentences  # imported on demand: start-up time counts

    row = session.view.selection.row
    if session.view.selection.field == "c":
        return _explain_prediction(session, "i")
    if session.state.network.deeper:
        from relutui.explain.why_layers import layer_unit_sentences

        return _say_next_part(session, layer_unit_sentences(session), "i")
    return _say_next_part(session, unit_sentences(session, row), "i")


def _explain_prediction(session: Session, key: str = "I") -> Session:
    from relutui.explain.why_prediction import prediction_sentences

    if session.state.network.deeper:
        from relutui.explain.why_layers import layer_prediction_sentences

        return _say_next_part(session, layer_prediction_sentences(session), key)
    return _say_next_part(session, prediction_sentences(session), key)


def _say_next_part(session: Session, sentences: tuple[str, ...], key: str) -> Session:
    """Say the first part of an explanation, or the one after that which is on the screen."""
    *others, last = in_parts(sentences)
    parts = [*(f"{part} More: {key} again." for part in others), last]
    message = session.view.message
    shown = parts.index(message.text) if message and message.text in parts else -1
    return session.say(parts[(shown + 1) % len(parts)])


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
