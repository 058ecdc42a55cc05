import csv
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.scenario.csv_points import MAX_CSV_BYTES, read_csv
from relutui.scenario.target import DataError


@pytest.mark.parametrize(
    "content",
    [
        "x,y\n0,1\n0.5,2\n",
        "\ufeffx,y\r\n0,1\r\n\r\n0.5,2\r\n",
        'dose, y ,note,"x"\n9,1,"a, ""b""",0\n9,2e0,,+.5',
        "\n \nX,Y\r 0 ,\t1\r\r0.5,2",
        '"x", "y"\n"0", " 1 "\n"0.5","2"\n',
        "x,y,\n0,1,\n0.5,2,\n",
        "x,y,,\n0,1,,\n0.5,2\n",
        ",x,y\n0,0,1\n1,0.5,2\n",
        "y,x,note\n1,0\n2,0.5\n",
        "x,y\n-0,1\n5.e\u22121,2E0\n",
    ],
)
def test_csv_columns_are_found_by_their_headers(tmp_path: Path, content: str) -> None:
    (tmp_path / "dose.csv").write_text(content, encoding="utf-8", newline="")
    assert read_csv(tmp_path, "dose.csv") == ((0.0, 1.0), (0.5, 2.0))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        *((blank, '"d.csv" is empty; expected a line x,y and below it') for blank in (b"", b"\xef\xbb\xbf", b"\n \r\n,,\n")),
        (b"dose,\x1b]52 c aGk=\x07effect\n1,2\n", '"d.csv" line 1: expected columns x and y, got "dose, ]52 c aGk=effect"'),
        (b"x,y\n", "expected at least one point"),
        (b"x,y\n1,2\n3\n", '"d.csv" line 3: expected 2 cells, got 1'),
        (b"x,y\n1,2\n3,four\n", '"d.csv" line 3: expected a finite y, got "four"'),
        (b"x,y\n1,nan\n", '"d.csv" line 2: expected a finite y, got "nan"'),
        (b"x,y\n1,1e999\n", '"d.csv" line 2: expected a finite y, got "1e999"'),
        (b'x,y\n1,"2\n', '"d.csv" line 2: unexpected end of data'),
        (b"x,y\n1,\xff\n", '"d.csv" is not UTF-8 at byte 6'),
        (b"x,y\n" + b"1,2\n" * 100_001, "expected at most 100000 points"),
        (b"x,y\n" + b" " * MAX_CSV_BYTES, "larger than 4 MB"),
        (b"x,y\n1,2" + b"," * 64_000, '"d.csv" line 2: expected at most 64000 characters'),
        (b"x,y\n" + b"\n" * 200_000, '"d.csv" line 200001: expected at most 200000 lines'),
    ],
)
def test_csv_errors_name_the_line(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "d.csv").write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_csv(tmp_path, "d.csv")
    assert message in str(caught.value)


