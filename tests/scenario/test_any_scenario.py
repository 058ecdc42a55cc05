"""Any bytes as a scenario are read, or refused with a reason."""

import re
import time

from hypothesis import given
from hypothesis import strategies as st

from relutui.scenario.reader import parse
from relutui.scenario.scenario import ScenarioError
from tests.support.places import ROOT

LAB = (ROOT / "scenarios" / "lab.toml").read_text()


TOMLISH = st.text("[]{}=.\"'#\\,\n 019-+_aeinux", max_size=300)


def reads_or_refuses(text: str | bytes) -> None:
    began = time.process_time()
    try:
        found = parse(text, "any", None).start.finite
    except ScenarioError as error:
        found = bool(error.problems) and all(re.fullmatch("any.toml: .+", problem) for problem in error.problems)
    assert found
    assert time.process_time() - began < 2.0


@given(st.binary(max_size=300) | TOMLISH)
def test_any_bytes_are_read_or_refused(text: str | bytes) -> None:
    reads_or_refuses(text)


@given(st.integers(0, len(LAB)), st.integers(0, 20), TOMLISH.map(lambda text: text[:12]))
def test_any_damage_to_a_scenario_is_read_or_refused(at: int, cut: int, put: str) -> None:
    reads_or_refuses(LAB[:at] + put + LAB[at + cut :])


VALUES = st.recursive(
    st.integers() | st.floats() | st.booleans() | st.sampled_from(["sgd", "x", "w", ""]).map(lambda word: f'"{word}"'),
    lambda inner: st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(map(str, items))}]"),
    max_leaves=5,
).map(lambda value: str(value).replace("True", "true").replace("False", "false"))


KEYS = [row.split(" = ")[0] for row in LAB.split("\n") if " = " in row and row[0].islower()]


@given(st.sampled_from(KEYS), VALUES)
def test_any_value_of_any_key_is_read_or_refused(key: str, value: str) -> None:
    rows = [f"{key} = {value}" if row.startswith(f"{key} =") else row for row in LAB.split("\n")]
    reads_or_refuses("\n".join(rows))
