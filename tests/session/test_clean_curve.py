"""The curve under the noise, and the loss to it: by hand, and nothing where there is none."""

from dataclasses import replace

import numpy as np
import pytest

from relutui.model.network import Network
from relutui.scenario.reader import parse
from relutui.session.clean_curve import clean_curve, clean_loss
from relutui.session.session import Session, open_session
from tests.support.sessions import opener, parameters, with_network

UNIT = "[[unit]]\nw = 1.0\nb = 0.0\nv = 1.0\n"


def noisy(target: str, noise: float = 0.5) -> Session:
    return open_session(parse(f'title = "t"\n[target]\n{target}\nnoise = {noise}\n{UNIT}', "t", None))


def test_the_loss_to_a_parabola_by_hand() -> None:
    """relu(x) at x = -1, 0, 1, 2 beside 1, 0, 1, 4: errors -1, 0, 0, -2, whatever the noise."""
    session = noisy('expression = "x**2"\ndomain = [-1, 2]\nsamples = 4')
    assert session.dataset.y.tolist() != [1, 0, 1, 4]
    assert clean_loss(session) == pytest.approx(5 / 4)
    summed = session.with_state(replace(session.state, settings=replace(session.state.settings, loss="sse")))
    assert clean_loss(summed) == pytest.approx(5)


def test_the_loss_to_knots_is_that_of_the_same_scenario_without_noise() -> None:
    knots = "knots = [[0, 2], [1, 0], [3, 4]]\nsamples = 50"
    assert clean_loss(noisy(knots)) == pytest.approx(noisy(knots, 0.0).loss)


def test_it_follows_the_state() -> None:
    session = noisy("knots = [[0, 0], [1, 2]]\nsamples = 9")
    exact = with_network(session, Network(), parameters([1], [0], [2]))
    assert clean_loss(session) == pytest.approx(np.mean(np.linspace(0, 1, 9) ** 2))
    assert clean_loss(exact) == pytest.approx(0, abs=1e-30)
    assert exact.loss > 0.01


def test_the_curve_bends_at_its_knots_and_stays_in_the_domain() -> None:
    curve = clean_curve(noisy("knots = [[-9, 9], [0.1234, 0], [3, 4]]\ndomain = [-1, 2]\nsamples = 5"))
    assert curve is not None
    x, y = curve
    assert (x[0], x[-1]) == (-1, 2)
    assert y[x == 0.1234].tolist() == [0]
    assert np.interp([-1, 2], x, y) == pytest.approx([9 / 9.1234 * 1.1234, 4 * (2 - 0.1234) / (3 - 0.1234)])


@pytest.mark.parametrize("session", [opener("lab"), noisy("points = [[0, 1], [1, 2]]"), noisy("knots = [[0, 1], [1, 2]]", 0.0)])
def test_without_noise_or_without_a_curve_there_is_none(session: Session) -> None:
    assert clean_curve(session) is None
    assert clean_loss(session) is None
