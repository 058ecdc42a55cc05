"""What is changed in tinygrad and in os: nothing by an import, and os only while the engine works."""

import os
import subprocess
import sys

from tests.engine.problems import LAB_START, lab
from tests.support.blocking import Blocking
from tests.support.waiting import LIMIT

IMPORTED = """
import importlib, os, pkgutil, sys
import tinygrad.renderer.cstyle, tinygrad.renderer.isa.x86, tinygrad.runtime.ops_cpu, tinygrad.runtime.support.compiler_cpu
import relutui.engine

def present():
    modules = {name: vars(module) for name, module in sys.modules.items() if name == "os" or name.startswith("tinygrad")}
    classes = {f"{name}.{n}": dict(vars(kind)) for name, values in modules.items() for n, kind in values.items()
               if isinstance(kind, type) and kind.__module__.startswith("tinygrad")}
    return {name: dict(values) for name, values in (modules | classes).items()}

before = present()
for module in pkgutil.walk_packages(relutui.engine.__path__, "relutui.engine."):
    importlib.import_module(module.name)
    print("imported", module.name)
after = present()
for name, values in before.items():
    for key, value in values.items():
        if after[name].get(key) is not value:
            print("changed", name, key)
"""


def test_importing_the_engine_changes_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORTED], capture_output=True, text=True, check=True, timeout=LIMIT)
    lines = done.stdout.splitlines()
    assert "imported relutui.engine.tinygrad_patches.x86_loops" in lines
    assert [line for line in lines if not line.startswith("imported ")] == []


def test_os_is_as_it_was_once_the_engine_has_answered(engine: Blocking) -> None:
    usual = os.getenv
    engine.train(LAB_START, lab(), 1)
    assert os.getenv is usual
