"""The present state as a share string, to take along."""

from textual.binding import Binding

from relutui.scenario.scenario import ScenarioError
from relutui.scenario.share_string import share_string
from relutui.session.session import Session, as_scenario
from relutui.ui.screens.text_to_copy import TextToCopy


class ShareScreen(TextToCopy):
    """Shows the string, which the terminal is asked to copy at once; or why there is none."""

    BINDINGS = [
        Binding("Y", "dismiss", "Close", show=False),
        Binding("c", "copy('share string')", "Copy", show=False),
    ]

    def __init__(self, session: Session) -> None:
        name = session.scenario.name
        try:
            text, self._refusal = share_string(as_scenario(session, name)), ""
        except ScenarioError as error:
            text, self._refusal = "", str(error)
        super().__init__(f"{name} as it is now: relutui 'STRING' opens it", text, f"{name}-share.txt", {"share string": text})

    def on_mount(self) -> None:
        """Copy the string."""
        if self._refusal:
            self.say(self._refusal)
        else:
            self.action_copy("share string")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Neither copy nor write where there is no string."""
        return not (self._refusal and action in ("copy", "write"))
