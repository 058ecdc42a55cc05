"""The help screen with four tabs: keys, terms to search in, questions with their tours, and the pages of the manual."""

from collections.abc import Mapping

from rich.table import Table
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from relutui.commands.command import Command
from relutui.commands.contents import key_table
from relutui.docs.pages import PAGES, read_page, title
from relutui.explain.glossary import GLOSSARY
from relutui.lib.face import IN_BROWSER
from relutui.readout.status import device_and_advice
from relutui.session.questions import QUESTIONS
from relutui.session.session import Session
from relutui.session.tours import Question
from relutui.ui.widgets.marked_list import MarkedList

TITLES = {"keys": "Keys", "words": "Words", "questions": "Questions", "manual": "Manual"}


class HelpScreen(ModalScreen[Question | None]):
    """Shows keys, terms, questions, manual and device; returns the question whose tour is to start.

    word: what the terms are searched for at once; without one the keys are shown first.
    """

    BINDINGS = [
        Binding("escape,q,question_mark", "dismiss", "Close", show=False),
        Binding("tab", "next_tab(1)", "Tab", show=False),
        Binding("shift+tab", "next_tab(-1)", "Tab back", show=False),
        Binding("slash", "search", "Search", show=False),
    ]

    def __init__(self, session: Session, own_keys: Mapping[str, Command], word: str = "") -> None:
        super().__init__()
        self._own_keys = own_keys
        self._word = word
        self._device = device_and_advice(session.device)

    def compose(self) -> ComposeResult:
        """Yield one panel for each tab."""
        with VerticalScroll(id="keys", classes="dialog") as keys:
            keys.border_subtitle = "up, down scroll   esc closes"
            own = [(name, f"{command.help or command.label} (your own key)") for name, command in self._own_keys.items()]
            yield Static(_two_columns([*key_table(), *own]))
            choosing = "" if IN_BROWSER.get() else "; d chooses another"
            yield Static(f"\nTraining runs on: {self._device}{choosing}", markup=False)
        with Vertical(id="words", classes="dialog") as words:
            words.border_subtitle = "/ searches   up, down scroll   esc closes"
            yield Input(self._word, placeholder="/, then a word", id="word", select_on_focus=False)
            with VerticalScroll(id="found"):
                yield Static(id="terms")
        with Vertical(id="questions", classes="dialog") as questions:
            questions.border_subtitle = "enter begins its tour, esc then leads back   esc closes"
            yield MarkedList((Text(f"{question.number:>2}"), Text(question.text)) for question in QUESTIONS)
            yield Static(id="tour-of", markup=False)
        with Vertical(id="manual", classes="dialog") as manual:
            manual.border_subtitle = "enter opens the page   esc closes"
            width = max(map(len, PAGES))
            yield MarkedList((Text(f"{page:<{width}}"), Text(title(read_page(page)))) for page in PAGES)

    def on_mount(self) -> None:
        """Show the keys first, or the word that was asked for."""
        self._find(self._word)
        self._show("words" if self._word else "keys")

    def action_search(self) -> None:
        """Lead to the field in which a word is typed."""
        self._show("words")
        self.query_one("#word").focus()

    @on(Input.Changed, "#word")
    def find(self, event: Input.Changed) -> None:
        """Show the terms that have what is typed in them, while it is typed."""
        self._find(event.value)

    @on(Input.Submitted, "#word")
    def read(self) -> None:
        """Leave the field, so that the keys scroll the terms again."""
        self.query_one("#found").focus()

    def _find(self, typed: str) -> None:
        found = find_terms(typed)
        text = _two_columns(found) if found else Text(f"no word here has {typed!r} in it; ctrl+p finds commands and questions")
        self.query_one("#terms", Static).update(text)

    def action_next_tab(self, step: int) -> None:
        """Show the next tab (1) or the previous one (-1), cyclically."""
        tabs = list(TITLES)
        shown = next(index for index, tab in enumerate(tabs) if self.query_one(f"#{tab}").display)
        self._show(tabs[(shown + step) % len(tabs)])

    def _show(self, tab: str) -> None:
        titles = " ".join(f"‹{title}›" if id == tab else title for id, title in TITLES.items())
        for id in TITLES:
            panel = self.query_one(f"#{id}")
            panel.display, panel.border_title = id == tab, f"{titles}   (tab)"
        self.set_focus(self.query_one({"keys": "#keys", "words": "#found"}.get(tab, f"#{tab} MarkedList")))

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


def find_terms(typed: str) -> list[tuple[str, str]]:
    """Return the terms with all typed words in them or in what they mean, those with them in the term itself first."""
    words = typed.casefold().split()
    found = [(term, text) for term, text in GLOSSARY.items() if all(word in f"{term} {text}".casefold() for word in words)]
    return sorted(found, key=lambda entry: not all(word in entry[0].casefold() for word in words))


def _two_columns(rows: list[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", max_width=24)
    table.add_column()
    for row in rows:
        table.add_row(*map(Text, row))
    return table
