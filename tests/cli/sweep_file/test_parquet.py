"""`relutui sweep --csv FILE.parquet`: the rows of a CSV file, by the library that is installed."""

import csv
from pathlib import Path

import pytest

from relutui.cli import sweep_parquet
from tests.cli.sweep_file.conftest import Train, refused


@pytest.mark.parametrize("library", ["pyarrow", "polars"])
def test_a_parquet_file_has_the_rows_of_the_csv_file(
    library: str, train: Train, whole: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By one library and read by the other, after a sweep that did not end."""
    pyarrow, polars = pytest.importorskip("pyarrow.parquet"), pytest.importorskip("polars")
    monkeypatch.setattr(sweep_parquet, "find_spec", lambda name: name == library)
    monkeypatch.setattr(sweep_parquet, "BLOCK_ROWS", 3)
    file = tmp_path / "starts.parquet"
    train("--csv", str(file), most=4, status=1)
    train("--csv", str(file), "--resume")
    read = pyarrow.read_table(file).to_pylist() if library == "polars" else polars.read_parquet(file).to_dicts()
    names, *rows = csv.reader(whole.decode().splitlines())
    assert [[row[name] for name in names] for row in read] == [
        [int(units), int(seed), float(loss), outcome] for units, seed, loss, outcome in rows
    ]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("starts")] == ["starts.parquet"]


def test_what_diverged_has_no_loss_in_a_parquet_file(train: Train, tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow.parquet")
    file = tmp_path / "starts.parquet"
    train("--csv", str(file), "--optimizer", "sgd", "--learning-rate", "1e30")
    table = pyarrow.read_table(file)
    assert str(table.schema.field("loss").type) == "double"
    assert set(table["outcome"].to_pylist()) == {"diverged"}
    assert set(table["loss"].to_pylist()) == {None}


def test_without_a_library_the_line_to_install_one_is_said(
    train: Train, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sweep_parquet, "find_spec", lambda name: None)
    assert train("--csv", str(tmp_path / "starts.parquet"), status=2).trained == 0
    words = "relutui: a file that ends in .parquet needs pyarrow: pip install 'relutui[parquet]'\n"
    assert refused(capsys) == words
    assert list(tmp_path.iterdir()) == []
