"""The dialog that asks for the x to probe."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from relutui.lib.number_text import read_number
from relutui.lib.safe_text import quote_value
from relutui.session.session import Session
from relutui.ui.widgets.path_input import PathInput


class ProbeDialog(ModalScreen[float | None]):
    """Asks for an x of the x-range, in the data's own units, whether or not a point has it; returns it in scaled ones."""

    BINDINGS = [Binding("escape", "dismiss", "Cancel", show=False)]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._units = session.scale.x
        self._probe = self._units.own(session.view.probe)
        self._low, self._high = map(self._units.own, session.x_range)

    def compose(self) -> ComposeResult:
        """Yield the input for x."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(f"Probe at x, from {self._low:.15g} to {self._high:.15g}")
            yield PathInput(value=f"{self._probe:.15g}", id="x")
            yield Static(Content(""), classes="error", id="problem")
            yield Static("enter probes there   esc cancels", classes="note")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Return the x, or say why it cannot be probed."""
        typed = event.value.strip()
        x = read_number(typed.replace(",", ".") if typed.count(",") == 1 and "." not in typed else typed)
        if x is None:
            self._say(f"{quote_value(typed)} is not a number")
        elif not self._low <= x <= self._high:
            self._say(f"expected an x from {self._low:.15g} to {self._high:.15g}, got {x:.15g}")
        else:
            self.dismiss(self._units.scaled(x))

    def _say(self, problem: str) -> None:
        self.query_one("#problem", Static).update(Content(problem))
