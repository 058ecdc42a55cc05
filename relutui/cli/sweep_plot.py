"""The picture of a sweep, in the terminal or as SVG: success and loss against what was varied."""

import math
import shutil
from collections.abc import Sequence
from itertools import pairwise, product
from pathlib import Path
from typing import NamedTuple

import numpy as np
from rich.console import Console
from rich.text import Text

from relutui.cli.sweep_report import HEADINGS, QUANTILES, Report, headline, sweep_loss_name
from relutui.cli.usage import UsageError
from relutui.lib.arrays import Array
from relutui.lib.files import create_atomically
from relutui.plot import chart, svg
from relutui.plot.axes import Axes
from relutui.plot.chart import Layer, Line, Marks
from relutui.plot.picture import Panel
from relutui.readout.colour import colour_of
from relutui.study.grid import Value, Varied, value_of
from relutui.study.sweep import Sweep
from relutui.study.sweep_results import Result

MARKERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # of the lines
MAX_WITH_QUANTILES = 3  # lines; with more only the medians are drawn
SPREAD = 10.0  # ratio of the largest to the least value above which their axis is logarithmic
MARGIN, SHIFT = 0.06, 0.026  # shares of the x-range: beside the outermost values, and from one line to the next
WIDTHS, ROWS = (40, 110), 15  # of the picture in a terminal, and of each of its panels


class Picture(NamedTuple):
    """What is drawn: the panels, and below them what their letters and signs mean, a line each; title: of a file."""

    title: str
    panels: tuple[Panel, ...]
    legend: tuple[str, ...]


class _Curve(NamedTuple):
    """The results of a line and where they lie, from left to right; name: what they have in common, empty of a single line."""

    marker: str
    colour: int
    name: str
    x: Array
    results: tuple[Result, ...]


def check_plot(sweep: Sweep) -> None:
    """Refuse a sweep of which there is no picture.  Raises UsageError."""
    if not (several := _several(sweep)):
        raise UsageError("--plot: there is nothing to plot against: give --vary, or --units with several numbers")
    along = _along(several)
    if (lines := math.prod(len(varied.values) for varied in several if varied != along)) > len(MARKERS):
        raise UsageError(f"--plot: expected at most {len(MARKERS)} lines, got {lines}: vary less at once")


def picture_of(report: Report) -> Picture:
    """The picture of what was finished of a sweep that check_plot lets pass."""
    several = _several(report.sweep)
    along = _along(several)
    curves = _curves(report, along, [varied for varied in several if varied != along])
    ticks = tuple((_place(along, value), f"{value:g}" if isinstance(value, float) else str(value)) for value in along.values)
    low, high = min(ticks)[0], max(ticks)[0]
    limits = low - MARGIN * (high - low), high + MARGIN * (high - low)
    x_name = HEADINGS[along.name] + (" (log scale)" if _is_log(along) else "")
    (success, most), (losses, y_limits, signs) = _success(curves), _losses(curves)
    kind, seeds = sweep_loss_name(report.sweep), f"{len(report.sweep.seeds):,} seeds each"
    said = "the median, and dotted what 10 and 90 % do not exceed" if len(curves) <= MAX_WITH_QUANTILES else "the median"
    panels = (
        Panel("solved, %, with its standard error", success, Axes(limits, (0.0, most), x_ticks=ticks), x_name),
        Panel(f"{kind}: {said}", losses, Axes(limits, y_limits, log_y=True, x_ticks=ticks), x_name),
    )
    named = [f"{curve.marker}  {curve.name}" for curve in curves if curve.name]
    return Picture(f"{headline(report.sweep)}; {seeds}", panels, (*named, *signs))


def print_picture(picture: Picture) -> None:
    """Print a picture on standard output, as wide as the terminal allows, and in colour if it is one."""
    console = Console(highlight=False)
    width = min(max(shutil.get_terminal_size().columns, WIDTHS[0]), WIDTHS[1])
    for panel in picture.panels:
        print(f"\n{panel.title}")
        for row in chart.draw(panel.layers, panel.axes, width, ROWS):
            text = Text.assemble(*((segment.text, segment.style or "") for segment in row))
            text.rstrip()
            console.print(text, soft_wrap=True)
        print(f"{panel.x_name:^{width}}".rstrip())
    print("".join(f"{line}\n" for line in ("", *picture.legend) if picture.legend), end="")


def write_picture(picture: Picture, file: Path) -> None:
    """Write a picture as SVG to a new file.  Raises OSError."""
    create_atomically(file, svg.draw(*picture))


