"""The lesson of a scenario, beside the chart it speaks of where there is room."""

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Markdown, Static

from relutui.scenario.scenario import Scenario

MAX_MARKDOWN_CHARACTERS = 16_000  # characters; what a parser does with brackets takes the square of their number
MAX_TOKENS = 500  # a widget for about every third, which takes Textual its time and memory


class LessonScreen(ModalScreen[None]):
    """Shows the title and the lesson, which is Markdown; its links lead nowhere, as anybody may have written it."""

    BINDINGS = [Binding("escape,q,t,enter", "dismiss", "Close", show=False)]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]

    def __init__(self, scenario: Scenario) -> None:
        super().__init__()
        self._scenario = scenario

    def compose(self) -> ComposeResult:
        """The lesson in a panel that scrolls."""
        with VerticalScroll(classes="lesson") as panel:
            panel.border_title = Content(self._scenario.title)
            panel.border_subtitle = "up, down scroll   esc closes"
            yield prose(self._scenario.lesson)


def prose(text: str) -> Markdown | Static:
    """Markdown laid out, its links leading nowhere; the text as it is written where that is too much to lay out."""
    if len(text) <= MAX_MARKDOWN_CHARACTERS and len(_parser().parse(text)) <= MAX_TOKENS:
        return Markdown(text, parser_factory=_parser, open_links=False)
    return Static(Content(text))


def _parser() -> MarkdownIt:
    """Textual's own, but a lesson's HTML is text like any other: Textual would leave it out, `a<b` and all after it too."""
    parser = MarkdownIt("gfm-like", {"html": False})
    parser.core.ruler.push("plain_code", _plain_code)
    return parser


def _plain_code(state: StateCore) -> None:
    """Code is in no language: Textual 8.2.8 has Pygments guess it, which imports all it knows, and 60 kB take it 3 s."""
    for token in state.tokens:
        if token.type in ("fence", "code_block"):
            token.info = "text"
