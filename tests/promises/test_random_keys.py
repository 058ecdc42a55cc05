"""Random keys, sizes, quits, kills and recoveries of the program in a terminal, with an account of the numbers beside it."""

import os
import random
import re
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from relutui.scenario.library import shipped
from tests.promises.account import Account, Document, differences, written
from tests.promises.program import Program

pytestmark = pytest.mark.slow

KEYS = 150  # that a program is given before it ends in some way
SIZES = [(120, 36), (80, 24), (200, 60), (100, 30)]
TINY = [(40, 12), (20, 5), (10, 3), (1, 1), (120, 4), (5, 40)]
# What opens something over the screen, what stands there then, and keys that do nothing to the numbers.
VISITS = [
    ("?", "esc closes", ["\x1b[6~", "\t", "\x1b[B", "\x1b[5~"]),
    ("o", "Scenarios", ["\x1b[B", "\x1b[6~", "\x1b[A"]),
    ("t", "esc closes", ["\x1b[B", "\x1b[6~"]),
    ("\x10", "Search for commands", ["u", "n", "\x1b[B"]),
    ("w", "as a scenario", ["a", "\x7f", "\x1b[D"]),
]
TITLE = "Three units, one curve"
DIVERGED = "diverged after step"


class Walk:
    """A program, the account of what it must hold, and what the next start has to offer."""

    def __init__(self, home: Path, seed: int) -> None:
        self.home, self.dice, self.log, self.files = home, random.Random(seed), [], 0  # type: ignore[var-annotated]
        start = written(shipped()["lab"])
        self.account = Account(start, self.dice)
        self.offered: Document | None = None
        self.size = (120, 36)

    def live(self, keys: int) -> None:
        """Start the program, take what it offers, press keys, and end it in some way."""
        self.size = self.dice.choice(SIZES)
        with Program(self.home, "lab", device="CPU:X86", size=self.size) as program:
            self.begin(program)
            for _ in range(keys):
                self.turn(program)
            self.settle(program)
            self.dice.choice([self.kill, self.kill, self.terminate, self.quit, self.discard])(program)

    def begin(self, program: Program) -> None:
        fresh = Account(self.account.start, self.dice)
        if self.offered is None:
            program.wait_until(lambda: _is_open(program))
            assert "Not written" not in program.text
            self.account = fresh
            return
        program.wait_for("Not written when relutui ended")
        program.wait_for(TITLE)
        if self.dice.random() < 0.2:
            program.press("d")
            program.wait_for("d again")
            program.press("d")
            program.wait_until(lambda: "Not written" not in program.text)
            self.account, self.offered = fresh, None
        else:
            program.press("\r")
            program.wait_until(lambda: "Not written" not in program.text)
            before, self.account = self.account, Account(self.account.start, self.dice)
            self.account.recovered(self.offered, before)
        program.wait_until(lambda: _is_open(program))
        if self.offered is not None:
            self.check(program)

    def turn(self, program: Program) -> None:
        """A key, or something else."""
        chance = self.dice.random()
        if chance < 0.9:
            self.press(program, self.account.key(may_type=True))
        elif chance < 0.92:
            self.train(program)
        elif chance < 0.96:
            self.visit(program)
        elif chance < 0.98:
            self.resize(program)
        else:
            self.check(program)

    def press(self, program: Program, keys: str) -> None:
        self.log.append(keys)
        program.press(keys)

    def train(self, program: Program) -> None:
        """Take a step, which from very large numbers may lead beyond all: then nothing has changed, which is said."""
        self.settle(program)
        before = _step(program)
        locked = self.account.now.locks >= self.account.now.numbers.keys()
        if locked or any(said in program.text for said in ("MSE 0.000", DIVERGED)):
            return
        self.press(program, "s")
        program.wait_until(lambda: _step(program) != before or DIVERGED in program.text)
        if _step(program) != before:
            self.account.trained()

    def visit(self, program: Program) -> None:
        key, shows, inside = self.dice.choice(VISITS)
        self.press(program, key)
        program.wait_at_rest(lambda: shows in program.text)
        for _ in range(self.dice.randint(0, 6)):
            self.press(program, self.dice.choice(inside))
        self.press(program, "\x1b")
        program.wait_at_rest(lambda: shows not in program.text)

    def resize(self, program: Program) -> None:
        """To something small, where keys are pressed that need no cell, and to a size with a table."""
        self.settle(program)
        program.resize(*self.dice.choice(TINY))
        for _ in range(self.dice.randint(1, 12)):
            self.press(program, self.account.key(may_type=False))
            program.read()
        self.size = self.dice.choice(SIZES)
        program.resize(*self.size)
        self.settle(program)

    def settle(self, program: Program) -> None:
        """Wait until what was pressed is done: another screen is opened over it, and goes."""
        self.press(program, "?")
        program.wait_at_rest(lambda: "esc closes" in program.text)
        self.press(program, "\x1b")
        program.wait_at_rest(lambda: _is_open(program))

    def check(self, program: Program) -> None:
        """The numbers in a file are those of the account."""
        self.files += 1
        name = f"{self.files}.toml"
        self.settle(program)
        self.press(program, "w")
        program.wait_for("as a scenario")
        self.press(program, f"\x15{name}\r")
        program.wait_for(f"written: {name}")
        found = written(self.home / name)
        assert not (wrong := differences(self.account.now, found)), wrong
        self.account.now = self.account.saved = found._replace(steps=self.account.now.steps)
        (self.home / name).unlink()

    def kept(self, program: Program) -> None:
        """Make an edit that is told from all others, and wait until it is kept."""
        account = self.account
        free = [name for name in account.now.numbers if name not in account.now.locks and name != "c"]
        if not free:
            self.press(program, "l" if account.at != "c" else "\x1b[Al")
            return
        for _ in range(10):  # to the first row, the first column
            self.press(program, "\x1b[A\x1b[D")
        account.row = account.column = 0
        row, column = int(free[0][1:]), "wbv".index(free[0][0])
        self.press(program, "\x1b[B" * row + "\x1b[C" * column)
        account.row, account.column = row, column
        value = round(self.dice.random(), 9)
        self.press(program, account.type(value))
        state = self.home / ".local" / "state" / "relutui" / "sessions"

        def is_kept() -> bool:
            return any(repr(value) in path.read_text(errors="replace") for path in state.glob("*.json") if path.exists())

        program.wait_until(is_kept)

    def kill(self, program: Program) -> None:
        self.kept(program)
        program.process.kill(signal.SIGKILL)
        assert program.wait_for_end() == -signal.SIGKILL
        self.offered = self.account.now

    def terminate(self, program: Program) -> None:
        os.kill(program.pid, signal.SIGTERM)
        assert program.wait_for_end() == 143
        self.offered = self.account.now if self.account.unsaved else None

    def quit(self, program: Program) -> None:
        self.check(program)
        self.press(program, "q")
        assert program.wait_for_end() == 0
        self.offered = None

    def discard(self, program: Program) -> None:
        self.press(program, "qq" if self.account.unsaved else "q")
        assert program.wait_for_end() == 0
        self.offered = None


def _is_open(program: Program) -> bool:
    """Whether the main screen is there, and no help over it; the columns of its table are now these, now those."""
    return "esc closes" not in program.text and _step(program) >= 0


def _step(program: Program) -> int:
    found = re.search(r"step ([\d,]+)", program.text)
    return int(found[1].replace(",", "")) if found else -1


@pytest.mark.parametrize("seed", range(2))
def test_random_keys(seed: int, tmp_path: Path, times: Callable[[int, int], int]) -> None:
    walk = Walk(tmp_path, seed)
    for _ in range(times(2, 50_000 // KEYS)):
        try:
            walk.live(KEYS)
        except Exception as error:
            raise AssertionError(f"after {''.join(walk.log)[-2000:]!r}") from error
