"""The contents of the lines that ask a question: the question, its choices, and after the answer the truth."""

from typing import NamedTuple

import numpy as np

from relutui.model.network import Parameters
from relutui.scenario.ask import Ask
from relutui.session import asking
from relutui.session.progress import Answer
from relutui.session.session import Session


class ChoiceRow(NamedTuple):
    """A choice with its digit; mark: once answered, ✓ for the right one and ✗ for a wrong one that was chosen."""

    digit: str
    text: str
    mark: str = ""


class AskReadout(NamedTuple):
    """What is asked, and how to answer.

    choices: once answered, only the right one and that chosen; verdict: once answered, whether it is right, and why;
    longest: the longest that the verdict can be; keys: the most important first.
    """

    text: str
    choices: tuple[ChoiceRow, ...]
    verdict: str
    right: bool
    longest: str
    keys: tuple[str, ...]


class Guess(NamedTuple):
    """The places on the chart: at the x, or at (at, y); value: None before there is one; truth: None before the answer."""

    axis: str
    value: float | None
    at: float | None
    truth: float | None


def read_ask(session: Session) -> AskReadout | None:
    """Compute the lines of the question; None if none is asked."""
    asked = session.view.asking
    if asked is None:
        return None
    ask, answer = asked.ask, asked.answer
    choices = [
        ChoiceRow(str(digit), choice.text, _mark(choice.right, choice.text == answer.chosen) if answer else "")
        for digit, choice in enumerate(ask.choices, 1)
    ]
    return AskReadout(
        text=f"{_heading(session)}: {ask.text}",
        choices=tuple(row for row in choices if row.mark or not answer),
        verdict=_verdict(session, answer) if answer else "",
        right=bool(answer and answer.right),
        longest=max((_verdict(session, wrong) for wrong in _wrong_answers(ask)), key=len),
        keys=_keys(session),
    )


def supposed_parameters(session: Session) -> Parameters | None:
    """Return the parameters that the question speaks of, once it is answered; None if it supposes none."""
    asked, start = session.view.asking, session.scenario.start
    if asked is None or asked.answer is None or not asked.ask.supposed:
        return None
    w, b, v = (list(column) for column in (start.w, start.b, start.v))
    for supposed in asked.ask.supposed:
        if supposed.unit < start.units:
            for column, value in ((w, supposed.w), (b, supposed.b), (v, supposed.v)):
                column[supposed.unit] = column[supposed.unit] if value is None else value
    return Parameters(np.array(w), np.array(b), np.array(v), start.c)


def read_guess(session: Session) -> Guess | None:
    """Return the places to draw on the chart; None if no place is asked for."""
    asked = session.view.asking
    if asked is None or asked.ask.place is None:
        return None
    place = asked.ask.place
    x, y = session.scale
    units = x if place.axis == "x" else y
    return Guess(
        place.axis,
        None if asked.marker is None else units.scaled(asked.marker),
        None if place.at is None else x.scaled(place.at),
        units.scaled(place.value) if asked.answer else None,
    )


def _mark(right: bool, chosen: bool) -> str:
    return "✓" if right else "✗" if chosen else ""


def _heading(session: Session) -> str:
    ids = [id for id, _ in asking.asks_of(session)]
    asked = session.view.asking
    assert asked
    return f"Predict, {ids.index(asked.id) + 1} of {len(ids)}" if len(ids) > 1 and asked.id in ids else "Predict"


def _wrong_answers(ask: Ask) -> list[Answer]:
    """Return what can be answered wrongly, as far as it matters for the length of what is said about it."""
    if ask.place:
        misconceptions = ["", *(wrong.misconception for wrong in ask.place.wrong)]
        return [Answer("", f"= {-ask.place.value - ask.place.tolerance:.4g}", False, words, 0) for words in misconceptions]
    return [Answer("", choice.text, False, choice.misconception, 0) for choice in ask.choices if not choice.right]


def _verdict(session: Session, answer: Answer) -> str:
    asked = session.view.asking
    assert asked
    ask = asked.ask
    truth = f"{ask.place.axis} = {asking.format_place(session, ask.place, ask.place.value)}" if ask.place else ""
    if answer.right:
        return f"Right{truth and f': {truth}'}. {ask.then}"
    no = f"No: {truth}, not {answer.chosen.partition('= ')[2]}." if truth else "No."
    mistake = f" The mistake behind it: {answer.misconception}." if answer.misconception else ""
    return f"{no}{mistake} {ask.then}"


def _keys(session: Session) -> tuple[str, ...]:
    asked = session.view.asking
    assert asked
    ask = asked.ask
    if asked.answer:
        on = "enter: next question" if asking.unanswered(session) else "enter: done"
        return (on, *([f"to see it: {' '.join(ask.keys)}"] if ask.keys else []))
    if ask.place is None:
        return (f"1-{len(ask.choices)}: answer", "esc: not now")
    arrows = "left, right" if ask.place.axis == "x" else "up, down"
    if asked.marker is None:
        nothing = "nothing is marked yet: " if asked.hurried else ""
        typed = asked.typed or "digits"
        return (f"{nothing}{arrows} or {typed}: put a ?", "then enter: answer", "esc: not now")
    at = asked.typed or asking.format_place(session, ask.place, asked.marker)
    return (f"? at {ask.place.axis} = {at}", "enter: answer", f"{arrows}, digits: move it", "esc: not now")
