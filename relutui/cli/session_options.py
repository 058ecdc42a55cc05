"""A scenario, and a session on it, with the options that the app and the commands have in common."""

import argparse
import os
import sys
from pathlib import Path

from relutui.exchange.kinds import PICKLES, READ
from relutui.lib.safe_text import quote_value, sanitize_line
from relutui.scenario.csv_choice import NOTHING_CHOSEN, CsvChoice
from relutui.scenario.library import load_named, shipped
from relutui.scenario.scenario import Scenario, ScenarioError
from relutui.scenario.share_string import is_share_string
from relutui.session.session import Session, open_session


def load_scenario(options: argparse.Namespace, name: str, choice: CsvChoice | None = None) -> Scenario:
    """Load a scenario, with the options' number of units, kind of random starts and training settings.

    choice: what is chosen of a CSV file, in the place of what the options choose of the one they name.

    Another than the options name, to which the app leads, keeps its units if it lists them.  Raises ScenarioError.
    """
    scenario, units = open_named(name, choice or _choice(options, name)), getattr(options, "units", None)
    if units and not scenario.init.units:
        if name == options.scenario:
            raise ScenarioError(
                f"{scenario.name}: --units is for scenarios that draw their units ([init] units); this one lists them"
            )
        units = None
    how = options.optimizer, options.learning_rate, options.momentum
    return scenario.with_overrides(units, *how, options.scale, options.weight_decay, options.scheme, options.batch)


def open_scenario(options: argparse.Namespace, name: str, choice: CsvChoice | None = None) -> Session:
    """Open a session on the named scenario, with the options' settings and seed.  Raises ScenarioError like load_scenario."""
    return open_session(load_scenario(options, name, choice), seed=options.seed)


def open_in_browser(options: argparse.Namespace, name: str, choice: CsvChoice | None = None) -> Session:
    """Open a session as open_scenario does, of what is not a file of the server: but what it serves, and what was uploaded.

    What was uploaded lies in the present folder.
    """
    is_uploaded = Path(name).absolute().parent == Path.cwd() and not os.path.islink(name)
    if not (is_uploaded or name == options.scenario or name in shipped() or is_share_string(name)):
        raise ScenarioError(f"{quote_value(name)}: expected a scenario or a share string; u opens a file of yours")
    return open_scenario(options, name, choice)


def csv_choice(options: argparse.Namespace) -> CsvChoice:
    """What the options choose of a CSV file."""
    return CsvChoice(options.x, options.y, "refuse" if options.missing is None else options.missing)


def _choice(options: argparse.Namespace, name: str) -> CsvChoice:
    return csv_choice(options) if name == options.scenario else NOTHING_CHOSEN


def print_reading(scenario: Scenario) -> None:
    """Print on standard error how the CSV file of a scenario was read, if it has one."""
    if (csv := scenario.target.csv) and csv.said:
        print(sanitize_line(f"{csv.file.path.name}: {csv.said}"), file=sys.stderr)


def open_named(name: str, choice: CsvChoice) -> Scenario:
    """Open a scenario by its name, a share string or a file of any kind.  Raises ScenarioError."""
    if not name.lower().endswith((*READ, *PICKLES)):
        return load_named(name, choice)
    from relutui.exchange import opening  # which only such files need

    return opening.open_named(name, choice=choice)
