import numpy as np
import pytest

from relutui.model.network import Network
from relutui.readout.residual import read_residual
from relutui.scenario.reader import parse
from relutui.session.session import Session, open_session
from tests.support.sessions import open_lab, open_state, opener, parameters, with_network, with_values

HALF = open_lab(w1=1, b1=-1)  # what is left of the target is 2 (x - 2) from x = 2 on


def parabola(*knots: float) -> Session:
    """x^2 on [0, 2] and a network of straight lines that meets it at 0, at the knots and at 2."""
    slopes = [b + a for a, b in zip((0.0, *knots), (*knots, 2.0))]
    units = [(1.0, 0.0, slopes[0])] + [(1.0, -k, after - before) for k, before, after in zip(knots, slopes, slopes[1:])]
    text = "".join(f"[[unit]]\nw = {w}\nb = {b}\nv = {v}\n" for w, b, v in units)
    target = 'expression = "x**2"\ndomain = [0.0, 2.0]\nsamples = 1001\n'
    return open_session(parse(f'title = "x^2"\n[target]\n{target}{text}', "x2", None))


def test_the_error_is_the_prediction_minus_the_target_at_the_points() -> None:
    readout = read_residual(HALF)
    np.testing.assert_allclose(np.interp([0, 1, 2, 2.5, 3], *readout.error), [0, 0, 0, -1, -2], atol=1e-2)
    assert len(readout.error.x) == 300
    assert readout.size[0] == "MSE 0.4497   largest error -2 at x = 3"


def test_each_piece_has_its_error() -> None:
    """The mean of (2 t)^2 over t from 0 to 1 is 4/3, up to the step of the points."""
    found = read_residual(HALF).pieces
    assert [(piece.low, piece.high) for piece in found] == [(0, 1), (1, 2), (2, 3)]
    assert [float(piece.mse) for piece in found] == pytest.approx([0, 0, 4 / 3], rel=0.02, abs=1e-12)


def test_a_kink_within_a_segment_parts_it() -> None:
    """The mistake: unit 2 as the line 3 x - 5 bends at 5/3 and is 3 x - 5 too high up to 2, then x - 1."""
    readout = read_residual(with_values(HALF, w2=3, b2=-5))
    assert readout.size[0].startswith("MSE 0.8188 ")
    assert [piece.low for piece in readout.pieces] == pytest.approx([0, 1, 5 / 3, 2])
    assert [float(piece.mse) for piece in readout.pieces] == pytest.approx([0, 0, 1 / 3, 7 / 3], rel=0.03, abs=1e-12)
    assert readout.worst[0].startswith("worst of 4 pieces: 2 to 3, MSE 2.3")


def test_the_output_activation_parts_the_prediction_too() -> None:
    edges = [piece.low for piece in read_residual(opener("dosage-relu")).pieces]
    assert edges == pytest.approx([0, 0.4703, 0.5, 0.5286], abs=5e-5)


def test_smooth_units_have_no_pieces_but_the_target_has_segments() -> None:
    smooth = with_network(HALF, Network("tanh"), HALF.state.parameters)
    assert [piece.low for piece in read_residual(smooth).pieces] == pytest.approx([0, 1, 2])


def test_a_piece_without_points_has_no_error() -> None:
    """Of the points (0, 0), (0.5, 1), (1, 0) none lies between the kinks; the prediction is 0, 0 and 0.7 there.

    The target bends at 0.5, whose point counts on both sides.
    """
    between = with_network(opener("dosage-relu"), Network(), parameters([1, 1], [-0.6, -0.7], [1, 1]))
    assert [piece.mse for piece in read_residual(between).pieces] == ["0.5", "1", "-", "0.49"]


def test_an_error_of_rounding_only_is_shown_as_none() -> None:
    """The limits are a tenth of the target's range of 4."""
    assert read_residual(with_values(HALF, w2=2, b2=-4)).y_limits == pytest.approx((-0.4, 0.4), rel=1e-3)


@pytest.mark.parametrize(
    ("knots", "best"),
    [
        ((), "best with 1 piece to the whole parabola: largest 0.5, or MSE 0.08889"),
        ((1.0,), "best with 2 pieces to the whole parabola: largest 0.125, or MSE 0.005556"),
        ((0.4, 0.8, 1.2, 1.6), "best with 5 pieces to the whole parabola: largest 0.02, or MSE 0.0001422"),
    ],
)
def test_the_best_possible_stands_beside_what_is_measured(knots: tuple[float, ...], best: str) -> None:
    """16 / (180 n^4) and 4 / (8 n^2) for x^2 on [0, 2]; meeting it at the kinks errs by twice as much, 4 / (4 n^2)."""
    readout = read_residual(parabola(*knots))
    assert readout.best_of_curve[1] == best
    assert readout.size[1].endswith(f"largest error {4 / (4 * (len(knots) + 1) ** 2):.4g}")


