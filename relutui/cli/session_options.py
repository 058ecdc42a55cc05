"""A scenario, and a session on it, with the options that the app and the commands have in common."""

import argparse

from relutui.exchange.kinds import PICKLES, READ
from relutui.scenario.library import load_named
from relutui.scenario.scenario import Scenario, ScenarioError
from relutui.session.session import Session, open_session


def load_scenario(options: argparse.Namespace, name: str) -> Scenario:
    """Load a scenario, with the options' number of units, kind of random starts and training settings.

    Another than the options name, to which the app leads, keeps its units if it lists them.  Raises ScenarioError.
    """
    scenario, units = _opened(name), getattr(options, "units", None)
    if units and not scenario.init.units:
        if name == options.scenario:
            raise ScenarioError(
                f"{scenario.name}: --units is for scenarios that draw their units ([init] units); this one lists them"
            )
        units = None
    how = options.optimizer, options.learning_rate, options.momentum
    return scenario.with_overrides(units, *how, options.scale, options.weight_decay, options.scheme)


def open_scenario(options: argparse.Namespace, name: str) -> Session:
    """Open a session on the named scenario, with the options' settings and seed.  Raises ScenarioError."""
    return open_session(load_scenario(options, name), seed=options.seed)


def _opened(name: str) -> Scenario:
    if not name.lower().endswith((*READ, *PICKLES)):
        return load_named(name)
    from relutui.exchange.opening import open_named  # which only such files need

    return open_named(name)
