"""`relutui sweep --csv FILE` where a disk has no room: what is finished is kept."""

import errno
import io
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from relutui.cli import sweep_part
from relutui.study import sweep_results
from tests.cli.sweep_file.conftest import NETWORKS, Train, refused


def test_a_full_folder_for_temporary_files_is_named(
    train: Train, whole: bytes, file: Path, part: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sweep_results, "MAX_IN_MEMORY", 0)
    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", pwrite_until(5 * 8, os.pwrite))
        train("--csv", str(file), status=1)
    place = f"{tempfile.gettempdir()}: No space left on device"
    assert refused(capsys) == f"{place}: 4 of 21 networks were finished; --resume goes on from {part}\n"
    train("--csv", str(file), "--resume")
    assert file.read_bytes() == whole


def pwrite_until(end: int, pwrite: Callable[[int, memoryview, int], int]) -> Callable[[int, memoryview, int], int]:
    """Stands for os.pwrite in a file that has room for so many bytes."""

    def bounded(descriptor: int, data: memoryview, offset: int) -> int:
        if offset >= end:
            raise OSError(errno.ENOSPC, "No space left on device")
        return pwrite(descriptor, data[: end - offset], offset)

    return bounded


class Disk(io.FileIO):
    """Has room for so many bytes; what does not fit whole is written as far as it fits."""

    room = 0

    def write(self, data: object) -> int:
        text = bytes(data)  # type: ignore[call-overload]
        if not Disk.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        taken = text[: Disk.room]
        Disk.room -= len(taken)
        return super().write(taken) or 0


def test_a_full_disk_leaves_what_is_finished(
    train: Train, whole: bytes, file: Path, part: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    beginning = 400  # bytes at most, before the rows; each row has less than 60
    monkeypatch.setattr(sweep_part.io, "FileIO", Disk)  # type: ignore[attr-defined]
    Disk.room = beginning + 250
    trained = train("--csv", str(file), status=1).trained
    said = capsys.readouterr().err.splitlines()
    kept = len(part.read_bytes().splitlines()) - 2
    assert kept == trained - 2 > 0  # the last two had no room
    going_on = f"{kept} of 21 networks were finished; --resume goes on from {part}"
    assert said == [f"{part}: No space left on device: {going_on}"]
    assert part.read_bytes().endswith(b"\n")
    assert not file.exists()
    Disk.room = 10_000
    assert train("--csv", str(file), "--resume").trained == NETWORKS - kept
    assert file.read_bytes() == whole
