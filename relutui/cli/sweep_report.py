"""What `relutui sweep` prints: the tables, or JSON."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from relutui.cli.scale_json import as_json as scale_as_json
from relutui.lib.arrays import Array
from relutui.lib.number_text import finite, loss_text
from relutui.lib.safe_text import sanitize_line
from relutui.model.complexity import effective_pieces, norms
from relutui.model.dataset import scaling_advice
from relutui.model.scale import name_of_loss
from relutui.model.trainer import Device
from relutui.scenario.scale_text import scale_text
from relutui.study.best_network import BestKnown
from relutui.study.grid import NAMES, Name, value_of
from relutui.study.outcomes import EVERY_OUTCOME, OUTCOMES
from relutui.study.sweep import Sweep
from relutui.study.sweep_results import Result

QUANTILES = (0.1, 0.5, 0.9)
NETWORKS_AT_ONCE = 2**16  # networks whose complexity is computed together, which bounds the memory
HEADINGS: dict[Name, str] = {name: name for name in NAMES} | {"learning_rate": "rate", "weight_decay": "decay"}


@dataclass(frozen=True)
class Report:
    """What was finished of a sweep; trouble: why it ended before all was.

    known: of the best loss of each of its numbers of units, where that was computed.
    """

    sweep: Sweep
    device: Device | None
    results: tuple[Result, ...]
    known: tuple[BestKnown | None, ...]
    seconds: float
    trouble: str

    @property
    def finished(self) -> int:
        """The number of networks that were finished."""
        return sum(map(len, self.results))

    def best_known(self, result: Result) -> BestKnown | None:
        """What is known of the best loss of a result's number of units."""
        return self.known[self.sweep.units.index(result.cell.units)]


def as_json(report: Report) -> dict[str, object]:
    """The one object that --json prints."""
    return json_head(report) | {"units": [json_entry(report, result) for result in report.results]}


def json_head(report: Report) -> dict[str, object]:
    """What the object says of the whole."""
    planned = report.sweep
    return {
        "scenario": planned.scenario.name,
        "device": report.device.name if report.device else None,
        **scale_as_json(planned.scenario.dataset.scale),
        "steps": planned.steps,
        "below": planned.below,
        "seconds": report.seconds,
    }


def json_entry(report: Report, result: Result) -> dict[str, object]:
    """What the object says of a cell."""
    known = report.best_known(result)
    varied = [varied.name for varied in report.sweep.vary]
    told = [name for name in report.sweep.told if name != "units" and name in (*varied, "learning_rate")]
    return {
        "units": value_of(result.cell, "units"),
        **{name: value_of(result.cell, name) for name in told},
        "seeds": len(result),
        "success": result.success,
        "quantiles": {str(share): finite(result.quantile(share)) for share in QUANTILES},
        "best": finite(result.best),
        "best_possible": known.bound if known else None,
        "best_fit": known.fit if known else None,
        "best_network": min(known.network, result.best) if known and known.network is not None else None,
        "outcomes": result.counts(),
        **_complexity(report, result),
    }


def _complexity(report: Report, result: Result) -> dict[str, object]:
    """The quantiles of the effective pieces and norms of the networks that did not diverge; nothing without parameters."""
    if not len(result.parameters):
        return {}
    network, x = report.sweep.scenario.network, report.sweep.scenario.dataset.x
    each: dict[str, list[Array]] = {"effective_pieces": [], "sum_abs_vw": [], "sum_squares": []}
    size = NETWORKS_AT_ONCE * result.cell.parameters
    for first in range(0, len(result.parameters), size):
        rows = np.asarray(result.parameters[first : first + size]).reshape(-1, result.cell.parameters)
        rows = rows[np.isfinite(rows).all(axis=1)]
        w, b, v = (rows[:, field::3] for field in (1, 2, 3))
        pieces = effective_pieces(network, w, b, v, x).astype(np.float64) if network.kinked else np.empty(0)
        for found, values in zip(each.values(), (pieces, *norms(w, b, v))):
            found.append(values)
    return {name: _quantiles(np.concatenate(found)) for name, found in each.items()}


def _quantiles(values: Array) -> dict[str, float] | None:
    if not len(values):
        return None
    return {str(share): float(np.quantile(values, share, method="inverted_cdf")) for share in QUANTILES}


