"""The unit that lowers the loss most when it is added to a network as it is."""

import numpy as np

from relutui.lib.arrays import Array, quiet
from relutui.model.dataset import Dataset
from relutui.model.network import Network, Parameters, activate, slope
from relutui.session.unit_edits import Addition, append_unit

MAX_TRIAL_WORK = 4_000_000  # points times trial kinks, at most: all points are tried up to 2,000 of them
MIN_TRIAL_KINKS = 100  # however many points there are
MAX_HALVINGS = 30  # of v, before a unit counts as of no help


@quiet
def best_addition(network: Network, p: Parameters, dataset: Dataset, places: Array | None = None) -> Addition:
    """The unit with |w| = 1 that lowers the sum of squared errors most, all other parameters unchanged.

    Kinks are tried at `places`, else at the data's x, on both sides.  By least squares in closed form, a unit with
    activations phi over the points is best with v = (r . phi) / (phi . phi), where r is the residual, and gains
    (r . phi)^2 / (phi . phi).  An output activation g multiplies phi by g', which holds only near v = 0 (Gauss-Newton), so v is
    halved until the loss falls.  If no unit helps, v is 0 and the kink is at the largest residual.
    """
    x, total = dataset.x, network.output_sum(p, dataset.x)
    r = dataset.y - activate(network.output_activation, total)
    g = slope(network.output_activation, total, network.slope_at_kink)
    best, most = Addition(float(x[np.abs(r).argmax()]), 1.0, 0.0), 0.0
    for kink in _trial_kinks(x if places is None else places).tolist():
        phi = g * activate(network.activation, np.array([[1.0], [-1.0]]) * (x - kink))  # (sides, points)
        along, size = phi @ r, (phi**2).sum(axis=1)
        v = np.divide(along, size, out=np.zeros(2), where=size > 0.0)
        gain = np.nan_to_num(v * along, nan=0.0, posinf=0.0)
        if gain.max() > most:
            side = int(gain.argmax())
            best, most = Addition(kink, (1.0, -1.0)[side], float(v[side])), float(gain[side])
    return _halved_until_lower(network, p, dataset, best)


def _trial_kinks(x: Array) -> Array:
    """The distinct x, or evenly chosen ones if they are too many."""
    places, most = np.unique(x), max(MIN_TRIAL_KINKS, MAX_TRIAL_WORK // max(1, len(x)))
    return places if len(places) <= most else places[np.linspace(0, len(places) - 1, most).round().astype(int)]


def _halved_until_lower(network: Network, p: Parameters, dataset: Dataset, added: Addition) -> Addition:
    """Halve the v of an addition until it lowers the loss; 0 if it never does."""
    before = network.loss(p, dataset.x, dataset.y)
    for _ in range(MAX_HALVINGS):
        if network.loss(append_unit(p, added), dataset.x, dataset.y) < before:
            return added
        added = added._replace(v=added.v / 2.0)
    return added._replace(v=0.0)
