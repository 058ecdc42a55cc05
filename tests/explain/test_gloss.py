from typing import get_args

import pytest

from relutui.explain import gloss
from relutui.model.network import ACTIVATIONS, Activation, Network
from relutui.model.selection import Field
from relutui.scenario.scenario import VIEWS

ROOM_AT_80, ROOM_AT_100 = 74, 39  # columns under a panel, in a terminal of 80 and in the right half of one of 100


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_gloss_fits_on_both_sizes(activation: Activation) -> None:
    network = Network(activation)
    columns = [gloss.column_gloss(field, network) for field in get_args(Field)]
    for long, *_, short in (
        *columns,
        *gloss.VIEW_GLOSSES.values(),
        gloss.WALK,
        gloss.HELD,
        gloss.DRAWN,
        gloss.PUSHED,
        gloss.SIZES_OF_PARABOLA,
        gloss.strips_gloss(network),
        gloss.strips_gloss(network, "x from 0 to 4"),
        gloss.strips_gloss(network, ticked=True),
    ):
        assert len(long) <= ROOM_AT_80
        assert len(short) <= ROOM_AT_100


def test_every_view_has_a_gloss() -> None:
    assert tuple(gloss.VIEW_GLOSSES) == VIEWS


def test_a_bias_slides_what_the_activation_has() -> None:
    assert gloss.column_gloss("b", Network())[0] == "b = bias: moves z = w x + b up or down, so the kink slides sideways"
    assert "the centre slides" in gloss.column_gloss("b", Network("tanh"))[0]
    assert "slides" not in " ".join(gloss.column_gloss("b", Network("identity")))
