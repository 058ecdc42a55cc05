"""The preview of a scenario in the gallery."""

from typing import NamedTuple

from relutui.lib.arrays import Array
from relutui.model.scale import UNSCALED, Scale
from relutui.scenario.scenario import Scenario


class Unread(NamedTuple):
    """Why a file that may be good is not drawn."""

    words: str


class PreviewReadout(NamedTuple):
    """The points, summary and facts of a scenario; x, y: of shape (points,), scattered: whether to draw them unconnected."""

    x: Array
    y: Array
    scattered: bool
    summary: str
    facts: str
    scale: Scale = UNSCALED


MAX_JOINED_POINTS = 20  # points; up to this many are always joined by lines, which show the shape better than dots


def read_preview(scenario: Scenario) -> PreviewReadout:
    """Compute the preview of a scenario."""
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
        scale=data.scale,
    )
