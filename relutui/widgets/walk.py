"""The forward pass at the probe, as one would write it on paper."""

from collections.abc import Iterator

from rich.text import Text

from relutui.numbers import number
from relutui.readout.walk import Term, WalkReadout


def walk(readout: WalkReadout, width: int, height: int) -> Iterator[Text]:
    """A line a unit where that fits, else two, then the sum; of more units than fit, those around the selected one."""
    sums = list(_sums(readout, width))
    each = 1 if all(_term(term, readout).cell_len < width for term in readout.terms) else 2
    room = max(1, (height - len(sums)) // each)
    shown, rest = readout.terms, readout.terms[:0]
    if len(shown) > room:
        room = max(1, (height - len(sums) - 1) // each)
        first = min(max(0, readout.selected - room + 1), len(shown) - room)
        rest = (*shown[:first], *shown[first + room :])
        shown = shown[first : first + room]
    for term in shown:
        whole = _term(term, readout)
        if each == 1:
            yield _right(whole, "", width)
        else:
            cut = whole.plain.rindex("→")
            head, tail = whole.divide([cut])
            yield head
            yield _right("", tail.plain, width)
    if rest:
        yield _right(f" the other {len(rest)} units", number(sum(term.contribution for term in rest)), width)
    yield from sums


def _term(term: Term, readout: WalkReadout) -> Text:
    """One unit's arithmetic: w × x + b = z → a × v = contribution."""
    selected = term.unit == readout.selected
    style = f"color({term.colour})" + (" bold" if selected else "")
    line = Text().append(f"{'▸' if selected else ' '}{term.unit}", style)
    name = "" if readout.activation == "relu" else f"{readout.activation} "
    sign = "-" if term.b < 0 else "+"
    line.append(f" {number(term.w):>5}×{number(readout.x)} {sign} {number(abs(term.b))} = {number(term.z):>5}")
    return line.append(f" → {name}{number(term.a)}×{number(term.v)} = {number(term.contribution)}")


def _sums(readout: WalkReadout, width: int) -> Iterator[Text]:
    yield _right(" + c", number(readout.c), width)
    if readout.output != "identity":
        yield _right(f" sum {number(readout.total)}, {readout.output} →", number(readout.prediction), width)
    error = readout.prediction - readout.target
    yield _right(
        f" target {number(readout.target)}   error {'+' if error > 0 else ''}{number(error)}",
        f"ŷ = {number(readout.prediction)}",
        width,
        "bold",
    )


def _right(left: str | Text, right: str, width: int, style: str = "") -> Text:
    """A line with a part at its left end and one at its right."""
    line = Text().append(left)
    gap = max(1, width - 1 - line.cell_len - len(right))
    return line.append(" " * gap).append(right, style)
