"""`relutui search`: finds a learning rate and an optimizer among many, by success, within a budget of steps."""

import argparse
import json
from collections.abc import Sequence
from functools import partial
from typing import cast

from relutui.cli.configuration import device_of
from relutui.cli.sweep import plan
from relutui.cli.sweep_report import (
    QUANTILES,
    Report,
    cell_columns,
    headline,
    json_entry,
    json_head,
    loss_cell,
    print_end,
    success_cell,
    sweep_loss_name,
)
from relutui.cli.sweep_run import conduct
from relutui.cli.usage import UsageError
from relutui.cli.vary_option import command, option_of, read_vary
from relutui.engine.engine import Engine
from relutui.lib.cores import available_cores
from relutui.lib.safe_text import sanitize_line
from relutui.model.training import OPTIMIZERS
from relutui.study.grid import NAMES, Name, Varied, value_of
from relutui.study.halving import Search, Standing, networks_of, rungs_of
from relutui.study.sweep_results import Cell, Ledger

GRID = (  # what is searched unless options say otherwise
    Varied("optimizer", OPTIMIZERS),
    Varied("learning_rate", (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)),
)


def search(options: argparse.Namespace) -> int:
    """Train rung by rung, write the CSV if asked to, and print how the settings stand; 1 if training failed, 130 or the like if
    a signal ended it.
    """
    planned = _plan(options)
    ledger = Ledger(planned.sweep.cells, planned.sweep.seeds)
    engine = Engine(device_of(options), workers=options.workers or available_cores())

    def show(report: Report) -> None:
        standings = planned.standings(ledger)
        if options.json:
            print(json.dumps(_as_json(planned, report, standings)))
        elif standings:
            _describe(planned, report, standings, options)

    run = partial(planned.sweep.run, engine)
    return conduct(options, planned.sweep, planned.networks, ledger, engine, lambda _: planned.run(run, ledger), show)


def _plan(options: argparse.Namespace) -> Search:
    asked = read_vary(options)
    given = [varied.name for varied in asked]
    vary = *(each for each in GRID if each.name not in given and option_of(options, each.name) is None), *asked
    grid = plan(options, vary, seeds=1)
    settings = len(grid.cells)
    if settings < 2:
        raise UsageError("search: expected at least 2 settings, got 1: give --vary, or leave out an option")
    steps_of_one = options.steps * networks_of(rungs_of(settings, 1))  # for each seed of the first rung
    if not (seeds := options.seeds or options.budget // steps_of_one):
        raise UsageError(
            f"--budget {options.budget}: expected at least {steps_of_one}, for {settings} settings with 1 seed each at first"
        )
    rungs = rungs_of(settings, seeds)
    return Search(plan(options, vary, rungs[-1].seeds), rungs)


def _as_json(planned: Search, report: Report, standings: list[Standing]) -> dict[str, object]:
    """The one object that --json prints."""
    return json_head(report) | {
        "rungs": [rung._asdict() for rung in planned.rungs],
        "settings": [{"rung": rung} | json_entry(report, result) for rung, result in standings],
    }


def _describe(planned: Search, report: Report, standings: list[Standing], options: argparse.Namespace) -> None:
    """Print how the settings stand, and the best of them as TOML and as a command."""
    results = [result for _, result in standings]
    first, *further = planned.rungs
    halves = "".join(f", {rung.settings} with {rung.seeds:,}" for rung in further)
    print(headline(planned.sweep))
    print(f"rungs: {first.settings} settings with {first.seeds:,} seed{'s' * (first.seeds > 1)} each{halves}\n")
    head, *cells = cell_columns(planned.sweep, results)
    lowest = f"{sweep_loss_name(planned.sweep)} 10 %"
    print(f"rung {head}   seeds      success {lowest:>9}    median      90 %")
    for (rung, result), cell in zip(standings, cells):
        tenth, *others = (loss_cell(result.quantile(share)) for share in QUANTILES)
        losses = " ".join([f"{tenth:>{max(len(lowest), 9)}}", *(f"{loss:>9}" for loss in others)])
        print(f"{rung:>4} {cell} {len(result):>7,} {success_cell(result):>12} {losses}")
    best, varied = results[0], planned.sweep.varied
    so_far = "" if standings[0].rung == len(planned.rungs) else " so far"
    by = "" if best.success else "; none was solved, and the median loss decided"
    print(f"\nbest of the {len(results)} settings tried{so_far}, by {len(best):,} seeds{by}:\n")
    given = [name for name in NAMES if name in dict(varied) or option_of(options, name) is not None]
    print(_toml(best.cell, given))
    values = {name: str(value_of(best.cell, name)) for name in planned.sweep.told}
    if not best.cell.layers:  # which the app shows
        print(f"{sanitize_line(command(options, values))} opens a start in the app")
    rate, tried = best.cell.settings.learning_rate, cast("tuple[float, ...]", dict(varied).get("learning_rate", ()))
    if tried and rate in (min(tried), max(tried)):
        which = "lowest" if rate == min(tried) else "highest"
        print(f"its learning rate is the {which} of those tried; --vary learning_rate= tries others")
    print_end(report)


def _toml(cell: Cell, names: Sequence[Name]) -> str:
    """What of these a scenario file has to say to be trained like a cell."""
    tables = []
    for table, keys in (
        ("training", ("optimizer", "learning_rate", "momentum", "weight_decay", "batch")),
        ("init", ("units", "scheme", "scale")),
    ):
        values = {name: value_of(cell, name) for name in names if name in keys}
        texts = {name: json.dumps(cell.layers or value if name == "units" else value) for name, value in values.items()}
        if own := [f"{name} = {text}\n" for name, text in texts.items()]:
            tables.append("".join([f"[{table}]\n", *own]))
    return "\n".join(tables)
