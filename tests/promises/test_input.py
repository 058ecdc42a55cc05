"""Whatever is typed, pasted or sent into the program's terminal: it lives, answers within 2 s and takes at most 30 MB more."""

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.promises.program import LIMIT, Program

pytestmark = pytest.mark.slow

ANSWER = 2.0  # s, on an idle machine
MORE = 30.0  # MB
MILLION = 1_000_000  # bytes
LEAVING = b"qQ\x11\x1a"  # typed by chance these would quit or suspend, as they should

# What terminals do send, and nobody types.
REPLIES = [
    *(
        b"\xff",
        b"\xc3(",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\x00",
        b"\x9b31m",
        b"\x1b[97;1;27u",
        b"\x1b[97;5u",
        b"\x1b[1;1R",
    ),
    *(b"\x1b[?2048;2$y", b"\x1b[?2026;2$y", b"\x1b[?62;22c", b"\x1b[?1u", b"\x1b[48;36;120;720;960t", b"\x1b_Gi=31;OK\x1b\\"),
    *(b"\x1b]11;rgb:1e1e/1e1e/1e1e\x07", b"\x1b]52;c;aGk=\x07", b"\x1bP>|XTerm(377)\x1b\\", b"\x1bP1$r0m\x1b\\"),
    *(
        b"\x1b[<0;1;1M",
        b"\x1b[<35;-1;-1M",
        b"\x1b[M\xff\xff\xff",
        b"\x1b[I\x1b[O",
        b"\x1b[200~1.5\x1b[201~",
        b"\x1b[",
        b"\x1bO",
        b"\x1b",
    ),
]


def chance(seed: int, count: int) -> bytes:
    """Random bytes, and replies among them."""
    dice, made = random.Random(seed), bytearray()
    while len(made) < count:
        made += dice.choice(REPLIES) if dice.random() < 0.02 else dice.randbytes(dice.randint(1, 40))
    return bytes(made[:count]).translate(None, LEAVING)


def send(program: Program, data: bytes) -> None:
    """Type all of this as fast as it is taken, while what the program draws is read."""

    def write() -> None:
        left = memoryview(data)
        with suppress(OSError):  # it has ended
            while left:
                left = left[os.write(program.process.child_fd, left) :]

    writing = threading.Thread(target=write)
    writing.start()
    program.wait_until(lambda: not writing.is_alive())


def answers(program: Program) -> float:
    """Seconds until the program draws everything anew when it is asked to.  Raises EOFError if it has ended."""
    began = asked = time.monotonic()
    program.screen.reset()
    program.press("\x0c")
    while sum(not character.isspace() for character in program.text) < 300:
        now = time.monotonic()
        assert now - began < LIMIT, f"no answer; the screen:\n{program.text}"
        if not program.read():
            raise EOFError(program.text)
        if now - asked > 1.2:  # the first may be taken for part of a paste without an end
            program.press("\x0c")
            asked = now
    return time.monotonic() - began


