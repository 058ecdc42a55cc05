"""Reading a scenario from TOML: the scenario, or every problem of its file."""

import math
from pathlib import Path

import numpy as np

from relutui.lib.safe_text import sanitize_line
from relutui.scenario.ask_tables import read_asks
from relutui.scenario.scenario import MAX_UNITS, VIEWS, Scenario, ScenarioError, View, draw_units, scaled_domain
from relutui.scenario.sections import read_exercise, read_init, read_network, read_settings, read_target, read_units
from relutui.scenario.toml_table import MAX_BYTES, Invalid, Table, one_of, prose, read_toml, short_lines, single_line

INTRO_LINES, INTRO_COLUMNS = 3, 74  # what the message has room for at 80 columns, beside its margin


def parse(
    text: str | bytes, name: str, folder: Path | None, limit: int | None = MAX_BYTES, source: str | None = None
) -> Scenario:
    """Parse the text of `name`.toml; its CSV file, if any, is in `folder`.  Raises ScenarioError with every problem.

    limit: the most bytes; None for what relutui itself wrote, however many points that has.
    source: what the problems call the text, where it is from no file.
    """
    name = sanitize_line(name)
    place = f"{source or f'{name}.toml'}: "
    problems: list[str] = []
    try:
        root = Table(read_toml(text, limit), place, problems)
    except Invalid as error:
        raise ScenarioError(*(f"{place}{message}" for message in error.args)) from None
    title = root.require("title", single_line(100, least=1), "")
    summary = root.read("summary", single_line(200), "")
    intro = root.read("intro", short_lines(INTRO_LINES, INTRO_COLUMNS), "")
    lesson = root.read("lesson", prose, "")
    view: View = root.read("view", one_of(VIEWS), "fit")
    data = read_target(root.table("target"), folder)
    network, bias, bias_locked = read_network(root.table("network"))
    units, init = root.tables("unit"), read_init(root.table("init"))
    if bool(units) == bool(init.units):
        root.report(f"expected either [[unit]] or [init] units, got {'both' if units else 'neither'}")
    if len(units) > MAX_UNITS:
        root.report(f"unit: expected at most {MAX_UNITS}, got {len(units)}")
    if not units and bias and not bias_locked:
        root.report("network: output_bias: expected 0 or a locked one, as [init] draws the start of a free one")
    if units:
        start, locks = read_units(units, bias, bias_locked)
    else:
        start, locks = draw_units(init, init.units or 1, data[1].x if data else np.zeros(1), bias, bias_locked)
    settings = read_settings(root.table("training"))
    exercise = read_exercise(root.table("exercise")) if root.has("exercise") else None
    asks = read_asks(root, data[0].domain if data else (-math.inf, math.inf), start.units)
    root.close()
    if problems or data is None:
        raise ScenarioError(*problems)
    target, dataset = data
    return Scenario(
        *(name, title, summary, lesson, target, dataset, scaled_domain(target, dataset), network, start, locks, init, settings),
        exercise,
        *(intro, asks, view),
    )
