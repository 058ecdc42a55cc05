"""The Sizes view and the networks made by hand, against the table of subject.md."""

import numpy as np
import pytest

from relutui.model.hand_made import evenly_spaced
from relutui.model.network import Network
from relutui.readout.sizes import read_sizes
from relutui.scenario.reader import parse
from relutui.session.session import Session, open_session
from tests.support.sessions import open_lab, opener

PARABOLA = 'title = "T"\n[target]\nexpression = "x**2"\ndomain = [{low}, {high}]\nsamples = 1801\n[init]\nunits = 2\n'


def parabola(low: float, high: float) -> Session:
    return open_session(parse(PARABOLA.format(low=low, high=high), "t", None))


@pytest.mark.parametrize("units", [1, 2, 5, 10, 100])
def test_the_hand_made_ones_meet_the_target_at_their_kinks(units: int) -> None:
    """x^2 from -5 to 4: at even distances h the chord leaves it by h^2 / 4 at most, and by h^4 / 30 in the mean square."""
    session = parabola(-5, 4)
    p = evenly_spaced(session.dataset, session.domain, units)
    assert p.units == units
    places, step = np.linspace(-5, 4, units + 1), 9 / units
    np.testing.assert_allclose(Network().prediction(p, places), places**2, atol=1e-9)
    x = np.linspace(-5, 4, 9001)
    error = Network().prediction(p, x) - x**2
    assert np.abs(error).max() == pytest.approx(step**2 / 4, rel=2e-2)
    assert (error**2).mean() == pytest.approx(step**4 / 30, rel=2e-2)


def test_on_0_to_2_they_are_the_shifted_relus_of_the_course() -> None:
    session = parabola(0, 2)
    for name, units in (("shifted-weighted", 2), ("shifted-100", 100)):
        own, made = opener(name).state.parameters, evenly_spaced(session.dataset, session.domain, units)
        np.testing.assert_allclose([made.w, made.b, made.v], [own.w, own.b, own.v], atol=1e-12)


def test_errors_stand_beside_the_best_possible_of_the_table() -> None:
    sizes = read_sizes(parabola(0, 2)).sizes
    assert [size.name for size in sizes] == ["2 units", "5 units", "10 units", "100 units", "here: 2"]
    assert [size.best_largest for size in sizes] == ["0.125", "0.02", "0.005", "5e-5", ""]
    assert [size.largest for size in sizes[:4]] == ["0.25", "0.04", "0.01", "0.0001"]  # L^2 / (4 n^2)
    wide = read_sizes(parabola(-5, 4)).sizes
    assert [float(size.best_mse) for size in wide[:4]] == pytest.approx([2.278, 0.0583, 0.00365, 3.6e-7], rel=2e-2)


def test_the_present_network_is_beside_them() -> None:
    here = read_sizes(opener("shifted-100")).sizes[-1]
    assert (here.name, here.largest) == ("here: 100", "0.0001")


def test_of_other_targets_no_best_is_known() -> None:
    sizes = read_sizes(open_lab()).sizes
    assert {size.best_mse for size in sizes} == {""}
    assert sizes[0].largest != "0"  # its kink at 1.5 is at no corner of the target
