"""The lines at the bottom of the screen during a tour."""

import textwrap
from collections.abc import Iterator

from rich.text import Text
from textual import events

from relutui.readout.status import TourReadout
from relutui.ui.widgets.panel import Panel
from relutui.ui.widgets.strip_widget import caption_lines, longest_fit


def tour(readout: TourReadout, width: int, height: int) -> Iterator[Text]:
    """Draw the question, whole, and under it its keys with the last one pressed in brackets, and the keys of the tour.

    A single line has only the latter.  The question is cut where there is no room for it.
    """
    *asked, keys = tour_lines(readout, width)
    if len(asked) >= height:
        asked = textwrap.wrap(_asked(readout), _room(width), max_lines=height - 1, placeholder=" …") if height > 1 else []
    for line in (*asked, keys):
        yield Text(f" {line}", style="bold")


def tour_lines(readout: TourReadout, width: int) -> list[str]:
    """Return all lines of a tour: a caption that has no panel of its own, the question, and the keys."""
    asked = textwrap.wrap(_asked(readout), _room(width))
    return [*caption_lines(readout.caption, width), *asked, _keys(readout, _room(width))]


def _asked(readout: TourReadout) -> str:
    return f"Question {readout.number}: {readout.question}"


def _keys(readout: TourReadout, room: int) -> str:
    """The keys of the question and those of the tour, or less where there is no room for all."""
    keys = (f"‹{key}›" if number == readout.pressed else key for number, key in enumerate(readout.keys, 1))
    every, count = f"keys: {' '.join(keys)}", f"{readout.pressed}/{len(readout.keys)}"
    on = "space: next" if readout.next_key else "Q: answer one" if readout.asks else ""
    back = "backspace: back" if readout.pressed else ""
    texts = (
        "   ".join(filter(None, (every, on, back, readout.back))),
        "   ".join(filter(None, (every, on, back, "esc: out"))),
        " ".join(filter(None, (count, on, back, "esc: out"))),
        f"Q{readout.number} {count} space backspace esc",
    )
    return longest_fit(texts, room)


def _room(width: int) -> int:
    return max(10, width - 2)


class TourBar(Panel[TourReadout]):
    """The lines of a tour at the bottom of a screen that one of its keys has opened, as high as they need to be."""

    DEFAULT_CSS = "TourBar { dock: bottom; background: $background; }"

    def __init__(self, readout: TourReadout) -> None:
        super().__init__(tour, id="tour")
        self._bar = readout

    def on_mount(self) -> None:
        """Show the lines."""
        self._fit()
        self.update(self._bar)

    def on_resize(self, event: events.Resize) -> None:
        """Take as many rows as the new width needs."""
        self._fit()
        super().on_resize(event)

    def _fit(self) -> None:
        self.styles.height = len(tour_lines(self._bar, self.screen.size.width))
