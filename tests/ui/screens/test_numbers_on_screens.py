"""No number on a whole screen is cut so that it reads as another: each is one that stands there where there is room.

A word with a digit in it is compared with those of the same widget on a huge terminal, its title and the ticks of its axes.
"""

import asyncio
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from textual import events
from textual.widget import Widget
from textual.widgets import Input

from relutui.model.batch import Batch
from relutui.model.selection import Selection
from relutui.model.trainer import Trainer
from relutui.model.training import Problem, TrainingSettings
from relutui.plot import axes, ticks
from relutui.session.journal import RecoverableSession
from relutui.session.session import Session
from relutui.ui.screens.capacity import CapacityScreen
from relutui.ui.screens.recovery import RecoveryDialog
from relutui.ui.screens.refitting import RefittingScreen
from relutui.ui.screens.seeds import SeedsScreen
from relutui.ui.widgets import histogram
from relutui.ui.widgets.panel import Panel
from tests.support.fake_trainer import FakeTrainer
from tests.support.screen import Screen, shown, until
from tests.support.sessions import opener, with_values
from tests.ui.screens.test_whole_numbers import LONG, right
from tests.ui.screens.test_whole_numbers import rows as rows_of

HUGE = (200, 60)
SIZES = [(120, 36), (100, 30), (80, 24), (60, 20), (40, 12)]
WIDTHS = range(20, 121, 3)
DRAWN = ("chart", "strips", "multiples", "walk", "loss", "starts")  # which takes too long
SMALL = [(80, 24), (40, 12)]
WORD = re.compile(r"[\w.,+-]*\d[\w.,+-]*")
# What counts or sums up that for which there is no room, so that it depends on the size.
COUNTED = re.compile(r"[↑↓] \d+ more|\d+-\d+ of |other \d+ units|(?<![\d,])\d+ more(, \d+ on)?:? +[-\d.]*")
STEPS = 100_000
LOSSES = (1e-9, 1.7e9, 123456.789, 0.0123456, 98765.4321, np.inf, 2.5e-5, 0.87654321)


class Telling(FakeTrainer):
    """Takes any number of steps at once, and tells losses of all sizes; after some calls it waits for ever."""

    def __init__(self, free: int) -> None:
        super().__init__()
        self.free, self.waits = free, False

    async def train_batch(self, batch: Batch, problem: Problem, steps: int) -> Batch:
        self.free -= 1
        if self.free < 0:
            self.waits = True
            await asyncio.Event().wait()
        return replace(batch, step=batch.step + steps, losses=np.resize(LOSSES, len(batch)))


def long() -> Session:
    """Long names, titles and numbers."""
    session = with_values(opener("lab-free"), **LONG)
    named = replace(session.scenario, name="dose-20261129-1", title="From 1234.5678 to 1.7e9 mg, 123456 patients, 98765 days")
    settings = TrainingSettings("momentum", 1.2345e-9, momentum=0.98765)
    state = replace(session.state, settings=settings, checkpoint=replace(session.state.checkpoint, step=STEPS), seed=4294967295)
    return session.with_state(state).with_document(scenario=named).with_view(selection=Selection(2, "w"), probe=1.2345)


SESSIONS: dict[str, Callable[[], Session]] = {
    "long": long,
    "hundred": lambda: opener("shifted-100"),
}


def words(text: str) -> set[str]:
    return {word.strip(".,") for word in WORD.findall(text)}


def texts(readout: object) -> Iterator[str]:
    """All that is written in a readout, however deep."""
    if isinstance(readout, str):
        yield readout
    elif isinstance(readout, tuple):
        for part in readout:
            yield from texts(part)


def whole(widget: Widget) -> set[str]:
    """The words with digits that a widget says if it has room for that."""
    return words(" ".join(texts((widget.border_title, widget.border_subtitle, getattr(widget, "_readout", "")))))


def parts(screen: Screen) -> Iterator[tuple[str, Widget, list[str]]]:
    """The widgets of the screen on top, each with a name, and what is seen of it; of those with others in them, the borders."""
    top = screen.app.screen
    strips = top._compositor.render_strips()
    for widget, (region, clip, *_) in top._compositor.visible_widgets.items():
        seen = region.intersection(clip)
        rows = [strips[y].crop(seen.x, seen.right).text for y in range(seen.y, seen.bottom)]
        if widget.children:
            rows = [rows[0], rows[-1]] if widget.styles.border_top[0] and len(rows) > 1 else []
        yield widget.id or type(widget).__name__, widget, rows


def wrong(rows: list[str], known: set[str]) -> list[str]:
    """The words with digits that are not known, nor rounded from one that is, nor beside an ellipsis."""
    found = []
    for row in rows:
        row = COUNTED.sub("", row)
        for match in WORD.finditer(row):
            word = match[0].strip(".,")
            ends = word.split("-")
            span = len(ends) == 2 and set(ends) <= known
            marked = "…" in row[max(0, match.start() - 1) : match.end() + 1]
            if not (marked or span or right(word, known)):
                found.append(f"{word} in {row}")
    return found


