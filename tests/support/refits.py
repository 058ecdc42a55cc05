"""Refits of small sessions, trained or made as if they were, and what is read of them."""

import asyncio
from dataclasses import replace

import numpy as np

from relutui.model.batch import Batch
from relutui.model.dataset import Dataset
from relutui.model.network import Parameters
from relutui.model.training import Locks
from relutui.model.values import values_of
from relutui.readout.refitting import RefittingReadout, RefitTraining, read_refitting
from relutui.scenario.scenario import Init
from relutui.session.session import Session, open_session
from relutui.study.refit import Refit, one_fewer, one_more
from tests.support.fake_trainer import FakeTrainer
from tests.support.sessions import open_lab

SOLVED = open_lab(w1=1, b1=-1, w2=2, b2=-4)
HALF = open_lab(w1=1, b1=-1)


def fewer(session: Session, unit: int) -> Refit:
    """One unit fewer, with three random starts."""
    return one_fewer(session.state.parameters, session.state.problem(session.dataset), unit, Init(), range(3))


def more(session: Session) -> Refit:
    """One unit more, with three random starts."""
    return one_more(session.state.parameters, session.state.problem(session.dataset), Init(), range(3))


def trained(refit: Refit, steps: int) -> Refit:
    """The refit after so many steps."""

    async def last() -> Refit:
        return [so_far async for so_far in refit.trained(FakeTrainer(), steps)][-1]

    return asyncio.run(last())


def read(
    session: Session, refit: Refit, goal: int | None = None, problem: str = "", seconds_left: float | None = None
) -> RefittingReadout:
    """The readout; the lowest loss possible was reached, unless the session knows another."""
    findings = session.findings
    session = session.with_findings(best_fits=findings.best_fits or findings.lower_bounds)
    return read_refitting(session, refit, 0, RefitTraining(4000, goal, seconds_left, problem))


def ended(refit: Refit, p: Parameters, before: Parameters | None = None) -> Refit:
    """The refit as if every network of either kind had ended there; before: the unchanged ones, None where they were."""

    def batch(old: Batch, p: Parameters) -> Batch:
        values = np.tile(values_of(p), (len(old), 1))
        x, y = refit.problem.dataset.x, refit.problem.dataset.y
        losses = np.full(len(old), refit.problem.network.loss(p, x, y))
        return replace(old, values=values, step=10, losses=losses, past={9: losses})

    return replace(refit, batch=batch(refit.batch, p), batch_before=batch(refit.batch_before, before or refit.before))


def of_points(p: Parameters, *points: tuple[float, float]) -> Session:
    """A session with these data and parameters, everything free."""
    x, y = np.array(points, np.float64).T
    none = np.zeros(p.units, np.bool_)
    domain, free = (float(x.min()), float(x.max())), Locks(none, none, none, False)
    return open_session(replace(SOLVED.scenario, dataset=Dataset(x, y), domain=domain, start=p, locks=free, exercise=None))
