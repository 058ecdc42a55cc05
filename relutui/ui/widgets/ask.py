"""The lines at the bottom of the screen that ask a question."""

import textwrap
from collections.abc import Iterator
from functools import lru_cache

from rich.text import Text

from relutui.readout.asking import AskReadout


def ask(readout: AskReadout, width: int, height: int) -> Iterator[Text]:
    """Draw the question, its choices or after the answer the verdict, and on the last row as many keys as fit.

    Where there is no room, the question is cut; once it is answered, all that stands above the end of the verdict.
    """
    rows = _rows(readout, width)
    if (room := height - 1) < len(rows):
        rows = rows[-room:] if readout.verdict else (*rows[:1], *rows[len(rows) - room + 1 :])
    yield from rows[:room]
    yield from [Text()] * (room - len(rows))
    yield Text(f" {_fitting(readout.keys, width)}", "reverse" if not room else "")


def ask_rows(readout: AskReadout, width: int) -> int:
    """Return the number of rows that the question needs before the answer and after it, so that the answer moves nothing."""
    chosen = 2 * max((len(_choice_rows(choice.text, width)) for choice in readout.choices), default=0)
    verdict = len(_wrapped(f"✗ {readout.longest}", width))
    return max(len(_rows(readout, width)), len(_wrapped(readout.text, width)) + chosen + verdict) + 1


@lru_cache(8)
def _rows(readout: AskReadout, width: int) -> tuple[Text, ...]:
    """Return all rows but that of the keys."""
    rows = [Text(f" {line}", "bold") for line in _wrapped(readout.text, width)]
    for choice in readout.choices:
        first, *others = _choice_rows(choice.text, width)
        style = "bold" if choice.mark else ""
        rows.append(Text(f" {choice.mark or ' '} ").append(choice.digit, "bold reverse").append(f" {first}", style))
        rows += [Text(f"     {line}", style) for line in others]
    if readout.verdict:
        style = "bold green" if readout.right else "bold red"
        rows += [Text(f" {line}", style) for line in _wrapped(f"{'✓' if readout.right else '✗'} {readout.verdict}", width)]
    return tuple(rows)


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, max(10, width - 2))


def _choice_rows(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, max(10, width - 6))


def _fitting(keys: tuple[str, ...], width: int) -> str:
    """Return the keys that fit, at least the first."""
    line = keys[0]
    for key in keys[1:]:
        if len(line) + 3 + len(key) > width - 2:
            break
        line = f"{line}   {key}"
    return line
