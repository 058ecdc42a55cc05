"""Say that training cannot move anything from the present state, before it is tried, and what to do instead."""

from dataclasses import replace

from relutui.lib.identity_cache import cached_by_identity
from relutui.model.dataset import Dataset
from relutui.model.gradient import gradient, next_step
from relutui.model.training import Problem
from relutui.model.values import values_of
from relutui.session.session import Session
from relutui.session.state import State


def standstill(session: Session) -> str:
    """Why a step of training would move nothing and what to do first; empty if it would, or if there is no error left.

    With minibatches only locks are looked at: what all points together do not push, some of them may.
    """
    state = session.state
    if state.network.stepped or session.loss == 0.0:
        return ""
    if not state.trainable:
        return "Training (s, space) has nothing to move: every number is locked. l unlocks the selected one."
    problem = state.problem(session.dataset)
    if problem.uses_minibatches or not _stands_still(state, session.dataset):
        return ""
    bent = replace(problem, network=replace(state.network, slope_at_kink=0.5))
    helps = state.network.kinked and not state.network.slope_at_kink and _has_slope(bent, state)
    way = ", or give relu a slope at its bend (k)" if helps else ""
    return (
        f"Training (s, space) would move nothing here: it finds no slope in any free number. Set one by hand first (+ -){way}."
    )


@cached_by_identity(1)
def _stands_still(state: State, dataset: Dataset) -> bool:
    problem = state.problem(dataset)
    return not _has_slope(problem, state) and next_step(state.checkpoint, problem) == state.parameters


def _has_slope(problem: Problem, state: State) -> bool:
    """Whether the gradient of any free parameter is not zero."""
    slopes, locks = gradient(problem, state.parameters), state.locks
    return bool(values_of(slopes)[~values_of(locks).astype(bool)].any())
