"""The lesson of a scenario, shown beside the chart where there is room."""

from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Markdown, Static

from relutui.scenario.scenario import Scenario

MAX_MARKDOWN_CHARACTERS = 16_000  # the parser's time grows with the square of the number of brackets
MAX_TOKENS = 500  # Textual makes a widget of about every third


class LessonScreen(ModalScreen[Literal["ask"] | None]):
    """Shows the title, the intro, and the lesson, which is Markdown by an unknown author, so its links do nothing."""

    BINDINGS = [
        Binding("escape,q,t,enter", "dismiss", "Close", show=False),
        Binding("Q", "ask", "Question", show=False),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]

    def __init__(self, scenario: Scenario) -> None:
        super().__init__()
        self._scenario = scenario

    def compose(self) -> ComposeResult:
        """Yield the lesson in a scrolling panel."""
        with VerticalScroll(classes="lesson") as panel:
            panel.border_title = Content(self._scenario.title)
            panel.border_subtitle = "up, down scroll   esc closes"
            if self._scenario.intro:
                yield Static(Content(f"{self._scenario.intro}\n"), classes="intro")
            yield prose(self._scenario.lesson)
            if self._scenario.asks:
                yield Static("[b]Q[/b] asks you about it", classes="note")

    def action_ask(self) -> None:
        """Close, and ask the first question, if there is one."""
        if self._scenario.asks:
            self.dismiss("ask")


def prose(text: str) -> Markdown | Static:
    """Return a widget of Markdown without working links, or of the plain text if that is too long to lay out."""
    if len(text) <= MAX_MARKDOWN_CHARACTERS and len(_parser().parse(text)) <= MAX_TOKENS:
        return Markdown(text, parser_factory=_parser, open_links=False)
    return Static(Content(text))


def _parser() -> MarkdownIt:
    """Return Textual's parser, changed to show HTML as text: Textual would drop it, and with it `a<b` and all that follows."""
    parser = MarkdownIt("gfm-like", {"html": False})
    parser.core.ruler.push("plain_code", _plain_code)
    return parser


def _plain_code(state: StateCore) -> None:
    """Mark code as plain text: for unmarked code, Textual 8.2.8 has Pygments guess the language, which takes 3 s for 60 kB."""
    for token in state.tokens:
        if token.type in ("fence", "code_block"):
            token.info = "text"
