"""Textual's command palette, and the commands in it."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from textual import on
from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.message import Message
from textual.widgets import Input, OptionList

from relutui.commands.command import Command, key_text
from relutui.commands.contents import offered
from relutui.explain.concepts import concepts_of
from relutui.explain.gloss import VIEW_GLOSSES
from relutui.explain.glossary import GLOSSARY
from relutui.scenario.scenario import View
from relutui.session.questions import QUESTIONS
from relutui.session.view_state import Tab
from relutui.terminal.textual_private import allow_late_search
from relutui.ui import themes
from relutui.ui.screens.explore import Explore
from relutui.ui.screens.titles import TAB_TITLES

THEME_HELP = "colours until you quit; relutui.toml and --theme keep them"


@allow_late_search
class Palette(CommandPalette):
    """Textual's palette, ignoring keys typed ahead once it is closed: Textual 8.2 would fail or run a command twice."""

    @on(Input.Changed)
    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def leave_alone(self, event: Message) -> None:
        """Ignore what reaches a palette that is closed."""
        if self not in self.app.screen_stack:
            event.prevent_default()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Refuse to move in a list that is not there (yet, or any more) or has no room for a row: Textual 8.2 fails then."""
        if action not in ("command_list", "cursor_down"):
            return super().check_action(action, parameters)
        commands = self.query(CommandList)
        return bool(commands) and (action == "cursor_down" or bool(commands.first().scrollable_content_region))


class CommandProvider(Provider):
    """Finds commands by label and help, views and panels by name, questions by what they are about, and words."""

    async def discover(self) -> Hits:
        """Yield every command, while nothing is typed."""
        for command in _named():
            yield DiscoveryHit(_text(command), self._run(command), help=command.help)
        for name in themes.NAMES:
            yield DiscoveryHit(f"Theme: {name}", self._choose(name), help=THEME_HELP)

    async def search(self, query: str) -> Hits:
        """Yield the commands that match the query."""
        matcher = self.matcher(query)
        for command in _named():
            score = matcher.match(f"{command.label} {command.help}")
            if score > 0:
                yield Hit(score, _text(command), self._run(command), help=command.help)
        for name in themes.NAMES:
            if (score := matcher.match(f"Theme: {name} {THEME_HELP}")) > 0:
                yield Hit(score, f"Theme: {name}", self._choose(name), help=THEME_HELP)
        for text, run, about, help in self._places():
            if (score := max(map(matcher.match, about))) > 0:
                yield Hit(score, _escaped(text), run, help=_escaped(help))

    def _places(self) -> Iterator[tuple[str, Callable[[], None], list[str], str]]:
        """Yield all that is found besides commands: its text, what it does, what it is found by, and what it is."""
        screen = self.screen
        assert isinstance(screen, Explore)
        for view, glosses in VIEW_GLOSSES.items():
            yield f"View: {view}", partial(_show_view, screen, view), [f"view {view}"], glosses[0]
        for tab, name in TAB_TITLES.items():
            yield f"Panel: {name}", partial(_show_panel, screen, tab), [f"panel {name}"], "on the full screen; esc leads back"
        known = frozenset(question.number for question in QUESTIONS)
        for question in QUESTIONS:
            about = [question.text, *concepts_of(question.number, known)]
            start = partial(screen.navigator.start_tour, question)
            yield f"Question {question.number}: {question.text}", start, about, question.answer
        for word, meaning in GLOSSARY.items():
            yield f"Word: {word}", partial(screen.navigator.open_glossary, word), [f"word {word}"], meaning

    def _run(self, command: Command) -> Callable[[], None]:
        screen = self.screen
        assert isinstance(screen, Explore)
        return partial(screen.carry_out, command)

    def _choose(self, name: str) -> Callable[[], None]:
        app: Any = self.app  # which knows its screens, not they it
        return partial(app.choose_theme, name)


def _named() -> list[Command]:
    """Return the commands that have a description of their own."""
    return [command for command in offered() if command.help]


def _show_view(screen: Explore, view: View) -> None:
    screen.session = screen.session.with_view(name=view, message=None)


def _show_panel(screen: Explore, tab: Tab) -> None:
    screen.session = screen.session.with_view(full=tab, tab=tab, message=None)


def _text(command: Command) -> str:
    return _escaped(f"{command.label}  ({key_text(command)})")


def _escaped(text: str) -> str:
    return text.replace("[", r"\[")
