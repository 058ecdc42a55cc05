"""The automatic learning rate in a session: it follows the start until the first step, and then stays."""

from dataclasses import replace
from pathlib import Path

import pytest

from relutui.model.learning_rate import automatic_rate
from relutui.model.training import Checkpoint, OptimizerState
from relutui.readout.status import read_status
from relutui.scenario.library import find, load
from relutui.scenario.writer import to_toml
from relutui.session import edits, settings_edits
from relutui.session.session import Session, as_scenario, open_session
from relutui.study.random_starts import begin, open_start
from tests.session.journals import left_behind
from tests.support.sessions import with_values


@pytest.fixture
def session() -> Session:
    return open_session(load(find("lab-free")).with_overrides(learning_rate="auto", optimizer="sgd"))


def rate(session: Session) -> float:
    assert session.state.settings.automatic_rate
    return session.state.settings.learning_rate


def expected(session: Session) -> float:
    return automatic_rate(session.state.problem(session.dataset), session.state.parameters)


def trained(session: Session) -> Session:
    """One step on, to parameters that are made up, with another curvature."""
    p = session.state.parameters
    p = replace(p, w=3.0 * p.w, b=3.0 * p.b)
    return edits.record_training(session, Checkpoint(p, OptimizerState.zero(p.units), 1), run=1)


def test_it_is_that_of_the_start_and_follows_every_edit_at_step_0(session: Session) -> None:
    seen = {rate(session)}
    assert rate(session) == expected(session)
    for edit in (
        edits.next_random_start,
        lambda s: with_values(s, w0=3.0),
        settings_edits.next_loss,
        settings_edits.next_optimizer,
        settings_edits.next_momentum,
        settings_edits.next_activation,
    ):
        session = edit(session)
        assert rate(session) == expected(session)
        seen.add(rate(session))
    assert len(seen) > 5


def test_from_the_first_step_on_it_stays(session: Session) -> None:
    first = rate(session)
    after = trained(session)
    assert expected(after) != first
    assert rate(after) == rate(with_values(after, w0=3.0)) == rate(settings_edits.next_optimizer(after)) == first
    assert rate(edits.undo(after)) == first
    assert rate(edits.redo(edits.undo(after))) == first
    assert rate(edits.rewind(after)) == first
    other = edits.next_random_start(after)
    assert rate(other) == expected(other) != first
    assert rate(edits.undo(other)) == first


def test_it_is_shown_as_a_number_and_written_as_auto(session: Session) -> None:
    status = read_status(session.with_view(words=frozenset(["training"])))
    assert (status.training, status.seed) == (f"sgd {rate(session):g} (auto)", "seed 35")
    assert 'learning_rate = "auto"' in to_toml(as_scenario(trained(session), "t"))
    assert not session.unsaved


def test_halving_and_doubling_end_it(session: Session) -> None:
    halved = settings_edits.scale_learning_rate(session, 0.5)
    assert halved.state.settings == replace(session.state.settings, learning_rate=rate(session) / 2, automatic_rate=False)
    assert edits.next_random_start(halved).state.settings == halved.state.settings


def test_it_comes_back_after_recovery_as_it_was(state_folder: Path, session: Session) -> None:
    for each in (trained(session), trained(open_start(begin(session, 3, 10), 2))):
        recovered = left_behind(each).session
        assert rate(recovered) == rate(each)
        assert recovered.state.settings == each.state.settings
        assert [state.settings for state in recovered.states.past] == [state.settings for state in each.states.past]
