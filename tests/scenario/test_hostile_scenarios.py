"""Scenarios that reach for what is not theirs: nothing runs, and no file is opened but the scenario and a CSV beside it."""

import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from relutui.scenario.library import load
from relutui.scenario.reader import parse
from relutui.scenario.scenario import Scenario, ScenarioError
from tests.scenario.test_hostile_expressions import FOREIGN, TOO_MUCH
from tests.support.hostile_files import HEAD, TOML

SECRET = "x,y\n31415,92653\n"

_watched: list[tuple[str, tuple[object, ...]]] | None = None


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if _watched is not None:
        _watched.append((event, arguments))


sys.addaudithook(_watch)  # there for good, but deaf outside of watching()


@contextmanager
def watching() -> Iterator[list[tuple[str, tuple[object, ...]]]]:
    """What Python does meanwhile that it lets an auditor know of: files, folders, processes, sockets, code."""
    global _watched
    seen: list[tuple[str, tuple[object, ...]]] = []
    _watched = seen
    try:
        yield seen
    finally:
        _watched = None


@pytest.fixture(scope="module", autouse=True)
def all_is_imported() -> None:
    """What is only imported when it is needed would be seen as files that are opened."""
    parse(HEAD, "good", None)
    with suppress(ScenarioError):
        parse(f"tittle = 1\n{HEAD}", "bad", None)


def reach(file: Path) -> tuple[Scenario | ScenarioError, set[str]]:
    """What a file leads to, and what it has opened; nothing else is done, but that expressions are parsed."""
    with watching() as seen:
        try:
            found: Scenario | ScenarioError = load(file)
        except ScenarioError as error:
            found = error
    opened = {str(arguments[0]) for event, arguments in seen if event == "open"}
    # "compile" is what ast.parse is called too; that anything compiled is run would be "exec".
    others = {event for event, _ in seen} - {"open", "compile", "object.__getattr__", "sys._getframe", "builtins.id"}
    assert others == set()
    return found, opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with all that could be taken for a CSV file, beside one with a secret."""
    (tmp_path / "secret.csv").write_text(SECRET)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.csv").write_text(SECRET)
    folder = tmp_path / "scenario"
    folder.mkdir()
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "linked").symlink_to(tmp_path / "outside")
    (folder / "device.csv").symlink_to("/dev/zero")
    (folder / "itself.csv").symlink_to("itself.csv")
    (folder / "folder.csv").mkdir()
    os.mkfifo(folder / "pipe.csv")
    here = os.getcwd()
    os.chdir(folder)  # the path of a socket is to be short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.csv")
    os.chdir(here)
    return folder


NAMES = [
    "../secret.csv", "linked/secret.csv", "./link.csv", "link.csv", "device.csv", "itself.csv", "folder.csv", "pipe.csv",
    "socket.csv", "", " ", ".", "..", "...", "/", "//", "~", "~/secret.csv", "/dev/null", "http://127.0.0.1:9/a.csv",
    "http:a.csv", r"C:\a.csv", "C:a.csv", "a.csv:stream", r"..\secret.csv", "a\0.csv", "\0", "link.csv\0.toml", "a\n.csv", "\r",
    "\x1b[31m.csv", "\u202evsc.csv", "%s", "{0}", "-", "--help", "*", "?.csv", "x" * 256, "é" * 128, "😀" * 64, "\ufeff.csv",
    "secret.csv ",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_csv_name_reaches_nothing_outside_the_folder(name: str, folder: Path) -> None:
    file = folder / "s.toml"
    escaped = "".join(f"\\U{ord(c):08x}" for c in name)
    file.write_text(HEAD.replace("points = [[0, 0]]", f'csv = "{escaped}"'))
    found, opened = reach(file)
    assert isinstance(found, ScenarioError)
    assert found.problems[0].startswith("s.toml: target: csv: ")
    assert str(found).isprintable()
    assert "31415" not in str(found)
    assert opened <= {str(file), str(folder / name)}
    assert all(os.path.dirname(path) == str(folder) for path in opened)


def test_a_csv_beside_the_scenario_is_all_that_is_opened(folder: Path) -> None:
    (folder / "data.csv").write_text(SECRET)
    file = folder / "s.toml"
    file.write_text(HEAD.replace("points = [[0, 0]]", 'csv = "data.csv"'))
    found, opened = reach(file)
    assert isinstance(found, Scenario)
    assert found.dataset.x.tolist() == [31415.0]
    assert opened == {str(file), str(folder / "data.csv")}


def test_what_watches_sees_code_run_and_processes_begin() -> None:
    with watching() as seen:
        eval("1")
        os.listdir("/")
        socket.socket().close()
    assert {"exec", "os.listdir", "socket.__new__"} <= {event for event, _ in seen}


@pytest.mark.parametrize("text", [text for text in FOREIGN + TOO_MUCH if "\0" not in text and text.isascii()])
def test_no_expression_of_a_scenario_runs(text: str, tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    escaped = "".join(f"\\u{ord(c):04x}" for c in text)
    file.write_text(HEAD.replace("points = [[0, 0]]", f'expression = "{escaped}"\ndomain = [0, 1]\nsamples = 100000'))
    found, opened = reach(file)
    assert opened == {str(file)}
    assert isinstance(found, ScenarioError)


@pytest.mark.parametrize("name", ["NUL", "invalid UTF-8", "tables deeper than may be", "numbers that are not finite"])
def test_a_bad_file_is_all_that_is_opened(name: str, tmp_path: Path) -> None:
    content = TOML[name]
    file = tmp_path / "s.toml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    found, opened = reach(file)
    assert isinstance(found, ScenarioError)
    assert opened == {str(file)}


@pytest.mark.parametrize(("make", "reason"), [(os.mkfifo, "not a regular file"), (os.mkdir, "is a directory")])
def test_a_scenario_that_is_no_file_is_not_waited_for(make: Callable[[Path], None], reason: str, tmp_path: Path) -> None:
    make(tmp_path / "s.toml")
    with pytest.raises(ScenarioError, match=f"s.toml: {reason}"):
        load(tmp_path / "s.toml")
