import subprocess

import pytest

from relutui.bench import contenders
from relutui.bench import plan as planning
from relutui.bench.peers import with_c
from relutui.bench.plan import FULL, ON_GPU, Lineup
from relutui.bench.task import Task


def test_on_a_gpu_the_batches_are_large_and_none_too_large() -> None:
    assert [(task.units, task.networks) for task in ON_GPU.seeds] == [
        (3, 256), (20, 256), (100, 256), (1000, 256), (3, 16_384), (20, 16_384), (100, 16_384), (1000, 16_384),
        (3, 262_144), (20, 262_144), (100, 262_144),
    ]  # fmt: skip
    assert ON_GPU.too_large == [Task(1000, networks=262_144)]
    assert list(ON_GPU.growth) == ["networks"]
    assert {ON_GPU.growth_calls(task) for task in ON_GPU.growth["networks"]} == {10_000}
    assert ON_GPU.growth["networks"][-1] == Task(3, networks=262_144)


def test_a_gpu_is_measured_once_and_the_processor_on_one_core_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "available_cores", lambda: 16)
    monkeypatch.setattr(planning, "can_pin", lambda: True)
    assert (FULL.settings, ON_GPU.settings) == ([1, 16], [16])
    assert [task.optimizer for task in ON_GPU.steps(16)] == ["sgd"] * 4 + ["adam"] * 4
    assert [task.optimizer for task in FULL.steps(16)] == ["sgd"] * 4


def test_on_the_processor_everybody_takes_every_task() -> None:
    assert len(FULL.seeds) == 4
    assert FULL.too_large == []
    assert FULL.growth_calls(Task(3, networks=4)) == 1_000
    lineup = Lineup.on(["CPU:CLANG", "CPU:X86"])
    for contender in (*lineup.all, *lineup.missing):
        assert not contender.gpu
        assert contender.most == float("inf")


@pytest.mark.parametrize("card", ["A card", ""])
def test_beside_a_gpu_who_is_too_slow_or_too_large_does_not_take_part(card: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contenders, "jax_gpu", lambda: card)
    lineup = Lineup.on(["CUDA"])
    everybody = {contender.name: contender for contender in (*lineup.all, *lineup.missing)}

    def taken(name: str) -> list[tuple[int | None, int]]:
        return [(task.networks, task.units) for task in ON_GPU.seeds if everybody[name].takes(task)]

    every = [(task.networks, task.units) for task in ON_GPU.seeds]
    small = [(256, 3), (256, 20)]
    assert taken("relutui, CUDA") == every
    assert taken("by points, CUDA") == every[:-1]
    assert taken("numpy, tuned") == taken("torch, compiled") == small
    assert taken("tinygrad, TinyJit") == []
    # three float32 of each unit at each point: 50 GB of 16,384 networks of 1,000, 81 GB of 262,144 of 100
    assert taken("JAX, by hand") == ([*every[:7], *every[8:10]] if card else small)
    on_gpu = {name for name, contender in everybody.items() if contender.gpu}
    jax = {"JAX, autodiff", "JAX, by hand"} if card else set()
    assert on_gpu == {"relutui, CUDA", "by points, CUDA", "tinygrad, TinyJit"} | jax
    for contender in everybody.values():
        assert all(contender.takes(task) for task in ON_GPU.steps(1) if task.optimizer in contender.optimizers)


@pytest.mark.parametrize(("compiler", "source", "there"), [("clang", True, True), (None, True, False), ("clang", False, False)])
def test_the_contender_in_c_needs_clang_and_the_source(
    compiler: str | None, source: bool, there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(with_c, "clang", lambda: compiler)
    monkeypatch.setattr(with_c, "run_compiler", lambda *command: b"A clang version 14.0.6\nTarget: any")
    monkeypatch.setattr(with_c, "SOURCE", with_c.SOURCE if source else with_c.SOURCE / "missing")
    lineup = Lineup.on(["CPU:X86"])
    (contender,) = (contender for contender in (*lineup.peers, *lineup.missing) if contender.name == "C, by hand")
    assert (contender in lineup.peers) is there
    assert contender.version == ("14.0.6" if there else None)


def test_the_gpu_of_jax_is_what_jax_says(monkeypatch: pytest.MonkeyPatch) -> None:
    def say(text: str) -> str:
        done = subprocess.CompletedProcess([], 0, text)
        monkeypatch.setattr(subprocess, "run", lambda *command, **how: done)
        contenders.jax_gpu.cache_clear()
        return contenders.jax_gpu()

    def fail(*command: object, **how: object) -> None:
        raise subprocess.CalledProcessError(1, "python")

    assert say("A card\n") == "A card"
    assert say("\n") == ""
    monkeypatch.setattr(subprocess, "run", fail)
    contenders.jax_gpu.cache_clear()
    assert contenders.jax_gpu() == ""
    contenders.jax_gpu.cache_clear()
