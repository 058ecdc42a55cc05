"""The lines above and below the panels."""

import textwrap
from collections.abc import Iterator

from rich.text import Text

from relutui.readout.lines import MessageReadout, StatusReadout


def status(readout: StatusReadout, width: int, height: int) -> Iterator[Text]:
    """What is open on the left, where training stands on the right; what fits, the loss first."""
    loss = f"{readout.loss} ✓ solved" if readout.solved else readout.loss
    parts = [
        readout.running,
        readout.training,
        f"step {readout.step}",
        loss,
        readout.device,
        "● unsaved" if readout.unsaved else "",
    ]
    left = f" {readout.name}  {readout.title}"
    for dropped in (None, "device", "title", "training", "running"):
        if dropped == "device":
            parts[4] = ""
        elif dropped == "title":
            left = f" {readout.name}"
        elif dropped == "training":
            parts[1] = ""
        elif dropped == "running":
            parts[0] = "▶" if readout.running else ""
        right = "   ".join(part for part in parts if part)
        if len(left) + len(right) + 2 <= width:
            break
    line = Text(left, style="bold")
    line.append(" " * max(1, width - len(left) - len(right) - 1))
    line.append(right)
    yield line


def message(readout: MessageReadout, width: int, height: int) -> Iterator[Text]:
    """What happened or what to look at, and the hint below it; on a single line the selected parameter and the loss."""
    style = "bold red" if readout.error else ""
    text = readout.text if height > 1 else readout.brief
    said = f"✗ {text}" if readout.error else text
    lines = list(_wrapped(said, style, width, height))
    yield from lines
    if left := height - len(lines):
        yield from _wrapped(readout.hint, "italic", width, left)


def _wrapped(text: str, style: str, width: int, most: int) -> Iterator[Text]:
    for line in textwrap.wrap(text, max(10, width - 2), max_lines=most, placeholder=" …"):
        yield Text(f" {line}", style=style)
