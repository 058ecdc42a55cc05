import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from relutui.lib import files

OLD, NEW = "old\n" * 200_000, "new\n" * 200_000


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_is_written_as_it_is(tmp_path: Path) -> None:
    files.create_atomically(tmp_path / "a.toml", "x = 'é'\n")
    assert (tmp_path / "a.toml").read_bytes() == "x = 'é'\n".encode()
    assert names(tmp_path) == ["a.toml"]


def test_an_existing_file_is_never_overwritten_silently(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("old")
    dangling = tmp_path / "link.toml"
    dangling.symlink_to(tmp_path / "nowhere")
    for taken in (path, dangling):
        with pytest.raises(FileExistsError):
            files.create_atomically(taken, "new")
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a.toml", "link.toml"]


def test_without_hard_links_a_new_file_is_still_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("this file system has no hard links")

    monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "a.toml"
    files.create_atomically(path, "first")
    with pytest.raises(FileExistsError):
        files.create_atomically(path, "second")
    assert path.read_text() == "first"
    assert names(tmp_path) == ["a.toml"]


def test_replace_overwrites_and_keeps_mode_and_link(tmp_path: Path) -> None:
    path, link = tmp_path / "a.toml", tmp_path / "link.toml"
    files.replace_atomically(path, "old")
    path.chmod(0o640)
    link.symlink_to(path)
    files.replace_atomically(link, "new")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o640
    assert link.is_symlink()
    assert names(tmp_path) == ["a.toml", "link.toml"]


def test_a_missing_folder_and_a_text_that_cannot_be_written_leave_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        files.create_atomically(tmp_path / "none" / "a.toml", "x")
    with pytest.raises(UnicodeEncodeError):
        files.create_atomically(tmp_path / "a.toml", "\ud800")
    assert names(tmp_path) == []


def test_temporaries_of_killed_processes_are_swept_but_not_those_in_use(tmp_path: Path) -> None:
    stale, fresh = tmp_path / ".relutui-1.tmp", tmp_path / ".relutui-2.tmp"
    for left in (stale, fresh):
        left.write_text("part of a fi")
    os.utime(stale, (time.time() - 120.0,) * 2)
    files.replace_atomically(tmp_path / "a.toml", "x")
    assert names(tmp_path) == [".relutui-2.tmp", "a.toml"]


@pytest.mark.parametrize("moment", [0.0, 0.005, 0.02, 0.05])
def test_a_kill_leaves_the_old_file_or_the_new_one(tmp_path: Path, moment: float) -> None:
    path, fresh = tmp_path / "a.toml", tmp_path / "new.toml"
    path.write_text(OLD)
    program = f"""
from pathlib import Path
from relutui.lib import files
path, fresh = Path({str(path)!r}), Path({str(fresh)!r})
print("ready", flush=True)
while True:
    files.replace_atomically(path, "new\\n" * 200_000)
    fresh.unlink(missing_ok=True)
    files.create_atomically(fresh, "new\\n" * 200_000)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
    assert path.read_text() in (OLD, NEW)
    assert not fresh.exists() or fresh.read_text() == NEW
