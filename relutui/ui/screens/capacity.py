"""The screen that shows how good n units can be: the best error with n kinks, and the losses of trained random starts."""

import asyncio
from dataclasses import replace
from itertools import islice
from typing import Any

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen

from relutui.model.trainer import Trainer
from relutui.readout.capacity import read_capacity, read_heading, read_remark
from relutui.readout.status import FooterReadout, MessageReadout
from relutui.session.own_units import loss_name
from relutui.session.session import Session
from relutui.study.best_network import each_best
from relutui.study.capacity import begin
from relutui.ui.controllers.background_task import BackgroundTask
from relutui.ui.widgets.capacity import capacity, heading
from relutui.ui.widgets.footer import Footer
from relutui.ui.widgets.panel import Panel
from relutui.ui.widgets.status import message, rows_needed

MAX_UNITS = 6  # the largest number of units compared, unless the session has more
SEEDS = 32
STEPS = 2000
MIN_ROWS_BESIDE_TOUR = 30  # of a screen that has the remark too during a tour, whose caption says what the remark says
MAX_MESSAGE_ROWS = 5  # rows of the message below the chart


class CapacityScreen(Screen[Session | None]):
    """Computes lower bounds and trains random starts; returns the session with the findings."""

    BINDINGS = [Binding("escape", "stop", "Stop", show=False), Binding("q,enter", "leave", "Back", show=False)]

    def __init__(
        self, session: Session, trainer: Trainer, *, max_units: int = MAX_UNITS, seeds: int = SEEDS, steps: int = STEPS
    ) -> None:
        super().__init__()
        self._trainer = trainer
        self._capacity = begin(session, max_units, seeds, steps)
        self._done = 0.0  # share of the training, from 0 to 1
        self._work = BackgroundTask(self, self._draw)
        self._panels: dict[str, Panel[Any]] = {
            "heading": Panel(heading, id="heading"),
            "losses": Panel(capacity, id="losses"),
            "said": Panel(message, id="said"),
            "keys": Footer(id="keys"),
        }

    @property
    def busy(self) -> bool:
        """Whether the work is under way."""
        return self._work.busy

    def compose(self) -> ComposeResult:
        """Yield the progress, the losses, the remark and the keys."""
        yield self._panels["heading"]
        yield self._panels["losses"]
        yield self._panels["said"]
        yield self._panels["keys"]

    def on_mount(self) -> None:
        """Start measuring."""
        kind = loss_name(self._capacity.session)
        self._panels["losses"].border_title = f"How good can n units be?   {kind}, log scale"
        self._work.start("measuring", self._measure)
        self._draw()

    def on_unmount(self) -> None:
        """Stop measuring."""
        self._work.cancel()

    def on_resize(self, event: events.Resize) -> None:
        """Redraw, as the remark may need another number of rows."""
        self.call_after_refresh(self._draw)

    def action_stop(self) -> None:
        """Stop measuring, or go back if nothing is under way."""
        if not self.busy:
            self.action_leave()
            return
        self._work.cancel()
        self._draw()

    def action_leave(self) -> None:
        """Return the session with the findings."""
        self._work.cancel()
        self.dismiss(self._capacity.record_findings())

    async def _measure(self) -> None:
        await self._compute()
        await self._train()

    async def _compute(self) -> None:
        """Compute the best that is known for each number of kinks and units, unless it is there."""
        if self._capacity.computed:
            return
        session, networks = self._capacity.session, self._capacity.networks
        dataset, activation = session.dataset, session.state.network.activation
        each = islice(each_best(dataset.x, dataset.y, activation, networks), self._capacity.kinks + 1)
        bounds, fits, found = tuple[float, ...](), tuple[float, ...](), tuple[float, ...]()
        while (best := await asyncio.to_thread(next, each, None)) is not None:
            bounds, fits = (*bounds, best.bound), (*fits, best.fit)
            found = found if best.network is None else (*found, best.network)
            self._capacity = replace(self._capacity, possible=bounds, best_fits=fits, best_networks=found)
            self._draw()

    async def _train(self) -> None:
        """Train the random starts of each number of units."""
        async for reached in self._capacity.sweep.run(self._trainer):
            self._done = reached.progress / self._capacity.sweep.networks
            if reached.finished:
                self._capacity = replace(self._capacity, results=(*self._capacity.results, reached.finished[1]))
            self._work.show()

    def _draw(self) -> None:
        """Hand every panel its readout."""
        problem = self._work.problem
        text = problem or read_remark(self._capacity)
        remark = MessageReadout(text, bool(problem), hint="", brief=text)
        room = MIN_ROWS_BESIDE_TOUR if self._capacity.session.tour else 0  # or the remark leaves none for the chart
        rows = min(MAX_MESSAGE_ROWS, rows_needed(remark, self.size.width))
        self._panels["said"].styles.height = rows if problem or self.size.height >= room else 0
        self._panels["heading"].update(read_heading(self._capacity, self._done if self.busy else None))
        self._panels["losses"].update(read_capacity(self._capacity))
        self._panels["said"].update(remark)
        self._panels["keys"].update(FooterReadout((), (("esc", "Stop" if self.busy else "Back"),)))