def refusal(tmp_path: Path, content: str | bytes) -> str:
    (tmp_path / "d.csv").write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(DataError) as caught:
        read_csv(tmp_path, "d.csv")
    return str(caught.value).removeprefix('"d.csv"')


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("x;y", "expected commas between the columns, got semicolons; write x,y here and 0.5,2 below"),
        ("6,1;17,5", "expected commas between the columns, got semicolons; write x,y here and 0.5,2 below"),
        ("sep=;", "expected commas between the columns, got semicolons; write x,y here and 0.5,2 below"),
        ("x\ty", "expected commas between the columns, got tabs; write x,y here and 0.5,2 below"),
        ("x|y", "expected commas between the columns, got bars; write x,y here and 0.5,2 below"),
        ("X   Y", "expected commas between the columns, got blanks; write x,y here and 0.5,2 below"),
        ("6.1 17.5", "expected commas between the columns, got blanks; write x,y here and 0.5,2 below"),
        ("6.1,17.5", "expected the names of the columns, got numbers; put a line x,y above them"),
        ("6,1,17,5", "expected the names of the columns, got numbers; put a line x,y above them"),
        ("# from a sensor", 'expected the names of the columns, got "# from a sensor"; leave out what begins with #'),
        ("#x,y", 'expected the names of the columns, got "#x, y"; leave out what begins with #'),
        ("year,flow", 'expected columns x and y, got "year, flow"; give two columns these names'),
        ("flow rate", 'expected columns x and y, got "flow rate"; give two columns these names'),
        ("x,y,x", 'expected one column x and one column y, got "x, y, x"'),
        ("x,y,Y", 'expected one column x and one column y, got "x, y, Y"'),
    ],
)
def test_a_header_without_x_and_y_says_what_to_do(tmp_path: Path, header: str, problem: str) -> None:
    assert refusal(tmp_path, f"{header}\n1,2\n") == f" line 1: {problem}"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("0,5,1,25", "expected 2 cells, got 4; perhaps decimal commas: write 0.5 for 0,5"),
        ("-0,5,1", "expected 2 cells, got 3; perhaps decimal commas: write 0.5 for 0,5"),
        ("1,2,", "expected 2 cells, got 3; each comma begins a cell, unless the cell stands in quotes"),
        ("1,2,a note", "expected 2 cells, got 3; each comma begins a cell, unless the cell stands in quotes"),
        ("0;1", "expected 2 cells, got 1; commas separate cells, not semicolons"),
        ("0\t1", "expected 2 cells, got 1; commas separate cells, not tabs"),
        ("# calibrated", "expected 2 cells, got 1; leave out what begins with #"),
        ("# calibrated, twice", 'expected a finite x, got "# calibrated"; leave out what begins with #'),
        ("3", "expected 2 cells, got 1; leave out rows without a number"),
        ("3,", 'expected a finite y, got ""; leave out rows without a number'),
        ("NA,3", 'expected a finite x, got "NA"; leave out rows without a number'),
        ("3,nan", 'expected a finite y, got "nan"; leave out rows without a number'),
        ('"0,5","1,25"', 'expected a finite x, got "0,5"; a number has no comma: write 0.5 for 0,5'),
        ('5,"1,234"', 'expected a finite y, got "1,234"; a number has no comma: write 0.5 for 0,5'),
        ('"1,234,567.8",5', 'expected a finite x, got "1,234,567.8"; a number has no comma: write 0.5 for 0,5'),
        ("1_5,2", 'expected a finite x, got "1_5"'),
        ("1,1e1_0", 'expected a finite y, got "1e1_0"'),
        ("\u0661,2", 'expected a finite x, got "\u0661"'),
        ("1,-Infinity", 'expected a finite y, got "-Infinity"'),
        ("1,1e400", 'expected a finite y, got "1e400"'),
        ("1 234,5", 'expected a finite x, got "1 234"'),
        ("1,0x10", 'expected a finite y, got "0x10"'),
        ("1,5%", 'expected a finite y, got "5%"'),
        ("2024-01-31,5", 'expected a finite x, got "2024-01-31"'),
        ("1,a rather long remark", 'expected a finite y, got "a rather lo…"'),
    ],
)
def test_a_row_that_is_no_point_says_why(tmp_path: Path, row: str, problem: str) -> None:
    assert refusal(tmp_path, f"x,y\n{row}\n") == f" line 2: {problem}"
    assert refusal(tmp_path, f"x,y\n1,2\n\n{row}\n3,4\n") == f" line 4: {problem}"


def test_every_row_that_is_no_point_is_counted_and_three_are_told(tmp_path: Path) -> None:
    assert refusal(tmp_path, "x,y\n0,5,1,25\n1,5,2,5\n") == (
        ": 2 rows cannot be read: line 2: expected 2 cells, got 4; line 3: expected 2 cells, got 4; "
        "perhaps decimal commas: write 0.5 for 0,5"
    )
    assert refusal(tmp_path, "x,y\n1,41\n2,NA\n3,\n4,12\n") == (
        ': 2 rows cannot be read: line 3: expected a finite y, got "NA"; '
        'line 4: expected a finite y, got ""; leave out rows without a number'
    )
    assert refusal(tmp_path, "x,y\n" + "1,41\n1_5,2\n" * 70) == (
        ": 70 rows cannot be read: " + "; ".join(f'line {line}: expected a finite x, got "1_5"' for line in (3, 5, 7)) + "; ..."
    )


