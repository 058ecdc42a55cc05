"""A CSV file opened by itself, and as a scenario that names it."""

from pathlib import Path

import pytest

from relutui.docs.pages import read_page
from relutui.scenario.csv_choice import CsvChoice
from relutui.scenario.csv_scenario import CsvQuestion, load_csv
from relutui.scenario.library import load, own_files
from relutui.scenario.scenario import ScenarioError
from relutui.scenario.scenario_files import write
from relutui.session.session import open_session

RIVER = "year;flow;note\n1871;1120,5;a\n1872;;b\n1873;963;c\n"


@pytest.fixture
def river(tmp_path: Path) -> Path:
    path = tmp_path / "river.csv"
    path.write_text(RIVER)
    return path


def test_it_becomes_a_scenario_with_a_handful_of_units_called_like_the_file(river: Path) -> None:
    scenario = load_csv(river, CsvChoice("year", "flow", "drop"))
    assert (scenario.name, scenario.title, scenario.start.units) == ("river", "river", 5)
    assert scenario.target.points == ((1871, 1120.5), (1873, 963))
    assert scenario.source == river
    message = open_session(scenario).view.message
    assert message
    assert message.text.splitlines()[0] == (
        "river.csv: 3 columns, x is year, y is flow; decimal commas; 1 row without a number left out; separated by ;"
    )


def test_what_is_written_of_it_names_it_and_reads_back_equal(river: Path) -> None:
    scenario = load(river, CsvChoice(1, "FLOW", "drop"))
    path = river.with_name("mine.toml")
    assert write(scenario, path) == "its 2 points are in river.csv beside it"
    assert '[target]\ncsv = "river.csv"\nx = "year"\ny = "flow"\nmissing = "drop"\n' in path.read_text()
    again = load(path)
    assert (again.target, again.dataset, again.start) == (scenario.target, scenario.dataset, scenario.start)
    river.write_text(RIVER + "1880;1000;d\n")  # the domain grows with the file
    assert load(path).target.domain == (1871, 1880)


def test_the_scenario_on_the_page_of_the_manual_is_one(tmp_path: Path) -> None:
    (tmp_path / "nile.csv").write_text("year,flow\n1871,1120\n1872,NA\n1873,963\n")
    text = read_page("data").split("```toml\n")[1].split("```")[0]
    (tmp_path / "nile.toml").write_text(text)
    by_itself = load(tmp_path / "nile.csv", CsvChoice(missing="drop"))
    assert load(tmp_path / "nile.toml").target == by_itself.target


def test_without_names_the_columns_are_written_by_their_numbers(tmp_path: Path) -> None:
    (tmp_path / "plain.csv").write_text("6.1,17.5\n5.5,9.1\n")
    write(load(tmp_path / "plain.csv"), tmp_path / "mine.toml")
    assert 'csv = "plain.csv"\nx = 1\ny = 2\n' in (tmp_path / "mine.toml").read_text()
    assert load(tmp_path / "mine.toml").target.points == ((6.1, 17.5), (5.5, 9.1))


def test_in_another_folder_its_points_are_listed(river: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    path = tmp_path / "other" / "mine.toml"
    assert write(load(river, CsvChoice("year", "flow", "drop")), path) == ""
    assert "points = [[1871.0, 1120.5], [1873.0, 963.0]]" in path.read_text()


def test_behind_a_link_or_a_name_that_no_scenario_may_name_its_points_are_listed(river: Path, tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to(river)
    (tmp_path / "a:b.csv").write_text(RIVER)
    for number, name in enumerate(("link.csv", "a:b.csv")):
        path = tmp_path / f"{number}.toml"
        assert write(load(tmp_path / name, CsvChoice("year", "flow", "drop")), path) == ""
        assert len(load(path).dataset) == 2


def test_what_is_not_known_is_a_question_in_one_line(river: Path) -> None:
    with pytest.raises(CsvQuestion) as columns:
        load_csv(river)
    assert str(columns.value) == (
        "river.csv: 3 columns: 1 year, 2 flow, 3 note; --x and --y, or x and y in [target], say which are meant"
    )
    assert [column.name for column in columns.value.columns] == ["year", "flow", "note"]
    with pytest.raises(CsvQuestion) as missing:
        load_csv(river, CsvChoice("year", "flow"))
    assert (missing.value.missing, missing.value.columns) == (1, ())


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("x,y\n1,q\n", 'd.csv: line 2, column y: expected a number, got "q"'),
        ("x,y\n1,1e16\n", "d.csv: expected finite numbers up to 1e+15, got y = 1e+16 at x = 1"),
        ("x,y\n1,1\n1.0000000000001,2\n", "d.csv: their x: [1.0, 1.0000000000001] is too narrow"),
    ],
)
def test_what_is_wrong_with_it_is_one_line_with_its_name(content: str, problem: str, tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text(content)
    with pytest.raises(ScenarioError) as caught:
        load_csv(tmp_path / "d.csv")
    assert not isinstance(caught.value, CsvQuestion)
    assert len(caught.value.problems) == 1
    assert str(caught.value).startswith(problem)


def test_a_folder_lists_its_csv_files_but_no_other_data(tmp_path: Path) -> None:
    for name in ("b.csv", "a.TSV", "notes.txt", "c.dat"):
        (tmp_path / name).write_text("1,2\n")
    assert [path.name for path in own_files(tmp_path)] == ["a.TSV", "b.csv"]


def test_the_kinds_of_file_are_told_by_their_suffix(tmp_path: Path) -> None:
    for suffix in (".csv", ".TSV", ".txt", ".dat"):
        path = tmp_path / f"d{suffix}"
        path.write_text("1\t2\n3\t4\n")
        assert len(load(path).dataset) == 2
