"""The main screen, which holds the session: a command maps it to the next one, and a watcher hands readouts to the widgets."""

import asyncio
import gc
import time
from collections.abc import Coroutine, Mapping

from textual import events, on
from textual.app import ComposeResult
from textual.message import Message
from textual.reactive import reactive
from textual.screen import Screen

from relutui.commands.command import Command, LookAhead, Show, Solve, Train, apply
from relutui.model.trainer import Trainer
from relutui.session import asking, other_sessions
from relutui.session.journal import Journal
from relutui.session.number_prefix import NumberPrefix, next_prefix, undo_prefix
from relutui.session.session import Opener, Session
from relutui.terminal.key_names import key_event
from relutui.ui.controllers.autosave import Autosave
from relutui.ui.controllers.background_task import raise_failure
from relutui.ui.controllers.device_manager import DeviceManager
from relutui.ui.controllers.landscape_loop import LandscapeLoop
from relutui.ui.controllers.progress_keeper import ProgressKeeper
from relutui.ui.controllers.tour_player import TourPlayer
from relutui.ui.controllers.training_loop import TrainingLoop
from relutui.ui.controllers.trial_loop import TrialLoop
from relutui.ui.screens.keys import BY_KEY, command_of_mode
from relutui.ui.screens.layout import layout_of
from relutui.ui.screens.navigation import Navigator
from relutui.ui.screens.panels import Panels
from relutui.ui.screens.titles import tab_at
from relutui.ui.widgets.chart_panel import ChartPanel
from relutui.ui.widgets.strip_widget import StripWidget
from relutui.ui.widgets.unit_table import UnitTable

FIRST_FRAME_S = 0.05  # after the first layout; nothing else may use the processor meanwhile