def test_columns_without_a_name_at_the_end_make_no_room_for_more_cells(tmp_path: Path) -> None:
    assert (
        refusal(tmp_path, "x,y,,\n0,5,1,25\n") == " line 2: expected 2 cells, got 4; perhaps decimal commas: write 0.5 for 0,5"
    )
    assert refusal(tmp_path, "x,y,\n1,2,,\n").startswith(" line 2: expected 2 cells, got 4; each comma begins a cell")


def test_what_is_said_of_three_rows_has_room_in_a_line(tmp_path: Path) -> None:
    name = f"{'n' * 60}.csv"
    (tmp_path / name).write_text("x,y\n" + "1,2\n" * 99_000 + '1,"1,2,3,4,5,6,7,8,9,10"\n' * 999)
    with pytest.raises(DataError, match="999 rows cannot be read: line 99002: ") as caught:
        read_csv(tmp_path, name)
    assert len(str(caught.value)) < 280


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_other_encodings_say_what_to_do(tmp_path: Path, encoding: str) -> None:
    assert refusal(tmp_path, "x,y\n1,2\n".encode(encoding)) == " is UTF-16, or no text; save it as UTF-8"


def test_what_is_no_utf_8_says_what_to_do(tmp_path: Path) -> None:
    assert refusal(tmp_path, "x,y,Größe\n1,2,3\n".encode("latin-1")) == " is not UTF-8 at byte 6; save it as UTF-8"


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../d.csv", "/d.csv", "a/b.csv", "a\\b.csv", "http://a.example/d.csv", "C:d.csv", "d\0.csv"]
)
def test_a_csv_is_a_bare_name_beside_the_scenario(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match="expected a bare file name"):
        read_csv(tmp_path, name)


def test_a_csv_is_a_regular_file(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("x,y\n1,2\n")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    for name, reason in {
        "link.csv": "a link is not followed",
        "folder.csv": "is a directory",
        "pipe.csv": "not a regular file",
        "none.csv": "no such file",
    }.items():
        with pytest.raises(DataError, match=reason):
            read_csv(tmp_path, name)


NUMBER = re.compile(r"\s*[-+\u2212\u2010-\u2013]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+\u2212\u2010-\u2013]?[0-9]{1,2})?\s*")
CELLS = st.text("0123456789.,+-eE_ \u2212\u2013\u0661nNaAxif#%\"'\u00a0", max_size=6) | st.sampled_from(
    [
        "0",
        "1.5",
        "-2",
        "\u22123",
        "4e\u22122",
        "1_5",
        "0,5",
        "inf",
        "nan",
        "",
        "NA",
        "1e400",
        "\uff11",
        "0x1",
        '"0,5"',
        '"7"',
        " 8 ",
    ]
)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=6))
def test_a_file_is_read_to_the_last_cell_or_refused_in_a_line(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    text = "\n".join(map(",".join, rows))
    (folder / "d.csv").write_text(f"x,y\n{text}", encoding="utf-8")
    cells = [row for row in csv.reader(text.split("\n"), skipinitialspace=True) if any(map(str.strip, row))]
    good = all(len(row) == 2 and all(map(NUMBER.fullmatch, row)) for row in cells)
    points, told = None, ""
    try:
        points = read_csv(folder, "d.csv")
    except DataError as error:
        told = str(error)
    assert told.isprintable()
    assert len(told) < 280
    if points is None:
        assert not (good and cells) or '"' in text  # only what stands in quotes is taken more strictly than here
    else:
        assert good
        minus = str.maketrans("\u2212\u2010\u2011\u2012\u2013", "-----")
        assert points == tuple(tuple(float(cell.translate(minus)) for cell in row) for row in cells)
