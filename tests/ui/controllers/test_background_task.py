"""Work in the background of a screen: when it is drawn, how long it takes, and how it ends."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from relutui.model.trainer import TrainerUnavailable
from relutui.ui.controllers import background_task
from relutui.ui.controllers.background_task import MIN_REDRAW_INTERVAL_S, REST_PER_DRAWING, BackgroundTask
from tests.support.waiting import turns, until

SCREEN: Any = SimpleNamespace(app=SimpleNamespace(_driver=None), display=True)


class Watch:
    """A background by a clock that stands still until it is set; `drawn` is when it was drawn, each in `cost` seconds."""

    def __init__(self, cost: float = 0.0, screen: Any = SCREEN) -> None:
        self.now, self.drawn = 0.0, cast(list[float], [])
        self._cost = cost
        self.work = BackgroundTask(screen, self._draw, lambda: self.now)

    def _draw(self) -> None:
        self.drawn.append(self.now)
        self.now += self._cost

    def at(self, *times: float) -> None:
        for self.now in times:
            self.work.show()


async def nothing() -> None:
    pass


async def for_ever() -> None:
    await asyncio.Event().wait()


def test_it_is_drawn_now_and_then() -> None:
    watch = Watch()
    watch.at(0.0, MIN_REDRAW_INTERVAL_S / 2, MIN_REDRAW_INTERVAL_S, MIN_REDRAW_INTERVAL_S * 1.5, MIN_REDRAW_INTERVAL_S * 3)
    assert watch.drawn == [0.0, MIN_REDRAW_INTERVAL_S, MIN_REDRAW_INTERVAL_S * 3]


def test_the_rest_is_several_times_what_the_drawing_took() -> None:
    watch = Watch(cost=1.0)
    watch.at(0.0, 0.5 + REST_PER_DRAWING, 1.0 + REST_PER_DRAWING)
    assert watch.drawn == [0.0, 1.0 + REST_PER_DRAWING]


def test_it_is_not_drawn_while_the_terminal_is_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    behind = [True]
    monkeypatch.setattr(background_task, "is_behind", lambda app: behind[0])
    watch = Watch()
    watch.at(0.0, 1.0)
    behind[0] = False
    watch.at(1.1)
    assert watch.drawn == [1.1]


def test_the_time_left_is_by_the_pieces_after_the_first_which_may_have_compiled() -> None:
    """100 of 900 in 60 s; then 100 in 2 s: 700 take 14 s.  With 300 more to do, and 100 in 2 s again, 900 take 18 s."""
    watch = Watch()
    for now, left, expected in [(60.0, 800.0, None), (62.0, 700.0, 14.0), (64.0, 900.0, 18.0)]:
        watch.now = now
        watch.work.advance(100.0, left)
        assert watch.work.seconds_left == expected


async def test_nothing_is_drawn_on_a_screen_that_is_being_taken_away() -> None:
    watch = Watch(screen=SimpleNamespace(app=SCREEN.app, display=False))
    watch.at(0.0)
    watch.work.start("working", nothing)
    await until(lambda: not watch.work.busy)
    assert watch.drawn == []


async def test_it_is_busy_until_it_is_over_and_drawn_then() -> None:
    watch = Watch()
    watch.work.start("working", nothing)
    assert watch.work.busy
    await until(lambda: not watch.work.busy)
    assert (watch.drawn, watch.work.problem) == ([0.0], "")


@pytest.mark.parametrize(
    ("error", "said"),
    [(ValueError("one\ntwo"), "working failed: ValueError: one"), (TrainerUnavailable("no compiler"), "no compiler")],
)
async def test_a_fault_is_said_until_it_starts_again(error: Exception, said: str) -> None:
    async def fail() -> None:
        raise error

    watch = Watch()
    watch.work.start("working", fail)
    await until(lambda: not watch.work.busy)
    assert watch.work.problem == said
    watch.work.start("working", nothing)
    assert watch.work.problem == ""
    await until(lambda: not watch.work.busy)


@pytest.mark.parametrize("number", [0, 1])
async def test_what_is_stopped_is_over_at_once_and_draws_nothing_any_more(number: int) -> None:
    watch = Watch()
    watch.work.start("working", for_ever)
    await turns(number)
    watch.work.cancel()
    assert not watch.work.busy
    await turns()
    assert watch.drawn == []


async def test_what_was_stopped_does_not_end_what_came_after_it() -> None:
    watch = Watch()
    watch.work.start("working", for_ever)
    await turns(1)
    watch.work.cancel()
    watch.work.start("working", for_ever)
    await turns()
    assert watch.work.busy
    watch.work.cancel()
