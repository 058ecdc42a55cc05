"""What the screens show of the networks that a scenario may have."""

from relutui.scenario.scenario import Scenario


def why_not_shown(scenario: Scenario) -> str | None:
    """Why the app cannot open a scenario, which everything else can do; None if it can."""
    if not scenario.network.deeper:
        return None
    layers = " and ".join(filter(None, [", ".join(map(str, scenario.start.sizes[:-1])), str(scenario.start.sizes[-1])]))
    return (
        f"{scenario.name}: {len(scenario.start.sizes)} hidden layers of {layers} units, which the app does not show yet; "
        "relutui train, sweep, check, share and export do, and Python"
    )
