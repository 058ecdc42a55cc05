"""The present network as an equation, to read and to take along."""

from collections.abc import Sequence
from pathlib import Path

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from relutui.lib.files import create_atomically
from relutui.lib.safe_text import sanitize_line
from relutui.readout.equation import equation_of
from relutui.session.session import Session

WIDTH = 66  # columns of a line, wrapped between terms
MAX_COPIED = 60_000  # characters; terminals that take more are few


class EquationScreen(ModalScreen[None]):
    """Shows the equation in two forms, as Python and as LaTeX; copies one of them, or writes all to a file."""

    BINDINGS = [
        Binding("escape,q,quotation_mark,enter", "dismiss", "Close", show=False),
        Binding("c", "copy('equation')", "Copy", show=False),
        Binding("p", "copy('Python')", "Copy Python", show=False),
        Binding("l", "copy('LaTeX')", "Copy LaTeX", show=False),
        Binding("w", "write", "Write", show=False),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        readout = equation_of(session)
        within = (
            "exactly what the network gives" if readout.error == "0" else f"within {readout.error} of what the network gives"
        )
        self._file = f"{session.scenario.name}-equation.txt"
        self._texts = {
            "equation": wrapped(readout.by_parameters),
            "Python": "\n".join(readout.python),
            "LaTeX": wrapped(readout.latex),
        }
        sections = [("In w, b and v", self._texts["equation"])]
        if readout.by_slopes:
            sections.append(("With the slope v |w| before each unit, and its kink inside", wrapped(readout.by_slopes)))
        sections += [("Python (p copies)", self._texts["Python"]), ("LaTeX (l copies)", self._texts["LaTeX"])]
        self._text = "\n\n".join(f"{title}\n{text}" for title, text in sections)
        self._text += f"\n\nComputed from these digits, ŷ is {within}."

    def compose(self) -> ComposeResult:
        """Yield the text in a scrolling panel."""
        with VerticalScroll(classes="dialog") as panel:
            panel.border_title = "Equation of the present network"
            panel.border_subtitle = "c copies   w writes a file   up, down scroll   esc closes"
            yield Static(Content(""), classes="note", id="said")
            yield Static(Content(self._text), id="equation")

    def on_mount(self) -> None:
        """Hide the line for messages until there is one."""
        self.query_one("#said").display = False

    def action_copy(self, what: str) -> None:
        """Ask the terminal to put a text into its clipboard (OSC 52)."""
        text = self._texts[what]
        if len(text) > MAX_COPIED:
            self._say(f"{len(text):,} characters are too many to copy; w writes them to a file")
            return
        self.app.copy_to_clipboard(text)
        self._say(f"{what}: handed to the terminal; one that knows OSC 52 has it in its clipboard now")

    def action_write(self) -> None:
        """Write all of it to a new file in the present folder."""
        try:
            create_atomically(Path(self._file), f"{self._text}\n")
        except FileExistsError:
            self._say(f"{self._file} exists; move it away first")
        except (OSError, ValueError) as error:  # ValueError: a name that no file can have
            self._say(f"{self._file}: {getattr(error, 'strerror', None) or error}")
        else:
            self._say(f"written: {self._file}")

    def _say(self, text: str) -> None:
        said = self.query_one("#said", Static)
        said.display = True
        said.update(Content(sanitize_line(text)))
        self.query_one(VerticalScroll).scroll_home(animate=False)


def wrapped(terms: Sequence[str], width: int = WIDTH) -> str:
    """Join terms by blanks, in lines that end between them; those after the first are indented."""
    lines = [terms[0]]
    for term in terms[1:]:
        if len(lines[-1]) + 1 + len(term) <= width:
            lines[-1] += f" {term}"
        else:
            lines.append(f"    {term}")
    return "\n".join(lines)
