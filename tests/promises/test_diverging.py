"""Divergence in a terminal: it ends, it is said, one key goes back, and what is written is read again."""

from collections.abc import Callable
from pathlib import Path

import pytest

from relutui.cli.main import main
from relutui.model.training import OPTIMIZERS, Optimizer
from relutui.scenario.scenario import VIEWS
from tests.promises.program import Program

pytestmark = pytest.mark.slow


CASES = [(optimizer, rate) for rate in (1e6, 1e3, 1e1, 1e-1, 1e-3) for optimizer in OPTIMIZERS]


def test_a_run_at_an_absurd_rate_ends_finite_and_one_key_leads_back(
    tmp_path: Path, times: Callable[[int, int], int], capsys: pytest.CaptureFixture[str]
) -> None:
    for optimizer, rate in CASES[: times(2, len(CASES))]:
        ends_finite(optimizer, rate, tmp_path)
        assert main(["check", str(tmp_path / f"{optimizer}{rate:g}.toml")]) == 0
        capsys.readouterr()


def ends_finite(optimizer: Optimizer, rate: float, home: Path) -> None:
    how = ["--optimizer", optimizer, "--learning-rate", str(rate), "--seed", "3"]
    with Program(home, "lab-free", *how, device=None) as program:
        program.wait_for("   CPU")
        program.press("S")  # 2,000 steps, unless it diverges
        program.wait_until(lambda: "diverged after step" in program.text or "step 2000 " in program.text)
        for _ in VIEWS:
            program.press("v")
            program.rest(0.1)
        program.press("w")
        program.wait_for("Write")
        program.press(f"\x15{optimizer}{rate:g}\r")
        program.wait_for("written: ")
        program.press("u")
        program.wait_for("undone: training")
        program.wait_for("step 0 ")
        program.press("qq")
        assert program.wait_for_end() == 0
        assert b"nan" not in program.sent
