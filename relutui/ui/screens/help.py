"""The help screen with three tabs: keys and terms, questions with their tours, and the pages of the manual."""

from rich.table import Table
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from relutui.commands import key_table
from relutui.docs.pages import PAGES, read_page, title
from relutui.explain.glossary import GLOSSARY
from relutui.readout.status import device_and_advice
from relutui.session.questions import QUESTIONS
from relutui.session.session import Session
from relutui.session.tours import Question
from relutui.ui.widgets.marked_list import MarkedList

TITLES = {"words": "Keys, words", "questions": "Questions", "manual": "Manual"}


class HelpScreen(ModalScreen[Question | None]):
    """Shows keys, terms, questions, manual and device; returns the question whose tour is to start."""

    BINDINGS = [
        Binding("escape,q,question_mark", "dismiss", "Close", show=False),
        Binding("tab", "next_tab(1)", "Tab", show=False),
        Binding("shift+tab", "next_tab(-1)", "Tab back", show=False),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._device = device_and_advice(session.device)

    def compose(self) -> ComposeResult:
        """Yield one panel for each tab."""
        with VerticalScroll(id="words", classes="dialog") as words:
            words.border_subtitle = "up, down scroll   esc closes"
            yield Static(_two_columns(key_table()))
            yield Static("")
            yield Static(_two_columns(list(GLOSSARY.items())))
            yield Static(f"\nTraining runs on: {self._device}; d chooses another", markup=False)
        with Vertical(id="questions", classes="dialog") as questions:
            questions.border_subtitle = "enter begins its tour, esc then leads back   esc closes"
            yield MarkedList((Text(f"{question.number:>2}"), Text(question.text)) for question in QUESTIONS)
            yield Static(id="tour-of", markup=False)
        with Vertical(id="manual", classes="dialog") as manual:
            manual.border_subtitle = "enter opens the page   esc closes"
            width = max(map(len, PAGES))
            yield MarkedList((Text(f"{page:<{width}}"), Text(title(read_page(page)))) for page in PAGES)

    def on_mount(self) -> None:
        """Show the keys and terms first."""
        self._show("words")

    def action_next_tab(self, step: int) -> None:
        """Show the next tab (1) or the previous one (-1), cyclically."""
        tabs = list(TITLES)
        shown = next(index for index, tab in enumerate(tabs) if self.query_one(f"#{tab}").display)
        self._show(tabs[(shown + step) % len(tabs)])

    def _show(self, tab: str) -> None:
        titles = "  ".join(f"‹{title}›" if id == tab else title for id, title in TITLES.items())
        for id in TITLES:
            panel = self.query_one(f"#{id}")
            panel.display, panel.border_title = id == tab, f"{titles}   (tab)"
        self.query_one("#words" if tab == "words" else f"#{tab} MarkedList").focus()

    @on(OptionList.OptionHighlighted, "#questions MarkedList")
    def describe(self, event: OptionList.OptionHighlighted) -> None:
        """Show the scenario, the keys and the answer of the marked question."""
        question = QUESTIONS[event.option_index]
        about = f"scenario {question.scenario}   keys: {' '.join(question.keys)}\n{question.answer}"
        self.query_one("#tour-of", Static).update(about)

    @on(OptionList.OptionSelected, "#questions MarkedList")
    def start(self, event: OptionList.OptionSelected) -> None:
        """Return the marked question."""
        self.dismiss(QUESTIONS[event.option_index])

    @on(OptionList.OptionSelected, "#manual MarkedList")
    def open(self, event: OptionList.OptionSelected) -> None:
        """Open the page over this screen, so that esc leads back to the list."""
        from relutui.ui.screens.page import PageScreen

        self.app.push_screen(PageScreen(PAGES[event.option_index]))


def _two_columns(rows: list[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", max_width=24)
    table.add_column()
    for row in rows:
        table.add_row(*map(Text, row))
    return table
