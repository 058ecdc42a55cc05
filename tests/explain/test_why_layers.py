"""What is said of the units of several hidden layers: by hand, and against their curves at many x."""

import re

import numpy as np
import pytest

from relutui.commands.command import apply
from relutui.commands.contents import by_id
from relutui.explain.why_layers import layer_prediction_sentences, layer_unit_sentences
from relutui.model.selection import Selection
from relutui.session import edits
from relutui.session.session import Session
from tests.support.layers import WAVES, drawn, open_deep

GRID = 60_001  # x over the domain


def counted(pattern: str, text: str) -> int:
    found = re.search(pattern, text)
    return int(found[1]) if found else 0


def bends(y: np.ndarray) -> int:
    """The number of bends of a piecewise linear curve on an even grid: one lies in one or two neighbouring cells."""
    slopes = np.diff(y)
    bent = np.abs(np.diff(slopes)) > 1e-9 * (1.0 + np.abs(y).max())
    return int(bent[0]) + int((bent[1:] & ~bent[:-1]).sum())


def curves(session: Session, layer: int, unit: int) -> tuple[np.ndarray, np.ndarray]:
    """z and a of a unit, computed layer by layer without the model's own functions."""
    p, a = session.state.parameters, np.linspace(*session.domain, GRID)[None]
    for number, (w, b) in enumerate([(p.w[:, None], p.b), *((each.w, each.b) for each in p.deeper)]):
        z = w @ a + b[:, None]
        a = np.maximum(z, 0.0)
        if number == layer:
            break
    return z[unit], a[unit]


@pytest.mark.parametrize("seed", range(12))
def test_the_kinks_that_a_unit_makes_and_passes_on_are_those_of_its_curves(seed: int) -> None:
    session = drawn(seed, (4, 3, 2))
    for layer, size in enumerate(session.state.parameters.sizes):
        for unit in range(size):
            own, passed, cut = layer_unit_sentences(edits.select(session, Selection(unit, "b", layer + 1)))
            z, a = curves(session, layer, unit)
            made = int((np.diff(z > 0.0)).sum())
            assert counted(r"makes (\d+) kink", own) == made, own
            assert counted(r"It passes on (\d+) kink", passed) == bends(a) - made, passed
            assert counted(r"Its z has (\d+) kink", cut) == (bends(z) + made - bends(a) if layer else 0), cut


@pytest.mark.parametrize("seed", range(12))
def test_the_pieces_of_the_prediction_and_their_layers(seed: int) -> None:
    session = drawn(seed, (4, 3, 2))
    sum_, made = layer_prediction_sentences(session)
    y = session.state.network.prediction(session.state.parameters, np.linspace(*session.domain, GRID))
    pieces = bends(y) + 1
    assert f"{pieces} straight pieces" in sum_ if pieces > 1 else "one straight piece" in sum_
    assert sum(map(int, re.findall(r"(\d+) in layer", made))) == pieces - 1


def test_the_sentences_of_a_unit_by_hand() -> None:
    session = edits.select(open_deep(WAVES), Selection(0, "b", 2))
    assert layer_unit_sentences(session) == (
        "Unit 0 of layer 2 makes 1 kink, where its z crosses 0: x = 2.233.",
        "It passes on 2 kinks of layer 1: x = 0.5 and x = 1.5.",
        "Its z has 1 kink more where it is off, which relu cuts off.",
    )
    assert layer_unit_sentences(edits.select(session, Selection(2, "b", 1))) == (
        "Unit 2 of layer 1 makes 1 kink, where its z crosses 0: x = 2.5.",
        "",
        "",
    )


def test_the_sentences_of_the_prediction_by_hand() -> None:
    assert layer_prediction_sentences(open_deep(WAVES)) == (
        "The prediction is c plus v a of the 2 units of layer 2, at every x: 5 straight pieces.",
        "Kinks, by the layer that makes them: 2 in layer 1 and 2 in layer 2.",
    )


def test_what_has_no_kink_says_why() -> None:
    session = open_deep(WAVES)
    off = edits.select(edits.set_parameter(session, Selection(0, "b", 2), -9.0), Selection(0, "b", 2))
    own, passed, _ = layer_unit_sentences(off)
    assert own == "Unit 0 of layer 2 makes no kink: its z crosses 0 nowhere inside the domain, and it is off everywhere there."
    assert passed == "It passes on no kink of the layers before it."
    own, *_ = layer_unit_sentences(drawn(1, (2, 2), "identity"))
    assert own == "Unit 0 of layer 1 makes no kink, as its activation is a straight line."
    own, _ = layer_unit_sentences(drawn(1, (2, 2), "tanh"))
    assert own == "Unit 0 of layer 1: not every activation has a kink, so its pieces are not straight."


def test_the_keys_say_them() -> None:
    session = open_deep(WAVES)
    for key, text in (("why", "Unit 0 of layer 1 makes"), ("why-prediction", "The prediction is c plus")):
        said = apply(by_id(key), session)
        assert isinstance(said, Session)
        assert said.view.message
        assert said.view.message.text.startswith(text)
    on_c = apply(by_id("why"), edits.select(session, Selection(9, "c", 2)))
    assert isinstance(on_c, Session)
    assert on_c.view.message
    assert on_c.view.message.text.startswith("The prediction is c plus")
