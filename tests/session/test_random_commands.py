"""Random commands on sessions, with an account beside them of what must have become of the document.

The account knows the keys as the manual describes them and nothing of how they are carried out: numbers, locks, undo, redo,
rewinding, the selection, the loss by the formula, and the numbers in a written file.
"""

import asyncio
import math
import random
import tomllib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from relutui.commands.command import Train, apply
from relutui.commands.contents import COMMANDS, by_id
from relutui.model.selection import Selection
from relutui.model.trainer import Diverged
from relutui.scenario.writer import to_toml
from relutui.session import edits
from relutui.session.session import Session, as_scenario
from tests.support.document import Document, Unit, document, held
from tests.support.fake_trainer import FakeTrainer
from tests.support.sessions import opener

SCENARIOS = ("lab", "lab-free", "lab-half", "dosage-relu", "dosage-softplus", "measured", "shifted-2", "four-relus")
GROUPED = ("halve", "double", "optimizer", "momentum", "weight-decay", "loss", "activation", "output", "slope-at-kink")
RATES = "halve", "double"
OFTEN = ("nudge-up", "nudge-down", "lock", "undo", "redo", "down", "up", "left", "right", "typed", "typed", "step", "handle")
LARGEST_HISTORY = 1000


def loss(document: Document, x: list[float], y: list[float], kind: str) -> float:
    """By the formula, point by point."""

    def activated(name: str, z: float) -> float:
        match name:
            case "relu":
                return max(z, 0.0)
            case "leaky_relu":
                return z if z > 0.0 else 0.01 * z
            case "softplus":
                return max(z, 0.0) + math.log1p(math.exp(-abs(z)))
            case "sigmoid":
                return 1.0 / (1.0 + math.exp(-z)) if z > 0.0 else math.exp(z) / (1.0 + math.exp(z))
            case "tanh":
                return math.tanh(z)
        return z

    network, squares = document.network, []
    for at, target in zip(x, y):
        terms = [unit.v * activated(network.activation, unit.w * at + unit.b) for unit in document.units]
        error = activated(network.output_activation, document.c + math.fsum(terms)) - target
        squares.append(error * error)
    return math.fsum(squares) / (len(x) if kind == "mse" else 1)


