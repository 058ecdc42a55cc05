"""Draws sessions: scenarios with all kinds of numbers in them, and what a user may then do, by relutui's own commands."""

import asyncio
import json
import math
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from relutui.commands.command import apply
from relutui.commands.contents import by_id
from relutui.commands.training import PREVIEW_STEPS
from relutui.model.selection import FIELDS, HANDLE, Selection
from relutui.model.trainer import Diverged
from relutui.scenario.reader import parse
from relutui.session import edits, kink_edits, output_edits
from relutui.session.session import Session, open_session
from tests.support.fake_trainer import FakeTrainer
from tests.truth import plateaus

ACTIVATIONS = ("relu", "leaky_relu", "softplus", "sigmoid", "tanh", "identity")
EXPRESSIONS = ("x*x", "0.5*x**2 - x", "abs(x)", "sin(2*x)", "3", "x", "relu(x - 0.5) - 1")
PRESSED = (
    *("nudge-up", "nudge-down", "nudge-up-10", "nudge-down-10", "nudge-up", "nudge-down") * 3,
    *("lock", "lock-unit", "add", "remove", "undo", "redo", "rewind", "random", "handle", "gradient"),
    *("optimizer", "momentum", "loss", "activation", "output", "slope-at-kink", "double", "halve"),
    *("add-term", "take-term", "why", "why-prediction", "hint", "hint"),
)
STEPS = (1, 1, 1, 1, 5, 5, 60, 60, 300, 300, 300, 300, 1500)
MAX_TYPED = 1e30
AUTOMATIC = 0.1  # of the sessions: their learning rate is automatic


