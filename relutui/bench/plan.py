"""What is measured, and in which order."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

from relutui.bench.contenders import Contender, by_points, own, peers
from relutui.bench.measure import ROUNDS, Measured, can_pin, measure, started
from relutui.bench.task import Optimizer, Task
from relutui.lib.cores import available_cores

CALLS = (1_000, 10_000)  # steps a call
OPTIMIZERS: tuple[Optimizer, ...] = ("sgd", "adam")
LARGEST = 2**25  # units of all networks of a batch: more would be gigabytes of parameters


@dataclass(frozen=True)
class Plan:
    """The tasks: of one network for the tables, of a batch, of several layers, and the axes along which the cost grows.

    batch_calls: steps a call of a batch.  pinned: whether all of it is measured on one core too.
    """

    units: tuple[int, ...] = (3, 20, 100, 1000)
    batches: tuple[tuple[int, int], ...] = ((3, 256), (3, 1024), (20, 256), (20, 1024))  # units and networks
    batch_calls: int = CALLS[0]
    pinned: bool = True
    layers: tuple[Task, ...] = (Task(8, deeper=(8,)), Task(32, deeper=(32,)), Task(8, networks=256, deeper=(8,)))
    along_units: tuple[int, ...] = (3, 10, 30, 100, 300, 1000)
    along_points: tuple[int, ...] = (256, 1024, 4096, 16_384, 65_536, 262_144, 1_000_000)
    along_networks: tuple[int, ...] = (4, 16, 64, 256, 1024, 4096)

    @property
    def settings(self) -> list[int]:
        """The numbers of cores to measure on: one, and all."""
        return sorted({1, available_cores()}) if self.pinned and can_pin() else [available_cores()]

    def steps(self, cores: int) -> list[Task]:
        """The tasks of the tables of steps; those with adam on one core only, for several make no other difference."""
        optimizers = OPTIMIZERS if cores == self.settings[0] else OPTIMIZERS[:1]
        return [Task(units, optimizer=optimizer) for optimizer in optimizers for units in self.units]

    @property
    def seeds(self) -> list[Task]:
        """The tasks of the tables of batches."""
        return [Task(units, networks=networks) for units, networks in self.batches if units * networks <= LARGEST]

    @property
    def too_large(self) -> list[Task]:
        """The batches that are left out of the tables for their size."""
        return [Task(units, networks=networks) for units, networks in self.batches if units * networks > LARGEST]

    @property
    def growth(self) -> dict[str, list[Task]]:
        """The tasks along each axis of growth, by its name."""
        axes = {
            "units": [Task(units) for units in self.along_units],
            "points": [Task(3, points) for points in self.along_points],
            "networks": [Task(3, networks=networks) for networks in self.along_networks],
            "points, of a batch of 256": [Task(3, points, networks=256) for points in self.along_points],
        }
        return {axis: tasks for axis, tasks in axes.items() if tasks}

    def growth_calls(self, task: Task) -> int:
        """The steps of a call when growth is measured."""
        return CALLS[-1] if task.networks is None else self.batch_calls


FULL = Plan()
ON_GPU = Plan(
    batches=tuple((units, networks) for networks, units in product((256, 16_384, 262_144), FULL.units)),
    batch_calls=CALLS[-1],
    pinned=False,
    along_units=(),
    along_points=(),
    layers=(),
    along_networks=(4, 64, 1024, 16_384, 65_536, 262_144),
)


@dataclass(frozen=True)
class Lineup:
    """Who takes part: the engine on each device, its other kernel on each, and the peers that are installed."""

    own: tuple[Contender, ...]
    by_points: tuple[Contender, ...]
    peers: tuple[Contender, ...]
    missing: tuple[Contender, ...]

    @classmethod
    def on(cls, devices: list[str]) -> "Lineup":
        """Line up the engine on these devices and the peers."""
        others = peers(devices[0])
        return cls(
            tuple(map(own, devices)),
            tuple(map(by_points, devices)),
            tuple(peer for peer in others if peer.version),
            tuple(peer for peer in others if not peer.version),
        )

    @property
    def all(self) -> list[Contender]:
        """All contenders; the first, numpy, is the reference for the losses."""
        return [*self.peers, *self.own, *self.by_points]

    @property
    def growing(self) -> list[Contender]:
        """The contenders whose growth is measured: the engine with both kernels on its first device, and JAX."""
        return [self.own[0], self.by_points[0], *(peer for peer in self.peers if peer.name == "JAX, by hand")]


def run(lineup: Lineup, plan: Plan, progress: Callable[[float], None]) -> tuple[Measured, dict[str, Measured]]:
    """Measure the tables and each axis of growth; `progress` is called with the rounds done, of `length(plan)`."""
    measured, growth, done = Measured(), {axis: Measured() for axis in plan.growth}, 0

    def advance() -> None:
        nonlocal done
        done += 1
        progress(done)

    for cores in plan.settings:
        with started(lineup.all, cores) as processes:
            for task in plan.steps(cores):
                measure(processes, task, cores, CALLS, measured, advance)
            for task in plan.seeds:
                measure(processes, task, cores, (plan.batch_calls,), measured, advance)
            for task in plan.layers if cores == plan.settings[0] else ():
                measure(processes, task, cores, (plan.batch_calls,) if task.networks else CALLS, measured, advance)
    cores = plan.settings[0]
    with started(lineup.growing, cores) as processes:
        for axis, tasks in plan.growth.items():
            # a batch on a million points is for the kernel that does not visit them
            some = processes if "batch" not in axis else processes[:1]
            for task in tasks:
                measure(some, task, cores, (plan.growth_calls(task),), growth[axis], advance)
    return measured, growth


def length(plan: Plan) -> int:
    """Count the rounds of the whole run."""
    tasks = sum(len(plan.steps(cores)) + len(plan.seeds) for cores in plan.settings) + sum(map(len, plan.growth.values()))
    return ROUNDS * (tasks + len(plan.layers))
