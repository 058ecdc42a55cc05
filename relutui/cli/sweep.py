"""`relutui sweep`: trains many random starts without a screen."""

import argparse
import json
from dataclasses import replace
from functools import partial
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

from relutui.cli.configuration import device_of
from relutui.cli.session_options import load_scenario, print_reading
from relutui.cli.sweep_report import Report, as_json, describe
from relutui.cli.sweep_run import conduct
from relutui.cli.usage import UsageError, extra, new_file
from relutui.cli.vary_option import LETTERS, command, read_vary
from relutui.engine.engine import Engine
from relutui.lib.cores import available_cores
from relutui.session.settings_edits import why_no_training
from relutui.study.grid import Name, Value, Varied, value_of_sizes
from relutui.study.halving import Run
from relutui.study.sweep import Sweep, bound, of_units
from relutui.study.sweep_results import Ledger

if TYPE_CHECKING:
    from relutui.cluster.client import Cluster

MAX_CELLS = 1000  # rows of the table, each with the seeds of a sweep


def sweep(options: argparse.Namespace) -> int:
    """Train every start, write the CSV if asked to, and print what became of them; 1 if training failed, 130 or the like if a
    signal ended it.
    """
    if options.parameters and not options.csv:
        raise UsageError("--parameters are columns of a file: name it by --csv")
    planned = replace(plan(options, read_vary(options), options.seeds), parameters=options.parameters)
    computer, run = _computer(options, planned)
    drawn = _plot_file(options, planned)

    def show(report: Report) -> None:
        try:
            if drawn and report.finished == planned.networks:
                _plot(report, drawn)
        finally:
            if options.json:
                print(json.dumps(as_json(report)))
            elif report.results:
                describe(report, command(options, _letters(planned)))
                if options.plot == "":
                    _plot(report, None)

    ledger = Ledger(planned.cells, planned.seeds, planned.parameters)
    return conduct(options, planned, planned.networks, ledger, computer, run, show)


def _letters(planned: Sweep) -> dict[Name, str]:
    """The letter of each option that opens a start, for what differs between the cells or is told of each."""
    varied = [varied.name for varied in planned.varied]
    return {name: LETTERS[name] for name in planned.told if name in (*varied, "learning_rate")}


def _plot_file(options: argparse.Namespace, planned: Sweep) -> Path | None:
    """The file that --plot names, if any; the sweep has to be one that can be drawn.  Raises UsageError and OSError."""
    if options.plot is None:
        return None
    from relutui.cli.sweep_plot import check_plot  # which takes what draws the screen

    check_plot(planned)
    if options.plot:
        return new_file("--plot", options.plot, ".svg")
    if options.json:
        raise UsageError("--plot beside --json needs a file: --plot FILE.svg")
    return None


def _plot(report: Report, file: Path | None) -> None:
    """Draw what was finished, in the file or on standard output.  Raises OSError."""
    from relutui.cli.sweep_plot import picture_of, print_picture, write_picture

    if file:
        write_picture(picture_of(report), file)
    else:
        print_picture(picture_of(report))


def plan(options: argparse.Namespace, vary: tuple[Varied, ...], seeds: int) -> Sweep:
    """The sweep that options describe, with what is varied and so many seeds.  Raises UsageError and ScenarioError."""
    scenario = load_scenario(options, options.scenario)
    print_reading(scenario)
    if why := why_no_training(scenario.network):
        raise UsageError(f"{scenario.name}: {why}")
    units: tuple[Value, ...] | None = options.unit_counts or dict(vary).get("units")
    if units and not scenario.init.units:
        option = "--units" if options.unit_counts else "--vary units="
        raise UsageError(f"{option} is for scenarios that draw their units ([init] units); {scenario.name} lists them")
    numbers, vary = of_units(units or (value_of_sizes(scenario.start.sizes),), vary)
    first = scenario.init.seed if options.seed is None else options.seed
    planned = Sweep(
        scenario,
        scenario.settings,
        units=numbers,
        seeds=range(first, first + seeds),
        steps=options.steps,
        below=options.below or bound(scenario, scenario.settings),
        vary=vary,
    )
    if (number := prod(len(values) for _, values in planned.grid)) > MAX_CELLS:
        raise UsageError(f"--vary: expected at most {MAX_CELLS:,} combinations, got {number:,}")
    if "momentum" in dict(vary) and not any(cell.settings.optimizer == "momentum" for cell in planned.cells):
        optimizers = ", ".join(map(str, dict(vary).get("optimizer", [scenario.settings.optimizer])))
        raise UsageError(f"--vary momentum= is for the optimizer momentum, and this is {optimizers}")
    if getattr(options, "parameters", False) and any(cell.layers for cell in planned.cells):
        raise UsageError("--parameters is for networks of one hidden layer")
    return planned


def _computer(options: argparse.Namespace, planned: Sweep) -> "tuple[Engine | Cluster, Run]":
    """What trains, the engine here or a cluster; and what runs the missing chunks of the sweep on it."""
    if not options.cluster:
        if options.cluster_tls or options.mixed:
            raise UsageError("--cluster-tls and --mixed are for --cluster")
        engine = Engine(device_of(options), workers=options.workers or available_cores())
        return engine, partial(planned.run, engine)
    if options.device or options.workers:
        raise UsageError("--device and --workers are for this machine; each worker of a cluster has its own device")
    with extra("a cluster", "cluster"):
        from relutui.cluster.address import read_address
        from relutui.cluster.client import Cluster
    cluster = Cluster(read_address(options.cluster, options.cluster_tls), options.mixed)
    return cluster, partial(cluster.run, planned)
