"""Minibatches in a session: what is said of them, and what is not said as it would be of all points."""

import numpy as np
import pytest

from relutui.explain.standstill import standstill
from relutui.explain.why_stuck import stuck_reason
from relutui.model.network import Parameters
from relutui.readout.fit import read_fit
from relutui.readout.status import read_status
from relutui.readout.table import read_table
from relutui.scenario.reader import parse
from relutui.scenario.scenario import Scenario, ScenarioError
from relutui.scenario.writer import to_toml
from relutui.session import settings_edits
from relutui.session.session import Session, as_scenario, open_session
from tests.support.sessions import said

TEXT = """title = "T"
[target]
expression = "x"
domain = [0, 2]
samples = 3
[[unit]]
w = 1
b = -0.5
v = 1
lock = ["w", "v"]
[training]
learning_rate = 0.25
{}
"""


def scenario(lines: str = "batch = 1") -> Scenario:
    return parse(TEXT.format(lines), "t", None)


def shown(session: Session) -> Session:
    return session.with_view(words=frozenset(["training", "push"]))


def test_a_batch_is_read_and_written() -> None:
    s = scenario("batch = 2\nbatch_seed = 5")
    assert (s.settings.batch, s.settings.batch_seed) == (2, 5)
    assert parse(to_toml(s), "t", None) == s
    assert parse(to_toml(as_scenario(open_session(s), "t")), "t", None).settings == s.settings
    with pytest.raises(ScenarioError, match="batch: expected a whole number from 1 to 100000, got 0"):
        scenario("batch = 0")


def test_it_is_on_the_screen_unless_it_is_all_points() -> None:
    two, three = (read_status(shown(open_session(scenario(f"batch = {size}")))) for size in (2, 3))
    assert (two.training, two.batch) == ("sgd 0.25", "batch 2 of 3")
    assert (three.training, three.batch) == ("sgd 0.25", "")


@pytest.mark.parametrize("seed", range(6))
def test_the_arrow_and_the_table_tell_the_next_step(seed: int) -> None:
    """It goes by one point: with w = v = 1 and c = 0 the error is -0.5 where the unit is on, so b moves by 0.25 there."""
    session = shown(open_session(scenario(f"batch = 1\nbatch_seed = {seed}"))).with_view(gradients=True)
    first = np.random.default_rng([seed, 0]).permuted([[0, 1, 2]] * 64, axis=1)[0].tolist()
    x = session.dataset.x[first.index(0)]
    is_on = x > 0.5
    words = "the next step moves kink 0 left by 0.25" if is_on else "the next step leaves kink 0 where it is"
    assert read_table(session).push == words
    [kink] = read_fit(session).kinks
    assert kink.move == pytest.approx(-0.25 if is_on else 0.0)


def test_of_another_kind_of_loss_the_gradient_is_not_spoken_of() -> None:
    """That of a step is of as many points as its batch has, and that of the last of an epoch of fewer."""
    session = settings_edits.next_loss(open_session(scenario("batch = 2")))
    assert said(session) == "loss SSE: the sum of the squared errors; the loss is 3 times as large now"


def test_of_a_rest_of_all_points_nothing_is_said() -> None:
    """At c = 0 the errors 1, 0, -1 of a dead unit's network push c by 0 together, and each alone by 2."""
    text = TEXT.replace('"x"', '"x - 1"').replace("b = -0.5", "b = -9")
    for lines, silent in (("batch = 1", True), ("", False)):
        session = open_session(parse(text.format(lines), "t", None))
        assert session.state.parameters == Parameters(np.ones(1), np.full(1, -9.0), np.ones(1), 0.0)
        assert (standstill(session) == "") == silent
        assert stuck_reason(session) is None
