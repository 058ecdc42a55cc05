"""What a learner hands in, and what a teacher sees of a class."""

import csv
import io
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from relutui.cli.main import main
from relutui.session.class_folder import read_class
from relutui.session.class_review import Asked, questions
from relutui.session.progress import Answer, Progress, Solved
from relutui.session.progress_file import save_progress
from relutui.session.report import Report, ReportError, read_report, report_of, report_text

TURNS, BIAS = "units take turns", "the bias lifts the curve"
ANN = Progress(
    {"lab": Solved(20, 0, 100), "/home/ann/secret/mine.toml": Solved(1, 2, 200)},
    {"lab": 90, "/home/ann/secret/mine.toml": 190},
    (
        Answer("lab 1", "[1, 2]", False, TURNS, 110),
        Answer("lab 1", "[1, 3]", True, "", 120),
        Answer("question 6", "sideways", True, "", 130),
    ),
    True,
)
BOB = Progress(answers=(Answer("lab 1", "[1, 2]", False, TURNS, 1), Answer("question 6", "up", False, BIAS, 2)))
LINES = st.text(st.characters(exclude_categories=["C", "Z", "M"]), min_size=1, max_size=20)
COUNTS = st.integers(0, 2**53)


@st.composite
def progresses(draw: st.DrawFn) -> Progress:
    solved = draw(st.dictionaries(LINES, st.builds(Solved, COUNTS, COUNTS, COUNTS), max_size=4))
    answers = tuple(draw(st.lists(st.builds(Answer, LINES, LINES, st.booleans(), st.just("") | LINES, COUNTS), max_size=4)))
    return Progress(solved, draw(st.dictionaries(LINES, COUNTS, max_size=4)), answers)


@example(Progress(opened={"/": 0}), "")
@given(progresses(), st.just("") | LINES)
def test_what_is_written_reads_back_equal(progress: Progress, name: str) -> None:
    report = report_of(progress, name)
    assert read_report(report_text(report).encode()) == report


def test_no_folder_and_no_setting_is_in_it() -> None:
    text = report_text(report_of(ANN, "Ann"))
    assert "secret" not in text
    assert "show_everything" not in text
    assert read_report(text.encode()).progress.solved["mine.toml"] == Solved(1, 2, 200)


def test_one_that_would_be_too_large_leaves_out_what_is_oldest() -> None:
    many = tuple(Answer(f"q{n}", "c" * 300, False, "m" * 300, n) for n in range(200))
    opened_again = {"lab": 999} | {f"s{n}": n for n in range(199)}
    text = report_text(Report(Progress(opened=opened_again, answers=many)))
    assert len(text.encode()) <= 64_000
    progress = read_report(text.encode()).progress
    kept = progress.answers
    assert kept == many[-len(kept) :]
    assert len(kept) > 50
    assert list(progress.opened) == ["lab", *(f"s{n}" for n in range(200 - len(kept), 199))]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("right = false", "right = true"),
        ("edits = 20", "edits = 2"),
        ('name = "Ann"', 'name = "Eve"'),
        ('name = "Ann"\n', ""),
        ('relutui = "0', 'relutui = "9'),
        ("[[solved]]", "[[solved]]\nby = 3"),
    ],
)
def test_a_change_is_noticed(old: str, new: str) -> None:
    text = report_text(report_of(ANN, "Ann"))
    assert old in text
    with pytest.raises(ReportError, match="was changed"):
        read_report(text.replace(old, new, 1).encode())


@pytest.mark.parametrize("content", [b"", b"\xff", b"a = 1", b"[" * 40, b'title = "a scenario"'])
def test_what_is_no_report_is_refused_in_a_line(content: bytes) -> None:
    with pytest.raises(ReportError) as caught:
        read_report(content)
    assert len(str(caught.value).splitlines()) == 1


@given(st.binary(max_size=200))
def test_any_bytes_raise_nothing_else(content: bytes) -> None:
    with pytest.raises(ReportError):
        read_report(content)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    reports = tmp_path / "reports"
    reports.mkdir()
    (reports / "ann.toml").write_text(report_text(report_of(ANN, "Ann")))
    (reports / "bob.toml").write_text(report_text(report_of(BOB)))
    return reports


