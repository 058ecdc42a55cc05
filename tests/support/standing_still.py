"""Sessions whose loss stands still, and why it does."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from relutui.explain.stuck_reason import StuckReason
from relutui.explain.why_stuck import stuck_reason
from relutui.model.training import Optimizer
from relutui.scenario.reader import parse
from relutui.session import edits, output_edits
from relutui.session.findings import Trial
from relutui.session.session import Session, open_session
from tests.support.fake_trainer import FakeTrainer, sample_of

BEST_OF_TWO = {"w1": 2.438, "b1": -3.556}  # with unit 0 and v = 1, c = 0: the best of two units, MSE 0.0300
EVERY = 4  # steps from one sample to the next


def trained(session: Session, steps: int) -> Session:
    checkpoint = asyncio.run(FakeTrainer().train(session.state.checkpoint, session.state.problem(session.dataset), steps))
    return edits.record_training(session, checkpoint, run=0)


def after(session: Session, losses: Sequence[float]) -> Session:
    """The session after steps with these losses, in its present state."""
    checkpoint = session.state.checkpoint
    history = tuple(sample_of(checkpoint.parameters, number * EVERY, loss) for number, loss in enumerate(losses))
    return edits.record_training(session, replace(checkpoint, step=EVERY * len(losses), history=history), run=0)


def standing(session: Session, samples: int = 100) -> Session:
    return after(session, [session.loss] * samples)


def at_rate(session: Session, rate: float, optimizer: Optimizer = "sgd") -> Session:
    settings = replace(session.state.settings, learning_rate=rate, optimizer=optimizer)
    return session.with_state(replace(session.state, settings=settings))


def why(session: Session) -> StuckReason:
    found = stuck_reason(session)
    assert found is not None
    return found


def points(text: str, *units: str, rest: str = "") -> Session:
    """A session of points and units in TOML."""
    return open_session(
        parse(f"title = 'T'\n[target]\npoints = {text}\n{rest}\n" + "".join(f"[[unit]]\n{u}\n" for u in units), "t", None)
    )


def solved(session: Session) -> Session:
    """With the best v and c, where training would rest."""
    return output_edits.apply_output_fit(session, output_edits.output_fit(session))


def tried(session: Session, *trials: tuple[str, str, float]) -> Session:
    """The session after trials of so many kinds, changes and losses."""
    return session.with_findings(trials=tuple(Trial(session.state, kind, what, 4000, loss) for kind, what, loss in trials))
