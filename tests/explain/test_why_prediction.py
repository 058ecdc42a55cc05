"""How the prediction is made; figures of subject.md."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.explain.glossary import GLOSSARY
from relutui.explain.why_prediction import why_prediction
from relutui.model.network import ACTIVATIONS, Activation, Network
from relutui.model.selection import Selection
from relutui.model.training import Locks
from relutui.scenario.reader import parse
from relutui.session import edits
from relutui.session.session import Session, open_session
from tests.support.sessions import open_lab, open_state, opener, parameters


def with_network(session: Session, network: Network) -> Session:
    return session.with_state(replace(session.state, network=network))


def test_the_pieces_of_the_lab() -> None:
    assert why_prediction(open_lab(w1=1, b1=-1, w2=2, b2=-4)).startswith(
        "The prediction is the sum of all 3 units, at every x: 3 straight pieces, with slopes -2, +1 and +3, "
        "which join at x = 1 and x = 2."
    )


def test_a_bend_is_named_only_where_there_is_one() -> None:
    """Unit 1 has v = 0, 2 and 3 cancel out at x = 2, and the kink of 4 is at the very end of the domain."""
    p = parameters([-2, 1, 1, 1, 1], [2, -1.5, -2, -2, -3 + 1e-9], [1, 0, 5, -5, 1])
    session, free = open_lab(), np.zeros(5, np.bool_)
    state = replace(session.state, checkpoint=session.state.checkpoint.edited(p), locks=Locks(free, free, free, False))
    assert "2 straight pieces, with slopes -2 and 0, which join at x = 1." in why_prediction(session.with_state(state))


def test_units_made_by_hand_that_are_exact_but_for_rounding_leave_nothing() -> None:
    """Two kinks on the way from (-1.7, -0.045) to (1, 0): a straight line; untrained a unit leaves 3²/2."""
    two = "[target]\npoints = [[-1.7450760252477067, -0.045048423570329316], [1, 0]]"
    unit = "[[unit]]\nw = 1\nb = -1\nv = 1\n"
    session = open_session(parse(f"title = '-'\n{two}\n[network]\noutput_bias = 3\n{unit}{unit}", "two", None))
    later = replace(session.state.checkpoint, step=7)
    said = why_prediction(session.with_state(replace(session.state, checkpoint=later)).with_view(name="sizes"))
    assert said.startswith(
        "Made by hand, 2 units leave MSE 0.0000; after 7 steps of training MSE 9.1362 is left here, so it is"
    )


def test_the_relu_on_the_output_leaves_the_pointed_thing() -> None:
    assert why_prediction(opener("dosage-relu")).startswith(
        "The sum before the output is c = -16.00 plus the sum of both units, at every x: 2 straight pieces, with slopes +34.02 "
        "and -35.34, which join at x = 0.5. "
        "relu on the output leaves only (0.4703, 0.5286): elsewhere the sum is 0 or below, and the prediction 0."
    )


def test_a_relu_on_the_output_that_cuts_nothing_or_all() -> None:
    relu = Network(output_activation="relu")
    session = with_network(open_lab(w1=1, b1=1), relu)
    assert "relu on the output changes nothing here: the sum is nowhere below 0." in why_prediction(session)
    p = session.state.parameters
    below = session.with_state(replace(session.state, checkpoint=session.state.checkpoint.edited(replace(p, c=-9.0))))
    assert "relu on the output leaves nothing: the sum is nowhere above 0." in why_prediction(below)


def test_bends_that_do_not_count_are_told_from_those_that_do() -> None:
    """Slopes 1, 2 and 2.005: the second bend is 0.5 % of the first."""
    p = parameters([1, 1, 1], [0.5, -1, -2], [1, 1, 0.005])
    state = open_lab().state
    session = open_lab().with_state(replace(state, checkpoint=state.checkpoint.edited(p)))
    assert (
        "3 straight pieces (2 by the bends among the points that are at least 1 % of the largest), with slopes +1, +2 and "
        in why_prediction(session)
    )


def test_an_x_far_from_0_keeps_its_decimals() -> None:
    assert "which join at x = 2013.3 and x = 2013.6." in why_prediction(open_state("joins"))


def test_slopes_and_places_that_differ_read_differently() -> None:
    """Kinks at 1 and 1.00002, slopes 1, 1.001 and 1.002."""
    p = parameters([1, 1, 1], [0.5, -1, -1.00002], [1, 0.001, 0.001])
    state = open_lab().state
    session = open_lab().with_state(replace(state, checkpoint=state.checkpoint.edited(p)))
    assert "with slopes +1, +1.001 and +1.002, which join at x = 1 and x = 1.00002." in why_prediction(session)


def test_a_sum_of_0_is_not_below_0() -> None:
    """The sum of cut-zero is relu(x - 0.8): 0 up to 0.8, above it on (0.8, 1]."""
    assert "relu on the output changes nothing here: the sum is above 0 on (0.8, 1] and 0 elsewhere." in why_prediction(
        open_state("cut-zero")
    )


def test_leaky_relu_on_the_output_leaves_a_hundredth() -> None:
    """The sum of leaky-output is -relu(x + 1), below 0 on all of [0, 1]; with c = 1.5 it is 0.5 - x there."""
    session = open_state("leaky-output")
    assert "leaky_relu on the output multiplies the sum by 0.01 everywhere: the sum is nowhere above 0." in why_prediction(
        session
    )
    higher = edits.set_parameter(session, Selection(1, "c"), 1.5)
    assert (
        "leaky_relu on the output leaves the sum as it is on [0, 0.5), and multiplies it by 0.01 elsewhere."
        in why_prediction(higher)
    )


def test_a_single_point_above_0_is_no_stretch() -> None:
    """-step(x - 1) - step(1 - x) + 1/2 is -1/2 but at x = 1, where neither unit is on and it is 1/2."""
    p, session = parameters([1, -1], [-1, 1], [-1, -1], 0.5), with_network(opener("lab-free"), Network("step", "relu"))
    session = session.with_state(replace(session.state, checkpoint=session.state.checkpoint.edited(p)))
    assert "Single points apart, relu on the output leaves nothing: the sum is nowhere above 0." in why_prediction(session)


def test_many_pieces_are_counted() -> None:
    """The slopes of the interpolation of x^2 on [0, 2] with 100 pieces: 2 x at the middle of each, 0.02 to 3.98."""
    assert why_prediction(opener("shifted-100")) == (
        "The prediction is the sum of all 100 units, at every x: 100 straight pieces, with slopes from +0.02 to +3.98. "
        "No piece is flat: at every x some unit is on, and the slopes of those that are do not cancel. "
        "Its norms: Σ |v w| = 3.98, Σ (w² + b² + v²) = 231.50."
    )


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        (Network("tanh"), "smooth curves, so it has no pieces."),
        (Network("identity"), "straight lines, so their sum is one too."),
        (Network(output_activation="sigmoid"), "squeezes the sum between 0 and 1"),
        (Network(output_activation="tanh"), "squeezes the sum between -1 and 1"),
        (Network(output_activation="softplus"), "softplus on the output keeps it above 0"),
    ],
)
def test_other_activations(network: Network, expected: str) -> None:
    assert expected in why_prediction(with_network(open_lab(), network))


numbers = st.floats(-1e308, 1e308) | st.sampled_from([0.0, 1.0, -1.0, 0.1, 1e-300])


@given(
    st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=9),
    st.sampled_from(ACTIVATIONS),
    st.sampled_from(ACTIVATIONS),
)
def test_any_prediction_is_explained_in_sentences_that_have_room(
    rows: list[tuple[float, float, float]], activation: Activation, output: Activation
) -> None:
    w, b, v = np.array(rows).T
    session = with_network(open_lab(), Network(activation, output))
    free = np.zeros(len(rows), np.bool_)
    checkpoint = session.state.checkpoint.edited(parameters(w, b, v, -1))
    session = session.with_state(replace(session.state, checkpoint=checkpoint, locks=Locks(free, free, free, False)))
    assert why_prediction(session).startswith("The ")
    assert len(why_prediction(session)) <= 300


def test_the_words_of_the_glossary_come_in_their_order_each_in_one_line() -> None:
    words = " ".join(GLOSSARY)
    order = ["unit", "weight", "bias", "pre-activation", "activation", "kink", "side", "contribution", "piece", "loss", "step"]
    places = [words.index(f" {word}") if word != "unit" else 0 for word in order]
    assert places == sorted(places)
    assert all(len(text) <= 54 and "\n" not in text for text in GLOSSARY.values())
