"""What a teacher reads of a class, of three reports that can be counted by hand."""

from pathlib import Path

import pytest

from relutui.readout.class_details import read_class_details, read_class_heading
from relutui.readout.class_table import CLASS_VIEWS, ClassView, Order, read_class_table
from relutui.scenario.course import ORDER
from relutui.session.class_folder import ClassFiles, ClassFolder
from relutui.session.progress import Answer, Progress
from relutui.session.report import Report, report_text
from tests.support.class_reports import BIAS, NOW, ONE, TURNS, TWO, write_class

ALL = len(ORDER)
HALF = "Unit 1 has w = 1 and b = -1. Where is it on?"


@pytest.fixture
def found(tmp_path: Path) -> ClassFiles:
    write_class(tmp_path)
    return ClassFolder(tmp_path).read()


def rows(found: ClassFiles, view: ClassView, order: Order = "name", words: str = "") -> list[tuple[str, ...]]:
    return [row.cells for row in read_class_table(found, view, order, words, NOW).rows]


def details(found: ClassFiles, view: ClassView, about: str) -> list[tuple[str, str]]:
    return [(part.front.strip(), part.text) for part in read_class_details(found, view, about, NOW).paragraphs]


ANN_ROW = ("Ann", "lab", "12 min", f"2/{ALL}", "2", "0/2", "10 min")
BOB_ROW = ("Bob", "lab-half", "3 min", f"1/{ALL}", "1", "1/2", "1 min")
CY_ROW = ("cy.toml", "lab-half", "7 min", f"0/{ALL}", "1", "1/2", "5 min")


def test_learners_by_name_and_by_place_where_who_is_there_longest_is_first(found: ClassFiles) -> None:
    assert rows(found, "learners") == [ANN_ROW, BOB_ROW, CY_ROW]
    assert rows(found, "learners", "place") == [CY_ROW, BOB_ROW, ANN_ROW]


def test_the_words_of_a_search_choose_rows(found: ClassFiles) -> None:
    assert rows(found, "learners", words="LAB-half bo") == [BOB_ROW]
    assert read_class_table(found, "learners", "name", "bo", NOW).title == "Learners, by name: 1 of 3 with “bo”"
    nothing = read_class_table(found, "places", "name", "zz", NOW)
    assert (nothing.rows, nothing.empty) == ((), "nothing has these words")


def test_places_in_the_order_of_the_course(found: ClassFiles) -> None:
    assert rows(found, "places") == [
        ("one-unit", "0", "0", "", "2", ""),
        ("lab-half", "2", "2", "7 min", "1", "cy.toml, Bob"),
        ("lab", "1", "1", "12 min", "0", "Ann"),
    ]
    assert details(found, "places", "lab-half") == [
        ("", "cy.toml, for 7 min, 1 wrong answer"),
        ("", "Bob, for 3 min, 1 wrong answer"),
        ("", "done by 1 learner: Ann"),
    ]


def test_a_file_is_a_place_only_while_somebody_is_there(tmp_path: Path) -> None:
    opened = {"lab": 1} | {f"mine-{number}.toml": number for number in range(2, 100)}
    (tmp_path / "a").write_text(report_text(Report(Progress(opened=opened), "A")))
    assert [row[0] for row in rows(ClassFolder(tmp_path).read(), "places")] == ["mine-99.toml"]


def test_questions_with_those_right_only_later(found: ClassFiles) -> None:
    assert [row[:5] for row in rows(found, "questions")] == [
        ("lab-half 1", "1", "2", "1", "0"),
        ("lab-half 2", "0", "1", "0", "2"),
        ("lab 1", "0", "1", "0", "2"),
        ("question 2", "1", "0", "0", "2"),
    ]
    assert rows(found, "questions")[0][5] == HALF
    assert details(found, "questions", "lab-half 1") == [
        ("", HALF),
        ("2 ✗", f"{ONE}: {TURNS}"),
        ("1 ✓", TWO),
        ("0 ✗", "everywhere: a unit is never off"),
        (f"✗ {ONE}:", "Ann, cy.toml"),
        (f"✓ {TWO}:", "Bob"),
    ]


