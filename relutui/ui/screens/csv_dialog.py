"""The dialog that asks what is not known of a CSV file: which columns are x and y, and whether to leave rows out."""

from collections.abc import Callable

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from relutui.lib.safe_text import sanitize_line
from relutui.scenario.csv_layout import ColumnSample
from relutui.scenario.csv_scenario import CsvQuestion
from relutui.scenario.scenario import ScenarioError
from relutui.session.session import Opener, Session
from relutui.ui.widgets.marked_list import MarkedList, Row

MAX_LISTED = 200  # columns; the options of the command line reach the others
COLUMN_KEYS = "enter takes the marked column   esc back"
MISSING_KEYS = "d leaves out   esc back"


class ColumnList(MarkedList):
    """A MarkedList that hands a selection on at once: of keys typed ahead, the next one is for the next question.

    Textual 8.2 tells of a selection by a message, before which a second enter selects once more.
    """

    def __init__(self, take: Callable[[int], None]) -> None:
        super().__init__()
        self._take = take

    def action_select(self) -> None:
        """Hand on the index of the marked choice."""
        if self.highlighted is not None:
            self._take(self.highlighted)


class CsvDialog(ModalScreen[Session | None]):
    """Asks the question of a CSV file, and what follows from the answer; returns the session that `opener` begins with it."""

    BINDINGS = [Binding("escape", "back", "Back", show=False), Binding("d", "drop", "Leave out", show=False)]

    def __init__(self, opener: Opener, question: CsvQuestion) -> None:
        super().__init__()
        self._opener, self._question = opener, question
        self._choice = question.choice

    def compose(self) -> ComposeResult:
        """Yield the question, the list of columns, and the keys."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(sanitize_line(self._question.path.name))
            yield Static(Content(""), id="asked")
            yield ColumnList(self._take)
            yield Static(Content(""), classes="error", id="problem")
            yield Static("", classes="note", id="note")

    def on_mount(self) -> None:
        """Ask."""
        self._ask()

    def _take(self, index: int) -> None:
        """Take a column for x, or for y if x is known."""
        number = index + 1
        if self._choice.x is None:
            self._choice = self._choice._replace(x=number)
            if self._choice.y is None:
                self._ask()
                return
        else:
            self._choice = self._choice._replace(y=number)
        self._open()

    def action_drop(self) -> None:
        """Leave out the rows without a number, if that is the question."""
        if self._question.missing:
            self._choice = self._choice._replace(missing="drop")
            self._open()

    def action_back(self) -> None:
        """Ask for the columns again, or leave."""
        if self._choice == self._question.choice or not self._question.columns:
            self.dismiss(None)
        else:
            self._choice = self._question.choice
            self._ask()

    def _open(self) -> None:
        try:
            self.dismiss(self._opener(str(self._question.path), self._choice))
        except CsvQuestion as question:
            self._question, self._choice = question, question.choice
            self._ask()
        except ScenarioError as error:
            self._choice = self._question.choice
            self._ask()
            self._say(str(error))

    def _ask(self) -> None:
        """Show the question that is open."""
        question, listed = self._question, self.query_one(ColumnList)
        listed.display = bool(question.columns)
        if question.columns:
            axis = "x" if self._choice.x is None else "y"
            asked = f"Which of its {len(question.columns)} columns is {axis}?"
            listed.offer(map(_row, range(1, MAX_LISTED + 1), question.columns), self._likely(axis))
            listed.focus()
        else:
            one = "One row has an empty or NA cell. Leave it out?"
            asked = one if question.missing == 1 else f"{question.missing:,} rows have an empty or NA cell. Leave them out?"
        self.query_one("#asked", Static).update(Content(asked))
        self.query_one("#note", Static).update(COLUMN_KEYS if question.columns else MISSING_KEYS)
        self._say("")

    def _likely(self, axis: str) -> int:
        """The index of the column to mark first: for y the one after x, or the first if x is the last."""
        return self._choice.x % len(self._question.columns) if axis == "y" and isinstance(self._choice.x, int) else 0

    def _say(self, words: str) -> None:
        problem = self.query_one("#problem", Static)
        problem.display = bool(words)
        problem.update(Content(words))


def _row(number: int, column: ColumnSample) -> Row:
    values = Text("  ".join(value or '""' for value in column.values), "dim", no_wrap=True, overflow="ellipsis")
    name = Text(f"{column.name}  " if column.name else "", no_wrap=True, overflow="ellipsis")
    return Text(str(number)), name.append_text(values)
