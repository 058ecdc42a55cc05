"""The printed equation, evaluated by itself: Python's eval and the formulas of the activations by math alone."""

import math
import re
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from relutui.model.network import UNIT_ACTIVATIONS, Activation, Network
from relutui.readout.equation import EquationReadout, equation_of, scaled_result
from relutui.scenario.reader import parse
from relutui.session.session import Session, open_session
from tests.support.examples import examples
from tests.support.sessions import open_lab, opener, parameters, with_network

FORMULAS: dict[str, Callable[[float], float]] = {
    "relu": lambda z: z if z > 0 else 0.0,
    "leaky_relu": lambda z: z if z > 0 else z / 100,
    "softplus": lambda z: max(z, 0.0) + math.log1p(math.exp(-abs(z))),
    "sigmoid": lambda z: (1 + math.tanh(z / 2)) / 2,
    "tanh": math.tanh,
    "identity": lambda z: z,
}
SMOOTH_OR_KINKED = st.sampled_from(sorted(FORMULAS.keys() & set(UNIT_ACTIVATIONS)))
NUMBERS = st.floats(-50, 50).map(lambda value: round(value, 6))


def by_hand(terms: tuple[str, ...], x: float) -> float:
    """What the right side of an equation gives at x."""
    right = " ".join(terms).removeprefix("ŷ = ")
    return float(eval(re.sub(r"(?<=[\dx)]) (?=[a-z(])", " * ", right), {"__builtins__": {}}, {**FORMULAS, "x": x}))


def of_network(session: Session, x: float) -> float:
    p, network = session.state.parameters, session.state.network
    act, output = FORMULAS[network.activation], FORMULAS[network.output_activation]
    return output(p.c + sum(v * act(w * x + b) for w, b, v in zip(p.w.tolist(), p.b.tolist(), p.v.tolist())))


def agrees(session: Session, terms: tuple[str, ...], readout: EquationReadout) -> None:
    for x in np.linspace(*session.domain, 13).tolist():
        true, printed = of_network(session, x), by_hand(terms, x)
        assert abs(printed - true) <= float(readout.error) + 1e-9 * (1 + abs(true))


def test_the_lab_in_both_forms() -> None:
    readout = equation_of(open_lab(w1=1, b1=-1, w2=2, b2=-4))
    assert " ".join(readout.by_parameters) == "ŷ = relu(-2 x + 2) + relu(x - 1) + relu(2 x - 4)"
    assert " ".join(readout.by_slopes) == "ŷ = 2 relu(1 - x) + relu(x - 1) + 2 relu(x - 2)"
    assert readout.error == "0"


def test_a_unit_that_adds_an_exact_0_at_every_x_is_left_out() -> None:
    """relu of a constant at or below 0, and tanh of 0, but neither relu of a constant above 0 nor one that a slope lifts."""
    readout = equation_of(opener("lab-zero-start"))
    assert " ".join(readout.by_parameters) == "ŷ = relu(-2 x + 2)"
    assert " ".join(readout.latex) == r"\hat{y} = 1\,\mathrm{relu}(-2 x + 2) + 0"
    units = parameters([0, 0, 1e-9, 0], [-3, 3, 0, 0], [1, 1, 1, 0])
    kept = with_network(opener("lab"), Network(), units)
    assert " ".join(equation_of(kept).by_parameters) == "ŷ = relu(3) + relu(1e-9 x)"
    tanh = with_network(opener("lab"), Network("tanh"), parameters([0, 0, 1], [0, 0.5, 0], [1, 1, 1]))
    assert " ".join(equation_of(tanh).by_parameters) == "ŷ = tanh(0.5) + tanh(x)"


def test_the_dosage_network_has_its_output_around_the_sum() -> None:
    readout = equation_of(opener("dosage-relu"))
    assert " ".join(readout.by_parameters) == "ŷ = relu(-40.8 relu(1.7 x - 0.85) + 2.7 relu(12.6 x) - 16)"
    assert " ".join(readout.latex).startswith(r"\hat{y} = \mathrm{relu}(-40.8\,\mathrm{relu}(1.7 x - 0.85) + 2.7")


@pytest.mark.parametrize("name", ["parabola", "shifted-100", "dosage-softplus", "sine"])
def test_it_gives_the_prediction_to_the_shown_digits(name: str) -> None:
    session = opener(name)
    readout = equation_of(session)
    for terms in filter(None, (readout.by_parameters, readout.by_slopes)):
        agrees(session, terms, readout)
        for x in session.dataset.x[:: max(1, len(session.dataset) // 20)].tolist():
            true = of_network(session, x)
            if abs(true) >= 0.095:  # shown with two decimals
                assert abs(by_hand(terms, x) - true) <= 0.00501
    assert float(readout.error) <= 0.00501


@examples(40, 2000)
@example([(0.0, -0.9375, 10.0), (10.0, -4.0, 9.0)], -15.0, "softplus", "sigmoid")  # its largest error is between two places
@given(st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), min_size=1, max_size=6), NUMBERS, SMOOTH_OR_KINKED, SMOOTH_OR_KINKED)
def test_any_network(units: list[tuple[float, float, float]], c: float, activation: Activation, output: Activation) -> None:
    w, b, v = zip(*units)
    session = with_network(opener("lab"), Network(activation, output), parameters(w, b, v, c))
    readout = equation_of(session)
    for terms in filter(None, (readout.by_parameters, readout.by_slopes)):
        agrees(session, terms, readout)
    program: dict[str, Callable[[float], float]] = {}
    exec("\n".join(readout.python), program)
    for x in (0.0, 1.3, 3.0):
        assert float(program["y"](x)) == pytest.approx(by_hand(readout.by_parameters, x), rel=1e-9, abs=1e-9)


SCALED = (
    'title = "T"\n[target]\nscale = "unit"\npoints = [[1950, 10], [1970, 10], [1990, 50]]\n{}'
    "[[unit]]\nw = 1.0\nb = -0.5\nv = 2.0\n"
)


def test_of_scaled_data_it_is_in_their_own_units() -> None:
    """2 relu(scaled x - 1/2) of a range of 40 over a width of 40: a slope of 2 from 1970 on, above 10."""
    session = open_session(parse(SCALED.format(""), "t", None))
    readout = equation_of(session)
    assert " ".join(readout.by_slopes) == "ŷ = 2 relu(x - 1970) + 10"
    program: dict[str, Callable[[float], float]] = {}
    exec("\n".join(readout.python), program)
    assert [float(program["y"](x)) for x in (1960, 1970, 1990)] == pytest.approx([10, 10, 50], abs=1e-6)
    assert scaled_result(session) == ""


def test_an_output_activation_leaves_its_result_scaled() -> None:
    session = open_session(parse(SCALED.format('[network]\noutput_activation = "relu"\n'), "t", None))
    assert " ".join(equation_of(session).by_slopes) == "ŷ = relu(0.05 relu(x - 1970))"
    assert scaled_result(session) == "ŷ is scaled here: y = 10 + 40 ŷ"
