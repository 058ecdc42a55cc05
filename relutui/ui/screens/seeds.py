"""Many random starts at once: where they end, and each of them as a small curve; enter opens one."""

from typing import Any

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.screen import Screen

from relutui.commands import MOVES
from relutui.model.selection import Move
from relutui.model.trainer import Trainer
from relutui.readout.seeds import read_grid, read_losses, read_marked, read_progress
from relutui.readout.status import FooterReadout, MessageReadout
from relutui.session.session import Session
from relutui.study.random_starts import RandomStarts, begin, carry_over, open_start, record_best
from relutui.study.sweep import train_in_slices
from relutui.ui.controllers.background_task import BackgroundTask
from relutui.ui.widgets.footer import footer
from relutui.ui.widgets.histogram import histogram
from relutui.ui.widgets.panel import Panel
from relutui.ui.widgets.seeds import grid, grid_shape, move_in_grid, progress
from relutui.ui.widgets.status import message, rows_needed

SEEDS = 64
MAX_SEEDS = 1024
STEPS = 4000
MAX_MESSAGE_ROWS = 3  # rows of the message below the starts


class SeedsScreen(Screen[Session | None]):
    """Trains random starts of the session's problem; returns the session with the start that was opened, or only with what
    was found.
    """

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
            "keys": Panel(footer, id="keys"),
        }

    @property
    def starts(self) -> RandomStarts:
        """The starts, as far as they are trained."""
        return self._starts

    @property
    def busy(self) -> bool:
        """Whether it trains."""
        return self._training.busy

    @property
    def order(self) -> list[int]:
        """The places in the order in which they are shown: by seed while it trains, so that none moves, then by loss."""
        return list(range(len(self._starts))) if self.busy else self._starts.by_loss

    @property
    def marked(self) -> int:
        """The place that is marked: the first in the order until one has move_in_grid."""
        return self.order[0] if self._chosen is None else self._chosen

    def compose(self) -> ComposeResult:
        """Losses and outcomes on the left, the curves on the right."""
        panels = self._panels
        yield panels["progress"]
        with Horizontal():
            yield panels["losses"]
            yield panels["starts"]
        yield panels["said"]
        yield panels["keys"]

    def on_mount(self) -> None:
        """Training begins at once."""
        self._go_on()

    def on_unmount(self) -> None:
        """Nobody waits for it any more."""
        self._training.cancel()

    def on_resize(self, event: events.Resize) -> None:
        """There is room for more curves, or for fewer."""
        self.call_after_refresh(self._draw)

    def action_move(self, to: Move) -> None:
        """Mark another start."""
        order = self.order
        self._chosen = order[move_in_grid(order.index(self.marked), to, len(order), self._grid_shape)]
        self._draw()

    def action_open(self) -> None:
        """Go on in the main screen with the marked start."""
        self._training.cancel()
        self.dismiss(open_start(self._starts, self.marked))

    def action_train(self) -> None:
        """Take as many steps more, or those that it was stopped before."""
        if self.busy or self._starts.lagging is None:
            self._starts = self._starts.with_further_steps()
        self._go_on()

    def action_more(self) -> None:
        """Twice as many starts, all to take as many steps."""
        if more := min(len(self._starts), MAX_SEEDS - len(self._starts)):
            self._starts = self._starts.with_more(more)
            self._go_on()

    def action_stop(self) -> None:
        """Stop training, or leave if it is at rest."""
        if not self.busy:
            self.action_leave()
            return
        self._training.cancel()
        self._draw()

    def action_leave(self) -> None:
        """Go back to the session, which now knows what was found."""
        self._training.cancel()
        self.dismiss(record_best(self._starts))

    def _go_on(self) -> None:
        """Train if there are steps to take, and show it."""
        if not self.busy:
            self._training.start("training", self._train)
        self._draw()

    async def _train(self) -> None:
        """All the steps that are left, part by part."""
        while (number := self._starts.lagging) is not None:
            starts, before = self._starts, self._starts.parts[number]
            async for part in train_in_slices(self._trainer, before, starts.problem, starts.goal - before.step, starts.steps):
                remaining = self._starts.remaining_steps
                self._starts = self._starts.with_part(number, part)
                self._training.advanced(remaining - self._starts.remaining_steps, self._starts.remaining_steps)
            self._starts = self._starts.joined()

    @property
    def _grid_shape(self) -> tuple[int, int]:
        return grid_shape(*self._panels["starts"].size)

    def _draw(self) -> None:
        """Hand every panel its readout; of the starts only the page with the marked one is drawn."""
        starts, order, marked, panels = self._starts, self.order, self.marked, self._panels
        columns, rows = self._grid_shape
        first = order.index(marked) // (columns * rows) * columns * rows
        page = order[first : first + columns * rows]
        sorting, where = ("by seed", "are") if self.busy else ("lowest loss first", "end")
        panels["losses"].border_title = f"Where they {where}: {starts.state.settings.loss.upper()}"
        panels["starts"].border_title = f"{first + 1}-{first + len(page)} of {len(order):,}, {sorting}"
        problem = self._training.problem
        said = problem or read_marked(starts, marked)
        spoken = MessageReadout(said, bool(problem), hint="", brief=said)
        needed = min(MAX_MESSAGE_ROWS, rows_needed(spoken, self.size.width))
        if needed != self._message_rows:  # which leaves more or less room for the starts
            self._message_rows = panels["said"].styles.height = needed
            self.call_after_refresh(self._draw)
        panels["progress"].update(read_progress(starts, self._training.seconds_left))
        panels["losses"].update(read_losses(starts, marked))
        panels["starts"].update(read_grid(starts, page, marked))
        panels["said"].update(spoken)
        panels["keys"].update(FooterReadout(self._keys(), (("esc", "Stop" if self.busy else "Back"),)))

    def _keys(self) -> tuple[tuple[str, str], ...]:
        resumed = not self.busy and self._starts.lagging is not None
        return (
            ("arrows", "Move"),
            ("enter", "Open"),
            ("space", "Go on" if resumed else f"{self._starts.steps:,} steps more"),
            *((("+", "Twice as many"),) if len(self._starts) < MAX_SEEDS else ()),
        )
