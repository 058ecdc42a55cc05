"""What the engine is meant to reach, as ratios of one run, and whether it does."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from relutui.bench.contenders import C_SOURCE
from relutui.bench.measure import Figure, Measured
from relutui.bench.plan import CALLS, Lineup, Plan
from relutui.bench.task import Task

MAX_GROWTH = 1.2  # times as long on the most points as on the fewest: as good as independent of them


@dataclass(frozen=True)
class Threshold:
    """A ratio, what it is of, the bound it has to keep, and beside whom it was measured."""

    of: str
    ratio: float
    bound: float
    beside: str
    at_most: bool = False

    @property
    def met(self) -> bool:
        """Whether the bound is kept."""
        return self.ratio <= self.bound if self.at_most else self.ratio >= self.bound

    def __str__(self) -> str:
        bound = f"at {'most' if self.at_most else 'least'} {self.bound:g}"
        return f"{self.of}: {self.ratio:.3g} x {self.beside} ({bound}: {'met' if self.met else 'MISSED'})"


def thresholds(lineup: Lineup, plan: Plan, measured: Measured, growth: Mapping[str, Measured], cores: int) -> list[Threshold]:
    """Compare what was measured by sgd with what is aimed at, wherever both sides were measured."""
    return [
        *_of_steps(lineup, plan, measured, cores),
        *_of_seeds(lineup, plan, measured, cores),
        *_of_points(lineup, plan, growth, cores),
    ]


def _of_steps(lineup: Lineup, plan: Plan, measured: Measured, cores: int) -> Iterator[Threshold]:
    jax = [peer.name for peer in lineup.peers if peer.package == "jax"]
    everybody = [peer.name for peer in lineup.peers if peer.package != C_SOURCE]  # that is a yardstick, and no rival
    for own, by_points in zip(lineup.own, lineup.by_points):
        compiled = own.variant == "CPU:CLANG"
        asked: list[tuple[str, list[str], float, tuple[int, ...]]] = []
        if compiled:
            asked = [(own.name, jax, 10, plan.units), (own.name, everybody, 8, plan.units)]
            asked += [(by_points.name, jax, 4 if units <= 20 else 3, (units,)) for units in plan.units]
        elif own.variant == "CPU:X86":
            asked = [(own.name, jax, 3, plan.units)]
        for name, rivals, bound, several in asked:
            for units in several:
                for calls in CALLS:
                    of = f"{name}, {units:,} units, {calls:,} steps a call"
                    yield from _ahead(of, name, rivals, Task(units), calls, bound, measured, cores)


def _of_seeds(lineup: Lineup, plan: Plan, measured: Measured, cores: int) -> Iterator[Threshold]:
    rivals = [peer.name for peer in lineup.peers if peer.package in ("jax", "torch")]
    for own in lineup.own:
        for task in plan.seeds:
            of = f"{own.name}, {task.networks:,} networks of {task.units:,}"
            yield from _ahead(of, own.name, rivals, task, plan.batch_calls, 3, measured, cores)


def _of_points(lineup: Lineup, plan: Plan, growth: Mapping[str, Measured], cores: int) -> Iterator[Threshold]:
    name = lineup.own[0].name
    for axis, tasks in plan.growth.items():
        few, many = tasks[0], tasks[-1]
        fewest, most = (growth[axis].figure(name, task, cores, plan.growth_calls(task)) for task in (few, many))
        if few.points < many.points and fewest and most:
            of = f"{name}, {many.points:,} {axis}"
            yield Threshold(of, most.median / fewest.median, MAX_GROWTH, f"that on {few.points:,}", at_most=True)


def _ahead(
    of: str, name: str, rivals: Iterable[str], task: Task, calls: int, bound: float, measured: Measured, cores: int
) -> Iterator[Threshold]:
    """Yield how many times faster `name` is than the fastest of its rivals."""
    mine = measured.figure(name, task, cores, calls)
    theirs: list[Figure] = [f for rival in rivals if (f := measured.figure(rival, task, cores, calls))]
    if mine and theirs:
        fastest = min(theirs, key=lambda figure: figure.median)
        yield Threshold(of, fastest.times(mine), bound, fastest.contender)
