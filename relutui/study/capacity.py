"""How good n units can be: the lowest loss that their kinks allow, and the losses that random starts reach."""

from dataclasses import dataclass

import numpy as np

from relutui.model.values import values_of
from relutui.session.findings import BestFound
from relutui.session.session import Session, as_scenario
from relutui.study.sweep import MAX_BOUND_KINKS, Sweep, bound
from relutui.study.sweep_results import Result


@dataclass(frozen=True)
class Capacity:
    """What is known so far of how the loss depends on the number of units.

    possible: the MSE that none goes below with 0, 1, 2, ... kinks; best_fits, best_networks: the lowest found with these kinks,
    and of networks of these units; results: of the sweep, for the first of its numbers of units.
    """

    session: Session
    numbers: tuple[int, ...]  # of units
    sweep: Sweep
    possible: tuple[float, ...]
    results: tuple[Result, ...] = ()
    best_fits: tuple[float, ...] = ()
    best_networks: tuple[float, ...] = ()

    @property
    def kinks(self) -> int:
        """The largest number of kinks whose lowest MSE is wanted; -1 for none."""
        return max(units for units in self.numbers if units <= MAX_BOUND_KINKS) if self.bounded else -1

    @property
    def bounded(self) -> bool:
        """Whether the lowest possible loss can be computed, the prediction being piecewise linear."""
        return self.sweep.scenario.network.straight

    @property
    def networks(self) -> bool:
        """Whether the lowest losses of networks are looked for: of any, so nothing may be locked in this one."""
        return self.bounded and not values_of(self.sweep.scenario.locks).any()

    @property
    def computed(self) -> bool:
        """Whether the losses beside those of the sweep are known."""
        return len(self.best_networks if self.networks else self.possible) > self.kinks

    @property
    def points(self) -> int:
        """The factor from an MSE to the loss of the sweep: 1, or the number of points where the loss is a sum."""
        return 1 if self.sweep.settings.loss == "mse" else len(self.session.dataset)

    def record_findings(self) -> Session:
        """The session with the lowest possible losses and the best losses found."""
        known = self.session.findings
        session = self.session.with_findings(
            lower_bounds=max(known.lower_bounds, self.possible, key=len),
            best_fits=max(known.best_fits, self.best_fits, key=len),
            best_networks=max(known.best_networks, self.best_networks, key=len),
        )
        for result in self.results:
            if np.isfinite(result.best):
                p, problem = self.sweep.start(result.cell)
                session = session.with_best_found(BestFound.of(problem, p, result.best))
        return session


def begin(session: Session, most: int, seeds: int, steps: int) -> Capacity:
    """Begin with nothing measured, for 1 to `most` units and the present number of them.

    Where the scenario lists its units only the present number is trained, with its locks, and where no bound can be computed
    either, it is the only number.
    """
    state, init = session.state, session.scenario.init
    present = (state.parameters.units,)
    several = tuple(sorted({*range(1, most + 1), *present}))
    scenario = as_scenario(session, session.scenario.name)
    measured = several if init.units else present
    below = bound(scenario, state.settings)
    sweep = Sweep(scenario, state.settings, measured, range(init.seed, init.seed + seeds), steps, below)
    known, numbers = session.findings, several if state.network.straight else measured
    return Capacity(session, numbers, sweep, known.lower_bounds, (), known.best_fits, known.best_networks)
