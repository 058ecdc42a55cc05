"""The report of a benchmark, as Markdown that reads well in a terminal, and as JSON."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from relutui.bench.machine import Machine
from relutui.bench.measure import Figure, Measured
from relutui.bench.plan import CALLS, OPTIMIZERS, Lineup, Plan
from relutui.bench.scaling import Growth, growth
from relutui.bench.task import Task

_MAX_COLUMNS = 4  # of a table


@dataclass(frozen=True)
class Report:
    """Everything that a finished run has measured."""

    machine: Machine
    lineup: Lineup
    plan: Plan
    measured: Measured
    growth: dict[str, Measured]

    @property
    def troubles(self) -> list[tuple[str, str, list[Task]]]:
        """The contenders that failed, why, and on which tasks."""
        found: dict[tuple[str, str], list[Task]] = {}
        for measured in (self.measured, *self.growth.values()):
            for trouble, tasks in measured.troubles.items():
                found.setdefault(trouble, []).extend(tasks)
        return [(name, why, tasks) for (name, why), tasks in found.items()]

    @property
    def growths(self) -> dict[str, list[Growth]]:
        """The growth along each axis, for contenders measured at two sizes at least."""
        found: dict[str, list[Growth]] = {}
        for axis, measured in self.growth.items():
            found[axis] = []
            for contender in self.lineup.growing:
                figures = [figure for figure in measured.figures if figure.contender == contender.name]
                if len(figures) > 1:
                    found[axis].append(growth(contender.name, [_size(axis, f.task) for f in figures], figures))
        return found


def _size(axis: str, task: Task) -> int:
    size = {"units": task.units, "networks": task.networks}.get(axis, task.points)
    assert size
    return size


def as_json(report: Report) -> dict[str, object]:
    """Give the report as one JSON object, times in microseconds."""
    return {
        **asdict(report.machine),
        "figures": [_figure(figure) for figure in report.measured.figures],
        "growth": {
            axis: [
                {
                    "contender": line.contender,
                    "sizes": line.sizes,
                    "us_a_step": [seconds * 1e6 for seconds in line.seconds],
                    "exponent": line.exponent,
                }
                for line in lines
            ]
            for axis, lines in report.growths.items()
        },
        "missing": _missing(report),
        "troubles": [
            {"contender": name, "why": why, "tasks": [asdict(task) for task in tasks]} for name, why, tasks in report.troubles
        ],
    }


def _missing(report: Report) -> list[str]:
    """Name the packages that are not installed."""
    return sorted({contender.package for contender in report.lineup.missing})


def _figure(figure: Figure) -> dict[str, object]:
    times = [seconds * 1e6 for seconds in figure.seconds]
    return {
        "contender": figure.contender,
        **asdict(figure.task),
        "cores": figure.cores,
        "steps_asked": figure.asked,
        "steps_a_call": figure.steps,
        "us_a_step": figure.median * 1e6,
        "rounds": times,
    }


def as_markdown(report: Report) -> str:
    """Write the report as Markdown."""
    machine = report.machine
    versions = ", ".join(f"{name} {version}" for name, version in machine.versions.items())
    cores = "1 core" if machine.cores == 1 else f"{machine.cores} cores"
    where = ", ".join(filter(None, (machine.processor, cores, machine.gpu, machine.system)))
    blocks = [f"{where}; {machine.date}; {versions}", *_who_runs_where(report)]
    for count in report.plan.settings:
        where = "on one core" if count == 1 else f"on {count} cores"
        calls = " / ".join(f"{steps:,}" for steps in CALLS)
        for optimizer in OPTIMIZERS:
            if tasks := [task for task in report.plan.steps(count) if task.optimizer == optimizer]:
                blocks.append(f"Microseconds a step of {optimizer} on 256 points, {where}, at {calls} steps a call:")
                blocks.append(_steps(report, tasks, count))
        blocks.append(f"Batches of networks, million steps a second {_at(report, where)}:")
        seeds = report.plan.seeds
        blocks += [_seeds(report, seeds[first : first + _MAX_COLUMNS], count) for first in range(0, len(seeds), _MAX_COLUMNS)]
    if layers := report.plan.layers:
        count = report.plan.settings[0]
        where, calls = "on one core" if count == 1 else f"on {count} cores", " / ".join(f"{steps:,}" for steps in CALLS)
        title = "Several hidden layers: microseconds a step of each network with sgd on 256 points"
        blocks.append(f"{title}, {where}, at {calls} steps a call:")
        blocks.append(_steps(report, layers, count))
    if report.plan.too_large:
        left_out = "; ".join(f"{task.networks:,} networks of {task.units:,} units" for task in report.plan.too_large)
        blocks.append(f"Not measured, for the gigabytes that the parameters alone would take: {left_out}")
    for axis, lines in report.growths.items():
        if lines:
            blocks.append(f"Microseconds a step against {axis}, and the power with which they grow:")
            blocks.append(_growths(lines))
    if report.lineup.missing:
        blocks.append("Not installed, so not measured: " + ", ".join(_missing(report)))
    for name, why, troubled in report.troubles:
        more = f" and {len(troubled) - 1} more" if len(troubled) > 1 else ""
        blocks.append(f"Without {name} on {troubled[0]}{more}: {why}")
    return "\n\n".join(blocks) + "\n"


def _steps(report: Report, tasks: Sequence[Task], cores: int) -> str:
    """Tabulate the microseconds of a step of one network, or of each of a batch."""

    def head(task: Task) -> str:
        batch = f"{task.networks:,} of " if task.networks else ""
        return f"{batch}{task.shape}" if task.deeper else f"{task.units:,} units"

    def cell(contender: str, task: Task) -> str:
        figures = [f for asked in CALLS if (f := report.measured.figure(contender, task, cores, asked))]
        alike = len({figure.steps for figure in figures}) == 1
        some = figures[:1] if alike else figures
        return " / ".join(_number(figure.median * 1e6 / (task.networks or 1)) for figure in some) or "-"

    return _table(report, list(map(head, tasks)), tasks, cell)


def _growths(lines: Sequence[Growth]) -> str:
    """List what a step costs at each size, and the exponent."""
    width = max(len(line.contender) for line in lines)
    rows = [
        f"{line.contender:{width}}  {', '.join(f'{size:,}: {_number(s * 1e6)}' for size, s in zip(line.sizes, line.seconds))}"
        f"; power {line.exponent:.2f}"
        for line in lines
    ]
    return "\n".join(f"    {row}" for row in rows)  # indented: Markdown's code


def _who_runs_where(report: Report) -> list[str]:
    """Say who ran on the GPU and who did not, if anybody ran there."""
    everybody = report.lineup.all
    some = "; ".join(contender.name for contender in everybody if contender.gpu)
    others = "; ".join(contender.name for contender in everybody if not contender.gpu)
    beside = f" On the processor, so not measured on large batches: {others}." if others else ""
    return [f"On the GPU: {some}.{beside} A long call of a batch on the GPU is reckoned from two shorter ones."] if some else []


def _at(report: Report, where: str) -> str:
    """Say on which cores, or how else, batches were measured."""
    if not report.lineup.own[0].gpu:
        return where
    return f"at {report.plan.batch_calls:,} steps a call, copies to the GPU and back included"


def _seeds(report: Report, tasks: Sequence[Task], cores: int) -> str:
    def cell(contender: str, task: Task) -> str:
        figure = report.measured.figure(contender, task, cores, report.plan.batch_calls)
        return _number((task.networks or 1) / figure.median / 1e6) if figure else "-"

    return _table(report, [f"{task.networks:,} of {task.units:,}" for task in tasks], tasks, cell)


def _table(report: Report, heads: list[str], tasks: Sequence[Task], cell: Callable[[str, Task], str]) -> str:
    lineup = report.lineup
    names = [c.name for c in (*lineup.own, *lineup.by_points, *lineup.peers)]
    rows = [[name, *(cell(name, task) for task in tasks)] for name in names]
    rows = [row for row in rows if any(text != "-" for text in row[1:])]
    widths = [max(map(len, column)) for column in zip(["", *heads], *rows)]
    lines = [
        ["".ljust(widths[0]), *(head.rjust(width) for head, width in zip(heads, widths[1:]))],
        ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])],
        *([row[0].ljust(widths[0]), *(text.rjust(width) for text, width in zip(row[1:], widths[1:]))] for row in rows),
    ]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _number(value: float) -> str:
    """Format to two digits, or as a whole number where it has more."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"
