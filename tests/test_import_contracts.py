import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_layers_hold() -> None:
    lint = Path(sys.executable).parent / "lint-imports"
    result = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_the_app_is_imported_without_tinygrad_and_plotext() -> None:
    code = "import sys, relutui.app, relutui.cli.opening; sys.exit(any(m in sys.modules for m in ('tinygrad', 'plotext')))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
