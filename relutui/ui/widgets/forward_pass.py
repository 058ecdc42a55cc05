"""The forward pass at the probe, as written on paper."""

from collections.abc import Iterator, Sequence
from itertools import product

from rich.text import Text

from relutui.lib.number_text import format_number, sign_of_equality, sign_of_quotient, texts_that_add_up
from relutui.readout.forward_pass import ForwardPassReadout, Term
from relutui.ui.widgets.forward_pass_layouts import FORMS, NAMES, aligned, cells_of
from relutui.ui.widgets.strip_widget import line_of, longest_fit

MIN_SUM_ROWS = 2  # of the sums in their shortest form
SCALING_ROWS = 2  # of the steps to scaled units and back


def forward_pass(readout: ForwardPassReadout, width: int, height: int) -> Iterator[Text]:
    """Draw the units, then the sums; if not all units fit, those that are on come first, by the size of their contribution."""
    first = [_to_scaled(readout, width)] if readout.scaling else []
    height -= len(first)
    least = MIN_SUM_ROWS + (SCALING_ROWS - 1 if readout.scaling else 0)
    shown, rest = readout.split_terms(max(1, height - least))
    if rest:
        shown, rest = readout.split_terms(max(1, height - least - 1))
    last = max(len(readout.written(value)) for value in (readout.sum, readout.total, readout.prediction))
    names, *rows = aligned([NAMES, *(cells_of(readout, term) for term in shown)], last)
    margin = 3 + max((len(str(term.unit)) for term in shown), default=0)
    others = _others(readout, shown, rest, last, width)
    sums = _sums(readout, shown, rest, last, width), _short_sums(readout, last, width)
    target, short_target = _targets(readout, width)
    to_own = _to_own(readout, width)
    for form, lines in product(FORMS, sums):
        header = form(readout.activation, names)
        end = margin + len(header[0])
        below = [*lines, *to_own, target if len(target) <= end else short_target]
        spare = height - len(header) * len(shown) - len(others) - len(below)
        if end <= width and spare >= 0:
            break  # or else the last pair, which needs the least room
    yield from map(Text, first)
    if shown and spare >= len(header):
        yield from (Text(line.rjust(end), "dim") for line in header)
        spare -= len(header)
    for term, cells in zip(shown, rows):
        yield from _unit(term, form(readout.activation, cells), margin, term.unit == readout.selected)
    yield from (Text(line.rjust(end)) for line in others)
    if spare > 0:
        yield Text()
    for line in below:
        text = Text(line.rjust(end))
        text.highlight_regex("ŷ [=≈].*", "bold")
        yield text


def _to_scaled(readout: ForwardPassReadout, width: int) -> str:
    """Return the step from x to scaled x."""
    scaling, x = readout.scaling, readout.written(readout.x)
    assert scaling
    sign = sign_of_quotient(x, (scaling.x, scaling.x_shift), scaling.x_width)
    difference = f"{scaling.x} {'+' if scaling.x_shift.startswith('-') else '-'} {scaling.x_shift.removeprefix('-')}"
    whole = f"   scaled x = ({difference}) / {scaling.x_width} {sign} {x}"
    return longest_fit((whole, f"   scaled x = {x}", f"x {x}"), width)


def _to_own(readout: ForwardPassReadout, width: int) -> list[str]:
    """Return the step from scaled ŷ to ŷ, if there is one."""
    scaling = readout.scaling
    if scaling is None:
        return []
    y = readout.written(readout.prediction)
    sign = sign_of_equality(scaling.prediction, (scaling.y_shift,), (scaling.y_width, y))
    whole = f"ŷ = {scaling.y_shift} + {scaling.y_width} × {y} {sign} {scaling.prediction}"
    return [longest_fit((whole, f"ŷ = {scaling.prediction}"), width)]


def _prediction_name(readout: ForwardPassReadout) -> str:
    return "scaled ŷ" if readout.scaling else "ŷ"


def _unit(term: Term, lines: Sequence[str], margin: int, selected: bool) -> Iterator[Text]:
    head = f"{'▸' if selected else ' '}{term.unit}"
    for line in lines:
        yield line_of((head.ljust(margin), f"color({term.colour}){' bold' if selected else ''}"), (line, ""))
        head = ""


