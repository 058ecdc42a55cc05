"""`relutui import`: makes a scenario of a network of another program."""

from pathlib import Path

from relutui.cli.usage import UsageError, new_file
from relutui.exchange.kinds import PICKLES, READ
from relutui.exchange.opening import Given, open_named
from relutui.lib.safe_text import sanitize_line
from relutui.model.network import Activation
from relutui.scenario.scenario import Interval
from relutui.scenario.scenario_files import write


def import_file(
    name: str, output: str | None, activation: Activation | None, output_activation: Activation | None, domain: Interval | None
) -> int:
    """Write the scenario of a network to a new file, and say what it is."""
    source = Path(name)
    if source.suffix.lower() not in (*READ, *PICKLES):
        raise UsageError(f"{name}: expected a name that ends in {', '.join(READ)}")
    file = new_file("-o", output or f"{source.stem}.toml", ".toml")
    scenario = open_named(name, Given(activation, output_activation, domain))
    beside = write(scenario, file)
    for said in (scenario.summary, scenario.intro, beside):
        if said:
            print(sanitize_line(f"{file}: {said}"))
    return 0
