"""What the screen of a class says of the marked row: a learner, a place, a question or a misconception."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from relutui.explain.phrasing import count_text
from relutui.lib.number_text import duration_text
from relutui.readout.class_table import ClassView, learner_name, people_by_place
from relutui.scenario.course import ORDER
from relutui.session.class_asks import ask_of
from relutui.session.class_folder import ClassFiles, ReportFile
from relutui.session.class_place import Place
from relutui.session.class_review import Learner
from relutui.session.progress import Answer

RIGHT, WRONG = "✓", "✗"
MAX_PLACES = 4  # that are named of those that show one misconception


class Detail(NamedTuple):
    """A paragraph: what stands in front of it, and the text, which wraps beside that."""

    front: str
    text: str


class ClassDetails(NamedTuple):
    """What is said of a row: a title, and paragraphs."""

    title: str
    paragraphs: tuple[Detail, ...]


class ClassHeading(NamedTuple):
    """The top line: the folder, how many learners there are, when something new was read, and what is wrong, if anything."""

    folder: str
    learners: str
    read: str
    problem: str


class Chosen(NamedTuple):
    """An answer that was chosen, whether it is right, the misconception it stands for, and who chose it at first."""

    text: str
    right: bool
    misconception: str
    names: list[str]


def read_class_heading(found: ClassFiles, folder: str, read: float, problem: str) -> ClassHeading:
    """Say how many learners a folder has; read: when something new was, in seconds since 1970, or 0."""
    learners = count_text(sum(file.learner is not None for file in found.files), "learner")
    others = sum(file.learner is None for file in found.files)
    parts = [learners, *([f"{count_text(others, 'file')} not counted"] if others else [])]
    if found.left_out:
        parts.append(f"{found.left_out:,} files beyond the first {len(found.files):,}")
    if found.unread:
        parts.append(f"{found.unread:,} to be read")
    at = f"read at {time.strftime('%H:%M', time.localtime(read))}" if read else "reading"
    return ClassHeading(folder, "   ".join(parts), at, problem)


def read_class_details(found: ClassFiles, view: ClassView, about: str, now: float) -> ClassDetails:
    """Say what is known of the row of a view that is about this; now: in seconds since 1970."""
    match view:
        case "learners":
            files = [file for file in found.files if file.name == about]
            return ClassDetails(about, tuple(part for file in files for part in _of_learner(file, now)))
        case "places":
            return ClassDetails(about, tuple(_of_place(found, about, now)))
        case "questions":
            return ClassDetails(about, tuple(_of_question(found, about)))
        case "misconceptions":
            return ClassDetails("Misconception", (Detail("", about), *_of_misconception(found, about)))


def _of_learner(file: ReportFile, now: float) -> Iterator[Detail]:
    yield Detail("", learner_name(file))
    if file.problem:
        yield Detail("!", f"{file.name} {file.problem}")
    if not (file.report and file.place and file.learner):
        return
    yield Detail("", _where(file.place, now))
    yield Detail("", _how_much(file.place, file.learner))
    for answer in reversed(file.report.progress.answers):
        mark = RIGHT if answer.right else WRONG
        yield Detail(f"{mark} {answer.ask}", f"{_meaning(answer)} ({duration_text(now - answer.when)} ago)")


def _where(place: Place, now: float) -> str:
    if not place.last:
        return "nothing opened yet"
    last = f"the last entry is {duration_text(now - place.last)} old"
    if not place.scenario:
        return last
    if place.is_done:
        return f"at {place.scenario}, which is done; {last}"
    wrong = f", {count_text(place.wrong, 'wrong answer')} there" if place.wrong else ""
    return f"at {place.scenario} for {duration_text(now - place.since)}, not done yet{wrong}; {last}"


def _how_much(place: Place, learner: Learner) -> str:
    asked = f"{count_text(learner.answered, 'question')} answered, {learner.right} right at once"
    return f"{place.done_in_course} of {len(ORDER)} scenarios of the course done; {asked}"


def _meaning(answer: Answer) -> str:
    return f"“{answer.chosen}”: {answer.misconception}" if answer.misconception else f"“{answer.chosen}”"


def _of_place(found: ClassFiles, scenario: str, now: float) -> Iterator[Detail]:
    for file in people_by_place(found).get(scenario, []):
        if place := file.place:
            state = "done" if place.is_done else f"for {duration_text(now - place.since)}"
            wrong = f"{count_text(place.wrong, 'wrong answer')}" if place.wrong else ""
            yield Detail(RIGHT if place.is_done else " ", ", ".join(filter(None, (learner_name(file), state, wrong))))
    done = [learner_name(file) for file in found.files if file.place and scenario in file.place.done]
    if done:
        yield Detail("", f"done by {count_text(len(done), 'learner')}: {', '.join(done)}")


def _of_question(found: ClassFiles, question: str) -> Iterator[Detail]:
    if ask := ask_of(question):
        yield Detail("", ask.text)
    chosen = choices_of(found, question)
    for each in chosen:
        mistake = f": {each.misconception}" if each.misconception else ""
        yield Detail(f"{len(each.names):>4} {RIGHT if each.right else WRONG}", f"{each.text}{mistake}")
    for each in chosen:
        if each.names:
            yield Detail(f"{RIGHT if each.right else WRONG} {each.text}:", ", ".join(each.names))


def choices_of(found: ClassFiles, question: str) -> list[Chosen]:
    """Return what may be chosen and what was chosen by first answers, in the order of the question, then by their number.

    Places on the chart are joined by the misconception that they show.
    """
    ask, chosen = ask_of(question), dict[object, Chosen]()
    if ask:
        chosen = {choice.text: Chosen(choice.text, choice.right, choice.misconception, []) for choice in ask.choices}
    others: dict[object, Chosen] = {}
    places: dict[object, Counter[str]] = defaultdict(Counter)
    for file in found.files:
        if file.report and (first := _first(file.report.progress.answers, question)):
            key = (first.right, first.misconception) if ask and ask.place else first.chosen
            new = Chosen(first.chosen, first.right, first.misconception, [])
            (chosen if key in chosen else others).setdefault(key, new).names.append(learner_name(file))
            places[key][first.chosen] += 1
    others = {key: each._replace(text=_most_common(places[key])) for key, each in others.items()}
    return [*chosen.values(), *sorted(others.values(), key=lambda each: (-len(each.names), each.text))]


def _most_common(texts: Counter[str]) -> str:
    named = [text for text, _ in texts.most_common(MAX_PLACES)]
    return ", ".join([*named, "…"] if len(texts) > MAX_PLACES else named)


def _first(answers: Iterable[Answer], question: str) -> Answer | None:
    return next((answer for answer in answers if answer.ask == question), None)


def _of_misconception(found: ClassFiles, text: str) -> Iterator[Detail]:
    by_answer = defaultdict[tuple[str, str], list[str]](list)
    for file in found.files:
        for answer in file.report.progress.answers if file.report else ():
            if answer.misconception == text and not answer.right:
                by_answer[answer.ask, answer.chosen].append(learner_name(file))
    for (ask, chosen), names in by_answer.items():
        yield Detail(ask, f"{chosen}: {', '.join(dict.fromkeys(names))}")
