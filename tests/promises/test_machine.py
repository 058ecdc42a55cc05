"""Whatever the machine lacks, the app opens, editing works, and training works or says in one line why not."""

import platform
import shutil
import stat
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.promises.program import Program

pytestmark = pytest.mark.slow

x86 = pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="tinygrad's assembler is for x86-64")
EMPTY = {"PATH": ""}


def opened(home: Path, environment: Mapping[str, str]) -> Program:
    """The lab in such an environment, two nudges on."""
    program = Program(home, "lab-free", device=None, environment=environment)
    program.wait_for("step 0")
    program.press("++")
    program.wait_for("● unsaved")
    return program


def trains_on(home: Path, device: str, environment: Mapping[str, str], noise: bytes = b"clang: ") -> None:
    """Open, edit, train on this device, undo and leave, with nothing on the screen that is not ours."""
    with opened(home, environment) as program:
        program.wait_for("   CPU")
        program.press("d")
        program.wait_until(lambda: any(f" {device} " in row and "in use" in row for row in program.text.splitlines()))
        program.press("\x1b")
        program.wait_until(lambda: "in use" not in program.text)
        program.press("s")  # 20 steps
        program.wait_for("step 20")
        program.press("u")
        program.wait_for("step 0 ")
        leave(program)
        assert noise not in program.sent


def refuses(home: Path, reason: str, environment: Mapping[str, str], noise: bytes = b"Traceback") -> None:
    """Open, edit, be told why training is not possible, by itself and when asked to train, and leave."""
    with Program(home, "lab-free", device=None, environment=environment) as program:
        program.wait_for("no training")
        said(program, reason)
        program.press("+")
        program.wait_for("● unsaved")
        program.press("s")
        said(program, reason)
        leave(program)
        assert noise not in program.sent


def said(program: Program, reason: str) -> None:
    """Wait for a sentence, which may be parted into rows."""
    program.wait_until(lambda: reason in " ".join(program.text.split()))


def leave(program: Program) -> None:
    """Quit, and say so again where something was not written."""
    program.press("qq")
    assert program.wait_for_end(10) == 0


def folder_with(folder: Path, name: str, text: str) -> str:
    """A folder with a file that can be run."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(folder)


@x86
def test_without_a_compiler_it_trains_by_the_assembler(tmp_path: Path) -> None:
    trains_on(tmp_path, "CPU:X86", EMPTY)


@x86
def test_a_broken_clang_is_as_none(tmp_path: Path) -> None:
    script = '#!/bin/sh\n[ "$1" = --version ] && echo clang version 14 && exit\necho clang: error: broken >&2\nexit 1\n'
    trains_on(tmp_path, "CPU:X86", {"PATH": folder_with(tmp_path / "bin", "clang", script)})


@x86
def test_a_clang_that_hangs_is_given_up_and_holds_nobody_up(tmp_path: Path) -> None:
    hanging = {"PATH": folder_with(tmp_path / "bin", "clang", "#!/bin/sh\nexec /bin/sleep 1000\n")}
    trains_on(tmp_path, "CPU:X86", hanging)
    with opened(tmp_path, hanging) as program:
        program.wait_until(lambda: program.children() != [])
        leave(program)


def test_what_clang_prints_does_not_reach_the_screen(tmp_path: Path) -> None:
    if not (clang := shutil.which("clang")):
        pytest.skip("needs clang")
    script = f'#!/bin/sh\necho clang: warning: noise >&2\nexec {clang} "$@"\n'
    trains_on(tmp_path, "CPU:CLANG", {"PATH": folder_with(tmp_path / "bin", "clang", script)})


def site(folder: Path, code: str) -> dict[str, str]:
    """An environment in which Python runs some code as it starts."""
    return {"PYTHONPATH": folder_with(folder / "site", "sitecustomize.py", code)}


def test_an_old_processor_without_clang_is_told_what_to_install(tmp_path: Path) -> None:
    code = """
import pathlib
read_text = pathlib.Path.read_text
flags = "flags : fpu sse4_2 avx"
pathlib.Path.read_text = lambda self, *a, **k: flags if str(self) == "/proc/cpuinfo" else read_text(self, *a, **k)
"""
    reason = "training needs clang on this processor, which lacks avx2, f16c, fma: install it (apt install clang)"
    refuses(tmp_path, reason, EMPTY | site(tmp_path, code))
    refuses(tmp_path, reason, EMPTY | site(tmp_path, code) | {"DEV": "CPU:X86"})  # it would be killed by its first kernel


def test_a_broken_tinygrad_is_told(tmp_path: Path) -> None:
    code = 'print("noise")\nraise RuntimeError("out of luck\\nTraceback")\n'
    path = folder_with(tmp_path / "path", "tinygrad/__init__.py", code)
    reason = "training needs tinygrad: pip install tinygrad==0.14.0 (out of luck)"
    refuses(tmp_path, reason, {"PYTHONPATH": path}, noise=b"noise")


def test_a_part_of_tinygrad_that_is_missing_is_told(tmp_path: Path) -> None:
    code = 'import sys\nsys.modules["tinygrad.renderer.isa.x86"] = None\n'
    refuses(tmp_path, "training needs tinygrad: pip install tinygrad==0.14.0 (", site(tmp_path, code))


def test_another_version_of_tinygrad_is_told(tmp_path: Path) -> None:
    path = folder_with(tmp_path / "path", "tinygrad-0.13.0.dist-info/METADATA", "Name: tinygrad\nVersion: 0.13.0\n")
    refuses(tmp_path, "training needs tinygrad: pip install tinygrad==0.14.0 (found 0.13.0)", {"PYTHONPATH": path})


def test_what_others_mean_by_a_variable_is_not_taken_for_tinygrads(tmp_path: Path) -> None:
    """Left to itself it does not start with any of these."""
    named = dict.fromkeys(["NO_COLOR", "DEBUG", "PROFILE", "IMAGE", "TRAINING", "THREADS", "VIZ"], "yes")
    with opened(tmp_path, named | {"DEBUG": "7"}) as program:
        program.press("s")
        program.wait_for("step 20")
        leave(program)
        assert b"opened device" not in program.sent


def test_no_home_and_no_temporary_folder(tmp_path: Path, times: Callable[[int, int], int]) -> None:
    unset = {"XDG_STATE_HOME": "/proc/none"} | site(tmp_path, 'import os\ndel os.environ["HOME"]\n')
    read_only, absent, file = ({"HOME": place, "TMPDIR": place} for place in ("/proc", "/nonexistent", "/dev/null"))
    for environment in [read_only, unset, absent, file][: times(2, 4)]:
        with opened(tmp_path, environment) as program:
            program.press("s")
            program.wait_for("step 20")
            leave(program)
            assert b"Traceback" not in program.sent


def test_no_room_for_a_single_byte(tmp_path: Path) -> None:
    """Every file that is written, whether a temporary one, a journal or a scenario, is refused its first byte."""
    full = site(tmp_path, "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n")
    with opened(tmp_path, full | {"PYTHONDONTWRITEBYTECODE": "1"}) as program:
        program.press("s")
        program.wait_for("step 20")
        program.press("w")
        program.wait_for("Write")
        program.press("mine\r")
        program.wait_until(lambda: "File too" in program.text and "large" in program.text)  # in two rows of the dialog
        program.press("\x1b")
        program.wait_until(lambda: "esc cancels" not in program.text)
        program.wait_for("step 20")
        assert not (tmp_path / "mine.toml").exists()
        leave(program)
