"""The input for a path."""

import os

from rich.segment import Segment
from textual import events
from textual.binding import Binding
from textual.geometry import Region, Spacing
from textual.strip import Strip
from textual.widgets import Input

ACTIONS = {binding.key: binding.action for binding in Binding.make_bindings(Input.BINDINGS)}


class PathInput(Input):
    """An Input whose keys act in the order typed, with … where text is scrolled out of sight.

    Textual 8.2 runs the action of a key such as backspace only after the characters that were typed ahead.
    """

    def render_line(self, y: int) -> Strip:
        """Render row y with … at a cut end, or the visible part of a number would read as a different one."""
        strip, room, hidden = super().render_line(y), self.scrollable_content_region.width, self.scroll_offset.x
        if y or room < 2 or not self.value:
            return strip
        if hidden:
            strip = Strip.join([_more(strip), strip.crop(1)])
        if hidden + room < self.content_width - 1:
            strip = Strip.join([strip.crop(0, room - 1), _more(strip)])
        return strip

    def watch_selection(self) -> None:
        """Scroll so that the cursor keeps off the ends, where the … may be."""
        column = self.cursor_screen_offset.x - self.content_region.x + self.scroll_offset.x
        self.scroll_to_region(Region(column, 0, 1, 1), spacing=Spacing(0, 1, 0, 1), force=True, animate=False)

    async def on_key(self, event: events.Key) -> None:
        """Run the action of a key at once, and leave all other keys to Input."""
        if action := ACTIONS.get(event.key):
            event.stop()
            event.prevent_default()
            await self.run_action(action)


def _more(strip: Strip) -> Strip:
    return Strip([Segment("…", next(iter(strip)).style)], 1)


def expanded(typed: str) -> str:
    """Return the path with ~ replaced by the home directory, or as typed if no file can have this name."""
    try:
        return os.path.expanduser(typed)
    except ValueError:  # a NUL or a lone surrogate in the name of a user
        return typed
