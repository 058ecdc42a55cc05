import ast
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.places import ROOT
from tests.support.waiting import LIMIT


def test_the_layers_hold() -> None:
    lint = Path(sys.executable).parent / "lint-imports"
    result = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=LIMIT)
    assert result.returncode == 0, result.stdout


def test_the_app_is_imported_without_what_only_some_screens_need() -> None:
    late = ("tinygrad", "plotext", "relutui.study.sweep", "relutui.study.best_fit", "relutui.study.refit")
    assert [name for name in late if importlib.util.find_spec(name) is None] == []  # for one that is gone is never imported
    code = "import sys, relutui.ui.app, relutui.cli.session_options; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=LIMIT)
    imported = done.stdout.split()
    assert "relutui.ui.app" in imported
    assert [name for name in late if name in imported] == []


def test_a_sweep_on_this_machine_is_imported_without_a_cluster() -> None:
    code = "import sys, relutui.cli.sweep; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=LIMIT)
    wings = {name.partition(".")[0] for name in done.stdout.split()}
    assert "relutui" in wings
    assert not wings & {"dask", "distributed", "tornado", "pyarrow", "polars"}


@pytest.mark.parametrize(
    "init", sorted((ROOT / "relutui").glob("*/**/__init__.py")), ids=lambda init: str(init.parent.relative_to(ROOT))
)
def test_a_wing_imports_nothing_of_its_own_accord(init: Path) -> None:
    tree = ast.parse(init.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    assert len(tree.body) == 1
