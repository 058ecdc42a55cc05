"""The contents of the Sizes view: networks made by hand with more and more units, beside the present one."""

from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import Array, distinct, quiet
from relutui.lib.identity_cache import cached_by_identity
from relutui.lib.number_text import format_3_digits, loss_text
from relutui.model.dataset import Dataset
from relutui.model.hand_made import evenly_spaced
from relutui.model.network import Network
from relutui.readout.curves import Curve, even_x, rounded_limits
from relutui.readout.residual import best_parabola_errors
from relutui.session.session import Session

SIZES = (2, 5, 10, 100)  # units of the networks made by hand


class Size(NamedTuple):
    """A network's curve, and its errors at the points in words.

    best_largest, best_mse: the lowest possible for a whole parabola with as many pieces as units, empty for other targets and
    for the present network.
    """

    name: str
    curve: Curve
    largest: str
    mse: str
    best_largest: str = ""
    best_mse: str = ""


class SizesReadout(NamedTuple):
    """The networks in the order of their units, the present one last, over the same axes."""

    x_limits: tuple[float, float]
    y_limits: tuple[float, float]
    data: Curve
    sizes: tuple[Size, ...]


def read_sizes(session: Session) -> SizesReadout:
    """Compute the curves and errors; those made by hand meet the target at one place more than they have units."""
    dataset, state = session.dataset, session.state
    sizes = [_hand_made(dataset, session.domain, units) for units in SIZES]
    x = even_x(session)
    prediction = state.network.prediction(state.parameters, x)
    errors = _errors(dataset, state.network.prediction(state.parameters, dataset.x) - dataset.y)
    sizes.append(Size(f"here: {state.parameters.units}", Curve(x, prediction), *errors))
    data = Curve(dataset.x, dataset.y)
    return SizesReadout(session.domain, rounded_limits(dataset.y), data, tuple(sizes))


@cached_by_identity(len(SIZES))
def _hand_made(dataset: Dataset, domain: tuple[float, float], units: int) -> Size:
    network, p = Network(), evenly_spaced(dataset, domain, units)
    x = distinct(domain, -p.b)
    best = best_parabola_errors(dataset, units)
    possible = (format_3_digits(dataset.scale.y.width * best[0]), loss_text(best[1])) if best else ()
    return Size(
        f"{units} units",
        Curve(x, network.prediction(p, x)),
        *_errors(dataset, network.prediction(p, dataset.x) - dataset.y),
        *possible,
    )


@quiet
def _errors(dataset: Dataset, error: Array) -> tuple[str, str]:
    """The largest error, in the data's own units, and the mean of the squares, in words."""
    return format_3_digits(dataset.scale.y.width * float(np.abs(error).max())), loss_text(float((error**2).mean()))
