"""Another device in the middle of it: asked for, or because the present one fails."""

import asyncio
import sys
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from relutui.engine.devices.catalogue import CANDIDATES
from relutui.engine.devices.opening import open_device
from relutui.engine.engine import Engine
from relutui.engine.fallback import CpuFallback
from relutui.model.trainer import DEVICES, Device, DeviceFailed, TrainerUnavailable
from relutui.model.training import OPTIMIZERS, Checkpoint, Optimizer, TrainingSettings
from relutui.model.values import values_of
from tests.engine.problems import lab, locks, random_start

START = random_start(np.random.default_rng(5), 3)
COMPILED = {"sgd": pytest.mark.slow, "momentum": pytest.mark.slow}  # adam's state holds theirs; each takes a second


@pytest.fixture(autouse=True)
def present_device() -> Iterator[None]:
    """The device of tinygrad is one for the whole process, and other tests go on with theirs."""
    helpers = sys.modules.get("tinygrad.helpers")  # which only an engine is to import, on its thread
    before = helpers.DEV.value if helpers else None
    yield
    if helpers:
        helpers.DEV.value = before


@pytest.fixture
def pair(device: str | None) -> tuple[str, str]:
    """Two devices, the second that of --device."""
    wanted = (device or "CPU:CLANG").upper()
    return ("CPU:CLANG" if wanted == "CPU:X86" else "CPU:X86"), wanted


@pytest.fixture
async def engine(pair: tuple[str, str]) -> AsyncIterator[Engine]:
    """On the first of the two, which can both be opened."""
    engine = Engine(pair[1])
    try:
        await engine.open()
        await engine.switch(pair[0])
    except TrainerUnavailable as error:
        pytest.skip(str(error))
    yield engine
    await engine.close()


def renderer() -> str:
    """What tinygrad would compile with now."""
    from tinygrad import Device as Devices

    return type(Devices[Devices.DEFAULT].renderer).__name__


def test_devices_are_called_as_they_are_listed() -> None:
    for candidate in CANDIDATES:
        assert f"{candidate.name} ({candidate.renderer})".startswith(DEVICES[candidate.device])


@pytest.mark.parametrize("optimizer", [pytest.param(name, marks=COMPILED.get(name, ())) for name in OPTIMIZERS])
async def test_training_goes_on_there(engine: Engine, pair: tuple[str, str], optimizer: Optimizer) -> None:
    problem = lab(settings=TrainingSettings(optimizer, learning_rate=0.01))
    problem = replace(problem, locks=replace(locks(3), w=np.array([True, False, False]), c=True))
    here, compiler = await engine.train(START, problem, 100), renderer()
    half = await engine.train(START, problem, 50)
    all_here = await engine.train(half, problem, 50)
    assert str(await engine.switch(pair[1])).startswith(DEVICES.get(pair[1], pair[1].partition(":")[0]))
    assert renderer() != compiler
    both = await engine.train(half, problem, 50)
    there = await engine.train(START, problem, 100)
    for one in (here, there):
        agree(both, one)
    assert (both.parameters.w[0], both.parameters.c) == (START.parameters.w[0], START.parameters.c)
    assert both.parameters.w[1] != START.parameters.w[1]
    # There and back again is as if nothing had been: nothing of a checkpoint is on a device.
    await engine.switch(pair[0])
    assert renderer() == compiler
    assert await engine.train(half, problem, 50) == all_here


def agree(one: Checkpoint, other: Checkpoint) -> None:
    """To 1e-5, after the same 100 steps; of moments, in whose sums much cancels out, that of the largest."""
    assert one.step == other.step == 100
    assert one.optimizer.steps == other.optimizer.steps
    np.testing.assert_allclose(values_of(one.parameters), values_of(other.parameters), rtol=1e-5, atol=1e-7)
    for moment in ("first", "second"):
        mine, its = (values_of(getattr(checkpoint.optimizer, moment)) for checkpoint in (one, other))
        np.testing.assert_allclose(mine, its, rtol=0.0, atol=1e-5 * np.abs(its).max())


@pytest.mark.parametrize("wrong", ["FOO", "CL:FOO", "QCOM"])
async def test_where_another_cannot_be_opened_it_stays(engine: Engine, wrong: str) -> None:
    problem = lab(settings=TrainingSettings("adam"))
    before, compiler = await engine.train(START, problem, 50), renderer()
    with pytest.raises(TrainerUnavailable, match="cannot be opened"):
        await engine.switch(wrong)
    assert renderer() == compiler
    assert await engine.train(START, problem, 50) == before


