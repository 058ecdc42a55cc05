"""Help, behind two tabs: the keys and the words; the questions, each of which starts its tour."""

from rich.table import Table
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from relutui.commands import key_table
from relutui.explain import GLOSSARY
from relutui.questions import QUESTIONS, Question
from relutui.screens.choices import Choices
from relutui.session import Session

TITLES = {"words": "Keys and words", "questions": "Questions"}


class HelpScreen(ModalScreen[Question | None]):
    """What every key does, what the words mean, and what training runs on; returns the question to start the tour of."""

    BINDINGS = [
        Binding("escape,q,question_mark", "dismiss", "Close", show=False),
        Binding("tab,shift+tab", "next_tab", "Tab", show=False),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._device = f"{session.device}; {session.advice}" if session.advice else session.device

    def compose(self) -> ComposeResult:
        """A panel a tab."""
        with VerticalScroll(id="words", classes="dialog") as words:
            words.border_subtitle = "up, down scroll   esc closes"
            yield Static(_two_columns(key_table()))
            yield Static("")
            yield Static(_two_columns(list(GLOSSARY.items())))
            yield Static(f"\nTraining runs on: {self._device}; d chooses another", markup=False)
        with Vertical(id="questions", classes="dialog") as questions:
            questions.border_subtitle = "enter shows the answer, esc then leads back   esc closes"
            yield Choices((Text(f"{question.number:>2}"), Text(question.text)) for question in QUESTIONS)
            yield Static(id="tour-of", markup=False)

    def on_mount(self) -> None:
        """The keys and the words first."""
        self._show("words")

    def action_next_tab(self) -> None:
        """The other of the two."""
        self._show("questions" if self.query_one("#words").display else "words")

    def _show(self, tab: str) -> None:
        titles = "  ".join(f"‹{title}›" if id == tab else title for id, title in TITLES.items())
        for id in TITLES:
            panel = self.query_one(f"#{id}")
            panel.display, panel.border_title = id == tab, f"{titles}   (tab)"
        (self.query_one(Choices) if tab == "questions" else self.query_one("#words")).focus()

    @on(OptionList.OptionHighlighted)
    def describe(self, event: OptionList.OptionHighlighted) -> None:
        """Where the answer of the question that is marked is seen."""
        question = QUESTIONS[event.option_index]
        said = f"scenario {question.scenario}   keys: {' '.join(question.keys)}\n{question.look}"
        self.query_one("#tour-of", Static).update(said)

    @on(OptionList.OptionSelected)
    def start(self, event: OptionList.OptionSelected) -> None:
        """Start the tour."""
        self.dismiss(QUESTIONS[event.option_index])


def _two_columns(rows: list[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", max_width=24)
    table.add_column()
    for row in rows:
        table.add_row(*map(Text, row))
    return table
