"""The families of sentences: what each looks like, where it stands, and what checks it."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from tests.truth.oracle import Case
from tests.truth.templates import Said, compiled
from tests.truth.verdicts import Untrue, claim, judged_in

PROSE = "prose"  # explanations, in which sentences follow one another
MESSAGE = "message"  # what is said after a command, which may be an explanation


class Heard(NamedTuple):
    """Something that the program said: where, the words, and what they are about."""

    where: str
    text: str
    about: dict[str, Any] = {}


Check = Callable[[Said, Case, dict[str, Any]], None]
Reading = Callable[[Any, Case], None]


class Family(NamedTuple):
    """Sentences of one kind, at one place, and their check."""

    name: str
    where: str
    templates: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]
    check: Check


class Fault(NamedTuple):
    """A sentence that is not so."""

    family: str
    text: str
    truth: str


FAMILIES: dict[str, Family] = {}
READINGS: dict[str, Reading] = {}
# Families that speak of no network: of a file, of all, of a key.
GIVEN = ("standing: the scenario's words", "unit: each activation", "explanation: how it goes on")
UNKNOWN = "a sentence of no family"


def family(name: str, *templates: str, where: str = PROSE) -> Callable[[Check], Check]:
    """Make a function the check of a family of sentences."""

    def add(check: Check) -> Check:
        assert name not in FAMILIES, name
        FAMILIES[name] = Family(name, where, templates, tuple(map(compiled, templates)), check)
        return check

    return add


def reading(name: str) -> Callable[[Reading], Reading]:
    """Make a function the check of a readout that is numbers rather than words."""

    def add(check: Reading) -> Reading:
        assert name not in READINGS, name
        READINGS[name] = check
        return check

    return add


def sentences(heard: Heard) -> list[tuple[Family, Said]] | None:
    """The text as sentences of known families, one after the other; None if it cannot be read so."""
    places = (heard.where, PROSE) if heard.where == MESSAGE else (heard.where,)
    choices = [family for family in FAMILIES.values() if family.where in places]
    return _read(heard.text, 0, choices)


def _read(text: str, start: int, choices: list[Family]) -> list[tuple[Family, Said]] | None:
    if start >= len(text):
        return []
    for family in choices:
        for pattern in family.patterns:
            found = pattern.match(text, start)
            if found is None or not (found.end() == len(text) or text[found.end()] == " "):
                continue
            rest = _read(text, found.end() + 1, choices)
            if rest is not None:
                return [(family, Said(found[0], found.groupdict())), *rest]
    return None


def judge(heard: Heard, case: Case, counts: Counter[str]) -> Iterator[Fault]:
    """Check every sentence of a text, count it by its family, and yield those that are not so."""
    read = sentences(heard)
    if read is None:
        counts[UNKNOWN] += 1
        yield Fault(UNKNOWN, f"{heard.where}: {heard.text}", "no family of tests/truth knows it")
        return
    for each, said in read:
        counts[each.name] += 1
        try:
            with np.errstate(all="ignore"), judged_in(case.units):
                each.check(said, case, {**heard.about, "heard": heard.text})
                if "scaled" in said.parts:
                    claim(("scaled" in said) == case.units.scaled, f"the units are {case.units}")
        except Untrue as error:
            yield Fault(each.name, said.text, str(error))


def judge_reading(name: str, readout: Any, case: Case, counts: Counter[str]) -> Iterator[Fault]:
    """Check a readout of numbers, and yield what is not so."""
    counts[name] += 1
    try:
        with np.errstate(all="ignore"), judged_in(case.units):
            READINGS[name](readout, case)
    except Untrue as error:
        yield Fault(name, "", str(error))
