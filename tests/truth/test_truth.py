"""What relutui says, in every state: an oracle that shares nothing with it reads each sentence and checks what stands in it.

500 drawn states in every run, 100,000 with --soak, which ends in a table of the families.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from relutui.explain.why_stuck import stuck_reason
from relutui.scenario.writer import to_toml
from relutui.session.range_edits import widen_x_range
from relutui.session.session import Session, as_scenario
from tests.truth import experiments
from tests.truth.drawing import Drawn
from tests.truth.families import MODULES
from tests.truth.hearing import heard, readings
from tests.truth.known import is_known
from tests.truth.oracle import Case
from tests.truth.registry import FAMILIES, GIVEN, MESSAGE, READINGS, Fault, Heard, judge, judge_reading, sentences
from tests.truth.subjects import case_of, wider_case_of
from tests.truth.summary import PROPERTY

assert MODULES  # importing them registers the families

PARTS = 4  # of the states: tests that run side by side
SEEDS_APART = 1_000_000
MAX_SHOWN = 5  # faults in a message


class Tally:
    """How often each family was checked, and the faults: those that are known, and one of each other family in words."""

    def __init__(self) -> None:
        self.checked, self.known, self.found = Counter[str](), Counter[str](), Counter[str]()
        self.shown: list[str] = []

    def add(self, faults: Iterator[Fault], session: Session, way: str) -> None:
        """Count faults with a session that was reached in this way."""
        for fault in faults:
            if is_known(fault):
                self.known[fault.family] += 1
                continue
            self.found[fault.family] += 1
            if self.found[fault.family] == 1:
                state = to_toml(as_scenario(session, "here"))
                self.shown.append(f"{fault.family} ({way})\n  {fault.text}\n  {fault.truth}\n\n{state}")

    @property
    def table(self) -> dict[str, tuple[int, int, int]]:
        """For each family how often it was checked, the known faults, and the others."""
        return {name: (self.checked[name], self.known[name], self.found[name]) for name in (*FAMILIES, *READINGS, *self.found)}

    @property
    def message(self) -> str:
        """The faults in words."""
        return f"{self.found.total()} faults, of {len(self.found)} families:\n\n" + "\n".join(self.shown[:MAX_SHOWN])


def judged(each: Heard | tuple[str, Any], case: Case, counts: Counter[str]) -> Iterator[Fault]:
    """Yield what is said and is not so of a case."""
    if not isinstance(each, Heard):
        yield from judge_reading(*each, case, counts)
    elif each.text:
        yield from judge(each, case, counts)


@pytest.mark.parametrize("part", range(PARTS))
def test_what_is_said_is_so(
    part: int, times: Callable[[int, int], int], record_property: Callable[[str, object], None]
) -> None:
    tally, states, seed = Tally(), 0, part * SEEDS_APART
    while states < times(500, 100_000) // PARTS:
        drawn = Drawn(seed)
        for session in drawn.sessions():
            states += 1
            case = case_of(session)
            every: list[Heard | tuple[str, Any]] = [*heard(session), *readings(session)]
            for each in every:
                tally.add(judged(each, case, tally.checked), session, f"seed {seed}; {' / '.join(drawn.log) or 'as it opens'}")
        seed += 1
    record_property(PROPERTY, tally.table)
    assert not tally.shown, tally.message


IN_X_RANGE = (
    "strips: where",
    "strips: the sum",
    "strips: the output",
    "fit",
    "units",
    "contributions",
    "outputs",
    "trace",
    "pieces",
    "walk",
)


@pytest.mark.parametrize("widened", [1, 2, 3])
def test_what_charts_show_beyond_the_data_is_so(widened: int, times: Callable[[int, int], int]) -> None:
    """In an x-range that was widened once, twice, or back again: the curves, the strips, the pieces and where units are off."""
    tally = Tally()
    for seed in range(times(8, 2000)):
        drawn = Drawn(seed)
        *_, session = drawn.sessions()
        for _ in range(widened):
            session = widen_x_range(session)
        case = wider_case_of(session)
        every: list[Heard | tuple[str, Any]] = [each for each in heard(session) if each.where == "unit note"]
        assert session.view.message
        every += [Heard(MESSAGE, session.view.message.text, {"domain": session.domain})]
        every += [(name, readout) for name, readout in readings(session) if name.startswith(IN_X_RANGE)]
        for each in every:
            tally.add(judged(each, case, tally.checked), session, f"seed {seed}; {' / '.join(drawn.log)}; B {widened} times")
    assert not tally.shown, tally.message


@pytest.mark.parametrize("part", range(PARTS))
def test_what_is_said_of_experiments_is_so(
    part: int, times: Callable[[int, int], int], record_property: Callable[[str, object], None]
) -> None:
    """Bounds, trials, refits, random starts and landscapes of some of the drawn sessions."""
    dice, tally = random.Random(part), Tally()
    for seed in range(part * SEEDS_APART, part * SEEDS_APART + times(2, 500)):
        drawn = Drawn(seed)
        *_, session = drawn.sessions()
        case = case_of(session)
        for each in of_experiments(session, dice):
            tally.add(judged(each, case, tally.checked), session, f"seed {seed}; {' / '.join(drawn.log)}")
    record_property(PROPERTY, tally.table)
    assert not tally.shown, tally.message


def of_experiments(session: Session, dice: random.Random) -> Iterator[Heard | tuple[str, Any]]:
    """Yield what is said of experiments with a session, a kind or two of them."""
    network, trainable = session.state.network, session.state.trainable
    if session.state.parameters.units <= 4:
        yield from experiments.bounds(session)
    if stuck_reason(session):
        yield from experiments.trials(session)
    if trainable and dice.random() < 0.5:
        yield from experiments.refits(session, dice)
    elif trainable and network.activation != "identity":
        yield from experiments.starts(session)
    if dice.random() < 0.15:
        yield from experiments.landscape(session)


def test_every_checker_notices_what_is_not_so(times: Callable[[int, int], int]) -> None:
    """Each family that is heard a few times finds fault with what is said of another network."""
    silent, listened = {*FAMILIES, *READINGS} - {*GIVEN}, Counter[str]()
    for seed in range(times(100, 4000)):
        for session in Drawn(seed).sessions():
            other = stranger(case_of(session), seed)
            experiments_too = of_experiments(session, random.Random(seed)) if seed % 25 == 0 else ()
            said = [each for each in (*heard(session), *experiments_too) if isinstance(each, Heard)]
            for each in said:
                if not silent.isdisjoint(family.name for family, _ in sentences(each) or ()):
                    about = {name: _other(value) for name, value in each.about.items()}
                    silent -= _noticed(judge(Heard(each.where, each.text, about), other, listened))
            for name, readout in readings(session):
                if name in silent:
                    silent -= _noticed(judge_reading(name, readout, other, listened))
    assert not {name for name in silent if listened[name] >= 5}


def _noticed(faults: Iterator[Fault]) -> set[str]:
    """The families that find fault; a check that fails because nothing fits together has not judged."""
    try:
        return {fault.family for fault in faults}
    except (AssertionError, ValueError, IndexError):
        return set()


def stranger(case: Case, seed: int) -> Case:
    """Another network of as many units, with other locks and settings."""
    dice, net = np.random.default_rng(seed), case.net
    w, b, v = dice.normal(0.0, 2.0, (3, net.units))
    activation = random.Random(seed).choice(("relu", "leaky_relu", "tanh", "identity"))
    other = replace(
        net,
        w=w,
        b=b,
        v=v,
        c=net.c + 1.0,
        activation=activation if activation != net.activation else "softplus",
        output="relu" if net.output == "identity" else "identity",
        at_kink=1.0 - net.at_kink,
    )
    return replace(
        case,
        net=other if seed % 2 else replace(other, activation=net.activation, output=net.output),
        kind="sse" if case.kind == "mse" else "mse",
        optimizer="adam" if case.optimizer == "sgd" else "sgd",
        rate=2.0 * case.rate,
        momentum=0.3,
        locked=~case.locked,
        first=case.first + 1.0,
        step=case.step + 1,
        x=(case.x + 0.3 * case.width) * (1.0 if seed % 5 or case.corners else 1e4),
        y=case.y + 1.0,
        began=(case.began[0] + 3, other) if case.began else None,
        corners=tuple((x, y + (place % 3) * x) for place, (x, y) in enumerate(case.corners)),
        solved_below=case.solved_below and case.solved_below / 7,
        before=case.before and replace(case.before, net=replace(case.before.net, w=-w, b=b + 1.0, v=-v, c=0.7)),
        entries=tuple(replace(each, w=-each.w, b=each.b + 1.0) for each in case.entries),
    )


def _other(value: Any) -> Any:
    """Something else of the same type."""
    match value:
        case bool():
            return not value
        case int():
            return value
        case float():
            return value + 0.7
        case str():
            return "-"
        case tuple() if all(isinstance(item, int) for item in value):
            return tuple(range(9))
    return value
