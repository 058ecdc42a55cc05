"""The lesson of a scenario, beside the chart it speaks of where there is room."""

from markdown_it import MarkdownIt
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Markdown

from relutui.scenario import Scenario


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
            yield Markdown(self._scenario.lesson, parser_factory=_parser, open_links=False)


def _parser() -> MarkdownIt:
    """Textual's own, but a lesson's HTML is text like any other: Textual would leave it out, `a<b` and all after it too."""
    return MarkdownIt("gfm-like", {"html": False})
