"""Kinks in a gap of the data, and one kink for all units."""

from dataclasses import replace

from relutui.model.network import Network
from tests.support.standing_still import points, solved, standing, why

HILL: list[list[float]] = [
    [-2, 0],
    [-1.8, 0],
    [-1.6, 0],
    [-1.4, 0],
    [-1.2, 0],
    [-1, 0],
    [1, 0],
    [1.2, 0.2],
    [1.4, 0.4],
    [1.6, 1.6],
    [1.8, 0.8],
    [2, 0],
]


def test_a_kink_in_a_gap_of_the_data_has_to_get_past_its_end() -> None:
    """Right of the gap the error is larger; where it is larger to the left, the kink has to get past -1."""
    session = solved(points(str(HILL), "w = 1\nb = 0\nv = 0.5", "w = 1\nb = -0.5\nv = 0.5"))
    found = why(standing(session))
    assert found[:3] == ("gap", (1,), "stuck: kinks in a gap")
    assert (
        "every kink inside the data lies between x = -1 and 1, where there are no points. One has to get past x = 1"
        in found.text
    )
    mirrored = solved(points(str([[-x, y] for x, y in HILL]), "w = -1\nb = 0\nv = 0.5"))
    assert "the only kink inside the data lies between x = -1 and 1" in why(standing(mirrored)).text
    assert "has to get past x = -1" in why(standing(mirrored)).text
    even = solved(points(str([[x, y] for x, (_, y) in enumerate(HILL)]), "w = 1\nb = -5.5\nv = 0.5"))
    assert why(standing(even)).kind != "gap"


def test_kinks_that_all_units_share_make_one_bend() -> None:
    session = solved(points(str(HILL), "w = 1\nb = 0\nv = 1\nlock = ['b']", "w = -1\nb = 0\nv = 1\nlock = ['b']"))
    near = session.with_state(replace(session.state, network=Network("leaky_relu")))
    for one in (session, near):
        assert why(standing(one)).kind in {"gap", "shared kink"}
    evenly = [[x / 4, y] for x, (_, y) in zip(range(-5, 7), HILL)]
    session = solved(points(str(evenly), "w = 1\nb = 0\nv = 1\nlock = ['b']", "w = -1\nb = 0\nv = 1\nlock = ['b']"))
    found = why(standing(session))
    assert found[:3] == ("shared kink", (), "stuck: one kink for all")
    assert (
        "the kinks of both units are at x = 0, so together they make one bend and two slopes. b holds them there" in found.text
    )
