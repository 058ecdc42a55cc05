import csv
import random
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.scenario.csv_choice import CsvChoice
from relutui.scenario.csv_layout import ColumnsUnknown
from relutui.scenario.csv_points import read_points
from relutui.scenario.target import DataError, Point

DROP = '--drop-missing, or missing = "drop" in [target], leaves such rows out'
POINT = "a number has a decimal point, and nothing between thousands"
THOUSANDS = "nothing stands between thousands: write"
HALVES = ((0.0, 1.0), (0.5, 2.0))


def read(content: str, x: str | int | None = None, y: str | int | None = None) -> tuple[tuple[Point, ...], str]:
    """The points of a CSV text, and how it was read."""
    reading = read_points(content.encode(), CsvChoice(x, y))
    return reading.points, reading.said


def refusal(content: str | bytes, choice: CsvChoice = CsvChoice()) -> str:  # noqa: B008
    with pytest.raises(DataError) as caught:
        read_points(content.encode() if isinstance(content, str) else content, choice)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("x,y\n0,1\n0.5,2\n", "2 columns: x, y; separated by ,"),
        ("\ufeffx,y\r\n0,1\r\n\r\n0.5,2\r\n", "2 columns: x, y; separated by ,"),
        ('dose, y ,note,"x"\n9,1,"a, ""b""",0\n9,2e0,,+.5', "4 columns, x is x, y is y; separated by ,"),
        ("\n \nX,Y\r 0 ,\t1\r\r0.5,2", "2 columns: X, Y; separated by ,"),
        ('"x", "y"\n"0", " 1 "\n"0.5","2"\n', "2 columns: x, y; separated by ,"),
        ("x,y,\n0,1,\n0.5,2,\n", "2 columns: x, y; separated by ,"),
        ("x,y,,\n0,1,,\n0.5,2\n", "2 columns: x, y; separated by ,"),
        (",x,y\n0,0,1\n1,0.5,2\n", "3 columns, x is x, y is y; separated by ,"),
        ("y,x,note\n1,0\n2,0.5\n", "3 columns, x is x, y is y; separated by ,"),
        ("x,y\n-0,1\n5.e\u22121,2E0\n", "2 columns: x, y; separated by ,"),
        ("flow,x\n1,0\n2,0.5\n", "2 columns, x is x, y is flow; separated by ,"),
        ("year;flow\n0;1\n0,5;2\n", "2 columns: year, flow; decimal commas; separated by ;"),
        ("0;1\n0,5;2\n", "2 columns without names; decimal commas; separated by ;"),
        ("sep=;\nyear;flow\n0;1\n0,5;2\n", "2 columns: year, flow; decimal commas; separated by ;"),
        ("year,flow\n0,1\n0.5,2\n", "2 columns: year, flow; separated by ,"),
        ('"0","1"\n"0,5","2"\n', "2 columns without names; decimal commas; separated by ,"),
        ("x\ty\n0\t1\n.5\t2\n", "2 columns: x, y; separated by tabs"),
        ("x | y\n0 | 1\n.5 | 2\n", "2 columns: x, y; separated by |"),
        ("  x    y\n  0    1\n  0.5  2\n", "2 columns: x, y; separated by blanks"),
        ("0 1\n0,5 2\n", "2 columns without names; decimal commas; separated by blanks"),
        ("# from a sensor, 12; 5\n  # x,y\n0,1\n# later\n0.5,2\n", "2 columns without names; separated by ,"),
        ("when it began , flow rate\n0,1\n0.5,2\n", "2 columns: when it beg…, flow rate; separated by ,"),
        ("time;flow\n2024-01-31 12:00;1\n2024-01-31 12:00:00.5;2\n", "x in seconds since 2024-01-31 12:00:00; separated by ;"),
        ("x,y,note\n0,1,a;b\n0.5,2,c;d\n", "3 columns, x is x, y is y; separated by ,"),
        ("x;y\n0;1\n\n0.5;2\n", "2 columns: x, y; separated by ;"),
        ('x  y  car z\n0 1  8\t"a b"\n.5 2  9\t"c d"\n', "4 columns, x is x, y is y; separated by blanks"),
    ],
)
def test_a_file_of_any_layout_is_read_and_how_is_said(content: str, said: str) -> None:
    points, found = read(content)
    assert points == HALVES
    assert found.endswith(said)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_read_with_and_without_its_mark(encoding: str) -> None:
    reading = read_points("Größe;y\n0,0;1\n0,5;2\n".encode(encoding))
    assert reading.points == HALVES
    said = "UTF-16; " if "16" in encoding else ""
    assert reading.said == f"2 columns: Größe, y; {said}decimal commas; separated by ;"


