"""States in which something was once said that was not so, or that was so although the oracle found fault with it."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from relutui.scenario.reader import parse
from relutui.session import edits
from relutui.session.session import Session, open_session
from tests.support.fake_trainer import FakeTrainer
from tests.truth.hearing import heard, readings
from tests.truth.registry import Heard
from tests.truth.subjects import case_of
from tests.truth.test_truth import judged

FOUND = sorted((Path(__file__).parent / "found").glob("*.toml"))


@pytest.mark.parametrize("path", FOUND, ids=[path.stem for path in FOUND])
def test_what_is_said_is_so_now(path: Path) -> None:
    """As the scenario opens, and after the steps that it names if these are more than one."""
    session = open_session(parse(path.read_text(), path.stem, None))
    assert faults(session) == []
    state, steps = session.state, session.scenario.settings.steps
    if steps > 1:
        trained = asyncio.run(FakeTrainer().train(state.checkpoint, state.problem(session.dataset), steps))
        assert faults(edits.record_training(session, trained, run=0)) == []


def faults(session: Session) -> list[object]:
    """What is said of a session and is not so."""
    case, counts = case_of(session), Counter[str]()
    every: list[Heard | tuple[str, Any]] = [*heard(session), *readings(session)]
    return [fault for each in every for fault in judged(each, case, counts)]
