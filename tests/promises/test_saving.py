"""What is written is written whole or not at all, and what cannot be written is said in one line."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.promises.program import Program

pytestmark = pytest.mark.slow

# Writes files of one letter, each another than the one before, as long as it lives.
WRITER = """
import itertools, pathlib, sys
from relutui.lib.files import replace_atomically
path = pathlib.Path(sys.argv[1])
for letter in itertools.cycle("abc"):
    replace_atomically(path, letter * 300_000)
    print(flush=True)
"""
WHOLE = {letter * 300_000 for letter in "abc"}


def test_a_kill_never_leaves_a_part_of_a_file(tmp_path: Path, times: Callable[[int, int], int]) -> None:
    path = tmp_path / "a.toml"
    for _ in range(times(20, 1000)):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout
            writer.stdout.readline()
            time.sleep(random.uniform(0.0, 0.02))
            writer.kill()
        assert writer.returncode == -signal.SIGKILL
        assert path.read_text() in WHOLE
    assert len(list(tmp_path.iterdir())) > 1  # some were killed in the middle of writing


def write(program: Program, path: str) -> None:
    program.press("w")
    program.wait_for("enter writes")
    program.press(b"\x15" + path.encode() + b"\r")


def test_a_full_disk_is_said_and_loses_nothing(tmp_path: Path) -> None:
    """A limit to the size of files stands in for the disk: the error is the same but for its words."""
    with Program(tmp_path, "lab", largest_file=100) as program:
        program.press("+")
        program.wait_for("your work is not kept for recovery (File too large); w writes it")
        program.wait_for("0.10 ]")
        write(program, "mine.toml")
        program.wait_for("mine.toml: File too large")
        program.press("\x1b")
        program.wait_until(lambda: "esc cancels" not in program.text)
        program.wait_for("0.10 ]")
        program.press("+")
        program.wait_for("[ 0.20 ]")
    assert not (tmp_path / "mine.toml").exists()
    assert list(tmp_path.glob(".relutui-*")) == []


@pytest.mark.parametrize("home", ["/dev/null/home", "/proc/1"])
def test_a_home_that_cannot_be_written_to(tmp_path: Path, home: str) -> None:
    with Program(tmp_path, "lab", environment={"HOME": home}) as program:
        program.press("+")
        program.wait_for("your work is not kept for recovery")
        program.wait_for("0.10 ]")
        write(program, f"{home}/mine.toml")
        program.wait_until(lambda: f"{home}/mine.toml: " in program.text)
        program.press(b"\x15mine.toml\r")
        program.wait_for("written: mine.toml")
        os.kill(program.pid, signal.SIGTERM)
        assert program.wait_for_end() == 143
    assert "w = 0.1\n" in (tmp_path / "mine.toml").read_text()


def test_what_cannot_be_kept_at_the_end_is_said_there(tmp_path: Path) -> None:
    with Program(tmp_path, "lab", environment={"HOME": "/dev/null/home"}) as program:
        program.press("+")
        program.wait_for("not kept")
        program.wait_for("0.10 ]")
        os.kill(program.pid, signal.SIGTERM)
        assert program.wait_for_end() == 143
        assert b"what was not written is lost: [Errno 20] Not a directory: '/dev/null/home" in program.sent


def test_a_name_that_exists_is_only_written_over_when_it_is_entered_twice(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("mine")
    with Program(tmp_path, "lab") as program:
        program.wait_for("no training")
        write(program, "mine.toml")
        program.wait_for("mine.toml exists; enter again overwrites it")
        assert (tmp_path / "mine.toml").read_text() == "mine"


def test_nobody_else_can_look_into_what_is_kept(tmp_path: Path) -> None:
    with Program(tmp_path, "lab", environment={"XDG_STATE_HOME": str(tmp_path / "elsewhere")}) as program:
        program.wait_for("MSE")
        program.press("+")
        program.wait_until(lambda: bool(list(tmp_path.glob("elsewhere/relutui/sessions/*.json"))))
        for folder in (tmp_path / "elsewhere" / "relutui", tmp_path / "elsewhere" / "relutui" / "sessions"):
            assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.name for path in tmp_path.iterdir()} == {"elsewhere"}
