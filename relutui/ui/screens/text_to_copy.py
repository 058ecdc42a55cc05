"""A text to take along: shown, copied by the terminal, or written to a file."""

from io import StringIO
from pathlib import Path

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from relutui.lib.face import IN_BROWSER, safe_name
from relutui.lib.files import create_atomically
from relutui.lib.safe_text import sanitize_line

MAX_COPIED = 60_000  # characters; terminals that take more are few


class TextToCopy(ModalScreen[None]):
    """Shows a text under a title; `c` and other keys copy it or parts of it, `w` writes it to a file."""

    BINDINGS = [Binding("escape,q,enter", "dismiss", "Close", show=False), Binding("w", "write", "Write", show=False)]

    def __init__(self, title: str, text: str, file: str, copied: dict[str, str]) -> None:
        """file: the name of the file that `w` writes; copied: what each action `copy` copies, by the name that it calls it."""
        super().__init__()
        self._title, self._text, self._file, self._copied = title, text, file, copied

    def compose(self) -> ComposeResult:
        """Yield the text in a scrolling panel."""
        with VerticalScroll(classes="dialog") as panel:
            panel.border_title = Content(self._title)
            panel.border_subtitle = "c copies   w writes a file   up, down scroll   esc closes"
            said = Static(Content(""), classes="note", id="said")
            said.display = False  # until there is something
            yield said
            yield Static(Content(self._text), id="text")

    def action_copy(self, what: str) -> None:
        """Ask the terminal to put a text into its clipboard (OSC 52)."""
        text = self._copied[what]
        if len(text) > MAX_COPIED:
            self.say(f"{len(text):,} characters are too many to copy; w writes them to a file")
            return
        self.app.copy_to_clipboard(text)
        if IN_BROWSER.get():
            self.say(f"{what}: handed to the browser; one that allows it has it in its clipboard now")
        else:
            self.say(f"{what}: handed to the terminal; one that knows OSC 52 has it in its clipboard now")

    def action_write(self) -> None:
        """Write all of it to a new file in the present folder, or have the browser download it."""
        if IN_BROWSER.get():
            name = safe_name(self._file)
            self.app.deliver_text(StringIO(f"{self._text}\n"), save_filename=name)
            self.say(f"given to the browser: {name}")
            return
        try:
            create_atomically(Path(self._file), f"{self._text}\n")
        except FileExistsError:
            self.say(f"{self._file} exists; move it away first")
        except (OSError, ValueError) as error:  # ValueError: a name that no file can have
            self.say(f"{self._file}: {getattr(error, 'strerror', None) or error}")
        else:
            self.say(f"written: {self._file}")

    def say(self, text: str) -> None:
        """Show a message above the text."""
        said = self.query_one("#said", Static)
        said.display = True
        said.update(Content(sanitize_line(text)))
        self.query_one(VerticalScroll).scroll_home(animate=False)
