"""The scripts of `relutui completion`, run by the shells themselves where they are there."""

import shutil
import subprocess
from pathlib import Path

import pytest

from relutui.cli.main import main
from relutui.cli.parser import COMMANDS
from relutui.docs.pages import PAGES
from relutui.scenario.library import shipped
from tests.support.waiting import LIMIT

ASK = {
    "bash": 'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _shtab_relutui; printf "%s\\n" "${COMPREPLY[@]}"',
    "fish": "source $argv[1]; complete -C (string join -- ' ' $argv[2..])",
}


def script(shell: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main(["completion", shell]) == 0
    file = folder / f"relutui.{shell}"
    file.write_text(capsys.readouterr().out)
    return file


@pytest.mark.parametrize("shell", ASK)
def test_the_shell_completes(shell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if not shutil.which(shell):
        pytest.skip(f"there is no {shell}")
    file = script(shell, tmp_path, capsys)
    (tmp_path / "las.toml").touch()
    (tmp_path / "lap").mkdir()

    def offered(*words: str) -> set[str]:
        command = [shell, "-c", ASK[shell], str(file), "relutui", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LIMIT, cwd=tmp_path)
        return {line.split("\t")[0].rstrip("/") for line in done.stdout.splitlines()}

    named = {name for name in shipped() if name.startswith("la")}
    assert offered("la") == named
    assert {"train", "two-units"} <= offered("t")
    assert offered("train", "la") == named | {"las.toml", "lap"}
    assert offered("check", "las") == {"las.toml"}
    assert offered("train", "lab", "--save", "la") == {"las.toml", "lap"}
    assert offered("review", "la") == {"lap"}
    assert offered("train", "lab", "--optimizer", "") == {"sgd", "momentum", "adam"}
    assert offered("open", "lab", "--device", "CPU") == {"CPU:X86", "CPU:CLANG", "CPU:LLVM"}
    assert "--learning-rate" in offered("train", "lab", "--le")
    assert offered("docs", "") == set(PAGES)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_it_has_every_command_and_scenario(shell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = script(shell, tmp_path, capsys)
    text = file.read_text()
    assert [name for name in (*COMMANDS, *shipped()) if name not in text] == []
    if shutil.which(shell):  # it can be read
        subprocess.run([shell, "-n", str(file)], check=True, timeout=LIMIT)
    assert len(text) < 100_000


def test_another_shell_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as error:
        main(["completion", "ksh"])
    assert error.value.code == 2
    assert "invalid choice: 'ksh'" in capsys.readouterr().err
