"""A small contest, in which numpy plays every part: what is tested is the contest."""

from relutui.bench.contenders import Contender
from relutui.bench.plan import Lineup, Plan

PLAN = Plan(units=(2,), batches=((2, 3),), along_units=(1, 4), along_points=(8, 64), along_networks=(1, 2))
CONTEST = Lineup(
    own=(Contender("relutui, clang", "with_numpy", "tuned", "numpy", bursts=True, batches=True),),
    by_points=(Contender("by points, clang", "with_numpy", "plain", "numpy", bursts=True, batches=True),),
    peers=(Contender("numpy", "with_numpy", "plain", "numpy", batches=True), Contender("broken", "with_nothing", "", "numpy")),
    missing=(Contender("JAX, by hand", "with_jax", "by hand", "jax"),),
)