def test_a_question_that_is_not_known_has_the_answers_that_were_given(tmp_path: Path) -> None:
    for name, chosen, right in (("a", "up", False), ("b", "up", False), ("c", "down", True)):
        answers = (Answer("mine.toml 1", chosen, right, "" if right else BIAS, 1),)
        (tmp_path / name).write_text(report_text(Report(Progress(answers=answers), name)))
    expected = [("2 ✗", f"up: {BIAS}"), ("1 ✓", "down"), ("✗ up:", "a, b"), ("✓ down:", "c")]
    assert details(ClassFolder(tmp_path).read(), "questions", "mine.toml 1") == expected


def test_places_on_the_chart_are_joined_by_what_they_show(tmp_path: Path) -> None:
    by, minus = "the kink is at b / w", "x = -0.5"
    given = [
        (minus, ""),
        ("x = 0.5", by),
        ("x = 0.52", by),
        ("x = 0.5", by),
        ("x = -0.45", ""),
        ("x = 2", None),
        ("x = 1.8", None),
    ]
    for number, (chosen, idea) in enumerate(given):
        answers = (Answer("one-unit-kink 1", chosen, idea == "", idea or "", 1),)
        (tmp_path / f"{number}").write_text(report_text(Report(Progress(answers=answers))))
    assert details(ClassFolder(tmp_path).read(), "questions", "one-unit-kink 1") == [
        ("", "w is 1, and b is set to 0.5. Where does the unit bend?"),
        ("3 ✗", f"x = 0.5, x = 0.52: {by}"),
        ("2 ✓", "x = -0.5, x = -0.45"),
        ("2 ✗", "x = 2, x = 1.8"),
        *(("✗ x = 0.5, x = 0.52:", "1, 2, 3"), ("✓ x = -0.5, x = -0.45:", "0, 4"), ("✗ x = 2, x = 1.8:", "5, 6")),
    ]


def test_misconceptions_with_who_showed_them_where(found: ClassFiles) -> None:
    assert rows(found, "misconceptions") == [
        ("2", "2", TURNS),
        ("1", "2", "the kink is at -b, whatever w is"),
        ("1", "1", BIAS),
    ]
    assert details(found, "misconceptions", TURNS)[1:] == [("lab-half 1", f"{ONE}: Ann, cy.toml")]


def test_a_learner_in_words(found: ClassFiles) -> None:
    assert details(found, "learners", "ann.toml") == [
        ("", "Ann"),
        ("", "at lab for 12 min, not done yet, 2 wrong answers there; the last entry is 10 min old"),
        ("", f"2 of {ALL} scenarios of the course done; 2 questions answered, 0 right at once"),
        ("✗ lab 1", "“x = 3”: the kink is at -b, whatever w is (10 min ago)"),
        ("✗ lab 1", "“x = 3”: the kink is at -b, whatever w is (11 min ago)"),
        ("✓ lab-half 1", f"“{TWO}” (19 min ago)"),
        ("✗ lab-half 1", f"“{ONE}”: {TURNS} (20 min ago)"),
    ]


def test_what_is_no_report_has_a_row_and_whoever_has_not_begun_too(found: ClassFiles, tmp_path: Path) -> None:
    (tmp_path / "abc.toml").write_text("title = 3")
    (tmp_path / "dora.toml").write_text(report_text(Report(Progress(), "Dora")))
    found = ClassFolder(tmp_path).read()
    table = read_class_table(found, "learners", "name", "", NOW)
    assert [(row.cells[0], row.problem) for row in table.rows] == [
        *(("abc.toml", "is no report of relutui"), ("Ann", ""), ("Bob", "")),
        *(("cy.toml", ""), ("Dora", "")),
    ]
    assert table.rows[-1].cells == ("Dora", "not begun", "", f"0/{ALL}", "", "0/0", "")
    assert details(found, "learners", "abc.toml") == [("", "abc.toml"), ("!", "abc.toml is no report of relutui")]
    heading = read_class_heading(found, "class", 0, "")
    assert (heading.learners, heading.read) == ("4 learners   1 file not counted", "reading")


def test_an_empty_folder_is_said_in_every_view() -> None:
    for view in CLASS_VIEWS:
        table = read_class_table(ClassFiles(), view, "name", "", NOW)
        assert table.rows == ()
        assert table.empty
