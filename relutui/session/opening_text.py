"""What is said as a scenario opens: how its points were read, and what training does badly on them."""

from relutui.lib.safe_text import sanitize_line
from relutui.scenario.scenario import Scenario
from relutui.session.scaling_hint import scaling_hint


def opening_text(scenario: Scenario) -> str:
    """Return the lines to say; empty if there is nothing."""
    csv, lines = scenario.target.csv, list[str]()
    if csv and csv.said and not scenario.intro:
        lines.append(f"{sanitize_line(csv.file.path.name)}: {csv.said}")
        lines += ["x and y are scaled for training; % takes that off"] if scenario.dataset.scale.changes else []
    return "\n".join(filter(None, [*lines, scaling_hint(scenario.dataset)]))