@pytest.mark.parametrize("has_names", [True, False])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|", " ", "aligned"])
@pytest.mark.parametrize("comma", [False, True])
@pytest.mark.parametrize("kind", ["fixed", "mixed", "whole x"])
def test_every_pair_of_columns_is_told_apart(kind: str, separator: str, comma: bool, has_names: bool) -> None:
    if comma and separator == ",":
        pytest.skip("a comma cannot do both")
    drawn = random.Random(kind)
    rows = [["year", "flow"]] if has_names else []
    points = []
    for number in range(20):
        x = number if kind == "whole x" else round(drawn.uniform(-50, 50), 2)
        y = round(drawn.uniform(-9, 9), drawn.choice([1, 2, 5]) if kind == "mixed" else 2)
        points.append((float(x), y))
        texts = [f"{x}", f"{y:g}"] if kind != "fixed" else [f"{x:.2f}", f"{y:.2f}"]
        rows.append([text.replace(".", ",") if comma else text for text in texts])
    lines = [f"{a:>12}{b:>12}" if separator == "aligned" else f"{a}{separator}{b}" for a, b in rows]
    assert read("\n".join(lines))[0] == tuple(points)


@pytest.mark.parametrize(
    ("times", "x", "said"),
    [
        (("1949-01", "1949-02", "1949-03"), (0, 31, 59), "x in days since 1949-01-01"),
        (("2024-01-31 12:00 UTC", "2024-01-31 12:00:30 UTC"), (0, 30), "x in seconds since 2024-01-31 12:00:00"),
        (("2024/02/28", "2024/02/29", "2024/03/01"), (0, 1, 2), "x in days since 2024-02-28"),
        (("2024-01-31T23:00", "2024-02-01T00:30", "2024-02-01T03:00"), (0, 1.5, 4), "x in hours since 2024-01-31 23:00:00"),
        (
            ("2024-01-31 12:05:00Z", "2024-01-31 13:10:00+01:00", "2024-01-31 12:30Z"),
            (0, 5, 25),
            "x in minutes since 2024-01-31",
        ),
        (
            ("1969-12-31 23:59:59.5", "1970-01-01 00:00", "1970-01-01 00:00:01"),
            (0, 0.5, 1.5),
            "x in seconds since 1969-12-31",
        ),
    ],
)
def test_times_count_from_the_first_in_a_unit_that_suits(times: tuple[str, ...], x: tuple[float, ...], said: str) -> None:
    points, found = read("when,y\n" + "".join(f"{time},1\n" for time in times))
    assert [at for at, _ in points] == pytest.approx(x, abs=1e-9)
    assert said in found


@pytest.mark.parametrize(
    ("rows", "y"),
    [
        ("1;1,234,567\n2;1,234\n3;7\n", (1234567, 1234, 7)),
        ("1;1,234.5\n2;1,234\n3;0.5\n", (1234.5, 1234, 0.5)),
        ("1;-1,234\n2;0,5\n3;7\n", (-1.234, 0.5, 7)),
        ("1;1234,567\n2;12,345\n3;7\n", (1234.567, 12.345, 7)),
    ],
)
def test_commas_are_what_one_of_them_shows(rows: str, y: tuple[float, ...]) -> None:
    assert tuple(at for _, at in read(rows)[0]) == y


def test_the_columns_are_named_or_numbered_or_the_only_two() -> None:
    content = "no,Year,flow,flow\n1,0,1,7\n2,0.5,2,7\n"
    for x, y in (("year", 3), (2, "3"), ("Year", 3), ("2", 3)):
        assert read(content, x, y)[0] == HALVES
    assert read("a,b\n1,0\n2,0.5\n", x="b")[0] == HALVES
    assert read("a,b\n1,0\n2,0.5\n", y=1)[0] == HALVES
    listed = "4 columns: 1 no, 2 Year, 3 flow, 4 flow"
    for choice, problem in {
        CsvChoice(): f"{listed}; --x and --y, or x and y in [target], say which are meant",
        CsvChoice("year"): f"{listed}; --x and --y, or x and y in [target], say which are meant",
        CsvChoice("year", "flow"): '2 columns are called "flow"; give the number of one',
        CsvChoice("years", 3): f'no column is called "years"; {listed}',
        CsvChoice(5, 3): f"there is no column 5; {listed}",
        CsvChoice("year", 2): "x and y are both column 2",
    }.items():
        assert refusal(content, choice) == problem


