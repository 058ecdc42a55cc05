"""CSV files of what each unit does at each point: for a spreadsheet, or for checking the arithmetic by hand."""

from collections.abc import Iterator

import numpy as np

from relutui.exchange.exported import Exported
from relutui.exchange.problem import ExchangeError

MAX_NUMBERS = 2_000_000  # some 40 MB
POINTS_AT_ONCE = 1000


def points_csv(taken: Exported) -> Iterator[str]:
    """Return the text of the file in blocks: x, target and prediction of each point, and z, a and v a of each unit.

    Raises ExchangeError if it would be too large.
    """
    units, points = taken.parameters.units, len(taken.dataset)
    if (numbers := points * (3 + 3 * units)) > MAX_NUMBERS:
        size = f"{units:,} units at {points:,} points are {numbers:,} numbers"
        raise ExchangeError(f"{size}; a CSV file has at most {MAX_NUMBERS:,}")
    return _blocks(taken)


def _blocks(taken: Exported) -> Iterator[str]:
    network, p, data = taken.network, taken.parameters, taken.dataset
    of_units = [f"{name}_{unit}" for unit in range(p.units) for name in ("z", "a", "va")]
    yield ",".join(("x", "target", "prediction", *of_units)) + "\n"
    for start in range(0, len(data), POINTS_AT_ONCE):
        x, y = data.x[start : start + POINTS_AT_ONCE], data.y[start : start + POINTS_AT_ONCE]
        z, a, va = network.pre_activations(p, x), network.activations(p, x), network.contributions(p, x)
        units = np.stack([z, a, va], axis=1).reshape(3 * p.units, len(x))
        rows = np.vstack([x, y, taken.prediction(x), units]).T + 0.0  # no -0.0, which v times an a of 0 may be
        yield "".join(",".join(map(repr, row)) + "\n" for row in rows.tolist())
