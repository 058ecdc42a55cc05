"""`relutui docs`, the manual in a terminal."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from relutui import docs
from relutui.cli.main import main
from relutui.docs.pages import PAGES, read_page, title
from tests.support.places import ROOT
from tests.support.waiting import LIMIT


def test_without_a_name_it_lists_the_pages(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["docs"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(PAGES)
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("page", PAGES)
def test_a_name_prints_the_page(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["docs", page]) == 0
    assert capsys.readouterr().out == read_page(page)


def test_an_unknown_name_is_a_line_that_names_the_pages(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["docs", "kyes\x1b[2J"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("relutui: docs: expected one of screen, keys, words, ")
    assert len(error.splitlines()) == 1
    assert "\x1b" not in error


def test_it_ends_quietly_when_nobody_reads_on() -> None:
    command = [sys.executable, "-m", "relutui", "docs", "speed"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout
    process.stdout.close()
    assert process.communicate(timeout=LIMIT)[1] == b""


def test_it_prints_in_an_encoding_without_every_character() -> None:
    command = [sys.executable, "-m", "relutui", "docs", "screen"]
    result = subprocess.run(command, env={"PYTHONIOENCODING": "ascii"}, capture_output=True, check=True, timeout=LIMIT)
    assert result.stdout.decode("ascii").splitlines() == re.sub("[^\x00-\x7f]", "?", read_page("screen")).splitlines()


def test_the_list_is_of_all_pages() -> None:
    assert {file.stem for file in Path(docs.__file__).parent.glob("*.md")} == set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_begins_with_its_title(page: str) -> None:
    assert read_page(page).startswith(f"# {title(read_page(page))}\n\n")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_no_file_that_is_not_there(page: str) -> None:
    names = set(re.findall(r"`([\w./-]+(?:\.py|/))`", read_page(page)))
    wings = [ROOT, ROOT / "relutui", *(folder for folder in (ROOT / "relutui").rglob("*") if folder.is_dir())]
    assert not {name for name in names if not any((wing / name).exists() for wing in wings)}


def test_the_architecture_names_files() -> None:
    """So that the test above does look at some."""
    assert len(re.findall(r"`[\w./-]+\.py`", read_page("architecture"))) > 40
