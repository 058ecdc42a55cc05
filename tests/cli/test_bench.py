"""`relutui bench`, called as the shell would; what is measured is numpy, beside a peer that is not there."""

import json
import signal
from dataclasses import replace
from importlib import import_module

import pytest

from relutui.bench import machine as machines
from relutui.bench import measure as measuring
from relutui.bench.contender_process import ContenderProcess, Timing
from relutui.bench.contenders import Contender
from relutui.bench.plan import Lineup, Plan
from relutui.cli.main import main
from relutui.model.trainer import Device

bench = import_module("relutui.cli.bench")

PLAN = Plan(units=(2,), batches=((2, 3),), along_units=(1, 2), along_points=(8, 16), along_networks=(1, 2))
NUMPY = Contender("numpy", "with_numpy", "plain", "numpy", batches=True)
OWN = Contender("relutui, clang", "with_numpy", "tuned", "numpy", bursts=True, batches=True)
BY_POINTS = Contender("by points, clang", "with_numpy", "plain", "numpy", bursts=True, batches=True)
JAX = Contender("JAX, by hand", "with_jax", "by hand", "jax", bursts=True, batches=True)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    lineup = Lineup((OWN,), (BY_POINTS,), (NUMPY,), (JAX,))
    monkeypatch.setattr(bench, "FULL", PLAN)
    monkeypatch.setattr(bench.Lineup, "on", lambda devices: lineup)
    monkeypatch.setattr(measuring, "MIN_ROUND_S", 0.0)
    monkeypatch.setattr(measuring, "ROUNDS", 2)
    monkeypatch.setattr(measuring, "SHORTENED_CALL_S", 0.001)
    monkeypatch.setattr(measuring, "MAX_CALL_S", 0.001)
    monkeypatch.setattr(measuring, "MIN_GPU_MARGIN_S", 0.001)


def test_the_json_is_one_object_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--json"]) == 0
    captured = capsys.readouterr()
    found = json.loads(captured.out)
    assert captured.err == ""
    assert set(found["versions"]) == {"relutui", "Python", "numpy"}
    assert {figure["contender"] for figure in found["figures"]} == {"numpy", "relutui, clang", "by points, clang"}
    assert [*found["growth"]] == ["units", "points", "networks", "points, of a batch of 256"]
    assert found["missing"] == ["jax"]
    assert found["troubles"] == []


def test_a_device_that_is_not_the_processor_has_a_plan_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def opened(device: str) -> Device:
        return Device(device, "a card")

    lineup = Lineup((replace(OWN, gpu=True),), (BY_POINTS,), (NUMPY,), ())
    monkeypatch.setattr(bench, "_opened", opened)
    monkeypatch.setattr(machines, "jax_gpu", lambda: "")
    monkeypatch.setattr(bench.Lineup, "on", lambda devices: lineup)
    monkeypatch.setattr(bench, "ON_GPU", replace(PLAN, batches=((2, 3), (1000, 2**20)), batch_calls=10_000, pinned=False))
    assert main(["bench", "--device", "CUDA"]) == 0
    text = capsys.readouterr().out
    assert ", CUDA (a card), " in text.partition("\n")[0]
    assert "\nOn the GPU: relutui, clang. On the processor, " in text
    assert text.count("Batches of networks, million steps a second at 10,000 steps a call") == 1
    assert "1,048,576 networks of 1,000 units\n" in text


def test_an_interrupt_leaves_no_process_behind(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    begun: list[ContenderProcess] = []

    class Interrupted(ContenderProcess):
        def time(self, steps: int, seconds: float) -> Timing:
            begun.append(self)
            if len(begun) == 5:
                signal.raise_signal(signal.SIGINT)
            return super().time(steps, seconds)

    monkeypatch.setattr(measuring, "ContenderProcess", Interrupted)
    assert main(["bench"]) == 130
    assert capsys.readouterr() == ("", "interrupted\n")
    assert not any(process.alive for process in begun)


def test_a_device_that_cannot_be_opened_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--device", "FOO"]) == 1
    error = capsys.readouterr().err
    assert "FOO" in error
    assert error.count("\n") == 1