def _several(sweep: Sweep) -> list[Varied]:
    return [varied for varied in sweep.varied if len(varied.values) > 1]


def _along(several: Sequence[Varied]) -> Varied:
    """What is plotted from left to right: the first whose values are numbers, else the first."""
    return next((varied for varied in several if not isinstance(varied.values[0], str)), several[0])


def _is_log(along: Varied) -> bool:
    numbers = [value for value in along.values if not isinstance(value, str)]
    return bool(numbers) and min(numbers) > 0 and max(numbers) / min(numbers) > SPREAD


def _place(along: Varied, value: Value) -> float:
    """The place of a value from left to right; names lie at equal distances."""
    if isinstance(value, str):
        return float(along.values.index(value))
    return math.log10(value) if _is_log(along) else float(value)


def _curves(report: Report, along: Varied, others: Sequence[Varied]) -> list[_Curve]:
    """A curve for each combination of the others, each a little further right than the one before."""
    places = sorted(_place(along, value) for value in along.values)
    combinations = list(product(*(varied.values for varied in others)))
    span, nearest = places[-1] - places[0], min(there - here for here, there in pairwise(places))
    step = min(SHIFT * span, 0.8 * nearest / len(combinations))
    found = []
    for number, values in enumerate(combinations):
        wanted = dict(zip((varied.name for varied in others), values))
        own = [r for r in report.results if all(value_of(r.cell, name) == value for name, value in wanted.items())]
        own.sort(key=lambda result: _place(along, value_of(result.cell, along.name)))
        x = np.array([_place(along, value_of(result.cell, along.name)) for result in own])
        shift = step * (number - (len(combinations) - 1) / 2)
        name = ", ".join(f"{HEADINGS[name]} {value}" for name, value in wanted.items())
        found.append(_Curve(MARKERS[number] if wanted else "●", colour_of(number), name, x + shift, tuple(own)))
    return found


def _success(curves: Sequence[_Curve]) -> tuple[list[Layer], float]:
    """The share of solved networks in %, with its standard error up and down, and the upper end of its axis."""
    layers: list[Layer] = []
    most = 20.0
    for curve in curves:
        rates, errors = (100.0 * np.array([getattr(r, name) for r in curve.results]) for name in ("success", "error"))
        nothing = np.full(len(rates), np.nan)
        bars = np.stack([rates - errors, rates + errors, nothing], axis=1).ravel()
        most = max(most, 20.0 * math.ceil((rates + errors).max() / 20.0))
        layers += [
            Line(curve.x, rates, curve.colour),
            Line(np.repeat(curve.x, 3), bars.clip(0.0, 100.0), curve.colour),
        ]
    marks = [_marks(curve, [100.0 * result.success for result in curve.results]) for curve in curves]
    return [*layers, *marks], min(most, 100.0)


def _losses(curves: Sequence[_Curve]) -> tuple[list[Layer], tuple[float, float], list[str]]:
    """The logarithm of quantiles of the loss, its limits, and what signs among them mean."""
    losses = [np.array([[result.quantile(share) for share in QUANTILES] for result in curve.results]) for curve in curves]
    shown = losses if len(curves) <= MAX_WITH_QUANTILES else [each[:, 1:2] for each in losses]
    known = np.concatenate([each.ravel() for each in shown])
    finite = np.log10(known[np.isfinite(known) & (known > 0.0)])
    low = math.floor(finite.min() + 1e-9) if len(finite) else 0
    high = max(math.ceil(finite.max() - 1e-9), low + 1) if len(finite) else 1
    layers: list[Layer] = []
    marks: list[Layer] = []
    for curve, each in zip(curves, shown):
        with np.errstate(divide="ignore"):
            y = np.where(np.isfinite(each), np.log10(each).clip(low), np.nan)
        median = y.shape[1] // 2
        layers += [Line(curve.x, y[:, at], curve.colour, dotted=at != median) for at in range(y.shape[1])]
        marks.append(_marks(curve, y[:, median].tolist()))
        diverged = curve.x[np.isnan(y[:, median])]
        marks.append(Marks(diverged, np.full(len(diverged), float(high)), "×", curve.colour))
    signs = ["×  the median diverged"] if any(np.isinf(each[:, each.shape[1] // 2]).any() for each in shown) else []
    signs += ["a loss of 0 is drawn at the lower edge"] if (known == 0.0).any() else []
    return [*layers, *marks], (float(low), float(high)), signs


def _marks(curve: _Curve, y: Sequence[float]) -> Marks:
    return Marks(curve.x, np.array(y), curve.marker, curve.colour)
