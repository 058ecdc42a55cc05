"""However the program ends: what was done is kept, the terminal is as it was, and nothing runs on."""

import fcntl
import os
import re
import signal
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.promises.program import Program, left_behind

pytestmark = pytest.mark.slow

TRAIN_DEVICE = "CPU:X86"  # needs no compiler


def at_work(home: Path, training: bool, **options: object) -> Program:
    """The lab with w of unit 1 set to 0.3 by hand, and then training if so wished."""
    program = Program(home, "lab", device=TRAIN_DEVICE if training else "NONE", **options)  # type: ignore[arg-type]
    program.wait_for("   CPU" if training else "no training")
    program.press("+++")
    program.wait_for("[ 0.30 ]")
    if training:
        program.press(" ")
        program.wait_until(lambda: step_of(program) > 0)
    return program


def step_of(program: Program) -> int:
    shown = re.search(r" step ([\d,]+) ", program.text)
    return int(shown[1].replace(",", "")) if shown else 0


def is_kept(home: Path, training: bool) -> bool:
    (session,) = left_behind(home)
    state = session.state
    return state.checkpoint.step > 0 if training else state.parameters.w[1] == pytest.approx(0.3)


@pytest.mark.parametrize("training", [False, True], ids=["at rest", "training"])
@pytest.mark.parametrize("how", ["closed", "closed, SIGHUP ignored", "SIGHUP"])
def test_a_lost_connection(tmp_path: Path, times: Callable[[int, int], int], how: str, training: bool) -> None:
    for number in range(times(1, 17)):
        home = tmp_path / str(number)
        home.mkdir()
        with at_work(home, training, ignoring=(signal.SIGHUP,) if "ignored" in how else ()) as program:
            began = time.monotonic()
            if how == "SIGHUP":
                os.kill(program.pid, signal.SIGHUP)
            else:
                program.hang_up()
            assert program.wait_for_end() == 128 + signal.SIGHUP
            assert time.monotonic() - began < program.within(1.0)
            assert program.relatives() == []
        assert is_kept(home, training)


def test_sighup_that_nohup_ignores_ends_nothing(tmp_path: Path) -> None:
    with at_work(tmp_path, False, ignoring=(signal.SIGHUP,)) as program:
        os.kill(program.pid, signal.SIGHUP)
        program.press("+")
        program.wait_for("[ 0.40 ]")


@pytest.mark.parametrize("training", [False, True], ids=["at rest", "training"])
@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal(tmp_path: Path, number: int, status: int, training: bool) -> None:
    with at_work(tmp_path, training) as program:
        assert not program.is_restored()
        os.kill(program.pid, number)
        assert program.wait_for_end(program.within(2.0)) == status
        assert program.is_restored()
        assert program.relatives() == []
    assert is_kept(tmp_path, training)


def test_sigterm_while_nobody_reads_the_terminal(tmp_path: Path) -> None:
    with at_work(tmp_path, True) as program:
        waiting = -1
        while waiting != (waiting := unread(program)):  # until the link is full, for which some frames are enough
            time.sleep(0.5)
        os.kill(program.pid, signal.SIGTERM)
        began = time.monotonic()
        while program.process.isalive():
            assert time.monotonic() - began < program.within(2.0), "it has not ended"
            time.sleep(0.01)
        assert program.process.exitstatus == 143
    assert is_kept(tmp_path, True)


def unread(program: Program) -> int:
    """The bytes that the terminal would find if it read."""
    return int.from_bytes(fcntl.ioctl(program.process.child_fd, termios.FIONREAD, bytes(4)), sys.byteorder)


def test_sigterm_before_the_first_frame(tmp_path: Path, times: Callable[[int, int], int]) -> None:
    for number in range(times(5, 50)):
        with Program(tmp_path, "lab") as program:
            time.sleep(0.02 * number)
            os.kill(program.pid, signal.SIGTERM)
            assert program.wait_for_end() in (-signal.SIGTERM, 143)
            assert program.is_restored()


def test_what_a_kill_can_take(tmp_path: Path, times: Callable[[int, int], int]) -> None:
    """Of 40 nudges typed at once at most 20 are lost, and of what is older than 4 s nothing."""
    for number in range(times(2, 50)):
        home = tmp_path / str(number)
        home.mkdir()
        with at_work(home, False) as program:
            program.press("+" * 35)
            program.wait_for("[ 3.80 ]")
            os.kill(program.pid, signal.SIGKILL)
        (session,) = left_behind(home)
        assert session.state.parameters.w[1] >= 1.8 - 1e-9
    with at_work(tmp_path, False) as program:
        program.rest(4.0)
        os.kill(program.pid, signal.SIGKILL)
    assert is_kept(tmp_path, False)


