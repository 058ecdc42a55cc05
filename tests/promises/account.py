"""What the keys must have done to a scenario's numbers, by the manual's words alone: for programs in a terminal."""

import math
import random
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

STEP, LOWEST, HIGHEST = 0.1, -4.0, 4.0  # of a nudge in the lab; the range is that of w and b
FIELDS = "wbv"
UNDO = 100  # steps that are recovered, each way
NUDGED = 1e-9  # a nudge keeps nine digits after the point

Numbers = dict[str, float | None]  # by name, such as w0 and c; None where only training knows


class Document(NamedTuple):
    """The numbers, the names of those that are locked, and the steps of training since the start, which no file holds."""

    numbers: Numbers
    locks: frozenset[str]
    steps: int = 0


def written(path: Path) -> Document:
    """The document in a scenario file."""
    found = tomllib.loads(path.read_text())
    network = found.get("network", {})
    numbers: Numbers = {"c": float(network.get("output_bias", 0.0))}
    locks = {"c"} if network.get("lock_output_bias") else set()
    for row, unit in enumerate(found["unit"]):
        numbers |= {f"{name}{row}": float(unit[name]) for name in FIELDS}
        locks |= {f"{name}{row}" for name in unit.get("lock", [])}
    return Document(numbers, frozenset(locks))


def differences(expected: Document, found: Document) -> list[str]:
    """What a file has otherwise than expected, to the last digit that a nudge keeps: a line for each number and lock."""
    numbers = [
        f"{name} is {found.numbers.get(name)}, not {expected.numbers.get(name)}"
        for name in expected.numbers.keys() | found.numbers.keys()
        if not _same(expected.numbers.get(name, math.nan), found.numbers.get(name, math.nan))
    ]
    return sorted(numbers) + [
        f"{name} is {'locked' if name in found.locks else 'not locked'}" for name in sorted(expected.locks ^ found.locks)
    ]


def _same(expected: float | None, found: float | None) -> bool:
    return expected is None or math.isclose(expected, found or 0.0, rel_tol=1e-12, abs_tol=NUDGED)


class Account:
    """The lab, and what has been done to it."""

    def __init__(self, start: Document, dice: random.Random) -> None:
        self.start = self.now = self.saved = start
        self.units, self.dice = sum(name[0] == "w" for name in start.numbers), dice
        self.row, self.column = next((int(n[1:]), FIELDS.index(n[0])) for n in self._names() if n not in start.locks)
        self.past: list[Document] = []
        self.future: list[Document] = []
        self._group: Any = None

    @property
    def at(self) -> str:
        """The name of what is selected."""
        return "c" if self.row == self.units else f"{FIELDS[self.column]}{self.row}"

    @property
    def unsaved(self) -> bool:
        return self.now != self.saved

    def key(self, may_type: bool) -> str:
        """A key, or the keys of a number, whose doing is accounted for."""
        known = self.now.numbers[self.at] is not None
        keys = ["up", "down", "left", "right", "l", "u", "U", "u", *"vVyiIhGM[]{}"]
        keys += ["+", "-", "=", ">", "<"] * known
        keys += ["type"] * 8 * (may_type and self.at not in self.now.locks)
        keys += ["r"] * (self.now.numbers != self.start.numbers)
        return self._take(self.dice.choice(keys))

    def recovered(self, now: Document, before: "Account") -> None:
        """It is what it was in a program that was cut off; of undo the nearest steps are there."""
        self.now, self.saved = now, before.saved
        self.past, self.future = before.past[-UNDO:], before.future[:UNDO]

    def trained(self) -> None:
        """A step was taken: what is not locked has another value."""
        numbers = {name: value if name in self.now.locks else None for name, value in self.now.numbers.items()}
        self._push(self.now._replace(numbers=numbers, steps=self.now.steps + 1))

    def type(self, value: float) -> str:
        """The keys that give the selected cell a value."""
        text = repr(value)
        if self.now.numbers[self.at] != value:
            self._push(self._with(value))
        begins_itself = text[0] == "-" and self.dice.random() < 0.5  # by - and a digit, without a nudge that is to be undone
        return f"{'' if begins_itself else chr(13)}{text}\r"

    def _take(self, key: str) -> str:
        match key:
            case "type":
                scale = self.dice.choice([1.0, 1.0, 1e-7, 1e9])
                return self.type(float(f"{self.dice.gauss(0, 2) * scale:.12g}"))
            case "up" | "down":
                self.row = min(max(self.row + (1 if key == "down" else -1), 0), self.units)
                return {"up": "\x1b[A", "down": "\x1b[B"}[key]
            case "left" | "right":
                if self.row < self.units:
                    self.column = min(max(self.column + (1 if key == "right" else -1), 0), 2)
                return {"left": "\x1b[D", "right": "\x1b[C"}[key]
            case "l":
                self._push(self.now._replace(locks=self.now.locks ^ {self.at}))
            case "u" if self.past:
                self.future.insert(0, self.now)
                self.now, self._group = self.past.pop(), None
            case "U" if self.future:
                self.past.append(self.now)
                self.now, self._group = self.future.pop(0), None
            case "r":
                held = {
                    name: self.now.numbers[name] if name in self.now.locks else self.start.numbers[name]
                    for name in self._names()
                }
                if held != self.now.numbers or self.now.steps:
                    self._push(self.now._replace(numbers=held, steps=0))
            case "+" | "=" | "-" | ">" | "<" if self.at not in self.now.locks:
                self._nudge((1 if key in "+=>" else -1) * (10 if key in "><" else 1))
        return key

    def _nudge(self, steps: int) -> None:
        old = self.now.numbers[self.at]
        assert old is not None
        new = round(old + steps * STEP, 10)
        if self.at[0] in "wb":
            new = min(new, max(HIGHEST, old)) if steps > 0 else max(new, min(LOWEST, old))
        if new != old:
            self._push(self._with(new), ("nudge", self.at))

    def _with(self, value: float) -> Document:
        return self.now._replace(numbers=self.now.numbers | {self.at: value})

    def _push(self, document: Document, group: Any = None) -> None:
        if group is None or group != self._group:
            self.past.append(self.now)
        self.now, self.future, self._group = document, [], group

    def _names(self) -> list[str]:
        return [*(f"{name}{row}" for row in range(self.units) for name in FIELDS), "c"]
