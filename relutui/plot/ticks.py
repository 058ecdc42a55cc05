"""The positions and labels of the ticks of an axis."""

import math
from collections.abc import Iterator
from typing import NamedTuple

_STEPS = (1, 2, 5)
_MIN_STEP, _MAX_STEP = 1e-300, 1e300  # of a step; beyond, its powers of ten are no longer numbers
_MAX_STEPS_FROM_ZERO = 1e15  # steps from zero; further out neighbouring ticks are the same number
_MAX_BASE_CHARS = 22  # characters of a base: of any number
_MAX_DECADES = 300  # on either side of 1, within which a logarithm has a number
_PLAIN_DECADES = 3  # decades on either side of 1 whose numbers a logarithmic axis writes out
_MULTIPLES = ((1,), (1, 2, 5), tuple(range(1, 10)))  # of a power of ten, on a logarithmic axis

Tick = tuple[float, str]


class Scale(NamedTuple):
    """The ticks, and the number that their labels are to be added to; "" where they are the numbers themselves."""

    ticks: list[Tick]
    base: str = ""


def ticks(low: float, high: float, most: int, width: int, whole: bool = False) -> Scale:
    """Return the roundest positions from low to high, at most `most`, with labels of at most `width` characters.

    whole: only whole numbers, written as such.

    Where no numbers are that short the labels are differences from the first: 0, 500, 1000, the first being 1732875000.
    """
    scales = [scale for scale in _scales(low, high, most) if scale[1] >= 0 or not whole]
    places = 1 if max(abs(low), abs(high)) < 10.0 and not whole else 0
    for size, exponent, numbers in scales:
        labels = _labels(numbers, exponent, places, width)
        if all(labels) and len(labels) > 1:
            return Scale([(n * size, label) for n, label in zip(numbers, labels)])
    for size, exponent, numbers in scales:
        differences = _labels([n - numbers[0] for n in numbers], exponent, 0, width)
        if all(differences) and len(differences) > 1:
            base = _labels(numbers[:1], exponent, 0, _MAX_BASE_CHARS)[0]
            return Scale([(n * size, label) for n, label in zip(numbers, differences)], base)
    return Scale([(n * size, "") for size, _, numbers in scales[:1] for n in numbers])


def ticks_in(units: tuple[float, float], low: float, high: float, most: int, width: int, whole: bool = False) -> Scale:
    """Return the ticks from low to high that are round in these units: the first plus the second times a place."""
    first, times = units
    scale = ticks(first + times * low, first + times * high, most, width, whole)
    return Scale([((at - first) / times, label) for at, label in scale.ticks], scale.base)


def log_ticks(low: float, high: float, most: int, width: int) -> Scale:
    """Return the ticks of a log10 axis: positions are logarithms, labels the numbers themselves."""
    if high - low > most:
        return Scale([(place, _fitting(f"1e{place:.0f}", width)) for place, _ in ticks(low, high, most, width).ticks])
    numbers: list[tuple[int, int]] = []
    for multiples in _MULTIPLES:
        finer = [
            (multiple, decade)
            for decade in range(math.floor(low), math.floor(high) + 1)
            for multiple in multiples
            if low <= decade + math.log10(multiple) <= high
        ]
        if len(finer) > most and numbers:
            break
        numbers = finer
    if len(numbers) < 2 and low > -_MAX_DECADES and high < _MAX_DECADES:  # less than a digit's step: round numbers in between
        linear = ticks(10.0**low, 10.0**high, most, width)
        return Scale([(math.log10(place), label) for place, label in linear.ticks], linear.base)
    plain = all(-_PLAIN_DECADES <= decade <= _PLAIN_DECADES for _, decade in numbers)
    labels = (_fitting(f"{digit * 10.0**decade:g}" if plain else f"{digit}e{decade}", width) for digit, decade in numbers)
    return Scale([(decade + math.log10(digit), label) for (digit, decade), label in zip(numbers, labels)])


def _scales(low: float, high: float, most: int) -> list[tuple[float, int, list[int]]]:
    """Return the steps with at most `most` ticks, growing; then those with more, shrinking, by their first and last tick.

    Each as the size of a power of ten, its exponent, and the ticks as multiples of it.
    """
    scales, ends = [], []
    for step, exponent in _steps(low, high, most):
        power = 10.0**exponent if exponent >= 0 else 1.0 / 10.0**-exponent
        size = step * power
        if max(abs(low), abs(high)) / size > _MAX_STEPS_FROM_ZERO:
            continue
        first, last = math.ceil(low / size - 1e-9), math.floor(high / size + 1e-9)
        if last - first < most:
            scales.append((power, exponent, [n * step for n in range(first, last + 1)]))
        elif most > 1:
            ends.append((power, exponent, [first * step, last * step]))
    return [*scales, *reversed(ends)]


def _steps(low: float, high: float, most: int) -> Iterator[tuple[int, int]]:
    """Yield 1, 2 or 5 times a power of ten, as (multiple, exponent), growing, from a step too fine for `most` ticks."""
    rough = (high / 2.0 - low / 2.0) / most
    if _MIN_STEP < rough < _MAX_STEP:
        exponent = math.floor(math.log10(rough))
        yield from ((multiple, exponent + more) for more in range(3) for multiple in _STEPS)


def _labels(numbers: list[int], exponent: int, places: int, width: int) -> list[str]:
    """Return each number * 10**exponent, exactly: all with a decimal point or, if one would not fit, all with an exponent."""
    places = max(places, -exponent)
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
