"""How good n units can be: what n kinks allow, beside what training reaches from many random starts."""

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
from relutui.session.session import Session
from relutui.study.best_fit import each_best_error
from relutui.study.capacity import begin
from relutui.ui.controllers.background_task import BackgroundTask
from relutui.ui.widgets.capacity import capacity, heading
from relutui.ui.widgets.footer import footer
from relutui.ui.widgets.panel import Panel
from relutui.ui.widgets.status import message, rows_needed

MAX_UNITS = 6  # the largest number of units compared, unless the session has more
SEEDS = 32
STEPS = 2000
MAX_MESSAGE_ROWS = 4  # rows of the message below the chart


class CapacityScreen(Screen[Session | None]):
    """Computes what is possible and trains random starts; returns the session that knows what came out."""

    BINDINGS = [Binding("escape", "stop", "Stop", show=False), Binding("q,enter", "leave", "Back", show=False)]

    def __init__(
        self, session: Session, trainer: Trainer, *, max_units: int = MAX_UNITS, seeds: int = SEEDS, steps: int = STEPS
    ) -> None:
        super().__init__()
        self._trainer = trainer
        self._capacity = begin(session, max_units, seeds, steps)
        self._done = 0.0  # the share of the training
        self._work = BackgroundTask(self, self._draw)
        self._panels: dict[str, Panel[Any]] = {
            "heading": Panel(heading, id="heading"),
            "losses": Panel(capacity, id="losses"),
            "said": Panel(message, id="said"),
            "keys": Panel(footer, id="keys"),
        }

    @property
    def busy(self) -> bool:
        """Whether it computes or trains."""
        return self._work.busy

    def compose(self) -> ComposeResult:
        """One panel, between what is being done and what it means."""
        yield self._panels["heading"]
        yield self._panels["losses"]
        yield self._panels["said"]
        yield self._panels["keys"]

    def on_mount(self) -> None:
        """It begins at once."""
        kind = self._capacity.sweep.settings.loss.upper()
        self._panels["losses"].border_title = f"How good can n units be?   {kind}, log scale"
        self._work.start("measuring", self._measure)
        self._draw()

    def on_unmount(self) -> None:
        """Nobody waits for it any more."""
        self._work.cancel()

    def on_resize(self, event: events.Resize) -> None:
        """What is said may need more rows, or fewer."""
        self.call_after_refresh(self._draw)

    def action_stop(self) -> None:
        """Stop, or go back if it is at rest."""
        if not self.busy:
            self.action_leave()
            return
        self._work.cancel()
        self._draw()

    def action_leave(self) -> None:
        """Go back to the session, which now knows what came out."""
        self._work.cancel()
        self.dismiss(self._capacity.record_findings())

    async def _measure(self) -> None:
        await self._compute()
        await self._train()

    async def _compute(self) -> None:
        """What is possible, one number of kinks after the other, as far as it is not known yet."""
        if len(self._capacity.possible) > self._capacity.kinks:
            return
        dataset = self._capacity.session.dataset
        errors = islice(each_best_error(dataset.x, dataset.y), self._capacity.kinks + 1)
        possible: tuple[float, ...] = ()
        while (error := await asyncio.to_thread(next, errors, None)) is not None:
            possible = (*possible, error)
            self._capacity = replace(self._capacity, possible=possible)
            self._draw()

    async def _train(self) -> None:
        """The random starts of each number of units."""
        async for reached in self._capacity.sweep.run(self._trainer):
            self._done = reached.progress / self._capacity.sweep.networks
            if reached.finished:
                self._capacity = replace(self._capacity, results=(*self._capacity.results, reached.finished))
            self._work.show()

    def _draw(self) -> None:
        """Hand every panel its readout."""
        problem = self._work.problem
        said = problem or read_remark(self._capacity)
        spoken = MessageReadout(said, bool(problem), hint="", brief=said)
        self._panels["said"].styles.height = min(MAX_MESSAGE_ROWS, rows_needed(spoken, self.size.width))
        self._panels["heading"].update(read_heading(self._capacity, self._done if self.busy else None))
        self._panels["losses"].update(read_capacity(self._capacity))
        self._panels["said"].update(spoken)
        self._panels["keys"].update(FooterReadout((), (("esc", "Stop" if self.busy else "Back"),)))
