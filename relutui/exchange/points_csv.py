"""CSV files of what each unit does at each point: for a spreadsheet, or for checking the arithmetic by hand."""

from collections.abc import Iterator

import numpy as np

from relutui.exchange.exported import Exported
from relutui.exchange.problem import ExchangeError

MAX_NUMBERS = 2_000_000  # some 40 MB
POINTS_AT_ONCE = 1000


def points_csv(taken: Exported) -> Iterator[str]:
    """Return the text of the file in blocks: x, target and prediction of each point; z, a and, in the last layer, v a of units.

    Raises ExchangeError if it would be too large.
    """
    units, last, points = taken.parameters.units, len(taken.parameters.v), len(taken.dataset)
    if (numbers := points * (3 + 2 * units + last)) > MAX_NUMBERS:
        size = f"{units:,} units at {points:,} points are {numbers:,} numbers"
        raise ExchangeError(f"{size}; a CSV file has at most {MAX_NUMBERS:,}")
    return _blocks(taken)


def _blocks(taken: Exported) -> Iterator[str]:
    network, p, data = taken.network, taken.parameters, taken.dataset
    layers = range(len(p.sizes))
    of_units = [
        f"{name}_{unit}" if len(layers) == 1 else f"{name}_{layer}_{unit}"
        for layer, units in enumerate(p.sizes)
        for unit in range(units)
        for name in ("z", "a", "va")[: 3 if layer == layers[-1] else 2]
    ]
    yield ",".join(("x", "target", "prediction", *of_units)) + "\n"
    for start in range(0, len(data), POINTS_AT_ONCE):
        x, y = data.x[start : start + POINTS_AT_ONCE], data.y[start : start + POINTS_AT_ONCE]
        units = []
        for layer in layers:
            each = [network.pre_activations(p, x, layer), network.activations(p, x, layer)]
            each += [network.contributions(p, x)] if layer == layers[-1] else []
            units.append(np.stack(each, axis=1).reshape(-1, len(x)))
        rows = np.vstack([x, y, taken.prediction(x), *units]).T + 0.0  # no -0.0, which v times an a of 0 may be
        yield "".join(",".join(map(repr, row)) + "\n" for row in rows.tolist())
