"""The lines at the bottom of the screen during a tour."""

import textwrap
from collections.abc import Iterator

from rich.text import Text

from relutui.readout.status import TourReadout


def tour(readout: TourReadout, width: int, height: int) -> Iterator[Text]:
    """Draw the question, its keys with the last one pressed in brackets, the way back, and what to look at.

    A single line has only the keys, then the way back.  The question is cut where there is no room for it.
    """
    room = max(10, width - 2)
    keys = "keys: " + " ".join(f"‹{key}›" if number == readout.pressed else key for number, key in enumerate(readout.keys, 1))
    if readout.back:
        keys = f"{keys}   {readout.back}" if height > 1 else readout.back
    question = f"Question {readout.number}: {readout.question}" if height > 1 else f"Question {readout.number}"
    remark = textwrap.wrap(readout.remark, room, max_lines=height - 1, placeholder=" …") if height > 1 else []
    asked = textwrap.wrap(f"{question}   {keys}", room)
    if len(asked) > max(1, height - len(remark)):
        asked = [f"{textwrap.shorten(question, max(20, room - len(keys) - 3), placeholder=' …')}   {keys}"]
    for line in (*asked, *remark):
        yield Text(f" {line}", style="bold")
