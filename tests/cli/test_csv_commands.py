"""The commands on CSV files: what they say of them, and the columns that are chosen."""

import json
from pathlib import Path

import numpy as np
import pytest

from relutui.cli.main import main


@pytest.mark.parametrize(
    ("csv", "problem"),
    [
        (
            "x,y\n0,5,1,25\n1,5,2,5\n",
            "2 rows cannot be read: line 2: expected 2 cells, got 4; line 3: expected 2 cells, got 4; perhaps decimal commas: ",
        ),
        (
            "x,y\n1,41\n2,NA\n3,\n4,12\n",
            '2 rows cannot be read: line 3, column y: expected a number, got "NA"; line 4, column y: ""; --drop-missing, ',
        ),
        (
            "no,year,flow\n1,1871,1120\n",
            "3 columns: 1 no, 2 year, 3 flow; --x and --y, or x and y in [target], say which are meant",
        ),
    ],
)
def test_check_says_of_a_csv_file_what_to_do(
    csv: str, problem: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "d.csv").write_text(csv)
    file = tmp_path / "d.toml"
    file.write_text('title = "d"\n[target]\ncsv = "d.csv"\n[init]\nunits = 1\n')
    assert main(["check", str(file)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f'{file}: target: csv: "d.csv": {problem}')
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("csv", "said"),
    [
        ("x;y\n0;1\n1;2\n", "2 columns: x, y; separated by ;"),
        ("x\ty\n0\t1\n1\t2\n", "2 columns: x, y; separated by tabs"),
        ("6.1,7.5\n5.1,9.1\n4,3\n", "2 columns without names; separated by ,"),
        ("year,flow\n1,2\n2,3\n", "2 columns: year, flow; separated by ,"),
    ],
)
def test_check_says_how_a_csv_file_was_read(csv: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "d.csv").write_text(csv)
    file = tmp_path / "d.toml"
    file.write_text('title = "d"\n[target]\ncsv = "d.csv"\n[init]\nunits = 5\n')
    assert main(["check", str(file), str(tmp_path / "d.csv")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(f"good: 5 units, {len(csv.splitlines()) - csv[0].isalpha()} points; {said}" in line for line in lines)
    assert len(lines) == 2
    assert main(["check", "--json", str(tmp_path / "d.csv")]) == 0
    assert json.loads(capsys.readouterr().out)["files"][0]["read"] == said


def test_the_columns_of_a_csv_file_are_chosen_by_options(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(tmp_path / "d.csv")
    Path(file).write_text("no,Year,flow\n1,1,10\n2,2,NA\n3,3,-9\n4,4,13\n")
    assert main(["check", file]) == 1
    assert main(["check", file, "--x", "year", "--y", "3"]) == 1
    assert main(["train", file, "--x", "year", "--y", "flow", "--missing", "-9", "--steps", "1", "--json"]) == 0
    said = capsys.readouterr()
    assert said.err.splitlines() == [
        f"{file}: 3 columns: 1 no, 2 Year, 3 flow; --x and --y, or x and y in [target], say which are meant",
        f'{file}: line 3, column flow: expected a number, got "NA"; '
        '--drop-missing, or missing = "drop" in [target], leaves such rows out',
        "d.csv: 3 columns, x is Year, y is flow; 2 rows without a number left out; separated by ,",
    ]
    assert json.loads(said.out)["scenario"] == "d"
    assert main(["train", "lab", "--x", "1", "--steps", "1"]) == 1
    words = "columns and rows are chosen of a file of data alone\n"
    assert capsys.readouterr().err == f"lab.toml: a scenario, which has x, y and missing under [target]; {words}"
    network = tmp_path / "net.npz"
    np.savez(network, w=[1.0], b=[0.0], v=[1.0], c=[0.0])
    assert main(["train", str(network), "--drop-missing", "--steps", "1"]) == 1
    assert capsys.readouterr().err == f"net.npz: a network; {words}"


def test_a_file_of_data_is_shared_with_the_columns_that_are_chosen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "d.csv"
    file.write_text("year;level;flow\n1;2;3\n4;5;6\n")
    assert main(["share", str(file), "--x", "year", "--y", "flow"]) == 0
    assert main(["check", capsys.readouterr().out.strip()]) == 0
    assert capsys.readouterr().out.endswith(": good: 5 units, 2 points\n")
