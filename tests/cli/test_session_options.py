"""The options that the app and the commands have in common, and the scenarios that the app leads to."""

from argparse import Namespace

import pytest

from relutui.cli.session_options import load_scenario, open_scenario
from relutui.scenario.library import find, load
from relutui.scenario.scenario import ScenarioError

OPTIONS = Namespace(
    scenario="lab-free",
    seed=None,
    units=5,
    optimizer="adam",
    learning_rate=0.5,
    momentum=None,
    batch=None,
    weight_decay=None,
    scheme=None,
    scale=None,
    x=None,
    y=None,
    missing=None,
)


def test_another_scenario_that_lists_its_units_keeps_them() -> None:
    listed, drawn = load_scenario(OPTIONS, "lab"), load_scenario(OPTIONS, "lab-free")
    assert (listed.start, drawn.start.units) == (load(find("lab")).start, 5)
    assert listed.settings.learning_rate == drawn.settings.learning_rate == 0.5


def test_of_the_scenario_that_is_named_they_are_refused() -> None:
    with pytest.raises(ScenarioError, match="this one lists them"):
        open_scenario(Namespace(**vars(OPTIONS) | {"scenario": "lab"}), "lab")
