"""The layouts of one unit's arithmetic in the forward pass, from the widest to the narrowest."""

from collections.abc import Callable, Sequence

from relutui.lib.number_text import sign_of_equality
from relutui.readout.forward_pass import ForwardPassReadout, Term

Cells = Sequence[str]  # in the order of NAMES
Form = Callable[[str, Cells], tuple[str, ...]]  # (activation's name, cells) to the unit's lines, all of one length

# The signs of x w, of z as a sum with x w, of z from x and w, and of v a; then the numbers.
NAMES = ("=", "=", "=", "=", "x", "w", "x w", "b", "z", "a", "v", "v a")


def cells_of(readout: ForwardPassReadout, term: Term) -> Cells:
    """Return the numbers of a term as text, and whether they are equal as printed, in the order of NAMES."""
    numbers = (readout.x, term.w, term.product, term.b, term.z, term.a, term.v, term.contribution)
    x_, w, product, b, z, a, v, contribution = texts = [readout.written(value) for value in numbers]
    equations = (product, (x_, w)), (z, (product,), (b,)), (z, (x_, w), (b,)), (contribution, (a, v))
    return [*(sign_of_equality(result, *products) for result, *products in equations), *texts]


def aligned(rows: Sequence[Cells], last: int) -> list[Cells]:
    """Return the rows with right-aligned columns, the last one at least `last` characters wide."""
    least = (*[0] * (len(NAMES) - 1), last)
    widths = [max(width, *map(len, column)) for width, column in zip(least, zip(*rows))]
    return [[text.rjust(width) for text, width in zip(row, widths)] for row in rows]


def _one_line(gap: str) -> Form:
    def form(name: str, cells: Cells) -> tuple[str, ...]:
        is_product, is_z, _, is_contribution, x, w, product, b, z, a, v, contribution = cells
        parts = (
            f"{x} × {w} {is_product} {product}",
            f"+ {b} {is_z} {z}",
            f"{name} → {a}",
            f"× {v} {is_contribution} {contribution}",
        )
        return (gap.join(parts),)

    return form


def _two_lines(name: str, cells: Cells) -> tuple[str, ...]:
    is_product, is_z, _, is_contribution, x, w, product, b, z, a, v, contribution = cells
    left = f"{x} × {w} {is_product} {product}", f"{name} → {a}"
    right = f"+ {b} {is_z} {z}", f"× {v} {is_contribution} {contribution}"
    widths = max(map(len, left)), max(map(len, right))
    return tuple(f"{first.ljust(widths[0])}   {second.rjust(widths[1])}" for first, second in zip(left, right))


def _compact(_: str, cells: Cells) -> tuple[str, ...]:
    _, _, is_z, is_contribution, x, w, _, b, z, a, v, contribution = cells
    return (f"{x}×{w} + {b} {is_z} {z} → {a}×{v} {is_contribution} {contribution}",)


def _brief(_: str, cells: Cells) -> tuple[str, ...]:
    is_contribution, (z, a, v, contribution) = cells[3], cells[-4:]
    return (f"z = {z} → {a} × {v} {is_contribution} {contribution}",)


def _least(_: str, cells: Cells) -> tuple[str, ...]:
    return (f"v a = {cells[-1]}",)


FORMS: tuple[Form, ...] = (_one_line("   "), _one_line("  "), _two_lines, _compact, _brief, _least)
