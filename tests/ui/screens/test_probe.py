"""Any x can be probed, all pieces can be read, and numbers have two digits more if asked for."""

import pytest

from relutui.model.network import Network
from tests.support.screen import shown
from tests.support.sessions import open_lab, opener, parameters, with_network

HALF = {"w1": 1.0, "b1": -1.0}


@pytest.mark.parametrize(("typed", "x"), [("0.123456", 0.123456), ("2,5", 2.5), ("3", 3.0), ("1e-3", 0.001)])
async def test_any_x_is_typed(typed: str, x: float) -> None:
    async with shown(open_lab(**HALF)) as screen:
        await screen.press("P", *typed, "enter")
        assert screen.app.screen is screen.explore
        assert screen.session.view.probe == x


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("abc", '"abc" is not a number'),
        ("4", "expected an x from 0 to 3, got 4"),
        ("-0.5", "expected an x from 0 to 3, got -0.5"),
        ("1.2.3", '"1.2.3" is not a number'),
    ],
)
async def test_what_is_no_x_of_the_domain_is_said_and_esc_leaves_the_probe(typed: str, problem: str) -> None:
    async with shown(open_lab(**HALF)) as screen:
        before = screen.session.view.probe
        await screen.press("P", *typed, "enter")
        assert problem in screen.text
        await screen.press("escape")
        assert screen.session.view.probe == before


async def test_the_pieces_are_listed_to_the_last() -> None:
    """x^2 met at 0, 0.02, ..., 2: piece k has the slope 0.04 k - 0.02, and the slope rises by 0.04 at each joint."""
    async with shown(opener("shifted-100"), (80, 24)) as screen:
        await screen.press("K")
        assert "1       0  0.02  +0.02       +0.04" in screen.text
        await screen.press("end")
        assert "100    1.98     2  +3.98" in screen.text
        await screen.press("escape")
        assert screen.app.screen is screen.explore


async def test_units_without_a_kink_have_no_pieces_to_list() -> None:
    session = with_network(open_lab(), Network("tanh"), parameters([1], [0], [1]))
    async with shown(session) as screen:
        await screen.press("K")
        assert "only units with a kink make straight pieces" in screen.text


async def test_two_digits_more() -> None:
    """w = 1/3 is 0.3333, z at 1.5 is 0.5 - 1/7 = 0.3571, and the kink is 3/7 = 0.4286."""
    p = parameters([1 / 3], [-1 / 7], [1])
    async with shown(with_network(open_lab(), Network(), p), (120, 36)) as screen:
        assert "0.3333" not in screen.part("#table", "#walk")
        await screen.press("#")
        assert "1.5000 × 0.3333 = 0.5000   + -0.1429 = 0.3571" in screen.part("#table", "#walk")
        assert {"0.3333", "-0.1429", "0.4286"} <= set(screen.part("#table").split())
        await screen.press("#")
        assert "0.3333" not in screen.part("#table", "#walk")
