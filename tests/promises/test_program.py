"""The harness itself."""

import signal
from pathlib import Path

import pytest

from tests.promises.program import Program

pytestmark = pytest.mark.slow


def test_a_program_is_seen_typed_into_and_ended(tmp_path: Path) -> None:
    with Program(tmp_path, "lab", ignoring=(signal.SIGHUP,)) as program:
        program.wait_for("no training")
        program.press("+++")
        program.wait_for("[ 0.30 ]")
        program.resize(80, 24)
        program.wait_for("[ 0.30 ]")
        assert program.children() == []
        assert 10 < program.memory() < 200
        program.press("q")
        program.wait_for("Quit?")
        program.press("q")
        assert program.wait_for_end() == 0