@pytest.fixture
def labels(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """What ticks and bins say that are chosen by the room there is, as it was before anything was drawn."""
    said: set[str] = set()

    def scales(of: Callable[..., ticks.Scale]) -> Callable[..., ticks.Scale]:
        def recorded(*args: Any) -> ticks.Scale:
            scale = of(*args)
            said.update(part for _, label in scale.ticks for part in (label, f"+{label}"))
            said.add(scale.base)
            return scale

        return recorded

    def bins(*args: Any) -> list[histogram.Bin]:
        found = of_losses(*args)
        said.update(word for bin in found for word in words(f"{bin.label} {bin.losses}"))
        return found

    of_losses = histogram.bins
    for cached in (axes._y_scale, axes.frame):
        cached.cache_clear()
    monkeypatch.setattr(axes, "ticks_in", scales(ticks.ticks_in))
    monkeypatch.setattr(axes, "log_ticks", scales(ticks.log_ticks))
    monkeypatch.setattr(histogram, "bins", bins)
    return said


async def judge(screen: Screen, labels: set[str], sizes: Sequence[tuple[int, int]] = SIZES) -> None:
    """Compare what stands on the screen at each size, and its lines at many widths, with what stands on a huge one."""
    await screen.resize(HUGE)
    huge = list(parts(screen))
    known: dict[str, set[str]] = {name: set() for name, _, _ in huge}
    for name, _, rows in huge:
        known[name].update(word for row in rows for word in words(row))
    bad = []
    for name, widget, _ in huge:
        if isinstance(widget, Panel) and name not in DRAWN:
            for width in WIDTHS:
                rows = rows_of(widget._draw, widget._readout, width, 12)
                bad += [f"{width} {name}: {line}" for line in wrong(rows, known[name] | whole(widget) | labels)]
    for size in sizes:
        await screen.resize(size)
        for name, widget, rows in parts(screen):
            bad += [f"{size} {name}: {line}" for line in wrong(rows, known.get(name, set()) | whole(widget) | labels)]
    assert bad == []


@pytest.mark.parametrize("name", SESSIONS)
async def test_the_main_screen(name: str, labels: set[str]) -> None:
    async with shown(SESSIONS[name](), HUGE) as screen:
        await judge(screen, labels)


async def test_while_it_runs_and_while_a_number_is_typed(labels: set[str]) -> None:
    async with shown(long(), (40, 12)) as screen:
        await screen.press("enter", *"-123456.7891234567e-12")
        await judge(screen, labels, SMALL)
        screen.trainer.gate.clear()
        await screen.press("enter", "v", "space")
        await judge(screen, labels)
        screen.trainer.gate.set()


async def test_the_landscape(labels: set[str]) -> None:
    async with shown(long().with_view(name="landscape"), HUGE, Telling(10**6)) as screen:
        await judge(screen, labels)


async def test_the_dialogs(labels: set[str]) -> None:
    session = replace(long(), kept=(opener("shifted-100"), with_values(opener("lab"), w1=-123456.789)))
    left = RecoveryDialog(
        [RecoverableSession((session, *session.kept), 0.0, Path("1.json"), 0)],
        "20261129-123456",
        lambda _: False,
        "/tmp/20261129-123456.json: not readable",
    )
    async with shown(session, (40, 12)) as screen:
        for key in ("o", "w", "q", "d"):
            await screen.press(key)
            assert screen.app.screen is not screen.explore
            await judge(screen, labels, SMALL)
            await screen.press("escape")
        await screen.app.push_screen(left)
        await judge(screen, labels, SMALL)


async def test_a_long_path_is_marked_where_it_goes_on() -> None:
    async with shown(size=(40, 12)) as screen:
        await screen.press("w", "ctrl+u")
        screen.app.screen.query_one(Input).post_message(events.Paste("dose-20261129-mg-1234567890-98765.toml"))
        await screen.press()
        assert "│  …61129-mg-1234567890-98765.toml" in screen.text
        await screen.press("home")
        assert "│  dose-20261129-mg-1234567890-987…  │" in screen.text
        await screen.pilot.press(*["right"] * 31)
        await screen.settled()
        assert "│  …se-20261129-mg-1234567890-9876…  │" in screen.text


def capacity(session: Session, trainer: Trainer) -> CapacityScreen:
    return CapacityScreen(session, trainer, max_units=3, seeds=32, steps=STEPS)


def refitting(session: Session, trainer: Trainer) -> RefittingScreen:
    return RefittingScreen(session, trainer, "one fewer", steps=STEPS)


def seeds(session: Session, trainer: Trainer) -> SeedsScreen:
    return SeedsScreen(session, trainer, 1024 if session.state.parameters.units < 100 else 8, STEPS)


@pytest.mark.parametrize("name", ["long", "hundred"])
@pytest.mark.parametrize("opened", [capacity, refitting, seeds])
async def test_the_screens_that_train(
    opened: Callable[[Session, Trainer], CapacityScreen | RefittingScreen | SeedsScreen], name: str, labels: set[str]
) -> None:
    """Long numbers in the midst of it, a hundred units at its end."""
    session = SESSIONS[name]().with_findings(lower_bounds=(1.7e9, 12345.678, 0.0123456, 1.2e-9))
    trainer = Telling(4 if name == "long" else 10**6)
    over = opened(session, trainer)
    async with shown(session, HUGE) as screen:
        await screen.app.push_screen(over)
        await until(lambda: trainer.waits or not over.busy)
        await judge(screen, labels, SMALL if opened is seeds or name == "hundred" else SIZES)