def test_a_kill_takes_four_seconds_of_training_at_most(tmp_path: Path) -> None:
    with at_work(tmp_path, True) as program:
        program.rest(3.0)
        before, then = step_of(program), time.monotonic()
        program.rest(4.0)
        os.kill(program.pid, signal.SIGKILL)
        assert time.monotonic() - then >= 4.0
    (session,) = left_behind(tmp_path)
    assert session.state.checkpoint.step >= before > 0


def test_the_next_start_offers_what_was_left_behind(tmp_path: Path) -> None:
    with at_work(tmp_path, False) as program:
        os.kill(program.pid, signal.SIGTERM)
        program.wait_for_end()
    today = time.strftime("%Y-%m-%d")
    with Program(tmp_path, "lab") as program:
        program.wait_for("Not written when relutui ended")
        program.wait_for("Three units, one curve")
        program.wait_for(f"lab, {today}")
        program.press("\r")
        program.wait_for("recovered: 1 edit")
        program.wait_for("[ 0.30 ]")
        os.kill(program.pid, signal.SIGKILL)
    assert is_kept(tmp_path, False)  # it was kept again at once


def test_what_a_running_session_keeps_is_left_alone(tmp_path: Path) -> None:
    with at_work(tmp_path, False) as first, at_work(tmp_path, False) as second:
        assert "Not written" not in second.text
        for program in (first, second):
            os.kill(program.pid, signal.SIGTERM)
            program.wait_for_end()
    assert len(left_behind(tmp_path)) == 2


def test_two_sessions_of_one_file_are_told_of_each_other(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('title = "mine"\n[target]\nknots = [[0, 0], [1, 1]]\n[[unit]]\nw = 1.0\nb = 0.0\nv = 1.0\n')
    with Program(tmp_path, "mine.toml") as first:
        first.wait_for("no training")
        with Program(tmp_path, str(file)) as second:
            second.wait_for(f"mine.toml is open in another session too (process {first.pid}, since")
            first.wait_for(f"mine.toml is open in another session too (process {second.pid}, since")


# The lab, in which something fails from the first lock on.
FAULTY = """
import sys
from pkgutil import resolve_name
from relutui.cli.main import main
from relutui.ui.screens.explore import Explore

owner, name = resolve_name("{owner}"), "{name}"
usual, carry_out = getattr(owner, name), Explore.carry_out
armed = False

def fail(*arguments, **options):
    if armed:
        raise RuntimeError("made to fail \\x1b[31m")
    return usual(*arguments, **options)

def arm(self, command):
    global armed
    carry_out(self, command)
    armed = armed or command.id == "lock"

setattr(owner, name, fail)
Explore.carry_out = arm
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("owner", "name", "key"),
    [
        ("relutui.session.edits", "nudge", "+"),
        ("relutui.ui.widgets.panel:Panel", "update", "]"),
        ("relutui.ui.widgets.strip_widget:StripWidget", "render_lines", "]"),
        ("relutui.ui.screens.dialogs:WriteDialog", "compose", "w"),
        ("relutui.ui.controllers.autosave:Autosave", "_warn_of_others", ""),
    ],
)
def test_a_fault_of_our_own(tmp_path: Path, owner: str, name: str, key: str) -> None:
    (tmp_path / "faulty.py").write_text(FAULTY.format(owner=owner, name=name))
    with Program(tmp_path, "lab", module="faulty") as program:
        program.wait_for("no training")
        program.press("1\r")
        program.wait_for("1.00 ]")
        program.press("l" + key)
        assert program.wait_for_end() == 1
        assert program.is_restored()
        ending = program.sent[program.sent.rindex(b"\x1b[?25h") :].decode()
    assert "relutui has failed, RuntimeError: made to fail [31m; report: " in ending
    assert "Traceback" not in ending
    (report,) = tmp_path.glob(".local/state/relutui/reports/*.txt")
    assert str(report) in ending
    assert "Traceback" in report.read_text()
    assert "made to fail" in report.read_text()
    (session,) = left_behind(tmp_path)
    assert session.state.parameters.w[1] == 1