class Walk:
    """A session and the account of it."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.trainer, self.runs, self.log = FakeTrainer(), 0, []  # type: ignore[var-annotated]
        self.open(self.dice.choice(SCENARIOS))

    def open(self, name: str) -> None:
        self.log = [name]
        self.session = opener(name)
        self.now = self.start = document(self.session)
        self.origin = self.start
        self.past: list[tuple[Document, Document]] = []  # each with the start that it came from
        self.future: list[tuple[Document, Document]] = []
        self.group: Any = None
        data = self.session.dataset
        self.x, self.y = data.x.tolist(), data.y.tolist()

    def go(self) -> None:
        """One command, and what must have become of the document."""
        ids = [command.id for command in COMMANDS if command.id != "scale"]  # which opens another document
        id = self.dice.choice(OFTEN) if self.dice.random() < 0.6 else self.dice.choice(ids)
        at, before, waiting = self.session.view.selection, self.now, self.session.state.pending_kinks
        if id == "typed":
            value = self.dice.choice([self.dice.gauss(0, 3), float(self.dice.randint(-3, 3)), self.dice.gauss(0, 1) * 1e20])
            self.log.append(f"{at.short}={value!r}")
            self.session = edits.set_parameter(self.session, at, value)
            expected = self.typed(at, value)
        else:
            self.log.append(id)
            if id in ("add", "remove") and self.dice.random() < 0.5:
                return  # or there would soon be very many, or one
            done = apply(by_id(id), self.session)
            if isinstance(done, Train):
                self.train(min(done.steps, 20))
                expected = None
            elif not isinstance(done, Session):
                return
            else:
                self.session = done
                expected = self.expected(id, at)
        self.now = document(self.session)
        if expected is not None:
            assert self.now == expected
        if id == "rewind" and self.now == before and not waiting:
            assert len(self.session.states.past) == len(self.past)  # there is nothing to undo
        self.account(id, at, before)
        self.look()

    def typed(self, at: Selection, value: float) -> Document | None:
        if at.on_handle:
            return None
        return self.now if self.now.locked(at) else self.with_number(at, value)

    def with_number(self, at: Selection, value: float) -> Document:
        if at.field == "c":
            return self.now._replace(c=value)
        units = list(self.now.units)
        units[at.row] = Unit(**(units[at.row]._asdict() | {at.field: value}))
        return self.now._replace(units=tuple(units))

    def expected(self, id: str, at: Selection) -> Document | None:
        """The document after a command; None where the account does not say."""
        now, parameter = self.now, at.parameter
        match id:
            case "undo":
                return self.past[-1][0] if self.past else now
            case "redo":
                return self.future[0][0] if self.future else now
            case "lock":
                return self.with_locks([parameter], not now.locked(parameter))
            case "lock-unit" if at.field != "c":
                fields = [Selection(at.row, field) for field in ("w", "b", "v")]
                return self.with_locks(fields, not all(map(now.locked, fields)))
            case "lock-unit":
                return self.with_locks([parameter], not now.c_locked)
            case "nudge-up" | "nudge-down" | "nudge-up-10" | "nudge-down-10" if not at.on_handle:
                return now if now.locked(at) else self.nudged(at, (-1 if "down" in id else 1) * (10 if "10" in id else 1))
            case "rewind" if len(now.units) == len(self.origin.units) == len(self.start.units):
                back = held(now, self.origin)
                same = (back.units, back.c, 0) == (now.units, now.c, now.step)
                if same or back == held(now, self.start):
                    back = held(now, self.start)
                # Whether the activations come back as well is told by what was there; the settings stay.
                after = document(self.session)
                assert after.network in (now.network, self.start.network)
                return back._replace(network=after.network, settings=now.settings, seed=after.seed)
        return None if self.changes(id) else now

    def nudged(self, at: Selection, steps: int) -> Document:
        exercise = self.session.scenario.exercise
        old = self.now.number(at)
        low, high = exercise.range if exercise and at.field in ("w", "b") else (-1e30, 1e30)
        new = old + steps * (exercise.step if exercise else 0.1)
        new = min(new, max(high, old)) if steps > 0 else max(new, min(low, old))
        found = document(self.session).number(at)
        assert math.isclose(found, new, rel_tol=1e-12, abs_tol=1e-9), (at, old, new, found)
        return self.with_number(at, found)

    def with_locks(self, some: list[Selection], to: bool) -> Document:
        units, c = [list(unit.locks) for unit in self.now.units], self.now.c_locked
        for at in some:
            if at.field == "c":
                c = to
            else:
                units[at.row]["wbv".index(at.field)] = to
        relocked = [unit._replace(locks=(w, b, v)) for unit, (w, b, v) in zip(self.now.units, units)]
        return self.now._replace(units=tuple(relocked), c_locked=c)

    @staticmethod
    def changes(id: str) -> bool:
        """Whether a command changes the document, in a way that the account does not foretell."""
        return id in (*GROUPED, "add", "remove", "random", "rewind") or id.startswith(("nudge", "step"))

    def account(self, id: str, at: Selection, before: Document) -> None:
        """Keep past and future, and see that what was locked has stayed."""
        if id == "undo" and self.past:
            self.future.insert(0, (before, self.origin))
            self.origin = self.past.pop()[1]
            self.group = None
        elif id == "redo" and self.future:
            self.past.append((before, self.origin))
            self.origin = self.future.pop(0)[1]
            self.group = None
        elif len(self.session.states.past) != len(self.past) or self.now != before:
            group = (id.startswith("nudge") and ("nudge", at)) or (id in RATES and RATES) or (id in GROUPED and id) or None
            if group is None or group != self.group:
                self.past.append((before, self.origin))
                del self.past[:-LARGEST_HISTORY]
            self.future, self.group = [], group
        if id == "random":
            self.origin = self.now
        elif id == "rewind":
            self.origin = self.start if self.now.seed == self.start.seed else self.origin
        elif len(self.now.units) != len(before.units) and id not in ("undo", "redo"):
            self.origin = self.drawn(self.now.seed)  # whatever was locked when the units before were drawn
        assert len(self.session.states.past) == len(self.past)
        assert len(self.session.states.future) == len(self.future)
        if id not in ("undo", "redo", "lock", "lock-unit", "add", "remove") and len(self.now.units) == len(before.units):
            for old, new in zip(before.units, self.now.units):
                assert new.locks == old.locks
                assert all(a == b for a, b, lock in zip(old[:3], new[:3], old.locks) if lock)
            assert self.now.c == before.c or not before.c_locked
        if id == "remove" and len(self.now.units) < len(before.units):
            assert self.now.units == before.units[: at.row] + before.units[at.row + 1 :]
        if id == "add" and len(self.now.units) > len(before.units):
            assert self.now.units[:-1] == before.units

    def drawn(self, seed: int | None) -> Document:
        """The start that the scenario gives a seed: w, b, v ~ Normal(0, scale), unit by unit, c = 0, where it locks none."""
        if seed is None:
            return self.start
        scale = self.session.scenario.init.scale
        rows = np.random.default_rng(seed).normal(0.0, scale, (len(self.start.units), 3)).tolist()
        units = tuple(Unit(w, b, v, (False, False, False)) for w, b, v in rows)
        return held(self.start, self.start._replace(units=units, c=0.0, seed=seed))

    def train(self, steps: int) -> None:
        state = self.session.state
        self.runs += 1
        try:
            there = asyncio.run(self.trainer.train(state.checkpoint, state.problem(self.session.dataset), steps))
            self.session = edits.record_training(self.session, there, self.runs)
        except Diverged as error:
            self.session = edits.record_divergence(self.session, error, self.runs)

    def look(self) -> None:
        """What can be told of a session without its past."""
        session, now = self.session, self.now
        at, units = session.view.selection, len(now.units)
        assert (at.row == units) if at.field == "c" else (at.row < units)
        assert all(row <= units + 1 for row in session.view.summed_units)  # c and the output activation come after the units
        low, high = session.x_range
        assert low <= session.view.probe <= high
        if self.dice.random() < 0.1:
            size = max(max(abs(u.w), abs(u.b)) * abs(u.v) for u in now.units) * (1 + max(map(abs, self.x))) + abs(now.c)
            if size < 1e12:
                right = loss(now, self.x, self.y, now.settings.loss)
                assert math.isclose(session.loss, right, rel_tol=1e-9, abs_tol=1e-12 * (size + 1) ** 2)
        if self.dice.random() < 0.02:
            self.written()

    def written(self) -> None:
        """The numbers in a file are those of the document, to the last bit."""
        found = tomllib.loads(to_toml(as_scenario(self.session, "written")))
        if "unit" not in found:  # the start that the seed of the file gives
            return
        units = [(unit["w"], unit["b"], unit["v"], set(unit.get("lock", []))) for unit in found["unit"]]
        for (*numbers, locks), unit in zip(units, self.now.units, strict=True):
            assert numbers == list(unit[:3])
            assert locks == {name for name, lock in zip("wbv", unit.locks) if lock}
        assert found.get("network", {}).get("output_bias", 0.0) == self.now.c
        assert self.session.unsaved or self.now == self.start or self.now in (each for each, _ in self.past)


@pytest.mark.parametrize("seed", range(4))
def test_a_walk_of_random_commands(seed: int, times: Callable[[int, int], int]) -> None:
    walk = Walk(seed)
    for number in range(times(300, 250_000)):
        if number % 200 == 199:
            walk.open(walk.dice.choice(SCENARIOS))
        try:
            walk.go()
        except Exception as error:
            raise AssertionError(f"after {' '.join(walk.log)}") from error
