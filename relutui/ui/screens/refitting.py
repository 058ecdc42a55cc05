"""The screen that refits the network with one unit fewer, or one more, beside the present one."""

import asyncio
import math
from itertools import islice

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen

from relutui.model.trainer import Trainer
from relutui.readout.refitting import RefittingReadout, RefitTraining, read_refitting
from relutui.session import scale_edits, unit_edits
from relutui.session.findings import BestFound
from relutui.session.scaling_hint import scaling_hint
from relutui.session.session import Session
from relutui.study.best_fit import each_best_fit
from relutui.study.refit import Change, Refit, one_fewer, one_more
from relutui.study.sweep import MAX_BOUND_KINKS
from relutui.ui.controllers.background_task import BackgroundTask
from relutui.ui.widgets.panel import Panel
from relutui.ui.widgets.refitting import columns, refitting

RANDOM_STARTS = 31  # with the present state, a batch of 32 networks
STEPS = 4000  # of a round
PANEL_COUNT = 4


class RefittingScreen(Screen[Session | None]):
    """Trains the changed and the present network, each beside random starts.

    Returns the session with the chosen network, or with the findings, or None if there are none.
    """

    BINDINGS = [
        Binding("escape,q", "back", "Back", show=False),
        Binding("left,shift+tab", "mark(-1)", "Previous", show=False),
        Binding("right,tab", "mark(1)", "Next", show=False),
        Binding("up", "mark_row(-1)", "Above", show=False),
        Binding("down", "mark_row(1)", "Below", show=False),
        Binding("enter", "take", "Take", show=False),
        Binding("space", "train", "Train", show=False),
        Binding("percent_sign", "scale", "Scale", show=False),
    ]

    def __init__(
        self, session: Session, trainer: Trainer, change: Change, *, starts: int = RANDOM_STARTS, steps: int = STEPS
    ) -> None:
        super().__init__()
        self._opened = self._session = session
        self._trainer, self._steps = trainer, steps
        self._refit = _start_refit(session, change, starts)
        self._marked = 0
        self._training = BackgroundTask(self, self._draw)
        self._goal = 0  # the step at which the round ends

    @property
    def busy(self) -> bool:
        """Whether training is under way."""
        return self._training.busy

    def compose(self) -> ComposeResult:
        """Yield a single panel, whose charts share their axes."""
        yield Panel[RefittingReadout](refitting, id="refitting")

    def on_mount(self) -> None:
        """Start training."""
        self.action_train()

    def on_unmount(self) -> None:
        """Stop training."""
        self._training.cancel()

    def action_mark(self, by: int) -> None:
        """Move the mark to the next chart (1) or the previous one (-1)."""
        self._marked = (self._marked + by) % PANEL_COUNT
        self._draw()

    def action_mark_row(self, by: int) -> None:
        """Move the mark down (1) or up (-1) a row, if there is one."""
        to = self._marked + by * columns(self.size.width)
        if 0 <= to < PANEL_COUNT:
            self._marked = to
            self._draw()

    def action_train(self) -> None:
        """Train another round, unless one is under way."""
        if not self.busy:
            self._goal = self._refit.batch.step + self._steps
            self._training.start("training", self._train)
            self._draw()

    def action_take(self) -> None:
        """Return the session with the marked network; the first chart is that of the present one."""
        variants = self._refit.variants()
        if self._marked == 0:
            self._leave()
        elif self._marked < len(variants) and math.isfinite(variants[self._marked].loss):
            self._training.cancel()
            self.dismiss(
                unit_edits.apply_refit(
                    self._found(), variants[self._marked].parameters, self._refit.problem.locks, self._refit.unit
                )
            )

    def action_scale(self) -> None:
        """Return the session with its data scaled, where the verdict advises that."""
        if scaling_hint(self._session.dataset):
            self._training.cancel()
            self.dismiss(scale_edits.toggle_scale(self._found()))

    def action_back(self) -> None:
        """Stop training, or go back if none is under way."""
        if not self.busy:
            self._leave()
        else:
            self._training.cancel()
            self._draw()

    async def _train(self) -> None:
        before = self._refit.batch.step
        async for refit in self._refit.trained(self._trainer, self._goal - before):
            self._refit, step = refit, refit.batch.step
            self._training.advance(step - before, self._goal - step)
            before = step
        await self._bound()

    async def _bound(self) -> None:
        """Compute the losses that curves with so many bends reach and cannot go below, as far as the verdict needs them."""
        most = max(self._refit.before.units, self._refit.changed.units)
        known = self._session.findings
        if not self._refit.problem.network.straight or not len(known.best_fits) <= most <= MAX_BOUND_KINKS:
            return
        dataset = self._session.dataset
        fits = await asyncio.to_thread(lambda: tuple(islice(each_best_fit(dataset.x, dataset.y), most + 1)))
        self._session = self._session.with_findings(
            lower_bounds=tuple(fit.bound for fit in fits),
            best_fits=tuple(fit.found for fit in fits),
        )

    def _leave(self) -> None:
        """Return the session with the findings, or None if there are none."""
        self._training.cancel()
        found = self._found()
        self.dismiss(None if found is self._opened else found)

    def _found(self) -> Session:
        """Return the session with the lowest loss found for each number of units, once the first round is complete."""
        refit, session = self._refit, self._session
        if refit.batch.step >= self._steps:
            if math.isfinite(refit.lowest):
                session = session.with_best_found(BestFound.of(refit.problem, refit.changed, refit.lowest))
            if math.isfinite(refit.lowest_before):
                session = session.with_best_found(BestFound.of(refit.problem_before, refit.before, refit.lowest_before))
        return session

    def _draw(self) -> None:
        goal = self._goal if self.busy else None
        training = RefitTraining(self._steps, goal, self._training.seconds_left, self._training.problem)
        self.query_one(Panel).update(read_refitting(self._session, self._refit, self._marked, training))


def _start_refit(session: Session, change: Change, starts: int) -> Refit:
    """Return the changed network with random starts, whose seeds begin with the scenario's own."""
    p, problem, init = session.state.parameters, session.state.problem(session.dataset), session.scenario.init
    seeds = range(init.seed, init.seed + starts)
    if change == "one fewer":
        return one_fewer(p, problem, session.view.selection.row, init, seeds)
    return one_more(p, problem, init, seeds)
