"""`relutui list` and `relutui check`: the scenarios that ship, and what is wrong with files."""

import os
import sys
from pathlib import Path

from relutui.explain.phrasing import count_text
from relutui.lib.safe_text import sanitize_line
from relutui.model.dataset import scaling_advice
from relutui.scenario.library import load, shipped
from relutui.scenario.scenario import ScenarioError


def list_scenarios() -> int:
    """Print a line for each scenario that comes with the program, in the order of the course."""
    own = shipped()
    width = max(map(len, ("name", *own)))
    print(f"{'name':<{width}} {'units':>5} {'points':>6}  summary")
    for name, path in own.items():
        scenario = load(path)
        print(f"{name:<{width}} {scenario.start.units:>5} {len(scenario.dataset):>6}  {scenario.summary}")
    return 0


def check_files(files: list[str]) -> int:
    """Print what is wrong with each file; return 1 if anything is."""
    status = 0
    for file in files:
        try:
            scenario = load(Path(file))
        except ScenarioError as error:
            folder = sanitize_line(os.path.dirname(Path(file)))
            for problem in error.problems:
                print(os.path.join(folder, problem), file=sys.stderr)
            status = 1
        else:
            but = scaling_advice(scenario.dataset)
            found = f"{count_text(scenario.start.units, 'unit')}, {count_text(len(scenario.dataset), 'point')}"
            print(f"{sanitize_line(file)}: good: {found}{but and f'; {but}'}")
    return status
