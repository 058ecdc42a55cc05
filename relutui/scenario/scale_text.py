"""Numbers in the data's own units as text, in digits that suit the data; and how they follow from the scaled ones."""

from relutui.lib.number_text import format_x
from relutui.scenario.scenario import Scenario


def x_number(scenario: Scenario, x: float, more: int = 0) -> str:
    """Format an x, in digits that suit the domain; more: digits beyond these."""
    low, high = map(scenario.dataset.scale.x.own, scenario.domain)
    return format_x(x, (low, high), more)


def y_number(scenario: Scenario, y: float, more: int = 0) -> str:
    """Format a y, in digits that suit the range of y; more: digits beyond these."""
    data = scenario.dataset
    lowest, highest = data.scale.y.own(float(data.y.min())), data.scale.y.own(float(data.y.max()))
    return format_x(y, (lowest, highest), more)


def scale_text(scenario: Scenario) -> str:
    """Say how x and y follow from the scaled ones."""
    (shift, width), (below, height) = scenario.dataset.scale
    x = f"x = {x_number(scenario, shift)} + {x_number(scenario, width)} × scaled x"
    return f"{x}, y = {y_number(scenario, below)} + {y_number(scenario, height)} × scaled y"
