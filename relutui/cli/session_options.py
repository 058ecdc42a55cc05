"""A scenario, and a session on it, with the options that the app and the commands have in common."""

import argparse

from relutui.scenario.library import find, load
from relutui.scenario.scenario import Scenario, ScenarioError
from relutui.session.session import Session, open_session


def load_scenario(options: argparse.Namespace, name: str) -> Scenario:
    """Load the named scenario, with the options' number of units and training settings.  Raises ScenarioError."""
    scenario, units = load(find(name)), getattr(options, "units", None)
    if units and not scenario.init.units:
        raise ScenarioError(
            f"{scenario.name}: --units is for scenarios that draw their units ([init] units); this one lists them"
        )
    return scenario.with_overrides(units, options.optimizer, options.learning_rate)


def open_scenario(options: argparse.Namespace, name: str) -> Session:
    """Open a session on the named scenario, with the options' settings and seed.  Raises ScenarioError."""
    return open_session(load_scenario(options, name), seed=options.seed)
