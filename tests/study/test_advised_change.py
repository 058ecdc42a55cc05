"""The change that a reason advises; the lab's figures are those of subject.md."""

from dataclasses import replace

import numpy as np
import pytest

from relutui.model.network import Parameters
from relutui.model.selection import Field, Selection
from relutui.session import edits
from relutui.session.session import Session
from relutui.study.advised_change import advised_change
from tests.support.sessions import open_lab, opener, with_network, with_values

DEAD = open_lab(w1=1, b1=-1, w2=-1, b2=-1)  # what is missing is 2 relu(x - 2), and v is locked at 1


def moved(session: Session, reason: str = "dead", units: tuple[int, ...] = (2,)) -> tuple[Parameters, str]:
    change = advised_change(session, reason, units)
    assert change is not None
    return change[0].parameters, change[1]


def lock(session: Session, unit: int, *fields: Field) -> Session:
    for field in fields:
        session = edits.toggle_lock(edits.select(session, Selection(unit, field)))
    return session


def test_a_kink_is_moved_to_where_the_unit_helps_most() -> None:
    p, said = moved(DEAD)
    assert (p.w[2], p.b[2], p.v[2]) == pytest.approx((2, -4, 1), abs=0.03)
    assert said == "kink 2 at x = 1.997"  # the point of the data nearest to 2
    assert (p.w[:2].tolist(), p.b[:2].tolist()) == ([-2, 1], [2, -1])


def test_locks_are_kept() -> None:
    """With w locked at -1 the kink moves by b; with b locked at -1, by w."""
    p, _ = moved(lock(DEAD, 2, "w"))
    assert (p.w[2], p.b[2]) == pytest.approx((-1, 2), abs=0.01)
    p, _ = moved(lock(DEAD, 2, "b"))
    assert (p.w[2], p.b[2]) == pytest.approx((0.5, -1), abs=0.01)
    free = lock(DEAD, 2, "v")
    p, _ = moved(free)
    assert (p.w[2], p.b[2], p.v[2]) == pytest.approx((1, -2, 2), abs=0.02)
    for none in (lock(DEAD, 2, "w", "b"), lock(with_values(DEAD, w2=0), 2, "w"), lock(with_values(DEAD, b2=0), 2, "b")):
        assert moved(none) == (none.state.parameters, "nothing")


def test_other_advice() -> None:
    state = DEAD.state
    for reason, factor in (("rate too small", 64.0), ("rate too large", 1 / 8)):
        change = advised_change(DEAD, reason, ())
        assert change is not None
        assert change[0].settings.learning_rate == factor * state.settings.learning_rate
        assert change[1] == f"rate {factor * state.settings.learning_rate:.4g}"
    change = advised_change(opener("lab-zero-start"), "slope at the kink", (1, 2))
    assert change is not None
    assert (change[0].network.slope_at_kink, change[1]) == (0.5, "slope 0.5 at the kink")


def test_the_output_is_switched_on_by_c_unless_that_is_locked() -> None:
    dosage = opener("dosage-relu")
    off = with_network(dosage, dosage.state.network, replace(dosage.state.parameters, c=-100.0))
    free = off.with_state(replace(off.state, locks=replace(off.state.locks, c=False)))
    p, said = moved(free, "output off", ())
    assert free.state.network.prediction(p, free.dataset.x).max() > 0.0
    assert said == f"c = {p.c:.3g}"
    held = off.with_state(replace(off.state, locks=replace(off.state.locks, c=True)))
    assert advised_change(held, "output off", ()) is None


def test_out_of_a_gap_it_is_moved_past_its_ends() -> None:
    """Points from -2 to -1 and from 1 to 2, and a kink at 0."""
    x = np.concatenate([np.linspace(-2, -1, 6), np.linspace(1, 2, 6)])
    session = open_lab()
    data = replace(session.dataset, x=x, y=np.maximum(0.0, x - 1.4))
    session = session.with_document(scenario=replace(session.scenario, dataset=data))
    session = with_network(session, session.state.network, Parameters(np.array([1.0]), np.zeros(1), np.ones(1), 0.0))
    p, said = moved(session, "gap", (0,))
    assert -p.b[0] / p.w[0] == pytest.approx(1.4)
    assert said == "kink 0 at x = 1.4"
