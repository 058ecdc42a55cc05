"""The file that a scenario names for its points: which are opened, and which refused."""

import os
from pathlib import Path

import pytest

from relutui.scenario.csv_points import read_csv
from relutui.scenario.csv_text import MAX_CSV_BYTES
from relutui.scenario.target import DataError


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../d.csv", "/d.csv", "a/b.csv", "a\\b.csv", "http://a.example/d.csv", "C:d.csv", "d\0.csv"]
)
def test_a_csv_is_a_bare_name_beside_the_scenario(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match="expected a bare file name"):
        read_csv(tmp_path, name)


def test_a_csv_is_a_regular_file_of_a_bounded_size(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("x,y\n1,2\n")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "large.csv").write_bytes(b" " * (MAX_CSV_BYTES + 1))
    os.mkfifo(tmp_path / "pipe.csv")
    for name, reason in {
        "link.csv": "a link is not followed",
        "folder.csv": "is a directory",
        "pipe.csv": "not a regular file",
        "none.csv": "no such file",
        "large.csv": "larger than 4 MB",
    }.items():
        with pytest.raises(DataError, match=reason):
            read_csv(tmp_path, name)
