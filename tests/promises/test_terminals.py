"""Every kind of terminal: the app opens in it, shows and changes what it should, and leaves it as it was."""

import os
import random
import re
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.promises.program import Program

pytestmark = pytest.mark.slow

TERMS = "xterm", "xterm-256color", "screen", "tmux-256color", "linux", "vt100"
CONSOLES = "linux", "vt100"
NOT_UTF8 = {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
LOCALES: list[dict[str, str]] = [{"LANG": "C", "LC_ALL": "C"}, NOT_UTF8, {"LC_ALL": "en_US.ISO-8859-1"}]

# A CSI sequence with a prefix other than ? or with an intermediate character, or an OSC: older consoles write its end.
WRITTEN_BY_CONSOLES = re.compile(rb"\x1b(\[[<=>][0-?]*[@-~]|\[[0-?]*[ -/]+[@-~]|\])")


def opens_and_shows(program: Program, *, plain: bool = False) -> None:
    program.wait_for("no training")
    program.press("+++")
    program.wait_for("[ 0.30 ]")
    assert program.text.isascii() == plain
    chart = [line for line in program.text.splitlines() if ("|" if plain else "│") in line][:20]
    assert any(("o" if plain else "⠿") in line for line in chart)  # the target
    prediction = {"*"} if plain else set(map(chr, range(0x2801, 0x2900)))  # in braille
    assert any(character in prediction for line in chart for character in line)


def modes(program: Program) -> list[object]:
    """How the terminal treats what is typed."""
    attributes: list[object] = termios.tcgetattr(program.process.child_fd)
    return attributes


def leaves(program: Program, before: list[object]) -> None:
    """Quit; every mode that was set is reset, after which nothing else is sent but other modes."""
    program.press("q")
    program.wait_for("Quit?")
    program.press("q")
    while program.read():
        pass
    # The terminal's other end is still held open here: what Linux keeps of it can be asked for.
    assert modes(program) == before
    assert program.wait_for_end() == 0
    for mode in {int(number) for number in re.findall(rb"\x1b\[\?(\d+)[hl]", program.sent)}:
        switched = re.findall(rb"\x1b\[\?%d([hl])" % mode, program.sent)
        assert switched[-1] == (b"h" if mode in (7, 25) else b"l"), mode
    assert program.sent.count(b"\x1b[>") == program.sent.count(b"\x1b[<u")  # the keyboard protocol: on, off
    assert program.sent.rindex(b"\x1b[?25h") > program.sent.rindex(b"\x1b[?1049l") > program.sent.rindex(b"target")


def colours(program: Program) -> set[tuple[str, str]]:
    """Those of what is drawn, before and behind."""
    rows, columns = range(program.screen.lines), range(program.screen.columns)
    cells = [program.screen.buffer[y][x] for y in rows for x in columns]
    return {(cell.fg, cell.bg) for cell in cells if not cell.data.isspace()}


@pytest.mark.parametrize("redirected", ["2>errors", "2>&-"])
def test_wherever_standard_error_leads_it_is_drawn_on_the_terminal(redirected: str, tmp_path: Path) -> None:
    with Program(tmp_path, "lab", shell=True, redirected=redirected) as program:
        opens_and_shows(program)
        program.press("q")
        program.wait_for("Quit?")
        program.press("q")
        program.wait_until(lambda: program.relatives() == [program.pid])  # the shell alone
        assert program.is_restored()
        program.press("echo it ended with $?\n")
        program.wait_for("it ended with 0")
    assert not (tmp_path / "errors").exists() or (tmp_path / "errors").read_bytes() == b""


@pytest.mark.parametrize(("redirected", "missing"), [("</dev/null", "type on"), ("<&-", "type on"), (">&-", "draw on")])
def test_without_a_terminal_on_either_side_one_line_says_so(redirected: str, missing: str, tmp_path: Path) -> None:
    with Program(tmp_path, "lab", shell=True, redirected=redirected) as program:
        program.wait_for(f"relutui: no terminal to {missing}")
        program.press("echo it ended with $?\n")
        program.wait_for("it ended with 2")


@pytest.mark.parametrize("term", TERMS)
def test_it_opens_shows_and_leaves_in_every_terminal(tmp_path: Path, term: str) -> None:
    with Program(tmp_path, "lab", environment={"TERM": term}) as program:
        before = modes(program)
        opens_and_shows(program, plain=term == "linux")
        if "256" not in term:
            assert b"8;5;" not in program.sent
        assert b"8;2;" not in program.sent
        assert all(front != behind for front, behind in colours(program))
        leaves(program, before)
        if term in CONSOLES:  # what is drawn there stays, unless it is taken away, and what is unknown is written
            assert program.text.strip() == ""
            assert not WRITTEN_BY_CONSOLES.search(program.sent)


@pytest.mark.parametrize("environment", LOCALES, ids=" ".join)
def test_where_the_locale_has_no_utf8_it_is_drawn_in_ascii(tmp_path: Path, environment: dict[str, str]) -> None:
    with Program(tmp_path, "lab", environment=environment) as program:
        before = modes(program)
        opens_and_shows(program, plain=True)
        program.wait_for("+- Fit  o target * prediction")
        leaves(program, before)


@pytest.mark.parametrize("term", ["xterm-256color", "linux"])
def test_without_colours_there_are_none(tmp_path: Path, term: str) -> None:
    with Program(tmp_path, "lab", environment={"TERM": term, "NO_COLOR": "1"}) as program:
        opens_and_shows(program, plain=term == "linux")
        drawn = colours(program)
        assert all(front != behind for front, behind in drawn)
        grey = re.compile(r"default|black|white|bright(black|white)|(..)\2\2")
        assert [colour for pair in drawn for colour in pair if not grey.fullmatch(colour)] == []


@pytest.mark.parametrize(
    ("environment", "asked"),
    [({}, True), ({"RELUTUI_MOUSE": "0"}, False), ({"TERM": "linux"}, False), ({"TERM": "vt220"}, False)],
    ids=str,
)
def test_the_mouse_is_asked_for_where_there_may_be_one_and_wanted(
    tmp_path: Path, environment: dict[str, str], asked: bool
) -> None:
    """By DEC's private modes: 1000 clicks, 1002 drags, 1006 their notation; 1003, every move, never."""
    with Program(tmp_path, "lab", environment=environment) as program:
        program.wait_for("no training")
        assert {mode: b"\x1b[?%dh" % mode in program.sent for mode in (1000, 1002, 1006)} == dict.fromkeys(
            (1000, 1002, 1006), asked
        )
        assert b"\x1b[?1003h" not in program.sent
        program.press("q")
        assert program.wait_for_end() == 0
        assert program.is_restored()


@pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {"TERM": ""}, {"TERM": "dumb", "LANG": "C"}], ids=str)
def test_what_is_no_terminal_to_draw_on_is_refused_in_one_line(tmp_path: Path, environment: dict[str, str]) -> None:
    with Program(tmp_path, "lab", environment=environment) as program:
        assert program.wait_for_end() == 2
        (line,) = program.sent.decode().splitlines()
        assert "relutui render" in line
        assert "relutui train" in line
        assert line.isascii() or line.isprintable()