async def test_memory_is_given_back(engine: Engine, pair: tuple[str, str]) -> None:
    from tinygrad import Device as Devices
    from tinygrad.helpers import GlobalCounters

    problem = lab(settings=TrainingSettings("adam"))
    used = []
    for _ in range(5):
        for name in pair:
            await engine.switch(name)
            await engine.train(START, problem, 1)
        used.append(GlobalCounters.mem_used)
    assert used == used[:1] * 5
    left, (burst,) = Devices.default, map(weakref.ref, engine._bursts.values())
    await engine.switch(pair[0])
    assert burst() is None
    assert GlobalCounters.mem_used < used[0]
    assert not any(left.allocator.cache.values())


GPU = Device("CUDA", "fake")


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with a GPU, which is really the processor; its third burst fails, and all after it."""
    bursts, on_gpu = 0, False

    def opened(wanted: str | None) -> Device:
        nonlocal on_gpu
        device, on_gpu = open_device("CPU"), wanted == "CUDA"
        if on_gpu:
            break_bursts()
        return GPU if on_gpu else device

    def break_bursts() -> None:
        from relutui.engine.compiled_burst import CompiledBurst
        from relutui.engine.program import BurstStart

        run = CompiledBurst._run

        def failing(burst: CompiledBurst, steps: int, place: BurstStart) -> tuple[int, NDArray[np.float32]]:
            nonlocal bursts
            bursts += 1
            if on_gpu and bursts >= 3:
                raise RuntimeError("CUDA_ERROR_LAUNCH_FAILED\nand more")
            return run(burst, steps, place)

        monkeypatch.setattr(CompiledBurst, "_run", failing)

    monkeypatch.setattr("relutui.engine.devices.opening.open_device", opened)


async def test_an_engine_says_that_its_device_failed(broken: None) -> None:
    engine = Engine("CUDA")
    problem = lab(settings=TrainingSettings("adam"))
    with pytest.raises(DeviceFailed, match=r"^CUDA failed while training: CUDA_ERROR_LAUNCH_FAILED$"):
        await engine.train(START, problem, 25_000)
    await engine.close()


async def test_the_processor_takes_over_in_the_middle_and_nothing_is_lost(broken: None) -> None:
    told = list[tuple[Device, str]]()
    engine = CpuFallback(Engine("CUDA"), lambda device, why: told.append((device, why)))
    assert await engine.open() == GPU
    problem = lab(settings=TrainingSettings("adam"))
    trained, waited = await asyncio.gather(engine.train(START, problem, 25_000), engine.train(START, problem, 10))
    ((device, why),) = told
    assert device == await engine.open() != GPU
    assert why == f"CUDA failed while training: CUDA_ERROR_LAUNCH_FAILED; on {device} from here on"
    assert trained == await engine.train(START, problem, 25_000)
    assert trained.step == 25_000
    assert waited.step == 10
    assert len(told) == 1
    await engine.close()


async def test_the_processor_is_taken_where_a_device_cannot_be_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    cpu = Device("CPU", "clang")
    monkeypatch.setattr("relutui.engine.devices.opening.open_device", refusing("CUDA", cpu))
    told = list[tuple[Device, str]]()
    engine = CpuFallback(Engine("CUDA"), lambda device, why: told.append((device, why)))
    assert await engine.open() == await engine.open() == cpu
    assert told == [(cpu, "device CUDA cannot be opened: no driver; on CPU (clang) from here on")]
    with pytest.raises(TrainerUnavailable, match=r"^device CUDA cannot be opened: no driver$"):
        await engine.switch("CUDA")  # which is asked for, and said by whoever asks
    assert len(told) == 1
    await engine.close()


async def test_where_there_is_no_processor_either_the_first_reason_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relutui.engine.devices.opening.open_device", refusing("CUDA", None))
    engine = CpuFallback(Engine("CUDA"), lambda device, why: None)
    for _ in range(2):
        with pytest.raises(TrainerUnavailable, match=r"^device CUDA cannot be opened: no driver$"):
            await engine.open()
    await engine.close()


def refusing(refused: str, other: Device | None) -> Callable[[str | None], Device]:
    """An `open_device` that opens the other, if there is one."""

    def opened(wanted: str | None) -> Device:
        if wanted == refused or other is None:
            raise TrainerUnavailable(f"device {wanted} cannot be opened: no driver")
        return other

    return opened