def test_a_class_in_a_table(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", str(folder)]) == 0
    rows = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert rows[1:3] == ["Ann 2 2 2 1 1", "bob.toml 0 0 2 0 2"]
    assert rows[3:7] == [
        "",
        "question right wrong not yet + right, - wrong, . not yet, of each",
        "lab 1 0 2 0 --",  # the first answer counts
        "question 6 1 1 0 +-",
    ]
    assert rows[7:] == ["", "learners answers misconception", f"2 2 {TURNS}", f"1 1 {BIAS}"]


def no_problem(file: str, why: str) -> None:
    raise AssertionError(f"{file} {why}")


def test_questions_come_in_the_order_of_the_course_and_those_not_answered_are_counted(tmp_path: Path) -> None:
    asked = ("question 10", "question 2", "mine.toml 1", "lab 2", "one-unit 1", "lab 10", "no number")
    for name, ids in (("a", asked), ("b", asked[:1])):
        answers = tuple(Answer(id, "x", id != "lab 2", "", 1) for id in ids)
        (tmp_path / name).write_text(report_text(Report(Progress(answers=answers))))
    found = questions(read_class(tmp_path, no_problem))
    assert [each.question for each in found] == [
        *("one-unit 1", "lab 2", "lab 10", "mine.toml 1", "no number", "question 2", "question 10")
    ]
    assert found[-1] == Asked("question 10", 2, 0, 0)
    assert found[1] == Asked("lab 2", 0, 1, 1)


def test_of_too_many_questions_those_that_most_answered_are_shown(tmp_path: Path) -> None:
    for name, first in (("a", 0), ("b", 150), ("c", 299)):
        answers = tuple(Answer(f"q {n}", "x", True, "", 1) for n in range(first, first + 150))
        (tmp_path / name).write_text(report_text(Report(Progress(answers=answers))))
    found = questions(read_class(tmp_path, no_problem))
    assert len(found) == 200
    assert Asked("q 299", 2, 0, 1) in found


def test_a_class_as_json_and_as_csv(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "eve.toml").write_text(report_text(report_of(Progress(), "=HYPERLINK(1)")))
    assert main(["review", str(folder), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [learner["name"] for learner in found["learners"]] == ["Ann", "", "=HYPERLINK(1)"]
    assert found["learners"][0]["solved"] == ["lab", "mine.toml"]
    assert found["learners"][1]["first"] == {"lab 1": False, "question 6": False}
    assert found["questions"][1] == {"question": "question 6", "right": 1, "wrong": 1, "not_answered": 1}
    assert found["misconceptions"][0] == {"text": TURNS, "learners": 2, "answers": 2}
    assert main(["review", str(folder), "--csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["name"] for row in rows] == ["Ann", "", "'=HYPERLINK(1)"]
    assert rows[1]["misconceptions"] == f"{TURNS} (1); {BIAS} (1)"
    assert [row["question 6"] for row in rows] == ["right", "wrong", ""]


def test_every_other_file_is_said_in_a_line_and_the_rest_goes_on(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ann = (folder / "ann.toml").read_text()
    (folder / "changed.toml").write_text(ann.replace("edits = 20", "edits = 2"))
    (folder / "future.toml").write_text(ann.replace("format = 1", "format = 2"))
    (folder / "large.toml").write_text(ann + "#" * 64_000)
    (folder / "link.toml").symlink_to(folder / "ann.toml")
    (folder / "lab\x1b[2J.toml").write_text("title = 3")
    (folder / "inside").mkdir()
    os.mkfifo(folder / "pipe.toml")
    (folder / ".hidden").write_text("not looked at")
    (folder / "other.toml").write_text(report_text(replace(report_of(BOB), version="0.0.9")))
    assert main(["review", str(folder)]) == 1
    out, err = capsys.readouterr()
    table, asked = ["who", "Ann", "bob", "other", ""], ["question", "lab 1", "question 6", ""]
    assert len(out.splitlines()) == len([*table, *asked, "learners", TURNS, BIAS])
    assert "\x1b" not in err
    assert err.splitlines() == [
        "changed.toml: was changed after relutui wrote it: its checksum is another",
        "future.toml: is a report of another version of relutui: expected format 1, got 2",
        "inside: is a folder",
        "lab[2J.toml: is no report of relutui",
        "large.toml: is larger than 64 kB",
        "link.toml: is a link",
        "other.toml: was written by relutui 0.0.9, and this is 0.1.0; it is counted",
        "pipe.toml: is not a regular file",
    ]


def test_text_in_a_report_steers_no_terminal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "x\x1b[2J\u202e\x9b31m"
    progress = Progress({hostile: Solved(1, 1, 1)}, answers=(Answer(hostile, hostile, False, hostile, 1),))
    (folder / "odd.toml").write_text(report_text(Report(progress, hostile)))
    for style in ([], ["--json"], ["--csv"]):
        assert main(["review", str(folder), *style]) == 0
        out = capsys.readouterr().out
        assert "x[2J31m" in out
        assert not {"\x1b", "\u202e", "\x9b"} & set(out)


def test_a_folder_that_is_none_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", str(tmp_path / "none")]) == 1
    assert capsys.readouterr().err == f"{tmp_path}/none: No such file or directory\n"


def test_a_folder_without_reports_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"{tmp_path}: no report in it\n"


@pytest.mark.usefixtures("state_folder")
def test_handing_in(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    save_progress(Progress(), ANN)
    file = tmp_path / "ann.toml"
    assert main(["report", "--name", "Ann\x1b[2J", "-o", str(file)]) == 0
    assert capsys.readouterr().out == f"{file}: 2 exercises solved, 2 questions answered, by Ann[2J\n"
    assert read_report(file.read_bytes()) == report_of(ANN, "Ann[2J")
    assert main(["report", "-o", str(file)]) == 1
    assert capsys.readouterr().err == f"{file} exists and is not replaced: another name with -o, or no -o at all\n"
    assert main(["report", "-o", "-"]) == 0
    assert read_report(capsys.readouterr().out.encode()) == report_of(ANN)
    monkeypatch.chdir(tmp_path)
    for number in ("", "-2", "-3"):
        assert main(["report"]) == 0
        assert capsys.readouterr().out.startswith(f"report{number}.toml: ")
        assert read_report((tmp_path / f"report{number}.toml").read_bytes()) == report_of(ANN)
    assert main(["report", "--name", "n" * 61]) == 2


def test_to_watch_takes_a_terminal_and_a_folder(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["review", str(folder), "--watch"]) == 2
    assert "without --watch `relutui review` prints what there is" in capsys.readouterr().err
    monkeypatch.setattr("relutui.cli.class_watch.missing_terminal", lambda term: "")
    assert main(["review", str(folder / "none"), "--watch"]) == 1
    assert capsys.readouterr().err == f"{folder}/none: No such file or directory\n"
    with pytest.raises(SystemExit):
        main(["review", str(folder), "--watch", "--json"])
