"""The texts of the drawn network: what its edges, units and sum say, from the widest form to the narrowest."""

from collections.abc import Sequence
from typing import NamedTuple

from relutui.lib.number_text import format_number, sign_of_equality, texts_that_add_up
from relutui.readout.forward_pass import ForwardPassReadout, Term


class Form(NamedTuple):
    """How much is said of a unit.

    pad: characters of line on either side of a number on an edge; inside: the numbers inside a unit, of b, z and a;
    outside: whether w and v are written on the edges; beside: whether "off" stands beside an a of 0, not in its place;
    tight: whether signs take no room.
    """

    pad: int
    inside: str
    outside: bool = True
    beside: bool = False
    tight: bool = False


FORMS = (
    Form(3, "bza", beside=True),
    Form(1, "bza", beside=True),
    Form(1, "bza"),
    Form(1, "bza", tight=True),
    Form(0, "bza", tight=True),
    Form(1, "za", tight=True),
    Form(0, "za", tight=True),
    Form(0, "a", tight=True),
    Form(0, "a", outside=False, tight=True),
)


class UnitTexts(NamedTuple):
    """The texts of a unit: on the edge from x, inside, on the edge to the sum, and its contribution at the end of that."""

    w: str
    inside: str
    v: str
    part: str


class SumTexts(NamedTuple):
    """The texts of all units, of the contributions of the rest, and of the sums, one line each; names: of what stands where."""

    names: UnitTexts
    units: tuple[UnitTexts, ...]
    rest: str
    output: tuple[str, ...]


def texts_of(
    readout: ForwardPassReadout, shown: Sequence[Term], rest: Sequence[Term], form: Form, height: int, boxed: bool
) -> SumTexts:
    """Return the texts of a network in a form; texts inside units and contributions are of one length.

    boxed: whether the border of a unit says that it is off, so that its inside need not.
    """
    parts, sign, total = _sum(readout, shown, rest)
    last = max(map(len, ("v a", *parts)))
    numbers = [tuple(map(readout.written, (term.w, abs(term.b), term.z, term.a, term.v))) for term in shown]
    off = [not (boxed or term.on) for term in shown]
    widths = [max(map(len, column)) for column in zip(*numbers)]
    if any(off) and not form.beside:
        widths[3] = max(widths[3], len("off"))
    gap = "" if form.tight else " "
    margin = (1 + len(gap)) * form.outside
    beside = any(off) and form.beside
    names = UnitTexts("w" * form.outside, _names(readout, form, widths), "v" * form.outside, f"{'v a':>{margin + last}}")
    units = []
    for term, (w, b, z, a, v), part, is_off in zip(shown, numbers, parts, off):
        a_text = "off" if is_off and not form.beside and term.a == 0.0 else a
        inside = _inside(readout, form, term, (w, b, z, a_text), widths) + f" {'off' if is_off else '':3}" * beside
        if form.outside:
            equals = f"{sign_of_equality(part, (a, v))}{gap}"
            units.append(UnitTexts(f"×{gap}{w}", inside, f"×{gap}{v}", f"{equals}{part:>{last}}"))
        else:
            units.append(UnitTexts("", inside, "", f"{part:>{last}}"))
    return SumTexts(names, tuple(units), f"{parts[-1]:>{last}}", _output(readout, form, sign, total, height))


def _sum(readout: ForwardPassReadout, shown: Sequence[Term], rest: Sequence[Term]) -> tuple[list[str], str, str]:
    """Return the contributions, that of the rest last, the sign between, and their sum: with digits that add up, if any do."""
    parts = [*(term.contribution for term in shown), *([sum(term.contribution for term in rest)] if rest else [])]
    *exact, total = texts_that_add_up(parts, readout.sum, lambda value, more: format_number(value, readout.more_digits + more))
    if not total.startswith("≈"):
        return exact, "=", total
    texts, total = [readout.written(part) for part in parts], readout.written(readout.sum)
    return texts, sign_of_equality(total, *((text,) for text in texts)), total


def _inside(
    readout: ForwardPassReadout, form: Form, term: Term, numbers: tuple[str, str, str, str], widths: Sequence[int]
) -> str:
    """Return what stands inside a unit: its number (and a colon, since + b may follow), and b, z and a if the form has them."""
    w, b, z, a = numbers
    text = f"{'▸' if term.unit == readout.selected else ' '}{f'{term.unit}:':<{len(str(readout.terms[-1].unit)) + 1}} "
    if "b" in form.inside:
        sign = "-" if term.b < 0.0 else "+"
        equals = sign_of_equality(z, (readout.written(readout.x), w), (f"{sign}{b}",))
        text += f"{f'{sign} {b}':>{widths[1] + 2}} {equals} "
    if "z" in form.inside:
        text += f"{z:>{widths[2]}}{'→' if form.tight else ' → '}"
    return text + a.rjust(widths[3])


def _names(readout: ForwardPassReadout, form: Form, widths: Sequence[int]) -> str:
    """Return the names of what stands inside a unit, each above its numbers."""
    text = " " * (3 + len(str(readout.terms[-1].unit)))
    if "b" in form.inside:
        text += f"{'b':>{widths[1] + 2}}   "
    if "z" in form.inside:
        text += f"{'z':>{widths[2]}}{' ' if form.tight else '   '}"
    return text + "a".rjust(widths[3])


def _output(readout: ForwardPassReadout, form: Form, sign: str, total: str, height: int) -> tuple[str, ...]:
    """Return the lines of the sum, c, the output activation and the prediction, or only the last where there is no room."""
    c, sum_, prediction = (readout.written(value) for value in (readout.c, readout.total, readout.prediction))
    sign_of_total = sign_of_equality(sum_, (total,), (c,))
    rows = [(f"Σ {sign}", total), ("+ c", c)]
    if readout.output == "identity":
        rows.append((f"ŷ {sign_of_total}", prediction))
    else:
        rows += [(f"  {sign_of_total}", sum_), (f"{readout.output} →", ""), ("ŷ =", prediction)]
    if len(rows) > height:
        rows = [("ŷ =", prediction)]
    width = max(len(value) for _, value in rows)
    return tuple(_line_of_sum(label, f"{value:>{width}}", form.tight) if value else label for label, value in rows)


def _line_of_sum(label: str, value: str, tight: bool) -> str:
    return f"{label.replace(' ', '', 1)}{value}" if tight else f"{label} {value}"