def test_a_kink_without_a_change_of_slope_makes_no_piece() -> None:
    session = parabola(1.0)
    p = session.state.parameters
    flat = parameters([*p.w, 1], [*p.b, -0.5], [*p.v, 0])
    assert "2 pieces" in read_residual(with_network(session, Network(), flat)).best_of_curve[0]


def points(x: list[float], domain: str = "") -> Session:
    """The points of x^2 at x, and the straight lines between five of them, evenly spaced over [0, 2]."""
    slopes = [0.5, 1.5, 2.5, 3.5]
    units = [(1.0, 0.0, slopes[0])] + [(1.0, -k, 1.0) for k in (0.5, 1.0, 1.5)]
    text = "".join(f"[[unit]]\nw = {w}\nb = {b}\nv = {v}\n" for w, b, v in units)
    target = f"points = {[[at, at**2] for at in x]}\n{domain}\n"
    return open_session(parse(f'title = "x^2"\n[target]\n{target}{text}', "x2", None))


def test_nothing_is_called_the_best_that_the_points_at_hand_allow_to_beat() -> None:
    """Four pieces meet five points; of 59 points 41 lie on the first tenth, where more of the pieces would do better."""
    few = read_residual(points([0.0, 0.5, 1.0, 1.5, 2.0]))
    assert few.size[1] == "MSE 0   largest error 0"
    assert not few.best_of_curve
    assert read_residual(points([step / 20 for step in range(41)])).best_of_curve
    uneven = [step / 200 for step in range(41)] + [0.2 + step / 10 for step in range(1, 19)]
    assert not read_residual(points(uneven)).best_of_curve


def test_the_best_possible_is_that_between_the_first_and_the_last_point() -> None:
    """On [0, 2] with the four pieces that lie there, 4 / (8 * 16) and 16 / (180 * 256); the domain is twice as wide."""
    wide = points([step / 20 for step in range(41)], "domain = [0.0, 4.0]")
    assert read_residual(wide).best_of_curve[1] == (
        "best with 4 pieces to the whole parabola: largest 0.03125, or MSE 0.0003472"
    )


def test_a_kink_where_nothing_bends_does_not_part_the_prediction() -> None:
    """The lab's third unit, with v = 0 and its kink at 1.5 within a segment of the target."""
    flat = with_network(HALF, Network(), parameters([-2, 1, 1], [2, -1, -1.5], [1, 1, 0]))
    assert [piece.low for piece in read_residual(flat).pieces] == pytest.approx([0, 1, 2])


def test_the_best_possible_is_known_for_parabolas_and_units_with_a_kink_only() -> None:
    session = parabola(1.0)
    p = session.state.parameters
    assert not read_residual(HALF).best_of_curve
    assert not read_residual(opener("dosage-relu")).best_of_curve  # three points lie on many parabolas
    assert not read_residual(with_network(session, Network("tanh"), p)).best_of_curve
    assert not read_residual(with_network(session, Network("relu", "relu"), p)).best_of_curve
    assert read_residual(with_network(session, Network("leaky_relu"), p)).best_of_curve


def test_the_best_of_the_points_is_not_that_of_the_curve() -> None:
    """x^2 at 20 points of [-1, 1]: the best line is their mean, so its MSE is their variance, 0.1078 (the curve's is 4/45)."""
    readout = read_residual(open_state("parabola-20"))
    assert readout.best_of_points == ("best with 1 piece to these 20 points: MSE 0.1078",)
    assert readout.best_of_curve[0] == (
        "best with 1 piece to the whole parabola: largest aL²/8n² = 0.5, or MSE a²L⁴/180n⁴ = 0.08889 by another fit"
    )
    one_kink = with_network(open_state("parabola-20"), Network(), parameters([1, -1], [0, 0], [1, 1]))
    assert not read_residual(one_kink).best_of_points
    known = one_kink.with_findings(lower_bounds=(0.1078, 0.0068))
    assert read_residual(known).best_of_points == ("with 2 pieces to these 20 points no MSE is below 0.0068",)
