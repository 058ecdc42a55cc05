import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.model.network import Activation, Network, activate
from relutui.model.selection import Selection
from relutui.readout.forward_pass import ForwardPassReadout, read_forward_pass
from relutui.session import edits, probe_edits
from tests.support.sessions import open_lab, opener, parameters, with_network


def test_the_walk_is_the_arithmetic_on_paper() -> None:
    """At x = 2.4 with unit 1 right, the prediction is 1.4 and the target 2.2."""
    walk = read_forward_pass(probe_edits.move_probe(open_lab(w1=1, b1=-1), 2.4))
    assert [term.product for term in walk.terms] == pytest.approx([-4.8, 2.4, 0])
    assert [term.z for term in walk.terms] == pytest.approx([-2.8, 1.4, 0])
    assert [term.contribution for term in walk.terms] == pytest.approx([0, 1.4, 0])
    assert [term.on for term in walk.terms] == [False, True, False]
    assert walk.prediction == pytest.approx(1.4)
    assert walk.target == pytest.approx(2.2)


@pytest.mark.parametrize(("x", "total", "prediction"), [(0, -16, 0), (0.5, 1.01, 1.01), (1, -16.66, 0)])
def test_the_output_activation_comes_last(x: float, total: float, prediction: float) -> None:
    walk = read_forward_pass(probe_edits.move_probe(opener("dosage-relu"), x))
    assert (walk.total, walk.prediction) == pytest.approx((total, prediction))


def test_a_sum_of_steps_that_are_far_from_their_centre_is_exact() -> None:
    """Where sigmoid is flat it passes nothing of the rounding error of a huge z on: 3e28 - 1e28 is 2e28, and no 0."""
    flat = parameters([1e16, 1e16, 0], [0, 0, 0], [3e28, -1e28, 0])
    walk = read_forward_pass(probe_edits.move_probe(with_network(open_lab(), Network("sigmoid"), flat), 2))
    assert (walk.sum, walk.prediction) == pytest.approx((2e28, 2e28))


def chosen(walk: ForwardPassReadout, room: int) -> tuple[list[int], list[int]]:
    shown, rest = walk.split_terms(room)
    return [term.unit for term in shown], sorted(term.unit for term in rest)


def test_units_that_are_on_come_first_the_largest_contribution_before_the_others() -> None:
    """At x = 1.5 the units' contributions are 0.5, 0 (off), -3, 1 and 0 (off)."""
    five = parameters([1, 1, 1, -2, 1], [-1, -2, 0, 4, -1.5], [1, 9, -2, 1, 1])
    walk = read_forward_pass(edits.select(with_network(open_lab(), Network(), five), Selection(5, "c")))
    assert chosen(walk, 5) == ([0, 1, 2, 3, 4], [])
    assert chosen(walk, 4) == ([2, 3, 0], [1, 4])
    assert chosen(walk, 2) == ([2, 3], [0, 1, 4])
    assert chosen(walk._replace(selected=4), 2) == ([2, 4], [0, 1, 3])
    assert chosen(walk._replace(selected=3), 2) == ([2, 3], [0, 1, 4])


values = st.floats(-5, 5)
units = st.lists(st.tuples(values, values, values), min_size=1, max_size=12)
activations: st.SearchStrategy[Activation] = st.sampled_from(["relu", "leaky_relu", "tanh", "identity"])


@given(units, values, st.floats(0, 3), activations, activations, st.integers(1, 12), st.data())
def test_what_is_shown_and_the_rest_make_the_prediction(
    units: list[tuple[float, float, float]],
    c: float,
    x: float,
    activation: Activation,
    output: Activation,
    room: int,
    data: st.DataObject,
) -> None:
    w, b, v = np.array(units).T
    network, p = Network(activation, output), parameters(w, b, v, c)
    selected = data.draw(st.integers(0, len(units)))
    walk = read_forward_pass(probe_edits.move_probe(with_network(open_lab(), network, p), x))._replace(selected=selected)
    shown, rest = walk.split_terms(room)
    assert len(shown) <= room
    assert sorted(term.unit for term in (*shown, *rest)) == list(range(len(units)))
    assert selected == len(units) or selected in [term.unit for term in shown]
    for term in walk.terms:
        z = p.w[term.unit] * x + p.b[term.unit]
        a = activate(activation, np.array([z]))[0]
        assert (term.z, term.a, term.contribution) == pytest.approx((z, a, p.v[term.unit] * a))
    total = np.array([c + sum(term.contribution for term in (*shown, *rest))])
    assert walk.prediction == pytest.approx(activate(output, total)[0], abs=1e-9)
