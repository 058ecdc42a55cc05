"""Many random starts at once, from another program: what became of each."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from relutui.api.background import run
from relutui.api.options import check_options, check_whole, open_scenario, plain
from relutui.engine.engine import Engine
from relutui.lib.arrays import Array
from relutui.lib.number_text import loss_text
from relutui.scenario.csv_choice import Column, Missing
from relutui.scenario.sections import MAX_SEED
from relutui.session.settings_edits import why_no_training
from relutui.study.grid import NAMES, Name, Value, Varied, value_of, value_of_sizes
from relutui.study.outcomes import Outcome, outcomes_of
from relutui.study.sweep import Sweep, bound, of_units
from relutui.study.sweep_results import Ledger, Result


@dataclass(frozen=True, eq=False)
class Starts:
    """The random starts of one combination of what was varied.

    values: the combination, by name; seeds: of the starts; losses: of shape (seeds,), inf where training diverged; outcomes:
    what became of each, in the words of the manual ("solved", "dead units", ...).
    """

    values: Mapping[str, Value]
    seeds: range
    losses: Array
    outcomes: tuple[Outcome, ...]

    @property
    def success(self) -> float:
        """The share of the starts that were solved, from 0 to 1."""
        return self.outcomes.count("solved") / len(self.outcomes)

    @property
    def best_seed(self) -> int:
        """The seed of the lowest loss: `load` with it, then `train` for as many steps, leads there, or to where
        the loss falls below the scenario's stop_below.
        """
        return self.seeds[int(np.argmin(self.losses))]

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value}" for name, value in self.values.items())
        solved = f"{self.outcomes.count('solved'):,} of {len(self.outcomes):,} solved"
        return f"<relutui.Starts {values}: {solved}, median {loss_text(float(np.median(self.losses)))}>"


def sweep(
    name: str | os.PathLike[str],
    *,
    seeds: int,
    steps: int,
    vary: Mapping[str, Sequence[Value | tuple[int, ...]]] | None = None,
    first_seed: int | None = None,
    below: float | None = None,
    x: Column | None = None,
    y: Column | None = None,
    missing: Missing = "refuse",
) -> tuple[Starts, ...]:
    """Train so many random starts for so many steps, of each combination of what is varied, in the order given.

    vary: values by name: units (a tuple for those of each of several hidden layers), learning_rate, optimizer, momentum,
    weight_decay, batch, scheme, scale.
    first_seed: the scenario's if None; below: the loss below which a network is solved, as `relutui sweep` has it if None;
    x, y, missing: as in `load`.
    Raises ScenarioError, ValueError for what cannot be swept, and TrainerUnavailable.
    """
    if vary is not None and not isinstance(vary, Mapping):
        raise ValueError(f"vary: expected lists of values by name, as in {{'units': [2, 3]}}, got {vary!r}")
    for key, values in (vary or {}).items():
        if isinstance(values, str) or not isinstance(values, Iterable):
            raise ValueError(f"vary: expected a list of values of {key}, got {values!r}")
    grid = tuple(Varied(cast(Name, key), tuple(map(plain, values))) for key, values in (vary or {}).items())
    for key, values in grid:
        if key not in NAMES or not values:
            raise ValueError(f"vary: expected values of {', '.join(NAMES)}, got {key}={list(values)}")
        for value in values:
            check_options({key: value})
            if values.count(value) > 1:
                raise ValueError(f"vary: expected different values of {key}, got {value!r} twice")
            if value is None or value == "auto":
                raise ValueError(f"vary: expected values to train with, got {key}={value}")
    grid = tuple(
        Varied(name, tuple(value_of_sizes(tuple(value)) if isinstance(value, list) else value for value in values))
        for name, values in grid
    )
    check_whole("seeds", seeds, 1)
    check_whole("steps", steps, 0)
    if below is not None and not (isinstance(plain(below), int | float) and below > 0.0):
        raise ValueError(f"below: expected a number above 0, got {below!r}")
    scenario = open_scenario(name, x=x, y=y, missing=missing, seed=first_seed)
    if why := why_no_training(scenario.network):
        raise ValueError(f"{scenario.name}: {why}")
    units, grid = of_units(dict(grid).get("units", (value_of_sizes(scenario.start.sizes),)), grid)
    if "units" in dict(grid) and not scenario.init.units:
        raise ValueError(f"units is for scenarios that draw their units ([init] units); {scenario.name} lists them")
    first = scenario.init.seed if first_seed is None else first_seed
    if first + seeds - 1 > MAX_SEED:
        raise ValueError(f"first_seed: expected at most {MAX_SEED - seeds + 1} for {seeds} seeds, got {first}")
    settings = scenario.settings
    solved_below = bound(scenario, settings) if below is None else below
    planned = Sweep(scenario, settings, units, range(first, first + seeds), steps, solved_below, vary=grid)
    return tuple(_starts(planned, result) for result in run(lambda engine: _results(planned, engine)))


async def _results(planned: Sweep, engine: Engine) -> tuple[Result, ...]:
    ledger = Ledger(planned.cells, planned.seeds)
    async for progress in planned.run(engine):
        if progress.finished:
            ledger.enter(*progress.finished)
    return ledger.results()


def _starts(planned: Sweep, result: Result) -> Starts:
    names = dict.fromkeys((*dict(planned.grid), *planned.told))
    values: dict[str, Value] = {name: value_of(result.cell, name) for name in names}
    outcomes = cast("tuple[Outcome, ...]", outcomes_of(np.asarray(result.outcomes)))
    return Starts(values, planned.seeds, np.asarray(result.losses), outcomes)
