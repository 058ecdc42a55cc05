"""A contender in a process of its own: python -m relutui.bench.worker MODULE VARIANT [CORE].

It answers each line of JSON on its standard input with one, until that ends.  What libraries print goes to standard error.
"""

import json
import os
import sys
import time
from typing import Any


def main(module: str, variant: str, core: str = "") -> None:
    """Serve the requests of `ContenderProcess`."""
    if core:  # before any import: libraries count the cores then, to make as many threads
        os.sched_setaffinity(0, {int(core)})
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    server = _Server(module, variant)
    for line in sys.stdin:
        try:
            answer = server.answer(**json.loads(line))
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
        print(json.dumps(answer), file=answers, flush=True)


class _Server:
    def __init__(self, module: str, variant: str) -> None:
        self._module, self._variant = module, variant

    def answer(self, what: str, **request: Any) -> dict[str, object]:
        return self._prepare(**request) if what == "prepare" else self._time(**request)

    def _prepare(self, task: dict[str, Any], steps: int) -> dict[str, object]:
        """Compile, and return the losses after `steps` steps."""
        from importlib import import_module

        from relutui.bench.task import Task

        self._task = Task(**task)
        self._run = import_module(f"relutui.bench.peers.{self._module}").prepare(self._task, self._variant)
        return {"losses": self._task.losses(self._run(steps)).tolist()}

    def _time(self, steps: int, seconds: float) -> dict[str, object]:
        """Call for at least `seconds` and at least once: the mean seconds of a call, and whether all stays finite."""
        import numpy as np

        from relutui.bench.task import UNROLLED

        before = time.perf_counter()
        self._run(UNROLLED)  # warms the caches, which the other contenders have filled
        calls, began, now = 0, time.perf_counter(), 0.0
        while not calls or now - began < seconds:
            values = self._run(steps)
            calls, now = calls + 1, time.perf_counter()
        finite = (self._task.losses(values) < float("inf")).all() and all(np.isfinite(part).all() for part in values)
        return {"seconds": (now - began) / calls, "short": began - before, "finite": bool(finite)}


if __name__ == "__main__":
    main(*sys.argv[1:])
