"""Hands the numbers of a session to the oracle."""

from dataclasses import replace

import numpy as np

from relutui.model.network import Network, Parameters
from relutui.model.training import Locks
from relutui.scenario.target import Target
from relutui.session.session import Session
from relutui.session.state import State
from tests.truth.oracle import Case, Mask, Net


def case_of(session: Session) -> Case:
    """The session's numbers; `before` is its state before the last key press that edited it, if there was one."""
    past = session.states.past
    case = _case(session, session.state)
    return replace(case, before=_case(session, session.states.replaced or past[-1])) if past else case


def wider_case_of(session: Session) -> Case:
    """The session's numbers with the x-range of its charts in the place of the domain."""
    low, high = session.x_range
    return replace(case_of(session), low=low, high=high)


def net_of(network: Network, p: Parameters) -> Net:
    """The network of some parameters."""
    return Net(
        np.array(p.w), np.array(p.b), np.array(p.v), p.c, network.activation, network.output_activation, network.slope_at_kink
    )


def _case(session: Session, state: State) -> Case:
    x, y = np.array(session.dataset.x), np.array(session.dataset.y)
    low, high = session.domain
    settings, known, exercise = state.settings, state.checkpoint.optimizer, session.scenario.exercise
    samples = [sample for sample in state.checkpoint.history if sample.values]
    first = samples[0].parameters if samples else None
    return Case(
        net_of(state.network, state.parameters),
        x,
        y,
        low,
        high,
        settings.loss,
        settings.optimizer,
        settings.learning_rate,
        settings.momentum,
        _flat_locks(state.locks),
        _flat(known.first),
        _flat(known.second),
        known.steps,
        state.checkpoint.step,
        state.edits,
        (samples[0].step, net_of(state.network, first)) if first else None,
        _corners(session.scenario.target),
        exercise.solved_below if exercise else None,
        session.scenario.settings.loss,
    )


def _corners(target: Target) -> tuple[tuple[float, float], ...]:
    return () if target.noise else tuple(sorted(target.knots or target.points))


def _flat(p: Parameters) -> np.ndarray:
    return np.concatenate([p.w, p.b, p.v, [p.c]])


def _flat_locks(locks: Locks) -> Mask:
    return np.concatenate([locks.w, locks.b, locks.v, [locks.c]])