def describe(report: Report, command: str) -> None:
    """Print the tables of a sweep; command: what opens a start in the app."""
    planned = report.sweep
    print(f"{headline(planned)}\n")
    head, *cells = cell_columns(planned, report.results)
    lowest = f"{sweep_loss_name(planned)} 10 %"
    print(f"{head}   seeds      success {lowest:>9}    median      90 %      best     bound")
    for cell, result in zip(cells, report.results):
        tenth, *others = (loss_cell(n) for n in [*(result.quantile(share) for share in QUANTILES), result.best])
        losses = " ".join([f"{tenth:>{max(len(lowest), 9)}}", *(f"{loss:>9}" for loss in others)])
        bound = known.bound if (known := report.best_known(result)) else None
        print(f"{cell} {len(result):>7,} {success_cell(result):>12} {losses} {loss_cell(bound):>9}")
    if any(report.known):
        print("bound: no curve with so many bends goes below it; units may not reach it")
    counts = [result.counts() for result in report.results]
    whole = planned.steps and not planned.vary
    outcomes = [
        outcome for outcome in EVERY_OUTCOME if (outcome in OUTCOMES and whole) or any(each.get(outcome) for each in counts)
    ]
    widths = [max(len(outcome), 5) + 2 for outcome in outcomes]
    print(f"\n{head}" + "".join(f"{outcome:>{width}}" for outcome, width in zip(outcomes, widths)))
    for cell, each in zip(cells, counts):
        print(cell + "".join(f"{each[outcome]:>{width},}" for outcome, width in zip(outcomes, widths)))
    if not any(result.cell.layers for result in report.results):  # which the app does not show yet
        print(f"\n{sanitize_line(command)} opens a start in the app")
    print_end(report)


def print_end(report: Report) -> None:
    """Print what comes last: advice, and how long it took on what."""
    scenario = report.sweep.scenario
    if scenario.dataset.scale.changes:
        print(f"\nlosses are scaled: {scale_text(scenario)}")
    if scaling := scaling_advice(scenario.dataset):
        print(f"\n{scaling}")
    advice = f"; {report.device.advice}" if report.device and report.device.advice else ""
    print(f"\nin {report.seconds:.2f} s on {report.device}{advice}")


def sweep_loss_name(planned: Sweep) -> str:
    """What the loss of a sweep is called, as in MSE, or scaled MSE."""
    return name_of_loss(planned.settings.loss, planned.scenario.dataset.scale)


def headline(planned: Sweep) -> str:
    """Say what all networks have in common: "lab: 4,000 steps of adam at learning rate 0.02; ...", without what is varied."""
    settings, varied = planned.settings, {varied.name for varied in planned.vary}
    said = f"{planned.steps:,} steps"
    if "optimizer" not in varied:
        said += f" of {settings.optimizer}"
    if "learning_rate" not in varied:
        said += " at learning rate auto" if settings.automatic_rate else f" at learning rate {settings.learning_rate:g}"
    if settings.weight_decay and "weight_decay" not in varied:
        said += f" and weight decay {settings.weight_decay:g}"
    if "batch" not in varied and settings.batch and settings.batch < (points := len(planned.scenario.dataset)):
        said += f", batch {settings.batch} of {points:,}"
    return f"{planned.scenario.name}: {said}; solved: {sweep_loss_name(planned)} below {planned.below:g}"


def cell_columns(planned: Sweep, results: Sequence[Result]) -> list[str]:
    """The columns of what is varied: their headings, and a row for each result."""
    names = planned.told
    rows = [[HEADINGS[name] for name in names], *([str(value_of(result.cell, name)) for name in names] for result in results)]
    widths = [max(map(len, column)) for column in zip(*rows)]
    return [" ".join(f"{text:>{width}}" for text, width in zip(row, widths)) for row in rows]


def loss_cell(loss: float | None) -> str:
    """Write a loss in a cell of the table."""
    if loss is None:
        return "-"
    return loss_text(loss) if math.isfinite(loss) else "diverged"


def success_cell(result: Result) -> str:
    """Write the success rate with its standard error, rounded as that calls for; counts where none or all succeeded."""
    if result.success in (0.0, 1.0):
        return f"{result.counts()['solved']:,} of {len(result):,}"
    digits = 0 if result.error >= 0.01 else 1
    return f"{100 * result.success:.{digits}f} % ± {100 * result.error:.{digits}f}"
