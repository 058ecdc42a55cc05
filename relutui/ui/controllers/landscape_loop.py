"""The loss landscape in the background: measured again when it is out of date, for a limited share of the time of a run."""

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from relutui.lib.arrays import Array
from relutui.lib.pacing import next_count
from relutui.model.dataset import Dataset
from relutui.model.network import same_bound
from relutui.model.trainer import Trainer, fault
from relutui.model.training import Locks, Problem, TrainingSettings
from relutui.ui.controllers.host import Host

if TYPE_CHECKING:
    from relutui.model.batch import Batch
    from relutui.model.landscape import Plane

MIN_REST_S = 0.25  # after a measurement
REST_PER_MEASUREMENT = 4  # the least rest after a measurement, in units of the time it took
MAX_SLICE_S = 0.05  # of one call of the trainer, so that training gets its turn
FIRST_SLICE_ACTIVATIONS = 2_000_000  # networks x units x points, before any slice was timed
MAX_SLICE_GROWTH = 4  # from one slice to the next: the time of the first may include a compilation


class LandscapeLoop:
    """Keeps the session's landscape up to date while it is the view, in one task of the event loop."""

    def __init__(self, trainer: Trainer, host: Host, clock: Callable[[], float] = time.perf_counter) -> None:
        self._trainer, self._host, self._clock = trainer, host, clock
        self._task: asyncio.Task[None] | None = None
        self._next_measurement = -np.inf
        self._failed = False
        self._compiled = False  # whether the first slice of all, which waits for the compilation, is done

    @property
    def busy(self) -> bool:
        """Whether a measurement is under way or about to be."""
        return self._task is not None and not self._task.done()

    def wake(self) -> None:
        """Start measuring if the landscape is out of date; after a failure, only once the view is opened again."""
        if self._host.session.view.name != "landscape":
            self._failed = False
        elif not self.busy and self._wanted_plane():
            self._task = asyncio.create_task(self._work())

    def _wanted_plane(self) -> "Plane | None":
        """Return the plane to measure, or None if it is that of the last landscape."""
        session = self._host.session
        if session.view.name != "landscape" or self._failed or session.state.network.deeper:
            return None
        from relutui.session import landscape_axes  # imported on demand: start-up time counts

        plane = landscape_axes.plane(session)
        return None if session.findings.landscape and session.findings.landscape.plane == plane else plane

    async def _work(self) -> None:
        try:
            while self._wanted_plane():
                await self._rest()
                if plane := self._wanted_plane():
                    await self._measure(plane)
        except Exception as error:  # a fault of ours or of the trainer, or no trainer: show it, and go on
            self._failed = True
            self._host.session = self._host.session.say(fault("measuring the landscape", error), error=True)

    async def _rest(self) -> None:
        """Leave the trainer to a run for its share of the time; without a run, return at once."""
        while self._host.session.running and (rest := self._next_measurement - self._clock()) > 0.0:
            await asyncio.sleep(min(rest, MIN_REST_S))

    async def _measure(self, plane: "Plane") -> None:
        """Measure the landscape of a plane slice by slice, until a different one is wanted."""
        from relutui.model.batch import Batch
        from relutui.model.landscape import COLUMNS, NETWORKS, ROWS, Landscape

        start, dataset = self._clock(), self._host.session.dataset
        problem = measurement_problem(plane, dataset)
        losses = np.empty(0)
        size = max(1, FIRST_SLICE_ACTIVATIONS // (len(plane.units) * len(problem.dataset)))
        while len(losses) < NETWORKS and self._is_wanted(plane, dataset):
            slice_start = self._clock()
            some = Batch.start(plane.networks(len(losses), len(losses) + size))
            losses = np.append(losses, await self._losses(some, problem))
            if not self._compiled:
                start, self._compiled = self._clock(), True
            size = next_count(len(some), self._clock() - slice_start, MAX_SLICE_S, MAX_SLICE_GROWTH * len(some))
        now = self._clock()
        self._next_measurement = now + max(MIN_REST_S, REST_PER_MEASUREMENT * (now - start))
        if self._is_wanted(plane, dataset):
            losses *= same_bound(1.0, "mse", plane.kind, len(dataset))
            self._host.session = self._host.session.with_findings(landscape=Landscape(plane, losses.reshape(ROWS, COLUMNS)))

    async def _losses(self, networks: "Batch", problem: Problem) -> Array:
        """Measure the loss of each network; the trainer knows no network that is not trained."""
        if problem.network.stepped:
            from relutui.model.gradient import losses_and_gradients

            return (await asyncio.to_thread(losses_and_gradients, problem, networks.values))[0]
        return (await self._trainer.train_batch(networks, problem, 0)).losses

    def _is_wanted(self, plane: "Plane", dataset: Dataset) -> bool:
        """Whether the session still wants a landscape over these parameters, units and data."""
        from relutui.session import landscape_axes

        session = self._host.session
        return session.dataset is dataset and landscape_axes.plane(session).alike(plane)


def measurement_problem(plane: "Plane", dataset: Dataset) -> Problem:
    """Return the problem whose loss after 0 steps measures a plane: always MSE, because the plane may hold fewer points."""
    x, y = plane.points(dataset.x, dataset.y)
    free = np.zeros(len(plane.units), np.bool_)
    return Problem(plane.network, Dataset(x, plane.targets(x, y)), Locks(free, free, free, False), TrainingSettings())
