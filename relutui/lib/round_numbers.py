"""Round numbers: steps of 1, 2 or 5 times a power of ten, and their multiples."""

import math

from relutui.lib.number_text import DIGITS

_SAME = 1e-9  # of a step: a value no farther than this from a multiple counts as the multiple


def round_step(least: float) -> float:
    """Return the smallest 1, 2 or 5 times a power of ten that is at least `least`; 0 unless that is positive."""
    power = 10.0 ** math.floor(math.log10(least)) if least > 0.0 else 0.0
    return next((times * power for times in (1.0, 2.0, 5.0) if times * power >= least), 10.0 * power)


def multiple_after(value: float, steps: int, step: float) -> float:
    """Return the multiple of a step that is `steps` steps above the value, or below if negative; the first may be shorter."""
    return _multiple(_whole(value, step, steps > 0) + steps, step)


def nearest_multiple(value: float, step: float) -> float:
    """Return the multiple of a step that is nearest to the value."""
    return _multiple(round(value / step), step)


def steps_to(value: float, multiple: float, step: float) -> int:
    """Return the `steps` for which `multiple_after` leads from the value to a multiple of the step."""
    return round(multiple / step) - _whole(value, step, multiple > value)


def _whole(value: float, step: float, upwards: bool) -> int:
    return math.floor(value / step + _SAME) if upwards else math.ceil(value / step - _SAME)


def _multiple(number: int, step: float) -> float:
    return round(number * step, max(DIGITS, DIGITS - math.floor(math.log10(step)))) + 0.0  # + 0.0: no -0.0
