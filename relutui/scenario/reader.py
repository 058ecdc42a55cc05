"""Reading a scenario from TOML: the scenario, or every problem of its file."""

import math
from pathlib import Path

import numpy as np

from relutui.lib.arrays import Array
from relutui.lib.safe_text import sanitize_line
from relutui.model.network import Network, Parameters
from relutui.model.training import Locks, free_locks
from relutui.scenario.ask_tables import read_asks
from relutui.scenario.scenario import (
    MAX_LAYERS,
    MAX_UNITS,
    VIEWS,
    Init,
    Scenario,
    ScenarioError,
    View,
    draw_units,
    scaled_domain,
    sizes_of_units,
    with_layers,
)
from relutui.scenario.sections import (
    parameter,
    read_exercise,
    read_init,
    read_network,
    read_settings,
    read_slope_at_kink,
    read_target,
    read_units,
)
from relutui.scenario.toml_table import (
    MAX_BYTES_WITH_ROWS,
    Invalid,
    Table,
    limit_of,
    one_of,
    prose,
    read_toml,
    short_lines,
    single_line,
)

INTRO_LINES, INTRO_COLUMNS = 3, 74  # what the message has room for at 80 columns, beside its margin


def parse(
    text: str | bytes, name: str, folder: Path | None, limit: int | None = MAX_BYTES_WITH_ROWS, source: str | None = None
) -> Scenario:
    """Parse the text of `name`.toml; its CSV file, if any, is in `folder`.  Raises ScenarioError with every problem.

    limit: the most bytes, whatever they are; None for what relutui itself wrote, however many points that has.
    source: what the problems call the text, where it is from no file.
    """
    name = sanitize_line(name)
    place = f"{source or f'{name}.toml'}: "
    problems: list[str] = []
    try:
        content = text.encode(errors="replace") if isinstance(text, str) else text
        root = Table(read_toml(content, None if limit is None else min(limit, limit_of(content))), place, problems)
    except Invalid as error:
        raise ScenarioError(*(f"{place}{message}" for message in error.args)) from None
    title = root.require("title", single_line(100, least=1), "")
    summary = root.read("summary", single_line(200), "")
    intro = root.read("intro", short_lines(INTRO_LINES, INTRO_COLUMNS), "")
    lesson = root.read("lesson", prose, "")
    view: View = root.read("view", one_of(VIEWS), "fit")
    data = read_target(root.table("target"), folder)
    init, network, start, locks = _read_start(root, data[1].x if data else np.zeros(1))
    settings = read_settings(root.table("training"))
    exercise = read_exercise(root.table("exercise")) if root.has("exercise") else None
    asks = read_asks(root, data[0].domain if data else (-math.inf, math.inf), 0 if start.deeper else start.units)
    root.close()
    if problems or data is None:
        raise ScenarioError(*problems)
    target, dataset = data
    return Scenario(
        *(name, title, summary, lesson, target, dataset, scaled_domain(target, dataset), network, start, locks, init, settings),
        exercise,
        *(intro, asks, view),
    )


def _read_start(root: Table, x: Array) -> tuple[Init, Network, Parameters, Locks]:
    """How random starts are drawn, the network, and its [[unit]] or [[layer]] tables, or else a start for points at x."""
    layers = root.tables("layer", first=1)
    if layers:
        return _read_layered(root, layers)
    table = root.table("network")
    network, bias, locked = read_network(table)
    units, init = root.tables("unit"), read_init(root.table("init"))
    hidden, given = len(sizes_of_units(init.units or 1)), len(network.layer_activations)
    if given not in (1, hidden):
        table.report(f"activation: expected {hidden}, one for each hidden layer, got {given}")
    network = with_layers(network, hidden)
    if bool(units) == bool(init.units):
        root.report(f"expected either [[unit]] or [init] units, got {'both' if units else 'neither'}")
    if len(units) > MAX_UNITS:
        root.report(f"unit: expected at most {MAX_UNITS}, got {len(units)}")
    if not units and bias and not locked:
        root.report("network: output_bias: expected 0 or a locked one, as [init] draws the start of a free one")
    if units:
        return init, network, *read_units(units, bias, locked)
    return init, network, *draw_units(init, init.units or 1, x, bias, locked, network)


def _read_layered(root: Table, layers: list[Table]) -> tuple[Init, Network, Parameters, Locks]:
    """The same of [[layer]] tables, beside which there is nothing else of a start; after a problem a network of a unit."""
    from relutui.scenario.layer_tables import read_layers  # which most scenarios do not need

    table = root.table("network")
    for name in ("activation", "output_activation", "output_bias", "lock_output_bias"):
        if table.has(name):
            table.skip(name)
            table.report(f"{name}: not beside [[layer]], whose tables say it of each layer")
    slope = read_slope_at_kink(table)
    table.close()
    init = read_init(root.table("init"))
    if len(layers) < 2:
        root.report("layer: expected at least 2, a hidden layer and the output, got 1")
    if len(layers) > MAX_LAYERS + 1:
        root.report(f"layer: expected at most {MAX_LAYERS + 1}, {MAX_LAYERS} hidden layers and the output, got {len(layers)}")
    for name, others in (("[[unit]]", root.has("unit")), ("[init] units", bool(init.units))):
        if others:
            root.skip("unit")
            root.report(f"expected either {name} or [[layer]], got both")
    nothing = np.zeros(1)
    read = read_layers(layers, parameter, slope)
    return init, *(read or (Network(), Parameters(nothing, nothing, nothing, 0.0), free_locks((1,))))
