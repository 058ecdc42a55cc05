"""The process that reads HDF5 files: what is said if it ends by itself, or does not end."""

import os
from pathlib import Path

import pytest

from relutui.exchange import hdf5
from relutui.exchange.hdf5 import read_hdf5
from relutui.exchange.problem import ExchangeError


@pytest.mark.parametrize(("does", "limit"), [("kill -SEGV $$", 60.0), ("exec sleep 600", 0.1)])
@pytest.mark.skipif(os.name != "posix", reason="stands in for Python by a shell script")
def test_a_reader_that_crashes_or_hangs_is_a_line(
    does: str, limit: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = tmp_path / "python"
    reader.write_text(f"#!/bin/sh\n{does}\n")
    reader.chmod(0o700)
    monkeypatch.setattr("sys.executable", str(reader))
    monkeypatch.setattr(hdf5, "LIMIT_S", limit)
    with pytest.raises(ExchangeError, match=r"^no HDF5 file that can be read$"):
        read_hdf5(b"", "model_config")
