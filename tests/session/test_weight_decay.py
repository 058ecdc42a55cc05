"""W and what is said of weight decay: its part of the loss by hand, and no sentence that only holds without it."""

from dataclasses import replace

import numpy as np
import pytest

from relutui.commands.command import apply
from relutui.commands.contents import by_id
from relutui.explain.why_stuck import stuck_reason
from relutui.explain.why_unit import why_unit
from relutui.model.network import Network
from relutui.model.training import Locks
from relutui.readout.status import read_status
from relutui.scenario.reader import parse
from relutui.scenario.scenario import ScenarioError
from relutui.scenario.writer import to_toml
from relutui.session.session import Session, as_scenario, open_session
from relutui.session.state import decay_part
from tests.support.fake_trainer import sample_of
from tests.support.sessions import open_lab, opener, parameters, said, with_network

LAB = with_network(opener("lab-free"), Network(), parameters([1, 2, 0], [0, -1, 0], [3, 0, 0], 2))


def with_decay(session: Session, decay: float) -> Session:
    return session.with_state(replace(session.state, settings=replace(session.state.settings, weight_decay=decay)))


def test_its_part_is_half_of_it_times_the_squares() -> None:
    """1 + 4 + 1 + 9 + 4 = 19; with unit 0's v and c locked, 1 + 4 + 1 = 6."""
    session = with_decay(LAB, 0.1)
    assert decay_part(session.state) == pytest.approx(0.95)
    nothing, first = np.zeros(3, np.bool_), np.array([True, False, False])
    assert decay_part(replace(session.state, locks=Locks(nothing, nothing, first, True))) == pytest.approx(0.3)
    assert session.loss == LAB.loss


def test_w_goes_round_and_keeps_the_state() -> None:
    session, seen = with_decay(LAB, 0.0), []
    for _ in range(5):
        changed = apply(by_id("weight-decay"), session)
        assert isinstance(changed, Session)
        session = changed
        seen.append((session.state.settings.weight_decay, said(session).split(":")[0]))
    assert seen == [
        (1e-4, "weight decay 0.0001"), (1e-3, "weight decay 0.001"), (1e-2, "weight decay 0.01"), (0.1, "weight decay 0.1"),
        (0.0, "weight decay 0"),
    ]  # fmt: skip
    assert session.state.checkpoint is LAB.state.checkpoint


def test_the_status_line_has_it() -> None:
    status = read_status(with_decay(LAB, 0.1))
    assert status.training.endswith(", decay 0.1")
    assert status.decay == "decay adds 0.9500"
    assert read_status(LAB).decay == ""


def test_a_file_has_it() -> None:
    scenario = as_scenario(with_decay(LAB, 0.25), "decay")
    assert parse(to_toml(scenario), "decay", None).settings.weight_decay == 0.25
    for wrong in ("-0.1", "1001", '"a"'):
        with pytest.raises(ScenarioError, match=r"training: weight_decay: expected a finite number from 0 to 1000, got"):
            parse(to_toml(scenario).replace("weight_decay = 0.25", f"weight_decay = {wrong}"), "decay", None)
    assert open_session(scenario.with_overrides(weight_decay=0.0)).state.settings.weight_decay == 0


def resting(session: Session) -> Session:
    """The session after many steps that brought nothing."""
    samples = tuple(sample_of(session.state.parameters, step, session.loss) for step in range(0, 4000, 20))
    return session.with_state(replace(session.state, checkpoint=replace(session.state.checkpoint, step=4000, history=samples)))


def test_a_loss_that_stands_still_is_no_minimum_of_its_own() -> None:
    reason = stuck_reason(resting(with_decay(LAB, 0.1)))
    assert reason is not None
    assert reason.text == (
        f"The loss stands still. Training lowers it together with what the weight decay adds: {LAB.loss:.4f} and 0.9500 here. "
        "W changes the decay."
    )
    without = stuck_reason(resting(LAB))
    assert without is not None
    assert without.kind != "decay"


def test_a_dead_unit_still_moves() -> None:
    dead = open_lab(w1=1, b1=-9)
    assert "Training cannot move it" in why_unit(dead, 1)
    assert "only the weight decay moves it" in why_unit(with_decay(dead, 0.01), 1)
