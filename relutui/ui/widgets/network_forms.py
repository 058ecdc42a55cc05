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


class Numbers(NamedTuple):
    """The numbers of a unit as printed, the same in every form, |b| for b; and the signs before z and the contribution."""

    w: str
    b: str
    z: str
    a: str
    v: str
    part: str
    sign_of_z: str
    sign_of_part: str


class SumNumbers(NamedTuple):
    """The numbers of all units as printed, the sum of the contributions of the rest, and the sign and text of the whole sum."""

    units: tuple[Numbers, ...]
    rest: str
    sign: str
    total: str


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


def numbers_of(readout: ForwardPassReadout, shown: Sequence[Term], rest: Sequence[Term]) -> SumNumbers:
    """Return the numbers of a network as printed."""
    parts, sign, total = _sum(readout, shown, rest)
    x, units = readout.written(readout.x), []
    for term, part in zip(shown, parts):
        w, b, z, a, v = map(readout.written, (term.w, abs(term.b), term.z, term.a, term.v))
        signed_b = f"{'-' if term.b < 0.0 else '+'}{b}"
        units.append(Numbers(w, b, z, a, v, part, sign_of_equality(z, (x, w), (signed_b,)), sign_of_equality(part, (a, v))))
    return SumNumbers(tuple(units), parts[-1], sign, total)


def texts_of(
    readout: ForwardPassReadout, shown: Sequence[Term], numbers: SumNumbers, form: Form, height: int, boxed: bool
) -> SumTexts:
    """Return the texts of a network in a form; texts inside units and contributions are of one length.

    boxed: whether the border of a unit says that it is off, so that its inside need not.
    """
    last = max(map(len, ("v a", numbers.rest, *(unit.part for unit in numbers.units))))
    off = [not (boxed or term.on) for term in shown]
    b_room, z_room, a_room = (max(map(len, column)) for column in zip(*((unit.b, unit.z, unit.a) for unit in numbers.units)))
    if any(off) and not form.beside:
        a_room = max(a_room, len("off"))
    room = _Room(b_room, z_room, a_room)
    gap = "" if form.tight else " "
    margin = (1 + len(gap)) * form.outside
    beside = any(off) and form.beside
    names = UnitTexts("w" * form.outside, _names(readout, form, room), "v" * form.outside, f"{'v a':>{margin + last}}")
    units = []
    for term, unit, is_off in zip(shown, numbers.units, off):
        a = "off" if is_off and not form.beside and term.a == 0.0 else unit.a
        inside = _inside(readout, form, term, unit, a, room) + f" {'off' if is_off else '':3}" * beside
        if form.outside:
            part = f"{unit.sign_of_part}{gap}{unit.part:>{last}}"
            units.append(UnitTexts(f"×{gap}{unit.w}", inside, f"×{gap}{unit.v}", part))
        else:
            units.append(UnitTexts("", inside, "", f"{unit.part:>{last}}"))
    return SumTexts(names, tuple(units), f"{numbers.rest:>{last}}", _output(readout, form, numbers, height))


def _sum(readout: ForwardPassReadout, shown: Sequence[Term], rest: Sequence[Term]) -> tuple[list[str], str, str]:
    """Return the contributions, that of the rest last, the sign between, and their sum: with digits that add up, if any do."""
    parts = [*(term.contribution for term in shown), *([sum(term.contribution for term in rest)] if rest else [])]
    *exact, total = texts_that_add_up(parts, readout.sum, lambda value, more: format_number(value, readout.more_digits + more))
    if not total.startswith("≈"):
        return exact, "=", total
    texts, total = [readout.written(part) for part in parts], readout.written(readout.sum)
    return texts, sign_of_equality(total, *((text,) for text in texts)), total


class _Room(NamedTuple):
    """The characters of each number inside a unit."""

    b: int
    z: int
    a: int


def _inside(readout: ForwardPassReadout, form: Form, term: Term, numbers: Numbers, a: str, room: _Room) -> str:
    """Return what stands inside a unit: its number (and a colon, since + b may follow), and b, z and a if the form has them."""
    text = f"{'▸' if term.unit == readout.selected else ' '}{f'{term.unit}:':<{len(str(readout.terms[-1].unit)) + 1}} "
    if "b" in form.inside:
        sign = "-" if term.b < 0.0 else "+"
        text += f"{f'{sign} {numbers.b}':>{room.b + 2}} {numbers.sign_of_z} "
    if "z" in form.inside:
        text += f"{numbers.z:>{room.z}}{'→' if form.tight else ' → '}"
    return text + a.rjust(room.a)


def _names(readout: ForwardPassReadout, form: Form, room: _Room) -> str:
    """Return the names of what stands inside a unit, each above its numbers."""
    text = " " * (3 + len(str(readout.terms[-1].unit)))
    if "b" in form.inside:
        text += f"{'b':>{room.b + 2}}   "
    if "z" in form.inside:
        text += f"{'z':>{room.z}}{' ' if form.tight else '   '}"
    return text + "a".rjust(room.a)


def _output(readout: ForwardPassReadout, form: Form, numbers: SumNumbers, height: int) -> tuple[str, ...]:
    """Return the lines of the sum, c, the output activation and the prediction, or only the last where there is no room."""
    c, sum_, prediction = (readout.written(value) for value in (readout.c, readout.total, readout.prediction))
    sign_of_total = sign_of_equality(sum_, (numbers.total,), (c,))
    rows = [(f"Σ {numbers.sign}", numbers.total), ("+ c", c)]
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
