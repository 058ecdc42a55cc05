"""The screen of many random starts: a histogram of their losses, and each start as a small chart."""

from typing import Any

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.screen import Screen

from relutui.commands.moving import MOVES
from relutui.model.selection import Move
from relutui.model.trainer import Trainer
from relutui.readout.seeds import read_grid, read_losses, read_marked, read_progress
from relutui.readout.status import FooterReadout, MessageReadout
from relutui.session.own_units import loss_name
from relutui.session.session import Session
from relutui.study.random_starts import RandomStarts, begin, carry_over, open_start, record_best
from relutui.study.sweep import train_in_slices
from relutui.ui.controllers.background_task import BackgroundTask
from relutui.ui.widgets.footer import Footer
from relutui.ui.widgets.histogram import histogram
from relutui.ui.widgets.panel import Panel
from relutui.ui.widgets.seeds import grid, grid_shape, move_in_grid, progress
from relutui.ui.widgets.status import message, rows_needed

SEEDS = 64
MAX_SEEDS = 1024
STEPS = 4000
MAX_MESSAGE_ROWS = 3  # rows of the message below the starts


class SeedsScreen(Screen[Session | None]):
    """Trains random starts of the session's problem; returns the session with the opened start, or only with the findings."""

    BINDINGS = [
        *(Binding(move, f"move('{move}')", "Move", show=False) for move in MOVES),
        Binding("enter", "open", "Open", show=False),
        Binding("space", "train", "Train", show=False),
        Binding("plus,equals_sign", "more", "More starts", show=False),
        Binding("escape", "stop", "Stop", show=False),
        Binding("q", "leave", "Back", show=False),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-medium"), (100, "-wide")]

    def __init__(
        self, session: Session, trainer: Trainer, seeds: int = SEEDS, steps: int = STEPS, before: RandomStarts | None = None
    ) -> None:
        super().__init__()
        known = carry_over(before, session)
        self._trainer, self._starts = trainer, known or begin(session, seeds, steps)
        self._training = BackgroundTask(self, self._draw)
        place = (session.state.seed or 0) - session.scenario.init.seed  # of the start that was opened last
        opened_last = known and session.state.origin and 0 <= place < len(known)
        self._chosen: int | None = place if opened_last else None  # the marked start, once the mark has moved
        self._message_rows = 0
        self._panels: dict[str, Panel[Any]] = {
            "progress": Panel(progress, id="progress"),
            "losses": Panel(histogram, id="losses"),
            "starts": Panel(grid, id="starts"),
            "said": Panel(message, id="said"),
            "keys": Footer(id="keys"),
        }

    @property
    def starts(self) -> RandomStarts:
        """The starts, as far as they have been trained."""
        return self._starts

    @property
    def busy(self) -> bool:
        """Whether training is under way."""
        return self._training.busy

    @property
    def order(self) -> list[int]:
        """The indices of the starts as shown: by seed during training, so that none moves, and by loss afterwards."""
        return list(range(len(self._starts))) if self.busy else self._starts.by_loss

    @property
    def marked(self) -> int:
        """The index of the marked start: the first in the order until the mark is moved."""
        return self.order[0] if self._chosen is None else self._chosen

    def compose(self) -> ComposeResult:
        """Yield losses and outcomes on the left, the charts on the right."""
        panels = self._panels
        yield panels["progress"]
        with Horizontal():
            yield panels["losses"]
            yield panels["starts"]
        yield panels["said"]
        yield panels["keys"]

    def on_mount(self) -> None:
        """Start training."""
        self._go_on()

    def on_unmount(self) -> None:
        """Stop training."""
        self._training.cancel()

    def on_resize(self, event: events.Resize) -> None:
        """Redraw, as another number of charts may fit."""
        self.call_after_refresh(self._draw)

    def action_move(self, to: Move) -> None:
        """Move the mark."""
        order = self.order
        self._chosen = order[move_in_grid(order.index(self.marked), to, len(order), self._grid_shape)]
        self._draw()

    def action_open(self) -> None:
        """Return the session with the marked start."""
        self._training.cancel()
        self.dismiss(open_start(self._starts, self.marked))

    def action_train(self) -> None:
        """Train for another round of steps, or finish a round that was stopped."""
        if self.busy or self._starts.lagging is None:
            self._starts = self._starts.with_further_steps()
        self._go_on()

    def action_more(self) -> None:
        """Double the number of starts, and train the new ones as long as the others."""
        if more := min(len(self._starts), MAX_SEEDS - len(self._starts)):
            self._starts = self._starts.with_more(more)
            self._go_on()

    def action_stop(self) -> None:
        """Stop training, or go back if none is under way."""
        if not self.busy:
            self.action_leave()
            return
        self._training.cancel()
        self._draw()

    def action_leave(self) -> None:
        """Return the session with the findings."""
        self._training.cancel()
        self.dismiss(record_best(self._starts))

    def _go_on(self) -> None:
        """Train the steps that are due, and redraw."""
        if not self.busy:
            self._training.start("training", self._train)
        self._draw()

    async def _train(self) -> None:
        """Train the remaining steps of all parts of the starts."""
        while (number := self._starts.lagging) is not None:
            starts, before = self._starts, self._starts.parts[number]
            async for part in train_in_slices(self._trainer, before, starts.problem, starts.goal - before.step, starts.steps):
                remaining = self._starts.remaining_steps
                self._starts = self._starts.with_part(number, part)
                self._training.advance(remaining - self._starts.remaining_steps, self._starts.remaining_steps)
            self._starts = self._starts.joined()

    @property
    def _grid_shape(self) -> tuple[int, int]:
        return grid_shape(*self._panels["starts"].size)

    def _draw(self) -> None:
        """Hand every panel its readout; the starts are drawn page by page."""
        starts, order, marked, panels = self._starts, self.order, self.marked, self._panels
        columns, rows = self._grid_shape
        first = order.index(marked) // (columns * rows) * columns * rows
        page = order[first : first + columns * rows]
        sorting, where = ("by seed", "are") if self.busy else ("lowest loss first", "end")
        panels["losses"].border_title = f"Where they {where}: {loss_name(starts.session)}"
        panels["starts"].border_title = f"{first + 1}-{first + len(page)} of {len(order):,}, {sorting}"
        problem = self._training.problem
        text = problem or read_marked(starts, marked)
        remark = MessageReadout(text, bool(problem), hint="", brief=text)
        needed = min(MAX_MESSAGE_ROWS, rows_needed(remark, self.size.width))
        if needed != self._message_rows:  # the starts get more or less room
            self._message_rows = panels["said"].styles.height = needed
            self.call_after_refresh(self._draw)
        panels["progress"].update(read_progress(starts, self._training.seconds_left))
        panels["losses"].update(read_losses(starts, marked))
        panels["starts"].update(read_grid(starts, page, marked))
        panels["said"].update(remark)
        panels["keys"].update(FooterReadout(self._keys(), (("esc", "Stop" if self.busy else "Back"),)))

    def _keys(self) -> tuple[tuple[str, str], ...]:
        resumed = not self.busy and self._starts.lagging is not None
        return (
            ("arrows", "Move"),
            ("enter", "Open"),
            ("space", "Go on" if resumed else f"{self._starts.steps:,} steps more"),
            *((("+", "Twice as many"),) if len(self._starts) < MAX_SEEDS else ()),
        )
