"""What drivers and their compilers print never reaches the screen, nor what a command says."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.promises.program import Program
from tests.support.waiting import LIMIT

pytestmark = pytest.mark.slow

CHATTER = b"1 warning generated."
CHATTY = """
import os, sys
from pathlib import Path
from relutui.engine.devices import opening

def chattering(device, open_device=opening.open_device):
    for descriptor in (1, 2):
        os.write(descriptor, b"1 warning generated.\\r\\n")
    Path("chattered").touch()
    return open_device(device)

opening.open_device = chattering
from relutui.cli.main import main
sys.exit(main())
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """With a `relutui` of which the engine's thread prints as it opens the device."""
    (tmp_path / "chatty.py").write_text(CHATTY)
    return tmp_path


def test_it_does_not_reach_the_screen_of_the_app(home: Path) -> None:
    with Program(home, "lab", device="CPU:X86", module="chatty") as program:
        program.wait_for("   CPU")
        assert (home / "chattered").exists()
        program.press("s")
        program.wait_for("step 1 ")
        program.press("q")
        program.wait_for("Quit?")
        program.press("q")
        assert program.wait_for_end() == 0
        assert program.is_restored()
        assert CHATTER not in program.sent


@pytest.mark.parametrize("command", ["train lab --steps 300000", "sweep lab --seeds 1000 --steps 300"])
def test_it_does_not_reach_the_progress_bar_of_a_command(home: Path, command: str) -> None:
    with Program(home, *command.split(), device="CPU:X86", module="chatty") as program:
        assert program.wait_for_end() == 0
        assert (home / "chattered").exists()
        assert CHATTER not in program.sent
        assert b"\x1b[?25l" in program.sent  # rich hides the cursor while its bar is drawn
        assert b" s on CPU (x86 assembler)" in program.sent


@pytest.mark.parametrize(("arguments", "status"), [((), 0), (("--device", "FOO"), 1)])
def test_it_is_no_part_of_what_a_command_says(home: Path, arguments: tuple[str, ...], status: int) -> None:
    environment = {"HOME": str(home), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-m", "chatty", "train", "lab", "--steps", "10", "--json", *arguments]
    done = subprocess.run(command, capture_output=True, env=environment, cwd=home, check=False, timeout=LIMIT)
    assert done.returncode == status
    assert (home / "chattered").exists()
    if status:
        assert done.stdout == b""
        assert done.stderr.startswith(b"device FOO cannot be opened: ")
        assert done.stderr.count(b"\n") == 1
    else:
        assert json.loads(done.stdout)["steps"] == 10
        assert done.stderr == b""


def test_opencls_own_does_not_reach_the_screen(tmp_path: Path) -> None:
    """PoCL's, which is made to tell all that it does."""
    with Program(tmp_path, "lab", device="CL", environment={"POCL_DEBUG": "all"}) as program:
        program.wait_until(lambda: any(said in program.text for said in ("CL (OpenCL)", "   CPU", "no training")))
        if "CL (OpenCL)" not in program.text:
            pytest.skip("no OpenCL here")
        program.press("s")
        program.wait_for("step 1 ")
        assert b"pocl" not in program.sent.lower()
