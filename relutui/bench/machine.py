"""The machine that a benchmark was run on."""

import platform
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from relutui import __version__
from relutui.bench.contenders import jax_gpu
from relutui.bench.plan import Lineup
from relutui.lib.cores import available_cores


@dataclass(frozen=True)
class Machine:
    """The machine, the date, and the versions of what was measured."""

    processor: str
    cores: int
    system: str
    date: str
    versions: dict[str, str]
    gpu: str = ""

    @classmethod
    def here(cls, lineup: Lineup, device: str) -> "Machine":
        """Describe this machine, today; `device` is the engine's name of the device asked for, if one was."""
        versions = {"relutui": __version__, "Python": platform.python_version()}
        versions |= {contender.package: contender.version or "" for contender in (*lineup.own, *lineup.peers)}
        gpu = ": ".join(filter(None, (device, jax_gpu()))) if lineup.own[0].gpu else ""
        return cls(_processor(), available_cores(), platform.system(), date.today().isoformat(), versions, gpu)


def _processor() -> str:
    """Return the processor's name, as far as the system gives one."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    name = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return name or platform.processor() or platform.machine()
