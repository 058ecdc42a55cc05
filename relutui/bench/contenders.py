"""The contenders: the engine with each of its kernels, and other libraries."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import packages_distributions, version

from relutui.bench.peers import with_c
from relutui.bench.task import Optimizer, Task

C_SOURCE = "relutui's source with clang"  # the package of the contender in C, which is no library

_MAX_WORK_BESIDE_A_GPU = 2**22  # units x points x networks of a task on the processor: about a second a round
_MAX_WORK_OF_JAX = 20e9 / 12  # it keeps about three float32 of all that a step visits, in 20 GB of a GPU
_MAX_WORK_BY_POINTS = 2**32  # takes a GPU some ten seconds a call
_JAX_ANSWER_LIMIT_S = 60.0  # for JAX to find its GPU
_RENDERERS = {"CPU:CLANG": "clang", "CPU:X86": "no compiler"}


@dataclass(frozen=True)
class Contender:
    """A way to train, in a process of its own: peers/`module`.py with that variant; `package` is what must be installed.

    layers: whether it trains networks of several hidden layers.
    bursts: whether a call trains many steps, so that the cost of the call is shared by as many as are asked for.
    gpu: whether it runs on a GPU.  most: the greatest `Task.work` that it gets through in the time and memory there is.
    """

    name: str
    module: str
    variant: str
    package: str
    bursts: bool = False
    batches: bool = False
    layers: bool = False
    optimizers: tuple[Optimizer, ...] = ("sgd", "adam")
    gpu: bool = False
    most: float = float("inf")

    @property
    def version(self) -> str | None:
        """The installed version of the package, whatever its distribution is called (tensorflow-cpu), or None."""
        if self.package == C_SOURCE:
            return with_c.version()
        distributions = _distributions().get(self.package)
        return version(distributions[0]) if distributions else None

    def takes(self, task: Task) -> bool:
        """Whether the contender is measured on this task."""
        fits = (self.batches or task.networks is None) and (self.layers or not task.deeper)
        return fits and task.optimizer in self.optimizers and task.work <= self.most


def own(device: str) -> Contender:
    """The engine on a device, with the kernel that it chooses."""
    name = f"relutui, {_short(device)}"
    return Contender(name, "own", device, "tinygrad", bursts=True, batches=True, layers=True, gpu=_is_gpu(device))


def by_points(device: str) -> Contender:
    """The engine with the kernel that visits every point, which works for every activation."""
    name, variant = f"by points, {_short(device)}", f"points {device}"
    contender = Contender(name, "own", variant, "tinygrad", bursts=True, batches=True)
    return replace(contender, gpu=True, most=_MAX_WORK_BY_POINTS) if _is_gpu(device) else contender


def peers(device: str) -> tuple[Contender, ...]:
    """The other libraries; beside a GPU, those on the processor get small tasks only.  `device` is tinygrad's."""
    everybody = (
        Contender("numpy", "with_numpy", "plain", "numpy", batches=True, layers=True),
        Contender("numpy, tuned", "with_numpy", "tuned", "numpy", batches=True),
        Contender("torch, eager", "with_torch", "eager", "torch"),
        # It compiles for ten seconds and more, hence no adam
        Contender("torch, compiled", "with_torch", "compiled", "torch", batches=True, optimizers=("sgd",)),
        Contender("TensorFlow, XLA", "with_tensorflow", "by hand", "tensorflow", bursts=True),
        Contender("JAX, autodiff", "with_jax", "autodiff", "jax", bursts=True, batches=True),
        Contender("JAX, by hand", "with_jax", "by hand", "jax", bursts=True, batches=True, layers=True),
        Contender("tinygrad, TinyJit", "with_tinygrad", device, "tinygrad"),
        Contender("C, by hand", "with_c", "", C_SOURCE, bursts=True, batches=True),
    )
    return tuple(map(_beside_a_gpu, everybody)) if _is_gpu(device) else everybody


@cache
def jax_gpu() -> str:
    """The name of the GPU that JAX uses; empty if it uses none or is not installed."""
    code = "import jax; found = jax.devices()[0]; print(found.device_kind if found.platform != 'cpu' else '')"
    try:
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=_JAX_ANSWER_LIMIT_S, check=True
        )
    except subprocess.SubprocessError:
        return ""
    return done.stdout.strip()


def _beside_a_gpu(peer: Contender) -> Contender:
    if peer.package == "jax" and jax_gpu():
        return replace(peer, gpu=True, most=_MAX_WORK_OF_JAX)
    return replace(peer, gpu=peer.package == "tinygrad", most=_MAX_WORK_BESIDE_A_GPU)


def _is_gpu(device: str) -> bool:
    return not device.upper().startswith("CPU")


@cache
def _distributions() -> Mapping[str, list[str]]:
    """Map the names that are imported to their distributions."""
    return packages_distributions()


def _short(device: str) -> str:
    return _RENDERERS.get(device, device)
