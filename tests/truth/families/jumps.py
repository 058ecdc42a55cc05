"""What is said of units that jump: step, which is 1 where z is above 0, and rect, which is 1 where z is within 1/2 of 0."""

from typing import Any

import numpy as np

from tests.truth.activation import Array
from tests.truth.families.prediction import SUM, composed
from tests.truth.families.units import line
from tests.truth.oracle import Case
from tests.truth.registry import family
from tests.truth.templates import Said
from tests.truth.verdicts import claim, number, place

END = "and nothing elsewhere. Its slope is 0 but at the <jump=jump|jumps>, so no gradient reaches w and b."


def jumps(case: Case) -> Array:
    """Where each unit jumps, of shape (units, jumps)."""
    net = case.net
    heights = (0.0,) if net.activation == "step" else (-0.5, 0.5)
    return np.stack([np.where(net.w == 0.0, np.nan, (height - net.b) / net.w) for height in heights], axis=1)


@family(
    "unit: a jump",
    "Unit {unit:d} is a step: it adds v = {v:n} <side=from|up to> x = {x:n}[ <on=on>], where its z <eq==|≈> {z:line} is "
    "above 0, " + END,
    "Unit {unit:d} is a box: it adds v = {v:n} from x = {low:n} to {high:n}, where its z is between -1/2 and 1/2, " + END,
)
def jump(said: Said, case: Case, _: dict[str, Any]) -> None:
    net, unit = case.net, said.unit
    where = np.sort(jumps(case)[unit]).tolist()
    number(said["v"], float(net.v[unit]), "v")
    claim(net.activation == ("step" if "x" in said else "rect"), net.activation)
    if "x" in said:
        place(said["x"], where[0], case.low, case.high, "the jump")
        claim((said["side"] == "from") == (net.w[unit] > 0.0) == ("on" in said), f"w is {net.w[unit]!r}")
        line(said, "z", case, float(net.w[unit]), float(net.b[unit]))
    else:
        place(said["low"], where[0], case.low, case.high, "the first jump")
        place(said["high"], where[1], case.low, case.high, "the second jump")


@family(
    "prediction: flat but for jumps",
    SUM + "one flat <none=line>, since no unit jumps inside the domain.",
    SUM + "flat but for {count:d} jumps.",
    SUM + "flat but for <one=a jump> at x = {x:n}.",
    SUM + "flat but for jumps at {places:places}.",
)
def flat(said: Said, case: Case, _: dict[str, Any]) -> None:
    composed(said, case)
    near = 1e-14 * max(abs(case.low), abs(case.high))  # rounding
    where = np.unique(jumps(case))
    where = where[(where > case.low + near) & (where < case.high - near) & (np.diff(where, prepend=-np.inf) > near)]
    claim(case.net.activation in ("step", "rect"), case.net.activation)
    if "none" in said:
        claim(not len(where), f"units jump at {where}")
    elif "count" in said:
        claim(int(said["count"]) == len(where), f"units jump at {where}")
    else:
        texts = [said["x"]] if "one" in said else said.numbers("places")
        claim(len(texts) == len(where), f"units jump at {where}")
        for text, x in zip(texts, where.tolist()):
            place(text, x, case.low, case.high, "a jump")
