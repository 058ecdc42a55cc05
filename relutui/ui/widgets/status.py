"""The status line and the message."""

from collections.abc import Iterator
from functools import lru_cache

from rich.cells import cell_len
from rich.text import Text

from relutui.readout.status import MessageReadout, StatusReadout
from relutui.ui.widgets.strip_widget import wrap_cells


def status(readout: StatusReadout, width: int, height: int) -> Iterator[Text]:
    """Draw the scenario on the left and the training on the right; the loss never gives way where there is no room.

    Before optimizer and learning rate, which nothing else shows, the mark of unwritten work loses its word.
    """
    left = {"name": readout.name, "title": readout.title}
    right = {
        "running": readout.running,
        "training": readout.training,
        "batch": readout.batch,
        "seed": readout.seed,
        "step": f"step {readout.step}" if readout.training or readout.step else "",
        "loss": f"{readout.loss} ✓ solved" if readout.solved else readout.loss,
        "decay": readout.decay,
        "clean": readout.clean,
        "stuck": readout.stuck,
        "device": readout.device,
        "unsaved": "● unsaved" if readout.unsaved else "",
    }
    ends = ("title", "device") if readout.on_gpu else ("device", "title")
    given_up = iter((*ends, "seed", "clean", "decay", "batch", "unsaved", "training", "stuck"))
    while _length(left, "  ") + _length(right, "   ") + 4 > width and (name := next(given_up, None)):
        left.pop(name, None)
        right[name] = "●" if name == "unsaved" and readout.unsaved else ""
    line = Text(f" {'  '.join(left.values())}", style="bold")
    words = "   ".join(filter(None, right.values()))
    line.truncate(width - len(words) - 3, overflow="ellipsis")
    yield line.append(" " * (width - line.cell_len - len(words) - 1)).append(words)


def _length(parts: dict[str, str], between: str) -> int:
    return cell_len(between.join(filter(None, parts.values())))


def message(readout: MessageReadout, width: int, height: int) -> Iterator[Text]:
    """Draw the message and under it the hint; on a single line, the brief form."""
    style = "bold red" if readout.error else ""
    text = readout.text if height > 1 else readout.brief
    lines = list(_wrapped(f"✗ {text}" if readout.error else text, style, width, height))
    yield from lines
    if left := height - len(lines):
        yield from _wrapped(readout.hint, "italic", width, left)


def rows_needed(readout: MessageReadout, width: int) -> int:
    """Return the number of rows that the whole message and its hint need."""
    return sum(len(_in_lines(text, width)) for text in (readout.text, readout.hint))


def _wrapped(text: str, style: str, width: int, most: int) -> Iterator[Text]:
    for line in _in_lines(text, width, most):
        yield Text(f" {line}", style=style)


@lru_cache(8)
def _in_lines(text: str, width: int, most: int | None = None) -> tuple[str, ...]:
    """Return the lines of the text, wrapped by cells."""
    *above, last = text.split("\n")
    lines = [part for line in above for part in wrap_cells(line, max(10, width - 2))][:most]
    if most is None or len(lines) < most:
        lines += wrap_cells(last, max(10, width - 2), max_lines=most and most - len(lines), placeholder=" …")
    return tuple(lines)
