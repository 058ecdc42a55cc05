"""What the gallery shows of a scenario before it is opened."""

from typing import NamedTuple

from relutui.lib.arrays import Array
from relutui.scenario.scenario import Scenario


class PreviewReadout(NamedTuple):
    """The points, the summary and the facts of a scenario; `scattered`: they are no curve."""

    x: Array
    y: Array
    scattered: bool
    summary: str
    facts: str


MAX_JOINED_POINTS = 20  # points; of so few a line shows the shape better than dots do


def read_preview(scenario: Scenario) -> PreviewReadout:
    """What the gallery shows of the scenario."""
    data, units = scenario.dataset, scenario.start.units
    facts = [f"{units} {'unit' if units == 1 else 'units'}", f"{len(data)} {'point' if len(data) == 1 else 'points'}"]
    facts += [scenario.network.activation] if scenario.network.activation != "relu" else []
    facts += [f"{scenario.network.output_activation} on the output"] if scenario.network.output_activation != "identity" else []
    facts += ["exercise"] if scenario.exercise else []
    return PreviewReadout(
        x=data.x,
        y=data.y,
        scattered=bool(scenario.target.noise or scenario.target.points) and len(data) > MAX_JOINED_POINTS,
        summary=scenario.summary,
        facts="   ".join(facts),
    )
