"""What lies behind a link to itself, in a file or under a name that is too long: the same on every Python, in one line.

Path.exists(), is_dir() and is_file() keep some errors to themselves, and from Python 3.14 on all.
"""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from relutui.cli.main import main
from relutui.engine.devices import catalogue
from relutui.engine.devices.catalogue import CANDIDATES, probe_devices
from relutui.lib import files
from relutui.session.journal import Journal, find_recoverable
from tests.support.sessions import open_lab


def link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def file(path: Path) -> None:
    path.write_text("no folder")


IN_THE_WAY = pytest.mark.parametrize(("put", "number"), [(link_to_itself, errno.ELOOP), (file, errno.ENOTDIR)])
Put = Callable[[Path], None]


@pytest.mark.parametrize(
    ("put", "named", "number"),
    [(link_to_itself, "there/a.csv", errno.ELOOP), (file, "there/a.csv", errno.ENOTDIR), (Path.touch, "there", errno.EEXIST),
     (link_to_itself, "there", errno.EEXIST), (file, "nowhere/a.csv", errno.ENOENT),
     (file, f"{'x' * 300}/a.csv", errno.ENAMETOOLONG)],
)  # fmt: skip
def test_where_a_file_cannot_be_written_is_said_before_the_work_begins(
    put: Put, named: str, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "there")
    assert main(["sweep", "lab-free", "--seeds", "1", "--steps", "1", "--csv", named]) == 1
    place = "nowhere" if number == errno.ENOENT else named
    assert capsys.readouterr() == ("", f"{place}: {os.strerror(number)}\n")


def test_a_link_to_itself_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    link_to_itself(path)
    with pytest.raises(OSError, match=os.strerror(errno.ELOOP)) as error:
        files.replace_atomically(path, "new")
    assert error.value.filename == str(path)
    assert os.listdir(tmp_path) == ["a.toml"]


@IN_THE_WAY
def test_a_place_among_the_sessions_can_be_given_back_whatever_has_become_of_its_folder(
    put: Put, number: int, state_folder: Path
) -> None:
    journal = Journal()
    journal.keep(open_lab(w1=1))
    folder = state_folder / "sessions"
    moved = folder.rename(state_folder / "moved")
    put(folder)
    with pytest.raises(OSError, match=os.strerror(number)) as error:
        journal.drop()
    assert Path(error.value.filename).parent == folder
    journal.close()
    folder.unlink()
    moved.rename(folder)
    (orphan,) = find_recoverable()  # nobody holds its lock
    orphan.release()


@IN_THE_WAY
async def test_a_device_is_called_absent_only_where_its_file_plainly_is(
    put: Put, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "there")
    one = CANDIDATES[0]._replace(file=str(tmp_path / "there" / "dev"))
    monkeypatch.setattr(catalogue, "CANDIDATES", (one,))
    found = [report.reason async for report in probe_devices(60.0)]
    assert [reason.startswith(f"no {one.file};") for reason in found] == [number == errno.ENOTDIR]
