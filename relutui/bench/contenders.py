"""Who is measured."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import packages_distributions, version

from relutui.bench.task import Optimizer, Task

_RENDERERS = {"CPU:CLANG": "clang", "CPU:X86": "no compiler"}


@dataclass(frozen=True)
class Contender:
    """A way to train, in a process of its own: peers/`module`.py with that variant; `package` is what must be installed.

    bursts: whether a call trains many steps, so that the cost of the call is shared by as many as are asked for.
    """

    name: str
    module: str
    variant: str
    package: str
    bursts: bool = False
    batches: bool = False
    optimizers: tuple[Optimizer, ...] = ("sgd", "adam")

    @property
    def version(self) -> str | None:
        """Of the package, whatever its distribution is called (tensorflow-cpu); None if it is not installed."""
        distributions = _distributions().get(self.package)
        return version(distributions[0]) if distributions else None

    def takes(self, task: Task) -> bool:
        """Whether it is measured on such tasks."""
        return task.optimizer in self.optimizers and (self.batches or task.networks is None)


def own(device: str) -> Contender:
    """The engine on a device."""
    return Contender(f"relutui, {_short(device)}", "own", device, "tinygrad", bursts=True, batches=True)


def by_points(device: str) -> Contender:
    """The engine with its kernel that visits every point, which does for every activation."""
    return Contender(f"by points, {_short(device)}", "own", f"points {device}", "tinygrad", bursts=True, batches=True)


def peers(device: str) -> tuple[Contender, ...]:
    """The others; `device` is what tinygrad runs on."""
    return (
        Contender("numpy", "with_numpy", "plain", "numpy", batches=True),
        Contender("numpy, tuned", "with_numpy", "tuned", "numpy", batches=True),
        Contender("torch, eager", "with_torch", "eager", "torch"),
        # It compiles for ten seconds and more, hence no adam
        Contender("torch, compiled", "with_torch", "compiled", "torch", batches=True, optimizers=("sgd",)),
        Contender("TensorFlow, XLA", "with_tensorflow", "by hand", "tensorflow", bursts=True),
        Contender("JAX, autodiff", "with_jax", "autodiff", "jax", bursts=True, batches=True),
        Contender("JAX, by hand", "with_jax", "by hand", "jax", bursts=True, batches=True),
        Contender("tinygrad, TinyJit", "with_tinygrad", device, "tinygrad"),
    )


@cache
def _distributions() -> Mapping[str, list[str]]:
    """By the name that is imported."""
    return packages_distributions()


def _short(device: str) -> str:
    return _RENDERERS.get(device, device)