class Explore(Screen[None]):
    """Shows chart, strips, unit table, forward pass and loss of one session."""

    BLANK = True  # the panels cover it completely
    # Without repaint=False, Textual would repaint the whole screen on every change.
    session: reactive[Session] = reactive[Session](None, init=False, always_update=True, repaint=False)  # type: ignore[arg-type]

    def __init__(
        self,
        session: Session,
        trainer: Trainer,
        opener: Opener,
        journal: Journal | None = None,
        own_keys: Mapping[str, Command] | None = None,
    ) -> None:
        """Create the screen; without a journal, nothing is saved for recovery; own_keys: the user's, with their commands."""
        super().__init__()
        self.own_keys = own_keys or {}
        self._own_by_name = {key_event(key)[0]: command for key, command in self.own_keys.items()}
        self.navigator = Navigator(self, trainer, opener)
        self.set_reactive(Explore.session, session)
        self.autosave = Autosave(journal, self) if journal else None
        self.progress_keeper = ProgressKeeper(self) if journal else None
        self._trainer = trainer
        self.training = TrainingLoop(trainer, self)
        self.landscape = LandscapeLoop(trainer, self)
        self.trials = TrialLoop(trainer, self)
        self.device_manager = DeviceManager(trainer, self)
        self.tour_player = TourPlayer(self)
        self._panels = Panels(self)
        self._table = self._panels.table
        self.ready = asyncio.Event()  # set by the app once the screen is laid out
        self._background: set[asyncio.Task[None]] = set()
        self._number_prefix: NumberPrefix | None = None  # the last key, if a typed number may begin with it

    def compose(self) -> ComposeResult:
        """Yield every panel, laid out before it is mounted: later the style sheet would be applied to all of them once more."""
        self.set_reactive(Explore.session, self.session.with_view(layout=layout_of(*self.app.size)))
        self._panels.lay_out(self.session)
        yield from self._panels.compose()

    def on_mount(self) -> None:
        """Draw the screen, and open the device once the first frame is on the terminal."""
        # Under a dialog, Textual 8.2 lays this screen out too and drops its pending drawing; only another idle check draws it.
        self.screen_layout_refresh_signal.subscribe(self, lambda _: self.check_idle(), immediate=True)
        self._panels.draw()
        self._spawn(self._begin())

    def on_resize(self, event: events.Resize) -> None:
        """Choose the layout for the new size; the panels redraw themselves."""
        layout = layout_of(event.size.width, event.size.height)
        if layout != self.session.view.layout:
            self.session = self.session.with_view(layout=layout)
        else:
            self._panels.lay_out(self.session)

    def validate_session(self, session: Session) -> Session:
        """Add a message when a change takes away the way back from a tour."""
        return other_sessions.say_way_back(self.session, session)

    def watch_session(self, session: Session) -> None:
        """Redraw, and wake the controllers."""
        if not self.is_mounted:
            return
        self._panels.lay_out(session)
        self._panels.draw()
        if (session.view.hold or session.view.drawing) and not session.running:
            self.training.cancel()  # or its steps would end the hold
        self.training.wake()
        self.landscape.wake()
        self.trials.wake()
        self.device_manager.wake()
        if self.autosave:
            self.autosave.note(session)
        if self.progress_keeper and self.ready.is_set():
            self.progress_keeper.note(session)

    def on_key(self, event: events.Key) -> None:
        """Handle every key here, one after the other, so that a key typed ahead acts on the result of the keys before it."""
        if self.app.screen is not self:  # typed ahead, and meant for the screen that has opened over this one
            self.app.post_message(events.Key(event.key, event.character))
        else:
            key, character = self._translated(event)
            if not (self._take_ask_key(event) or self.tour_player.take(key) or self.take(key, character)):
                return
        event.stop()
        event.prevent_default()

    def _translated(self, event: events.Key) -> tuple[str, str | None]:
        """Return the key that one of the user's own stands for, unless something is typed; any other key as it is."""
        command = None if self._table.editing or self.session.view.asking else self._own_by_name.get(event.key)
        return key_event(command.keys[0]) if command else (event.key, event.character)

    def _take_ask_key(self, event: events.Key) -> bool:
        """Hand a key to the question that is asked, or ask that of a tour; return whether that is all it does."""
        if self.session.view.asking:
            session = asking.press(self.session, event.key, event.character, int(time.time()))
            self.session = session or asking.close(self.session)
            return session is not None
        return event.character == "Q" and self.ask_of_tour()

    def ask_of_tour(self) -> bool:
        """Ask what the question of a tour asks back, over the main screen; return whether there is a tour."""
        if self.session.tour and asking.asks_of(self.session):
            self.tour_player.stop()
            self.uncover()
            self.session = asking.open_ask(self.session)
            return True
        return False

    def on_paste(self, event: events.Paste) -> None:
        """Paste into the cell being edited, or else the selected one, which ends a tour as any key does."""
        self._number_prefix = None
        if not (self.session.view.hold or self.session.view.drawing):
            self.tour_player.end()
            self._follow(self._show_table() or self._table.take_paste(event.text))

    def take(self, key: str, character: str | None) -> bool:
        """Carry out a key, and return whether it has a function."""
        before, prefix, self._number_prefix = self.session, self._number_prefix, None
        if not self._table.editing and (of_mode := command_of_mode(before.view, key)):
            self.carry_out(of_mode)
            return True
        if key == "enter" and not self._table.editing and other_sessions.next_offered(before):
            self.navigator.go_on()
            return True
        if prefix and prefix.after.view.selection != before.view.selection:  # another cell has been clicked since
            prefix = None
        messages, command = self._key_in_table(key, character, prefix.text if prefix else ""), BY_KEY.get(key)
        if messages is not None:
            if prefix and self._table.editing and key != "enter":  # enter edits the nudged value, so the nudge stays
                self.set_reactive(Explore.session, undo_prefix(self.session, prefix))
            self._follow(messages)
        elif command:
            self.carry_out(command)
            self._number_prefix = next_prefix(prefix, command.id, before, self.session)
        return messages is not None or command is not None

    def carry_out(self, command: Command) -> None:
        """Apply a command to the session, or start what it asks for."""
        match apply(command, self.session):
            case Session() as session:
                self.session = session
            case Train(steps):
                if (said := self.session.view.message) and not said.error:
                    self.session = self.session.with_view(message=None)
                self.training.request(steps)
            case LookAhead(steps):
                self.look_ahead(steps)
            case Solve():
                self.solve()
            case Show(what):
                self.navigator.show(what)

    def _key_in_table(self, key: str, character: str | None, prefix: str) -> list[Message] | None:
        """Return the messages of the table about a key, or None if the table has no use for it."""
        begins = key == "enter" or (character or "x") in "0123456789"
        if (begins or self._table.display) and (refused := self._show_table()):
            return refused
        return self._table.take_key(key, character, prefix) if self._table.display else None

    def _show_table(self) -> list[Message]:
        """Show the table, up to date; return a refusal where there is no room for it."""
        if not self._table.display:
            tiny = self.session.view.layout == "tiny"
            if tiny and not self.session.view.full:
                return [UnitTable.Refused("no room to type a value here; + and - nudge it")]
            self.session = self.session.with_view(tab="units", full="units" if tiny else None)
        self._panels.catch_up_table()
        return []

    def _follow(self, messages: list[Message]) -> None:
        """Apply the messages of the table to the session, in order."""
        from relutui.ui.screens.table_edits import after_edit  # imported on demand: start-up time counts

        session = self.session
        for event in messages:
            session = after_edit(session, event)
        if session.solved and not self.session.solved:  # the key that kept the value has chosen the next cell as well
            session = session.with_view(just_solved=True)
        self.session = session

    @on(UnitTable.Moved)
    @on(UnitTable.Edited)
    @on(UnitTable.Refused)
    @on(UnitTable.Left)
    @on(UnitTable.Typing)
    @on(UnitTable.Turned)
    def table_said(self, event: Message) -> None:
        """Follow the mouse in the table, which ends a tour as a key does, or an edit that was dropped."""
        if isinstance(event, UnitTable.Moved | UnitTable.Turned):
            self.tour_player.end()
        self._follow([event])

    def uncover(self) -> None:
        """Close whatever lies over this screen, without an answer."""
        for _ in self.app.screen_stack[1:]:
            self.app.pop_screen()

    @on(ChartPanel.Pressed)
    @on(ChartPanel.Dragged)
    @on(ChartPanel.Released)
    @on(ChartPanel.Turned)
    def chart_pointed_at(self, event: Message) -> None:
        """Follow the mouse on the chart, which ends a tour as a key does."""
        if not (isinstance(event, ChartPanel.Released) or self.session.view.asking):
            self.tour_player.end()
        from relutui.ui.screens.pointer import after_pointer

        self.session = after_pointer(self.session, event)

    @on(StripWidget.TitleClicked)
    def title_clicked(self, event: StripWidget.TitleClicked) -> None:
        """Show the tab that was clicked."""
        if tab := tab_at(event.title, event.column):
            self.tour_player.end()
            self.session = self.session.with_view(tab=tab, message=None)

    def look_ahead(self, steps: int) -> None:
        """Show as a preview where some steps of training would lead."""
        from relutui.ui.controllers.lookahead import look_ahead  # imported on demand: start-up time counts

        self._spawn(look_ahead(self._trainer, self, steps))

    def solve(self) -> None:
        """Set v and c to the best for the present w and b."""
        from relutui.ui.controllers.solving import solve  # imported on demand: start-up time counts

        self._spawn(solve(self))

    async def settled(self) -> None:
        """Wait until the device is open, its kernels are compiled, and all requested training and measuring is done."""
        loops = self.training, self.landscape, self.trials
        while self.is_running and (
            self._background or self.device_manager.busy or (any(loop.busy for loop in loops) and not self.session.running)
        ):
            await asyncio.sleep(0.01)

    async def _begin(self) -> None:
        await self.ready.wait()
        await asyncio.sleep(FIRST_FRAME_S)  # not for the frame itself, which under a dialog may never come
        gc.enable()  # off until now: it would have delayed the frame
        if self.autosave:
            self._keeping = asyncio.create_task(self.autosave.run())
            self._keeping.add_done_callback(raise_failure)
        if self.progress_keeper:
            self.progress_keeper.note(self.session)
        self.device_manager.begin()

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        task.add_done_callback(raise_failure)
