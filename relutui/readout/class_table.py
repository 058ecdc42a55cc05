"""What the screen of a class lists: its learners, places, questions or misconceptions, as rows of text."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple, get_args

from relutui.lib.identity_cache import cached_by_identity
from relutui.lib.number_text import duration_text
from relutui.scenario.course import ORDER
from relutui.session.class_asks import ask_of
from relutui.session.class_folder import ClassFiles, ReportFile
from relutui.session.class_place import Place, course_rank
from relutui.session.class_review import misconceptions, questions

ClassView = Literal["learners", "places", "questions", "misconceptions"]
CLASS_VIEWS: tuple[ClassView, ...] = get_args(ClassView)
MAX_MISCONCEPTIONS = 500
Order = Literal["name", "place"]  # of the learners: never by how much they have done


class Column(NamedTuple):
    """A column: its heading, its width in cells, or 0 for all that is left; is_number: whether it is aligned to the right."""

    heading: str
    width: int = 0
    is_number: bool = False


class ClassRow(NamedTuple):
    """A row: what it is about, by which the mark stays with it; its cells; problem: in their place what is said of a file."""

    about: str
    cells: tuple[str, ...]
    problem: str = ""


class ClassTable(NamedTuple):
    """The rows of a view of the class, in order, and how they are called and ordered; empty: what is said if there is none."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[ClassRow, ...]
    empty: str = ""


COLUMNS: dict[ClassView, tuple[Column, ...]] = {
    "learners": (
        *(Column("learner"), Column("is at", 18), Column("for", 7), Column("done", 5, True), Column("wrong", 5, True)),
        *(Column("right", 7, True), Column("last", 8)),
    ),
    "places": (
        *(Column("place", 18), Column("here", 5, True), Column("not done", 8, True), Column("longest", 8)),
        *(Column("done", 5, True), Column("who is here")),
    ),
    "questions": (
        *(Column("question", 21), Column("right", 5, True), Column("wrong", 5, True), Column("later", 5, True)),
        *(Column("not yet", 7, True), Column("asked")),
    ),
    "misconceptions": (Column("learners", 8, True), Column("answers", 7, True), Column("misconception")),
}


NOTHING: dict[ClassView, str] = {
    "learners": "no report yet; this is looked at again every second",
    "places": "nobody has opened a scenario yet",
    "questions": "nobody has answered a question yet",
    "misconceptions": "no wrong answer has shown a misconception yet",
}


def learner_name(file: ReportFile) -> str:
    """Return what a learner is called: by the file if the report has no name."""
    return file.report.name if file.report and file.report.name else file.name


def read_class_table(found: ClassFiles, view: ClassView, order: Order, words: str, now: float) -> ClassTable:
    """List a view of the class, of the rows those with all of the words; now: in seconds since 1970."""
    match view:
        case "learners":
            rows = _learners(found, order, now)
        case "places":
            rows = _places(found, now)
        case "questions":
            rows = _questions(found)
        case "misconceptions":
            rows = _misconceptions(found)
    shown = tuple(_matching(rows, words))
    title = f"Learners, by {order}" if view == "learners" else view.capitalize()
    count = f"{len(shown)} of {len(rows)} with “{words}”" if words else f"{len(rows)}"
    return ClassTable(f"{title}: {count}", COLUMNS[view], shown, "nothing has these words" if rows else NOTHING[view])


def _matching(rows: Iterable[ClassRow], words: str) -> Iterable[ClassRow]:
    wanted = words.casefold().split()
    return (row for row in rows if all(word in " ".join((*row.cells, row.problem)).casefold() for word in wanted))


def _learners(found: ClassFiles, order: Order, now: float) -> list[ClassRow]:
    def by_name(file: ReportFile) -> tuple[object, ...]:
        return learner_name(file).casefold(), file.name

    def by_place(file: ReportFile) -> tuple[object, ...]:
        place = file.place or Place()
        return file.report is None, place.rank, place.scenario, place.is_done, place.since, *by_name(file)

    key: Callable[[ReportFile], tuple[object, ...]] = by_name if order == "name" else by_place
    return [_learner(file, now) for file in sorted(found.files, key=key)]


def _learner(file: ReportFile, now: float) -> ClassRow:
    name, place, learner = learner_name(file), file.place, file.learner
    if not (place and learner):
        return ClassRow(file.name, (name,), file.problem)
    done, right = f"{place.done_in_course}/{len(ORDER)}", f"{learner.right}/{learner.answered}"
    if not place.last:
        return ClassRow(file.name, (name, "not begun", "", done, "", right, ""))
    last = duration_text(now - place.last)
    if not place.scenario:
        return ClassRow(file.name, (name, "", "", done, "", right, last))
    since = "done" if place.is_done else duration_text(now - place.since)
    return ClassRow(file.name, (name, place.scenario, since, done, str(place.wrong), right, last))


@cached_by_identity(2)
def people_by_place(found: ClassFiles) -> dict[str, list[ReportFile]]:
    """Return who is at each place: first those who have not done it, the longest there first."""
    by_place: dict[str, list[ReportFile]] = {}
    for file in found.files:
        if file.place and file.place.scenario:
            by_place.setdefault(file.place.scenario, []).append(file)
    return {scenario: sorted(people, key=_by_waiting) for scenario, people in by_place.items()}


def _by_waiting(file: ReportFile) -> tuple[object, ...]:
    place = file.place or Place()
    return place.is_done, place.since, learner_name(file).casefold()


@cached_by_identity(2)
def _places_done(found: ClassFiles) -> Counter[str]:
    """Count the learners who have done each scenario."""
    return Counter(scenario for file in found.files if file.place for scenario in file.place.done)


def _places(found: ClassFiles, now: float) -> list[ClassRow]:
    """List the scenarios of the course that are done or where anyone is, in its order, and files where anyone is."""
    people, done = people_by_place(found), _places_done(found)
    rows = []
    for scenario in sorted({*people, *done.keys() & {*ORDER}}, key=lambda name: (course_rank(name), name)):
        here = people.get(scenario, [])
        waiting = [file.place.since for file in here if file.place and not file.place.is_done]
        longest = duration_text(now - waiting[0]) if waiting else ""
        names = ", ".join(map(learner_name, here))
        rows.append(ClassRow(scenario, (scenario, str(len(here)), str(len(waiting)), longest, str(done[scenario]), names)))
    return rows


@cached_by_identity(2)
def _questions(found: ClassFiles) -> list[ClassRow]:
    right_now = [_right_so_far(file) for file in found.files]
    rows = []
    for asked in questions(found.learners):
        later = sum(asked.question in right for right in right_now) - asked.right
        counts = (asked.right, asked.wrong, later, asked.not_answered)
        ask = ask_of(asked.question)
        rows.append(ClassRow(asked.question, (asked.question, *map(str, counts), ask.text if ask else "")))
    return rows


def _right_so_far(file: ReportFile) -> set[str]:
    """Return the questions that a learner has answered right, at once or later."""
    return {answer.ask for answer in file.report.progress.answers if answer.right} if file.report else set()


@cached_by_identity(2)
def _misconceptions(found: ClassFiles) -> list[ClassRow]:
    """List what was misunderstood, at most MAX_MISCONCEPTIONS, those of most learners."""
    ideas = misconceptions(found.learners)[:MAX_MISCONCEPTIONS]
    return [ClassRow(idea.text, (str(idea.learners), str(idea.answers), idea.text)) for idea in ideas]