def test_without_a_terminal_it_is_refused_in_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "relutui", "lab"]
    inherited = os.environ | {"HOME": str(tmp_path), "TERM": "xterm-256color"}
    ended = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, env=inherited, timeout=60)
    assert ended.returncode == 2
    assert ended.stdout == ""
    (line,) = ended.stderr.splitlines()
    assert "relutui render" in line
    assert "relutui train" in line


def test_any_sizes_are_survived(tmp_path: Path, times: Callable[[int, int], int]) -> None:
    """From 1x1 to 400x200, some faster than they are drawn; back at the first, it looks as it did."""
    dice = random.Random(1)
    with Program(tmp_path, "lab") as program:
        opens_and_shows(program)
        program.rest(0.5)
        before = program.text
        sizes = [(1, 1), (400, 200), (1, 200), (400, 1), (2, 2), (79, 23), (80, 24)]
        sizes += [(dice.randint(1, 400), dice.randint(1, 200)) for _ in range(times(25, 500) - len(sizes))]
        for size in sizes:
            program.resize(*size)
            program.rest(dice.choice([0.0, 0.0, 0.05, 0.3]))
        program.resize(120, 36)
        program.wait_until(lambda: program.text == before)
        program.press("+")
        program.wait_for("[ 0.40 ]")


def there_and_back(program: Program, at_rest: list[object]) -> None:
    """Use the shell for a moment."""
    program.rest(0.5)
    before, sent = program.text, len(program.sent)
    program.press("\x1a")
    program.wait_until(lambda: b"ready> " in program.sent[sent:])
    assert b"\x1b[?1049l" in program.sent[sent:]
    assert modes(program) == at_rest
    program.screen.reset()
    program.press("echo $((6 * 7)) is said\n")
    program.wait_for("42 is said")
    program.press("fg\n")
    program.wait_until(lambda: program.text == before)


@pytest.mark.parametrize("over", ["", "?"], ids=["", "over another screen"])
def test_ctrl_z_gives_the_shell_its_terminal_and_fg_brings_the_screen_back(tmp_path: Path, over: str) -> None:
    environment = {"PS1": "ready> ", "BASH_SILENCE_DEPRECATION_WARNING": "1"}
    with Program(tmp_path, "lab", shell=True, environment=environment) as program:
        at_rest = modes(program)
        opens_and_shows(program)
        assert modes(program) != at_rest
        if over:
            program.press(over)
            program.wait_for("‹Keys›")
        for _ in range(3):
            there_and_back(program, at_rest)
        program.press("\x1b[27u")
        program.wait_until(lambda: "‹Keys›" not in program.text)
        program.press("+")
        program.wait_for("[ 0.40 ]")
        program.press("q")
        program.wait_for("Quit?")
        sent = len(program.sent)
        program.press("q")
        program.wait_until(lambda: b"ready> " in program.sent[sent:])
        program.press("exit\n")
        assert program.wait_for_end() == 0
