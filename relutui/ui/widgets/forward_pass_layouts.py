"""The layouts of one unit's arithmetic in the forward pass, from the widest to the narrowest."""

from collections.abc import Callable, Sequence

from relutui.lib.number_text import format_number
from relutui.readout.forward_pass import Term

Cells = Sequence[str]  # in the order of NAMES
Form = Callable[[str, Cells], tuple[str, ...]]  # (activation's name, cells) to the unit's lines, all of one length

NAMES = ("x", "w", "x w", "b", "z", "a", "v", "v a")


def cells_of(x: float, term: Term) -> Cells:
    """Return the numbers of a term as text, in the order of NAMES."""
    return [format_number(value) for value in (x, term.w, term.product, term.b, term.z, term.a, term.v, term.contribution)]


def aligned(rows: Sequence[Cells], last: int) -> list[Cells]:
    """Return the rows with right-aligned columns, the last one at least `last` characters wide."""
    least = (*[0] * (len(NAMES) - 1), last)
    widths = [max(width, *map(len, column)) for width, column in zip(least, zip(*rows))]
    return [[text.rjust(width) for text, width in zip(row, widths)] for row in rows]


def _one_line(gap: str) -> Form:
    def form(name: str, cells: Cells) -> tuple[str, ...]:
        x, w, product, b, z, a, v, contribution = cells
        return (gap.join((f"{x} × {w} = {product}", f"+ {b} = {z}", f"{name} → {a}", f"× {v} = {contribution}")),)

    return form


def _two_lines(name: str, cells: Cells) -> tuple[str, ...]:
    x, w, product, b, z, a, v, contribution = cells
    left, right = (f"{x} × {w} = {product}", f"{name} → {a}"), (f"+ {b} = {z}", f"× {v} = {contribution}")
    widths = max(map(len, left)), max(map(len, right))
    return tuple(f"{first.ljust(widths[0])}   {second.rjust(widths[1])}" for first, second in zip(left, right))


def _compact(_: str, cells: Cells) -> tuple[str, ...]:
    x, w, _, b, z, a, v, contribution = cells
    return (f"{x}×{w} + {b} = {z} → {a}×{v} = {contribution}",)


def _brief(_: str, cells: Cells) -> tuple[str, ...]:
    z, a, v, contribution = cells[4:]
    return (f"z = {z} → {a} × {v} = {contribution}",)


def _least(_: str, cells: Cells) -> tuple[str, ...]:
    return (f"v a = {cells[-1]}",)


FORMS: tuple[Form, ...] = (_one_line("   "), _one_line("  "), _two_lines, _compact, _brief, _least)