def peak(program: Program, anew: bool = False) -> float:
    """MB that it took at most since the last that was anew.  Raises EOFError if it has ended."""
    about = Path(f"/proc/{program.pid}")
    if anew:
        (about / "clear_refs").write_text("5")  # the peak is what it takes now
    for line in (about / "status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise EOFError("it has ended")


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    with Program(tmp_path, "lab") as program:
        program.wait_for("no training")
        yield program


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"+-ab12\r" * (MILLION // 7), id="typed or pasted without brackets"),
        pytest.param(b"\x1b[200~" + b"1.5" * (MILLION // 3) + b"\x1b[201~", id="pasted on one line"),
        pytest.param(b"\x1b[200~" + b"1.5\n" * (MILLION // 4) + b"\x1b[201~", id="pasted on many lines"),
        pytest.param(b"".join(b"\x1b[<35;%d;%dM" % (k % 120 + 1, k % 36 + 1) for k in range(MILLION // 12)), id="mouse moved"),
        pytest.param(b"".join(b"\x1b[<%d;9;%dM" % (64 + k % 2, k % 36 + 1) for k in range(MILLION // 11)), id="mouse wheel"),
        pytest.param(b"\x1b[<0;9;9M\x1b[<0;9;9m" * (MILLION // 20), id="mouse clicked"),
        pytest.param(b"\x1b[I\x1b[O" * (MILLION // 6), id="focus in and out"),
        pytest.param(b"".join(REPLIES) * (MILLION // sum(map(len, REPLIES)) + 1), id="replies"),
        pytest.param(chance(1, MILLION), id="chance"),
    ],
)
def test_a_million_bytes_at_once_are_survived(program: Program, data: bytes) -> None:
    before = peak(program, anew=True)
    send(program, data)
    assert answers(program) < program.within(ANSWER)
    assert peak(program) - before < MORE


def test_a_paste_is_not_waited_for_whose_end_comes_late(program: Program) -> None:
    send(program, b"\x1b[200~" + b"1.5\n" * (MILLION // 4))
    assert answers(program) < program.within(ANSWER)
    send(program, b"\x1b[201~")
    assert answers(program) < program.within(ANSWER)


def test_random_input_that_is_worked_off_is_survived(tmp_path: Path, times: Callable[[int, int], int]) -> None:
    """Few bytes at a time, so that each is heard; having quit by the palette after all, the program is started again."""
    # Without d: another device has a compiler of its own, of any size.
    pieces = [chance(seed, 250).replace(b"d", b"") for seed in range(times(20, MILLION // 250))]
    while pieces:
        with Program(tmp_path, "lab") as program:
            program.wait_for(" lab ")
            try:
                while pieces:
                    before = peak(program, anew=True)
                    send(program, pieces.pop(0))
                    program.rest(0.05)
                    assert answers(program) < program.within(ANSWER)
                    assert peak(program) - before < MORE
            except EOFError:
                assert program.wait_for_end() == 0


def test_what_is_left_out_is_said_and_what_anybody_may_type_is_not_left_out(program: Program) -> None:
    program.press("+-" * 240 + "+" * 10)
    program.wait_for("[ 1.00 ]")
    assert "were dropped" not in program.text
    program.press("+" * 20_000)
    program.wait_for("typed or pasted characters were dropped: too many at once")
    program.press("-")
    program.wait_until(lambda: "were dropped" not in program.text)


IN_PIECES = [
    "\x1b[?2026;2$y",
    "\x1b[?1u",
    "\x1b[?62;22c",
    "\x1b[I",
    "\x1b[O",
    "\x1b[<35;60;3M",
    "\x1b]11;rgb:1e1e/1e1e/1e1e\x07",
]


@pytest.mark.parametrize(("opening", "before"), [("\r", "["), ("w", "lab-mine.toml")])
def test_replies_in_pieces_are_typed_into_nothing(program: Program, opening: str, before: str) -> None:
    program.press(opening)
    program.press("1")
    program.wait_for(f"{before}1")
    for reply in IN_PIECES:
        for place in {2, 3, len(reply) - 1} - {len(reply)}:
            program.press(reply[:place])
            program.rest(0.15)
            program.press(reply[place:])
    program.press("2")
    program.wait_for(f"{before}12")


def test_the_keypad_nudges_and_types(program: Program) -> None:
    program.press("\x1b[57413;;43u")  # +, -, =, 2, the point, 5 and enter, as a terminal with the kitty protocol sends them
    program.wait_for("[ 0.10 ]")
    program.press("\x1b[57412;129;45u" * 2)
    program.wait_for("[-0.10 ]")
    program.press("\x1b[57415u")
    program.wait_for("[ 0.00 ]")
    program.press("\x1b[57401u\x1b[57409u\x1b[57404u\x1b[57414u")
    program.wait_for("[ 2.50 ]")
