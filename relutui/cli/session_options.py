"""What the app and the commands have in common: a scenario with options, and the engine."""

import argparse
from dataclasses import replace

from relutui.engine.engine import Engine
from relutui.scenario.library import find, load
from relutui.scenario.scenario import Scenario, ScenarioError, draw_units
from relutui.session.session import Session, open_session


def opened(options: argparse.Namespace, name: str) -> Session:
    """The session in which the named scenario begins, with the options' seed and training settings."""
    scenario = load(find(name))
    if getattr(options, "units", None):
        scenario = _with_units(scenario, options.units)
    settings = scenario.settings
    if options.optimizer:
        settings = replace(settings, optimizer=options.optimizer)
    if options.learning_rate:
        settings = replace(settings, learning_rate=options.learning_rate)
    return open_session(scenario, settings, options.seed)


def _with_units(scenario: Scenario, units: int) -> Scenario:
    """The same scenario with another number of drawn units."""
    if not scenario.init.units:
        raise ScenarioError(
            f"{scenario.name}: --units is for scenarios that draw their units ([init] units); this one lists them"
        )
    init = replace(scenario.init, units=units)
    start, locks = draw_units(init, units, scenario.start.c, scenario.locks.c)
    return replace(scenario, init=init, start=start, locks=locks)


def make_engine(device: str | None) -> Engine:
    """The engine, not yet opened."""
    return Engine(device)