class Drawn:
    """A drawing of sessions: `sessions` yields each state on the way, `log` says how it was reached."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(f"truth {seed}")
        scenario = Scenario(self.dice, self.dice.choice(plateaus.PLATEAUS) if self.dice.random() < plateaus.SHARE else "")
        self.plateau, self.toml = scenario.plateau, scenario.toml()
        kind = random.Random(f"scale {seed}").choice(("none", "none", "none", "standard", "unit"))
        if not self.plateau and kind != "none":
            self.toml = self.toml.replace("[target]\n", f'[target]\nscale = "{kind}"\n')
        if not self.plateau and random.Random(f"rate {seed}").random() < AUTOMATIC:
            self.toml = re.sub(r"(?m)^learning_rate = .*", 'learning_rate = "auto"', self.toml)
        self.log: list[str] = []
        self.trainer = FakeTrainer()

    def sessions(self) -> Iterator[Session]:
        """Yield the session as it opens, and after each of a few things that are done to it."""
        dice, session = self.dice, open_session(parse(self.toml, "drawn", None))
        session = session.with_view(probe=dice.uniform(*session.domain))
        yield session
        if self.plateau and session.state.trainable:
            if plateaus.is_solved(self.plateau, dice):
                session = self._solved(session)
                yield session
            session = self._trained(session, plateaus.steps(self.plateau, dice), -1)
            yield session
        for run in range(dice.choice((0, 1, 2, 2, 3, 4))):
            session = self._done(session, run)
            yield session

    def _done(self, session: Session, run: int) -> Session:
        dice, chance = self.dice, self.dice.random()
        session = edits.select(session, self._selection(session))
        if chance < 0.35:
            value = self._typed(session)
            self.log.append(f"{session.view.selection.short} = {value!r}")
            return edits.set_parameter(session, session.view.selection, value)
        if chance < 0.60 and session.state.trainable:
            return self._trained(session, dice.choice(STEPS), run)
        if chance < 0.68 and session.state.trainable:
            return self._looked_ahead(session)
        if chance < 0.76 and not session.view.handle_mode:
            self.log.append("handle")
            session = kink_edits.toggle_form(session)
            session = edits.select(session, self._selection(session))
            value = self._typed(session)
            self.log.append(f"{session.view.selection.short} = {value!r}")
            return edits.set_parameter(session, session.view.selection, value)
        if chance < 0.79:
            return self._summed(session)
        if chance < 0.80:
            return self._solved(session)
        command = by_id(dice.choice(PRESSED))
        self.log.append(f"at {session.view.selection.short} {command.id}")
        done = apply(command, session)
        assert isinstance(done, Session)
        return done

    def _summed(self, session: Session) -> Session:
        """Add terms to the sum and take the last back, once or until nothing more can be added or taken."""
        for name in ["add-term"] * self.dice.choice((1, 3, 9)) + ["take-term"] * self.dice.choice((0, 0, 1, 9)):
            self.log.append(name)
            done = apply(by_id(name), session)
            assert isinstance(done, Session)
            session = done
        return session

    def _selection(self, session: Session) -> Selection:
        units = session.state.parameters.units
        row = self.dice.randrange(units + 1)
        field = self.dice.choice(HANDLE if session.view.handle_mode else FIELDS)
        return Selection(row, field) if row < units else Selection(units, "c")

    def _typed(self, session: Session) -> float:
        selection, dice = session.view.selection, self.dice
        if selection.field == "side":
            return dice.choice((-1.0, 1.0))
        old = edits.parameter(session.state, selection)
        if old == old and dice.random() < 0.3:
            value = dice.choice((-old, old * 1.001, old / 2, old + 0.1, 0.0))
        else:
            value = number(dice)
        value = max(-MAX_TYPED, min(value, MAX_TYPED))
        return abs(value) if selection.field == "slope" else value

    def _trained(self, session: Session, steps: int, run: int) -> Session:
        self.log.append(f"train {steps}")
        session, state = session.with_view(message=None), session.state
        try:
            there = asyncio.run(self.trainer.train(state.checkpoint, state.problem(session.dataset), steps))
            return edits.record_training(session, there, run)
        except Diverged as error:
            return edits.record_divergence(session, error, run)

    def _solved(self, session: Session) -> Session:
        """Set v and c to their best, if they can be solved for."""
        if output_edits.why_not_solvable(session):
            return session
        self.log.append("solve")
        return output_edits.apply_output_fit(session, output_edits.output_fit(session))

    def _looked_ahead(self, session: Session) -> Session:
        self.log.append("predict")
        state = session.state
        problem = replace(state, settings=replace(state.settings, stop_below=None)).problem(session.dataset)
        try:
            there = asyncio.run(self.trainer.train(state.checkpoint, problem, PREVIEW_STEPS))
        except Diverged as error:
            there = error.checkpoint
        return session.with_findings(preview=there)


def number(dice: random.Random, scale: float = 1.0) -> float:
    """A parameter as users and training leave them: whole, in tenths, any; sometimes 0, sometimes huge or tiny."""
    chance = dice.random()
    if chance < 0.08:
        return 0.0
    if chance < 0.35:
        return scale * dice.randint(-4, 4)
    if chance < 0.55:
        return scale * dice.randint(-40, 40) / 10
    if chance < 0.94:
        return scale * dice.gauss(0.0, 1.5)
    return scale * dice.choice((-1, 1)) * math.pow(10.0, dice.uniform(-9, 9))


class Scenario:
    """A scenario file, drawn by dice."""

    def __init__(self, dice: random.Random, plateau: str) -> None:
        self.dice = dice
        self.plateau = plateau
        self.changes: dict[float, float] = {}  # of the target's slope, by the x of its corners
        self.shift, self.scale = (
            (0.0, 1.0) if dice.random() < 0.85 else (dice.choice((0.0, 2013.0, -1e4)), dice.choice((0.01, 1.0, 50.0)))
        )

    def toml(self) -> str:
        dice = self.dice
        target, x = self._target()
        units = dice.choice((1, 1, 2, 2, 3, 3, 4, 5, 6))
        own, own_output = plateaus.activations(self.plateau, dice)
        activation = own or dice.choice((*["relu"] * 10, *ACTIVATIONS, "step", "rect"))
        output = own_output or dice.choice((*["identity"] * 9, *ACTIVATIONS))
        bias, locks = dice.choice((0.0, 0.0, number(dice))), dice.random() < 0.5
        bias = -abs(bias) - dice.choice((0.1, 10.0)) if self.plateau == "output off" else bias
        lines = ['title = "drawn"', 'summary = "Drawn by dice."', "[target]", *target, "[network]"]
        lines += [f'activation = "{activation}"', f'output_activation = "{output}"', f"output_bias = {bias!r}"]
        held = dice.random() < 0.3 and self.plateau not in plateaus.CALM
        lines += [
            f"lock_output_bias = {str(held).lower()}",
            f"slope_at_kink = {dice.choice((0.0, 0.0, 0.5, 1.0))}",
        ]
        rows: list[tuple[float, float, float]] = []
        fitting = plateaus.start(self.plateau, dice, units, x) or (self._fitting(x, units) if dice.random() < 0.25 else [])
        for place in range(len(fitting) or units):
            rows.append(fitting[place] if fitting else self._unit(rows, x))
            w, b, v = rows[-1]
            lock = (
                [name for name in "wbv" if locks and dice.random() < 0.35] if dice.random() < 0.8 else ["w", "b", "v"] * locks
            )
            made = plateaus.locks(self.plateau, place, dice)
            lock = lock if made is None else made
            lines += ["[[unit]]", f"w = {w!r}", f"b = {b!r}", f"v = {v!r}", f"lock = {json.dumps(lock)}"]
        calm = self.plateau in plateaus.CALM
        lines += [
            "[training]",
            f'optimizer = "{dice.choice(("sgd", "sgd", "momentum") if calm else ("sgd", "sgd", "momentum", "adam"))}"',
            f'loss = "{dice.choice(("mse",) if calm else ("mse", "sse"))}"',
        ]
        lines += [
            f"learning_rate = {plateaus.rates(self.plateau, dice) or dice.choice((0.001, 0.01, 0.05, 0.05, 0.5))!r}",
            f"momentum = {dice.choice((0.0, 0.5, 0.9) if calm else (0.0, 0.5, 0.9, 0.99))}",
        ]
        if dice.random() < (0.1 if self.plateau else 0.6):
            lines += ["[exercise]", f"solved_below = {dice.choice((1e-4, 1e-3, 0.05))}"]
        return "\n".join(lines) + "\n"

    def _target(self) -> tuple[list[str], list[float]]:
        """The lines of the target, and some x of its points."""
        dice, chance = self.dice, self.dice.random()
        count = dice.choice((2, 3, 3, 4, 4, 5))
        if made := plateaus.points(self.plateau, dice):
            return [f"points = {json.dumps(made)}"], [at for at, _ in made]
        if chance < 0.55:
            x = (
                sorted(dice.sample(range(-6, 7), count))
                if dice.random() < 0.7
                else sorted(dice.uniform(-3, 3) for _ in range(count))
            )
            knots = [[self._x(at), self._y()] for at in x]
            slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairwise(knots)]
            self.changes = {at[0]: after - before for at, before, after in zip(knots, [0.0, *slopes], slopes)}
            samples = dice.choice((20, 61, 100))
            return [f"knots = {json.dumps(knots)}", f"samples = {samples}"], [at for at, _ in knots]
        if chance < 0.85:
            x = [
                dice.choice((dice.uniform(-2, 2), float(dice.randint(-3, 3)), dice.gauss(0, 0.05)))
                for _ in range(dice.choice((1, 2, 3, 5, 7, 12)))
            ]
            points = [[self._x(at), self._y()] for at in x]
            return [f"points = {json.dumps(points)}"], [at for at, _ in points]
        low = self._x(float(dice.randint(-3, 0)))
        domain = [low, low + self.scale * dice.choice((1.0, 2.0, 5.0))]
        noise = [f"noise = {dice.choice((0.05, 0.5))}"] * (dice.random() < 0.2)
        return [
            f'expression = "{dice.choice(EXPRESSIONS)}"',
            f"domain = {domain}",
            f"samples = {dice.choice((20, 50, 101))}",
            *noise,
        ], domain

    def _fitting(self, x: list[float], units: int) -> list[tuple[float, float, float]]:
        """Units with a kink at each inner corner of the target, or not quite so: a few too many, too few, or one wrong."""
        dice, rows = self.dice, []
        for at in [x[0], *x[1:-1]] if dice.random() < 0.7 else x[1:-1]:
            side, change = dice.choice((1.0, 1.0, -1.0)), self.changes.get(at, 1.0)
            v = dice.choice((math.copysign(1.0, change), change or 1.0, 1.0))
            size = abs(change / v) if dice.random() < 0.8 else abs(number(dice))
            rows.append((side * size, -side * size * at, v))
        return rows[: units + 2]

    def _x(self, at: float) -> float:
        return self.shift + self.scale * at

    def _y(self) -> float:
        return self.dice.choice((float(self.dice.randint(-3, 3)), self.dice.gauss(0.0, 1.0), 0.0))

    def _unit(self, rows: list[tuple[float, float, float]], x: list[float]) -> tuple[float, float, float]:
        """A unit: any, one with its kink on a point, or one with the kink of another."""
        dice, chance = self.dice, self.dice.random()
        w, b, v = number(dice), number(dice), dice.choice((1.0, 1.0, -1.0, number(dice)))
        if chance < 0.04:
            return _parked(dice, x, w, v)
        if chance < 0.45:
            b = -w * dice.choice(x)
        elif chance < 0.48 and rows:
            return dice.choice(rows)
        elif chance < 0.6 and rows:
            other, factor = dice.choice(rows), dice.choice((1.0, 1.0, 2.0, -1.0, 0.5))
            w, b = factor * other[0], factor * other[1]
            v = dice.choice((v, other[2], -other[2]))
        elif chance < 0.75:
            b = -w * dice.uniform(min(x), max(x))
        return w, b, v


def _parked(dice: random.Random, x: list[float], w: float, v: float) -> tuple[float, float, float]:
    """A unit with its kink just inside the last point of its side; sometimes steep, so that it adds something there."""
    low, high = min(x), max(x)
    edge, inwards = (high, -1.0) if w > 0.0 else (low, 1.0)
    kink = edge + inwards * (high - low) * 10.0 ** dice.uniform(-9, -5)
    return w, -w * kink, v * 10.0 ** dice.choice((0, 0, 7))
