"""The line of keys that are useful now."""

import re
from functools import lru_cache

from rich.text import Text
from textual import events

from relutui.readout.status import FooterReadout
from relutui.terminal.key_names import key_name
from relutui.ui.widgets.panel import Panel

_PRESSED = {"esc": "escape", "←": "left", "→": "right", "↑": "up", "↓": "down"}  # where a key is written otherwise


class Footer(Panel[FooterReadout]):
    """Shows the keys that are useful now, and presses the one that is clicked."""

    def __init__(self, *, id: str) -> None:
        super().__init__(footer, id=id)

    def on_click(self, event: events.Click) -> None:
        """Have the app take the key that was clicked, as if it had been pressed."""
        name = key_at(self._readout, self.size.width, event.x) if self._readout else ""
        if name:
            self.app.post_message(events.Key(key_name(name), name) if len(name) == 1 else events.Key(name, None))


@lru_cache(8)
def footer(readout: FooterReadout, width: int, height: int) -> tuple[Text]:
    """Draw as many keys as fit, in order, and always the last ones."""
    return (Text().join(map(_key, _fitting(readout, width))),)


def key_at(readout: FooterReadout, width: int, column: int) -> str:
    """Return the key in a column, by the name of it that is pressed; of several with one label the one in it, or the first."""
    end = 0
    for pair in _fitting(readout, width):
        start, end = end, end + _key(pair).cell_len
        if start <= column < end:
            keys = list(re.finditer(r"[^\s,]+", pair[0])) or list(re.finditer(",", pair[0]))
            hit = next((key for key in keys if key.start() <= column - start - 1 < key.end()), keys[0])
            return _PRESSED.get(hit.group(), hit.group())
    return ""


def _fitting(readout: FooterReadout, width: int) -> list[tuple[str, str]]:
    """Return the pairs of key and label that there is room for."""
    room, shown = (
        width + 1 - sum(_key(pair).cell_len for pair in readout.last),
        [],
    )  # the last cell is a space, which may be cut
    for pair in readout.keys:
        room -= _key(pair).cell_len
        if room < 0:
            break
        shown.append(pair)
    return [*shown, *readout.last]


def _key(pair: tuple[str, str]) -> Text:
    key, label = pair
    return Text(" ").append(key, "bold reverse").append(f" {label} ")
