"""A small lineup in which numpy plays every part, and a report of it."""

from relutui.bench.contenders import Contender
from relutui.bench.machine import Machine
from relutui.bench.measure import Figure
from relutui.bench.plan import Lineup, Plan
from relutui.bench.task import Task

PLAN = Plan(
    units=(2,),
    batches=((2, 3),),
    along_units=(1, 4),
    along_points=(8, 64),
    along_networks=(1, 2),
    layers=(Task(2, deeper=(3,)), Task(2, networks=4, deeper=(3,))),
)
LINEUP = Lineup(
    own=(Contender("relutui, clang", "with_numpy", "tuned", "numpy", bursts=True, batches=True),),
    by_points=(Contender("by points, clang", "with_numpy", "plain", "numpy", bursts=True, batches=True),),
    peers=(Contender("numpy", "with_numpy", "plain", "numpy", batches=True), Contender("broken", "with_nothing", "", "numpy")),
    missing=(Contender("JAX, by hand", "with_jax", "by hand", "jax"),),
)
MACHINE = Machine("A processor", 2, "Linux", "2026-01-02", {"numpy": "2.0"})


def figure(contender: str, task: Task, seconds: float, asked: int = 1_000, steps: int | None = None) -> Figure:
    return Figure(contender, task, 1, asked, steps or asked, (seconds, 2 * seconds, 3 * seconds))
