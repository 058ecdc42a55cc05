"""States in which something was once said that was not so, or that was so although the oracle found fault with it."""

from collections import Counter
from typing import Any

import pytest

from tests.truth.drawing import Drawn
from tests.truth.hearing import heard, readings
from tests.truth.registry import Heard
from tests.truth.subjects import case_of
from tests.truth.test_truth import judged


@pytest.mark.parametrize(
    "seed",
    [
        5001010,  # "slope at the kink" where the output's tanh is flat
        5001197,  # "local minimum" on a plateau of the output's tanh, at whose end a steep unit switches off
        5001677,  # slopes above 1,000, printed to a tenth
        5002186,  # a step of Adam by the rounding of a gradient
        5005557,  # two units that cancel at the kink in the middle of the domain
        5005611,  # six sigmoids that are alike, far out
        6000213,  # five twins
        6000267,  # an output that switches off within a millionth of the domain of a kink
        6004638,  # two units that cancel under an output with a kink at 0
        6003480,  # units made by hand that are exact but for rounding
        6005649,  # a soft step of a width below the distance of two numbers
        8000226,  # a point at the middle of scaled data
        8000307,  # units made by hand that are exact on a target of 0
    ],
)
def test_what_is_said_is_so_now(seed: int) -> None:
    for session in Drawn(seed).sessions():
        case, counts = case_of(session), Counter[str]()
        every: list[Heard | tuple[str, Any]] = [*heard(session), *readings(session)]
        for each in every:
            assert [*judged(each, case, counts)] == []
