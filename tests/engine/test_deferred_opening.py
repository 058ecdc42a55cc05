"""Opening where there is time for it, and on a crowded machine."""

import asyncio
from itertools import count

import pytest

from relutui.engine import interactive
from relutui.engine.engine import Engine
from relutui.engine.interactive import DeferredOpening
from relutui.model.trainer import Device
from tests.engine.problems import LAB_START, lab
from tests.support.waiting import LIMIT, turns

DEVICE = Device("CPU", "none")


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, share: float) -> DeferredOpening:
    """An engine that has had this share of a core between one look at the clocks and the next."""
    monkeypatch.setattr("relutui.engine.devices.opening.open_device", lambda wanted: DEVICE)
    monkeypatch.setattr(interactive, "perf_counter", count().__next__)
    monkeypatch.setattr(interactive, "process_time", count(0, share).__next__)
    return DeferredOpening(Engine())


@pytest.mark.parametrize("share", [0.5])
async def test_it_opens_at_once_where_there_is_time(engine: DeferredOpening) -> None:
    assert await asyncio.wait_for(engine.open(), LIMIT) == DEVICE
    await engine.close()


@pytest.mark.parametrize("share", [0.05])
async def test_on_a_crowded_machine_it_opens_once_something_is_asked_of_it(engine: DeferredOpening) -> None:
    opening = asyncio.create_task(engine.open())
    await turns()
    assert not opening.done()
    await engine.train(LAB_START, lab(), 0)
    assert await asyncio.wait_for(opening, LIMIT) == DEVICE
    await engine.close()


@pytest.mark.parametrize("share", [0.05])
async def test_or_after_a_while(engine: DeferredOpening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interactive, "OPENING_DELAY_S", (0.01, 0.01))
    assert await asyncio.wait_for(engine.open(), LIMIT) == DEVICE
    await engine.close()