def test_columns_that_are_not_known_are_told_with_their_first_values() -> None:
    with pytest.raises(ColumnsUnknown) as caught:
        read("id,when,\x1b]52flow\n7,2024-01-01,1\n8,NA,\n9,,3\n10,,4\n")
    assert caught.value.columns == (
        ("id", ("7", "8", "9")),
        ("when", ("2024-01-01", "NA", "")),
        ("]52flow", ("1", "", "3")),
    )


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("0,5,1,25", "expected 2 cells, got 4; perhaps decimal commas: write 0.5 for 0,5, or ; between the columns"),
        ("-0,5,1", "expected 2 cells, got 3; perhaps decimal commas: write 0.5 for 0,5, or ; between the columns"),
        ("1,2,a note", "expected 2 cells, got 3; a cell with a separator in it stands in quotes"),
        ("1,2,,", "expected 2 cells, got 4; perhaps decimal commas: write 0.5 for 0,5, or ; between the columns"),
        ("0;1", 'column x: expected a number, got "0;1"'),
        ("3", 'column y: expected a number, got ""; {DROP}'),
        ("NA,3", 'column x: expected a number, got "NA"; {DROP}'),
        ("3,nan", 'column y: expected a number, got "nan"; {DROP}'),
        ('5,"1,234"', 'column y: expected a number, got "1,234"; it may be 1234 or 1.234: write one of them'),
        ('"1,23,567.8",5', 'column x: expected a number, got "1,23,567.8"; {POINT}'),
        ('2.5,"0,5"', 'column y: expected a number, got "0,5"; {POINT}'),
        ("1_5,2", 'column x: expected a number, got "1_5"'),
        ("1,1e1_0", 'column y: expected a number, got "1e1_0"'),
        ("\u0661,2", 'column x: expected a number, got "\u0661"'),
        ("1,-Infinity", 'column y: expected a number, got "-Infinity"'),
        ("1,1e400", 'column y: expected a number, got "1e400"'),
        ("1 234,5", 'column x: expected a number, got "1 234"'),
        ("1,0x10", 'column y: expected a number, got "0x10"'),
        ("1,5%", 'column y: expected a number, got "5%"'),
        ("31/01/2024,5", 'column x: expected a number, got "31/01/2024"; the year of a date comes first: 2024-01-31'),
        ("1,a rather long remark", 'column y: expected a number, got "a rather lo…"'),
    ],
)  # fmt: skip
def test_a_row_that_is_no_point_says_why(row: str, problem: str) -> None:
    apart = "" if problem.startswith("column") else " "
    place = ", " if problem.startswith("column") else ":"
    problem = problem.format(DROP=DROP, POINT=POINT)
    assert refusal(f"x,y\n1.5,2\n\n{row}\n3,4\n") == f"line 4{place}{apart}{problem}"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("x;y\n0,5;1.234\n1;2\n", 'line 2, column x: expected a number, got "0,5"; {POINT}'),
        ("x;y\n0,5;1.234,5\n1;2\n", 'line 2, column y: expected a number, got "1.234,5"; decimals stand behind a comma'),
        ("x;y\n1;1.234,5\n", 'line 2, column y: expected a number, got "1.234,5"; {THOUSANDS} 1234.5'),
        ("t,y\n2024-01-01,1\n7,2\n", 'line 3, column t: expected a time such as 2024-01-31 12:00, got "7"'),
        ("t,y\n1,2\n2024-01-01,1\n", 'line 3, column t: expected a number, got "2024-01-01"'),
        ("t,y\n2024-13-01,1\n", 'line 2, column t: expected a number, got "2024-13-01"'),
        ("1.5,2\n2,x\n", 'line 2, column 2: expected a number, got "x"'),
        ("x,y\n1,2\n1,2,3\n4,\n", '2 rows cannot be read: line 3: expected 2 cells, got 3; line 4, column y: expected a num'),
        ("x,y\n", "expected at least one point below the names of the columns"),
        ("", "empty; expected a row for each point, with two numbers"),
        ("# x,y\n \n\n", "empty; expected a row for each point, with two numbers"),
        ('x,y\n1,"2\n', "line 2: a quote is never closed"),
        ('"x,y\n1,2\n', "a quote in its first row is never closed"),
        ("Device 12\nx,y\n1,2\n", "expected columns separated by , ; | tabs or blanks"),
        ("12\n13\n", 'expected columns separated by , ; | tabs or blanks, got "12"; begin a line that is no row with #'),
        (b"x,y\n1,\xff\n", "not UTF-8 at byte 6; save it as UTF-8"),
        (b"x,y\n1,\0\n", "no text: character 7 is NUL; save it as CSV, in UTF-8"),
        (b"PK\x03\x04\0\0", "no text: character 5 is NUL; save it as CSV, in UTF-8"),
        ("x,y\n1,2\n".encode("utf-32"), "no text: character 1 is NUL; save it as CSV, in UTF-8"),
        (b"x,y\n" + b"1,2\n" * 100_001, "line 100002: expected at most 100000 points"),
        (b"x,y\n1,2" + b"," * 64_000, "line 2: expected at most 64000 characters"),
        (b"x,y\n" + b"\n" * 200_000, "line 200001: expected at most 200000 lines"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_where_and_why(content: str | bytes, problem: str) -> None:
    assert refusal(content).startswith(problem.format(POINT=POINT, THOUSANDS=THOUSANDS))


def test_of_a_number_with_its_unit_nothing_is_said_about_commas() -> None:
    assert refusal("x;y\n1;1,5 €\n2;2,5\n") == 'line 2, column y: expected a number, got "1,5 €"'


def test_every_row_that_is_no_point_is_counted_and_three_are_told() -> None:
    assert refusal("x,y\n" + "1,41\n1_5,2\n" * 70) == (
        '70 rows cannot be read: line 3, column x: expected a number, got "1_5"; line 5, column x: "1_5"; '
        'line 7, column x: "1_5"; ...'
    )


def test_rows_without_a_number_are_left_out_only_where_that_is_chosen() -> None:
    content = "x,y\n1,41\n2,NA\n3,\n-200,7\n4,12\n5,-200.0\n"
    dropped = read_points(content.encode(), CsvChoice(missing="drop"))
    assert dropped.points == ((1, 41), (-200, 7), (4, 12), (5, -200))
    assert dropped.said == "2 columns: x, y; 2 rows without a number left out; separated by ,"
    marked = read_points(content.encode(), CsvChoice(missing=-200.0))
    assert marked.points == ((1, 41), (4, 12))
    assert "; 4 rows without a number left out; " in marked.said
    assert refusal(content + "6,q\n", CsvChoice(missing="drop")) == 'line 8, column y: expected a number, got "q"'
    assert refusal("x,y\nNA,1\n1,NA\n", CsvChoice(missing="drop")) == "none of its 2 rows has both numbers"


def test_what_is_said_of_three_rows_has_room_in_a_line(tmp_path: Path) -> None:
    names = f"{'n' * 60},{'m' * 60}"
    said = refusal(f"{names}\n" + "1,2\n" * 99_000 + '1,"1,2,3,4,5,6,7,8,9,10"\n' * 999)
    assert said.startswith("999 rows cannot be read: line 99002, column ")
    assert len(said) < 260


NUMBER = re.compile(r"\s*[-+\u2212\u2010-\u2013]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+\u2212\u2010-\u2013]?[0-9]{1,2})?\s*")
CELLS = st.text("0123456789.,+-eE_ \u2212\u2013\u0661nNaAxif%\"'\u00a0", max_size=6) | st.sampled_from(
    ["0", "1.5", "-2", "\u22123", "4e\u22122", "1_5", "0,5", "inf", "nan", "", "NA", "1e400", "\uff11", "0x1", '"0,5"', '"7"']
)  # fmt: skip


@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=6))
def test_a_file_is_read_to_the_last_cell_or_refused_in_a_line(rows: list[list[str]]) -> None:
    text = "\n".join(map(",".join, rows))
    cells = [row for row in csv.reader(text.split("\n"), skipinitialspace=True) if any(map(str.strip, row))]
    good = all(len(row) == 2 and all(map(NUMBER.fullmatch, row)) for row in cells)
    points, told = None, ""
    try:
        points = read(f"x,y\n{text}")[0]
    except DataError as error:
        told = str(error)
    assert told.isprintable()
    assert len(told) < 260
    if points is None:
        assert not (good and cells) or '"' in text  # only what stands in quotes is taken more strictly than here
    elif not any("," in cell for row in cells for cell in row):  # else by decimal commas
        assert good
        minus = str.maketrans("\u2212\u2010\u2011\u2012\u2013", "-----")
        assert points == tuple(tuple(float(cell.translate(minus)) for cell in row) for row in cells)


@given(st.text('0123456789.,;|\t \n"#-+eNAxy:', max_size=60) | st.binary(max_size=60))
def test_anything_is_read_or_refused_in_a_line(content: str | bytes) -> None:
    said = ""
    try:
        reading = read_points(content.encode() if isinstance(content, str) else content)
    except DataError as error:
        said = str(error)
    else:
        assert reading.points
        said = reading.said
    assert re.fullmatch(r"[^\n]{5,260}", said)
    assert not {unicodedata.category(character) for character in said} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize("choice", [CsvChoice(), CsvChoice(missing="drop"), CsvChoice(missing=-9.0)])
def test_a_column_without_any_number_is_said_rather_than_leaving_out_all_rows(choice: CsvChoice) -> None:
    """No MissingCells, which a question to leave the rows out would follow."""
    with pytest.raises(DataError) as error:
        read_points(b"x,y\n1,\n2,NA\n3,\n", choice)
    assert type(error.value) is DataError
    assert str(error.value) == "column y has no number in any of its 3 rows"
    assert refusal("x,y\nNA,1\n", choice) == "column x has no number in its only row"
