"""A network made by hand: units at even distances that meet a curve at their kinks."""

import numpy as np

from relutui.lib.arrays import quiet, read_only
from relutui.model.dataset import Dataset
from relutui.model.network import Parameters


@quiet
def evenly_spaced(dataset: Dataset, domain: tuple[float, float], units: int) -> Parameters:
    """Return relu units with w = 1 and kinks at even distances, the first at the low end of the domain.

    The prediction meets the line through the points at every kink and at the high end: c is its y at the first kink, and each
    v the change of slope at its own.
    """
    places = np.linspace(*domain, units + 1)
    slopes = np.diff(np.interp(places, dataset.x, dataset.y)) / np.diff(places)
    first = float(np.interp(places[0], dataset.x, dataset.y))
    ones = np.ones(units)
    return Parameters(read_only(ones), read_only(-places[:-1]), read_only(np.diff(slopes, prepend=0.0)), first)