def _others(readout: ForwardPassReadout, shown: Sequence[Term], rest: Sequence[Term], last: int, width: int) -> list[str]:
    """Return a line with the sum of the units that are not shown, if any."""
    if not rest:
        return []
    units = f"the other {len(rest)} units" if shown else f"{len(rest)} units"
    off = "" if any(term.on for term in rest) else ", all off"
    line = f"{units}{off}: {readout.written(_sum(rest)):>{last}}"
    return [longest_fit((f"largest first; {line}", line), width)]


def _sums(readout: ForwardPassReadout, shown: Sequence[Term], rest: Sequence[Term], last: int, width: int) -> list[str]:
    """Return the sum, + c and the output activation, one line each."""
    addends = [*(term.contribution for term in shown), *([_sum(rest)] if rest else [])]
    lines = [longest_fit(_sum_forms(readout, addends, last), width)] if len(addends) > 1 else []
    c, prediction = f"+ c {readout.written(readout.c)}", f"{readout.written(readout.prediction):>{last}}"
    sign, name = _sign_of_total(readout), _prediction_name(readout)
    if readout.output == "identity":
        return [*lines, f"{c}   {name} {sign} {prediction}"]
    return [
        *lines,
        f"{c} {sign} {readout.written(readout.total):>{last}}",
        f"{readout.output} → {_prediction_name(readout)} = {prediction}",
    ]


def _sum_forms(readout: ForwardPassReadout, addends: Sequence[float], last: int) -> list[str]:
    """Return the line of the sum with the digits that make it add up, else rounded, else without its addends."""
    total, usual = readout.sum, readout.more_digits
    exact = texts_that_add_up(addends, total, lambda value, more: format_number(value, usual + more))
    rounded = [readout.written(value) for value in (*addends, total)]
    sign = sign_of_equality(rounded[-1], *((text,) for text in rounded[:-1]))
    forms = [] if exact[-1].startswith("≈") else [(exact, "=")]
    forms += [(rounded, sign)]
    lines = [f"sum {' + '.join(texts[:-1])} {sign} {texts[-1]:>{last}}" for texts, sign in forms]
    return [*lines, f"sum = {readout.written(total):>{last}}"]


def _sign_of_total(readout: ForwardPassReadout) -> str:
    """Return the sign between the sum and c, as printed, and their total."""
    return sign_of_equality(readout.written(readout.total), (readout.written(readout.sum),), (readout.written(readout.c),))


def _short_sums(readout: ForwardPassReadout, last: int, width: int) -> list[str]:
    """Return the sums in one line."""
    summed, prediction = (
        f"sum {readout.written(readout.sum)}   + c {readout.written(readout.c)}",
        f"{readout.written(readout.prediction):>{last}}",
    )
    sign, name = _sign_of_total(readout), _prediction_name(readout)
    if readout.output == "identity":
        return [longest_fit((f"{summed}   {name} {sign} {prediction}", f"{name} = {prediction}"), width)]
    after = f"{readout.output} → {name} = {prediction}"
    steps = (f"{summed} {sign} {readout.written(readout.total)}   {after}", f"{summed}   {after}", after)
    return [longest_fit(steps, width)]


def _targets(readout: ForwardPassReadout, width: int) -> tuple[str, str]:
    """Return the line of the target with how the error is computed, and a shorter one that fits."""
    scaling = readout.scaling
    x = scaling.x if scaling else readout.written(readout.x)
    if readout.target is None or readout.error is None:
        line = longest_fit((f"x = {x}   no data here", "no data here"), width)
        return line, line
    numbers = (readout.prediction, readout.target, readout.error)
    own = (scaling.prediction, scaling.target, scaling.error) if scaling else map(readout.written, numbers)
    prediction, target, error = own
    result = f"{'+' if readout.error > 0 else ''}{error}"
    place = f"x = {x}   target {target}   error "
    whole = f"{place}{prediction} - {target} {sign_of_equality(result, (prediction,), ('-1', target))} {result}"
    return whole, longest_fit((f"{place}{result}", f"target {target}   error {result}"), width)


def _sum(terms: Sequence[Term]) -> float:
    return sum(term.contribution for term in terms)
