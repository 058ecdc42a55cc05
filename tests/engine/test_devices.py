import platform
import subprocess
import sys

import pytest

from relutui.engine import devices
from relutui.engine.devices import probe_devices


def test_every_device_is_reported_with_a_reason_or_a_time() -> None:
    reports = probe_devices()
    assert [(report.name, report.renderer) for report in reports[:3]] == [
        ("CPU", "x86 assembler"),
        ("CPU", "clang"),
        ("CPU", "LLVM"),
    ]
    assert {"CL", "CUDA", "NV", "AMD", "METAL", "QCOM", "WEBGPU"} == {report.name for report in reports[3:]}
    for report in reports:
        assert (report.burst_seconds > 0.0) == report.usable == (report.reason == "")
        assert report.usable or "; needs " in report.reason
        assert "\n" not in report.reason
    assert reports[0].usable or platform.machine() != "x86_64"


CRASH = ("import os; os.abort()", "its driver ended the process (status -6)")
HANG = ("import time; time.sleep(9)", "no answer within")


@pytest.mark.parametrize(("code", "reason"), [CRASH, HANG])
def test_a_driver_that_crashes_or_hangs_is_reported(monkeypatch: pytest.MonkeyPatch, code: str, reason: str) -> None:
    run = subprocess.run
    monkeypatch.setattr(devices, "_TIME_LIMIT", 0.5)
    monkeypatch.setattr(subprocess, "run", lambda _command, **options: run([sys.executable, "-c", code], **options))
    first = probe_devices()[0]
    assert not first.usable
    assert first.reason.startswith(reason)
