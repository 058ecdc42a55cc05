"""What `relutui devices` prints; the devices are made up."""

import json
from collections.abc import AsyncIterator

import pytest

from relutui.cli.main import main
from relutui.model.trainer import DeviceReport

FOUND = [
    DeviceReport("CL", "CL", "OpenCL", False, "no libOpenCL; needs an OpenCL driver: the GPU's own, or another", 0.0),
    DeviceReport("CPU:CLANG", "CPU", "clang", True, "", 0.003),
]


async def probed(limit: float) -> AsyncIterator[DeviceReport]:
    assert limit < 3.0
    for report in FOUND:
        yield report


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two devices; what can be used here is in tests/engine/test_probing.py."""
    monkeypatch.setattr("relutui.cli.devices.probe_devices", probed)
    monkeypatch.delenv("RELUTUI_DEVICE", raising=False)
    monkeypatch.setenv("DEV", "CL")


def test_devices_says_what_can_be_used(found: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["devices"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "device     renderer       1,000 steps of 3 units on 300 points, or why not",
        "CPU:CLANG  clang          3.00 ms",
        "CL         OpenCL         no libOpenCL; needs an OpenCL driver: the GPU's own,",
        "                          or another",
        "",
        "without --device: CL, from DEV",
    ]


def test_devices_as_json_are_as_in_the_design(found: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["devices", "--json"]) == 0
    (clang, opencl) = json.loads(capsys.readouterr().out)["devices"]
    assert clang == {
        "device": "CPU:CLANG", "name": "CPU", "renderer": "clang", "usable": True, "reason": "", "burst_seconds": 0.003,
    }  # fmt: skip
    assert opencl == clang | {
        "device": "CL", "name": "CL", "renderer": "OpenCL", "usable": False, "reason": FOUND[0].reason, "burst_seconds": 0,
    }  # fmt: skip


def test_devices_says_what_is_wrong_with_the_one_that_would_be_taken(
    found: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RELUTUI_DEVICE", "\x1b[31mGPU")
    assert main(["devices"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("without --device: device [31mGPU (from RELUTUI_DEVICE) cannot be opened: expected one of CPU, ")
