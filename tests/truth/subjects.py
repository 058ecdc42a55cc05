"""Hands the numbers of a session to the oracle."""

from dataclasses import replace

import numpy as np

from relutui.model.network import Network, Parameters
from relutui.model.training import Locks
from relutui.scenario.target import Target
from relutui.session.session import Session
from relutui.session.state import State
from tests.truth.net import Mask, Net
from tests.truth.oracle import UNSCALED, Case, Units


def case_of(session: Session) -> Case:
    """The session's numbers; `before` is its state before the last key press that edited it, if there was one."""
    past = session.states.past
    case = _case(session, session.state)
    entries = tuple(net_of(state.network, state.parameters) for state in past[-2:])
    return replace(case, before=_case(session, session.states.replaced or past[-1]), entries=entries) if past else case


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
    units = _units(session.scenario.target, x, y)
    settings, known, exercise = state.settings, state.checkpoint.optimizer, session.scenario.exercise
    samples = [sample for sample in state.checkpoint.history if sample.values]
    first = state.checkpoint.parameters_at(samples[0]) if samples else None
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
        _corners(session.scenario.target, units),
        exercise.solved_below if exercise else None,
        session.scenario.settings.loss,
        units=units,
    )


def _corners(target: Target, units: Units) -> tuple[tuple[float, float], ...]:
    (shift, width), (below, height) = units
    corners = () if target.noise else sorted(target.knots or target.points)
    return tuple(((x - shift) / width, (y - below) / height) for x, y in corners)


def _units(target: Target, x: np.ndarray, y: np.ndarray) -> Units:
    """The units by the definition in the manual, of the points in the data's own; x and y are those that are trained on."""
    if target.scale == "none":
        return UNSCALED
    found = []
    for own, trained in zip(target.values(), (x, y)):
        low, high = min(own), max(own)
        shift, width = (np.mean(own), np.std(own)) if target.scale == "standard" else (low, high - low)
        shift, width = (low, 1.0) if low == high else (shift, width)
        assert np.allclose(sorted(shift + width * trained), sorted(own), rtol=1e-9, atol=1e-9 * max(map(abs, own)))
        found.append((float(shift), float(width)))
    return Units(*found)


def _flat(p: Parameters) -> np.ndarray:
    return np.concatenate([p.w, p.b, p.v, [p.c]])


def _flat_locks(locks: Locks) -> Mask:
    return np.concatenate([locks.w, locks.b, locks.v, [locks.c]])
