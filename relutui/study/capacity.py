"""How good so many units can be: what their kinks allow, and what training makes of random starts."""

from dataclasses import dataclass, replace

import numpy as np

from relutui.session.findings import BestFound
from relutui.session.session import Session, as_scenario
from relutui.study.sweep import MAX_BOUND_KINKS, Result, Sweep, bound


@dataclass(frozen=True)
class Capacity:
    """What is known so far: the lowest MSE with 0, 1, 2, ... kinks, and what became of the random starts of some of the sweep's
    numbers of units.
    """

    session: Session
    numbers: tuple[int, ...]  # of units
    sweep: Sweep
    possible: tuple[float, ...]
    results: tuple[Result, ...] = ()

    @property
    def kinks(self) -> int:
        """The most kinks whose error is wanted."""
        return max(units for units in self.numbers if units <= MAX_BOUND_KINKS) if self.bounded else -1

    @property
    def bounded(self) -> bool:
        """Whether what is possible is known."""
        return self.sweep.scenario.network.straight

    @property
    def points(self) -> int:
        """The points that the loss sums over; 1 where it is a mean."""
        return 1 if self.sweep.settings.loss == "mse" else len(self.session.dataset)

    def record_findings(self) -> Session:
        """The session, which now knows what is possible and what was found."""
        session = replace(self.session, possible=max(self.session.possible, self.possible, key=len))
        for result in self.results:
            if np.isfinite(result.best):
                p, problem = self.sweep.start(result.units)
                session = session.with_found(BestFound.of(problem, p, result.best))
        return session


def begin(session: Session, most: int, seeds: int, steps: int) -> Capacity:
    """Nothing measured yet, for 1 to `most` units and the present number, as far as there can be anything to know.

    Only the present units are trained where the scenario lists them; what is locked of them stays locked.
    """
    state, init = session.state, session.scenario.init
    present = (state.parameters.units,)
    several = tuple(sorted({*range(1, most + 1), *present}))
    scenario = as_scenario(session, session.scenario.name)
    measured = several if init.units else present
    below = bound(scenario, state.settings)
    sweep = Sweep(scenario, state.settings, measured, range(init.seed, init.seed + seeds), steps, below)
    return Capacity(session, several if state.network.straight else measured, sweep, session.possible)
