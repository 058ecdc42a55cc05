"""The lines above and below the panels."""

import textwrap
from collections.abc import Iterator

from rich.text import Text

from relutui.readout.lines import MessageReadout, StatusReadout


def status(readout: StatusReadout, width: int, height: int) -> Iterator[Text]:
    """What is open on the left, where training stands on the right; what fits, the loss first."""
    left = {"name": readout.name, "title": readout.title}
    right = {
        "running": readout.running,
        "training": readout.training,
        "step": f"step {readout.step}",
        "loss": f"{readout.loss} ✓ solved" if readout.solved else readout.loss,
        "stuck": readout.stuck,
        "device": readout.device,
        "unsaved": "● unsaved" if readout.unsaved else "",
    }
    given_up = iter(("device", "title", "training", "stuck"))
    while _length(left, "  ") + _length(right, "   ") + 4 > width and (name := next(given_up, None)):
        left.pop(name, None)
        right.pop(name, None)
    line = Text(f" {'  '.join(left.values())}", style="bold")
    words = "   ".join(filter(None, right.values()))
    yield line.append(" " * max(1, width - line.cell_len - len(words) - 1)).append(words)


def _length(parts: dict[str, str], between: str) -> int:
    return len(between.join(filter(None, parts.values())))


def message(readout: MessageReadout, width: int, height: int) -> Iterator[Text]:
    """What happened or what to look at, and the hint below it; on a single line the selected parameter and the loss."""
    style = "bold red" if readout.error else ""
    text = readout.text if height > 1 else readout.brief
    said = f"✗ {text}" if readout.error else text
    lines = list(_wrapped(said, style, width, height))
    yield from lines
    if left := height - len(lines):
        yield from _wrapped(readout.hint, "italic", width, left)


def rows_needed(readout: MessageReadout, width: int) -> int:
    """Rows in which the whole message and its hint have room."""
    return sum(len(textwrap.wrap(text, _room(width))) for text in (readout.text, readout.hint))


def _wrapped(text: str, style: str, width: int, most: int) -> Iterator[Text]:
    for line in textwrap.wrap(text, _room(width), max_lines=most, placeholder=" …"):
        yield Text(f" {line}", style=style)


def _room(width: int) -> int:
    return max(10, width - 2)
