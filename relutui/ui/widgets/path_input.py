"""A line to type into."""

import os

from rich.segment import Segment
from textual import events
from textual.binding import NoBinding
from textual.geometry import Region, Spacing
from textual.strip import Strip
from textual.widgets import Input


class PathInput(Input):
    """An Input whose keys act in the order in which they were typed, and that shows … where more is typed than is seen.

    Textual 8.2 sees to keys with an action, such as backspace, only after those that were typed ahead of it.
    """

    def render_line(self, y: int) -> Strip:
        """Textual asks for row y; without the mark what is left of a number would read as another."""
        strip, room, hidden = super().render_line(y), self.scrollable_content_region.width, self.scroll_offset.x
        if y or room < 2 or not self.value:
            return strip
        if hidden:
            strip = Strip.join([_more(strip), strip.crop(1)])
        if hidden + room < self.content_width - 1:
            strip = Strip.join([strip.crop(0, room - 1), _more(strip)])
        return strip

    def watch_selection(self) -> None:
        """The cursor keeps off the ends, where the mark may be."""
        at = Region(self._cursor_offset, 0, 1, 1)
        self.scroll_to_region(at, spacing=Spacing(0, 1, 0, 1), force=True, animate=False)

    async def _on_key(self, event: events.Key) -> None:
        try:
            bindings = self._bindings.get_bindings_for_key(event.key)
        except NoBinding:
            return await super()._on_key(event)
        event.stop()
        event.prevent_default()
        for binding in bindings:
            await self.run_action(binding.action)


def _more(strip: Strip) -> Strip:
    return Strip([Segment("…", next(iter(strip)).style)], 1)


def expanded(typed: str) -> str:
    """The path with ~ replaced by the home directory; as typed where it is a name that no file can have."""
    try:
        return os.path.expanduser(typed)
    except ValueError:  # a NUL or a lone surrogate in the name of a user
        return typed
