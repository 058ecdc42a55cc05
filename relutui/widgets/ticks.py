"""Where the ticks of an axis stand, and what they say."""

import math
from collections.abc import Iterator

_STEPS = (1, 2, 5)
_SMALLEST, _LARGEST = 1e-300, 1e300  # of a step; beyond, its powers of ten are no longer numbers
_INDISTINCT = 1e15  # steps from zero; further out neighbouring ticks are the same number
_PLAIN = 3  # decades on either side of 1 whose numbers a logarithmic axis writes out
_MULTIPLES = ((1,), (1, 2, 5), tuple(range(1, 10)))  # of a power of ten, on a logarithmic axis

Tick = tuple[float, str]


def ticks(low: float, high: float, most: int, width: int) -> list[Tick]:
    """The most round positions, `most` at most, from low to high, with their labels; one longer than width is left out."""
    largest = max(abs(low), abs(high))
    for step, exponent in _steps(low, high, most):
        size = step * 10.0**exponent if exponent >= 0 else step / 10.0**-exponent
        if largest / size > _INDISTINCT:
            continue
        first, last = math.ceil(low / size - 1e-9), math.floor(high / size + 1e-9)
        if last - first < most:
            places = max(0, -exponent, 1 if largest < 10.0 else 0)
            numbers = [n * step for n in range(first, last + 1)]
            return [(n * size, label) for n, label in enumerate(_labels(numbers, exponent, places, width), first)]
    return []


def log_ticks(low: float, high: float, most: int, width: int) -> list[Tick]:
    """Like `ticks`, of an axis that shows log10: the positions are logarithms, the labels the numbers themselves."""
    if high - low > most:
        return [(at, _fitting(f"1e{at:.0f}", width)) for at, _ in ticks(low, high, most, width)]
    found: list[tuple[int, int]] = []
    for multiples in _MULTIPLES:
        finer = [
            (multiple, decade)
            for decade in range(math.floor(low), math.floor(high) + 1)
            for multiple in multiples
            if low <= decade + math.log10(multiple) <= high
        ]
        if len(finer) > most and found:
            break
        found = finer
    if not found and high < _PLAIN and low > -_PLAIN:  # less than a digit's step: round numbers in between
        return [(math.log10(at), label) for at, label in ticks(10.0**low, 10.0**high, most, width)]
    plain = all(-_PLAIN <= decade <= _PLAIN for _, decade in found)
    return [
        (decade + math.log10(multiple), _fitting(f"{multiple * 10.0**decade:g}" if plain else f"{multiple}e{decade}", width))
        for multiple, decade in found
    ]


def _steps(low: float, high: float, most: int) -> Iterator[tuple[int, int]]:
    """1, 2 or 5 times a power of ten, as (multiple, exponent), growing, from what is too fine for `most` ticks."""
    rough = (high / 2.0 - low / 2.0) / most
    if _SMALLEST < rough < _LARGEST:
        exponent = math.floor(math.log10(rough))
        yield from ((multiple, exponent + more) for more in range(3) for multiple in _STEPS)


def _labels(numbers: list[int], exponent: int, places: int, width: int) -> list[str]:
    """Each number * 10**exponent, exactly: all with a decimal point, or where one would not fit, all with an exponent."""
    if abs(exponent) < width:
        plain = [f"{number * 10**exponent if exponent >= 0 else number / 10**-exponent:.{places}f}" for number in numbers]
        if all(len(label) <= width for label in plain):
            return plain
    return [_fitting(_scientific(number, exponent), width) for number in numbers]


def _scientific(number: int, exponent: int) -> str:
    digits = str(abs(number)).rstrip("0")
    if not digits:
        return "0"
    point = "." if len(digits) > 1 else ""
    return f"{'-' * (number < 0)}{digits[0]}{point}{digits[1:]}e{exponent + len(str(abs(number))) - 1}"


def _fitting(label: str, width: int) -> str:
    return label if len(label) <= width else ""
