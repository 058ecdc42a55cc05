"""What is said when terms are added to the sum one by one (c and C), and after other commands."""

from typing import Any

from tests.truth.activation import LEAK
from tests.truth.oracle import Case
from tests.truth.registry import MESSAGE, family
from tests.truth.templates import Said
from tests.truth.verdicts import claim, number, place, slope

ALL = (
    "[; all {count:d} added[, in the order {order:names}]: in any order[, {last:word} last,] the sum is the "
    "[<scaled_sum=scaled> ]<all=prediction>"
    "[; each unit is <seam=0> at its kink, so no gap opens]]"
)


def _ended(said: Said, case: Case, about: dict[str, Any]) -> None:
    """Whether all terms are in the sum is told by the rows that are in it."""
    units, net = case.net.units, case.net
    terms = units + (net.c != 0.0) + (net.output != "identity")
    claim("all" not in said or ("scaled_sum" in said) == case.units.scaled, f"the units are {case.units}")
    claim(("all" in said) == (len(about["summed"]) == terms), f"{len(about['summed'])} of {terms} terms are in the sum")
    if "all" in said:
        claim(int(said["count"]) == terms, f"there are {terms} terms")
        if "order" in said:
            names = [str(row) if row < units else "c" if row == units else net.output for row in about["summed"]]
            claim(said["order"].split(", ") == names, f"the order is {names}")
        claim(("seam" in said) == (net.activation in ("relu", "leaky_relu")), f"the units are {net.activation}")
        claim(said.get("last") == (net.output if net.output != "identity" else ""), f"the output is {net.output}")


@family(
    "terms: a unit is added",
    "+ unit {unit:d}: v is <v=0>, so it adds nothing" + ALL,
    "+ unit {unit:d}: w is 0, so the whole sum moves <way=up|down> by {by:n}[<scaled= in scaled units>]" + ALL,
    "+ unit {unit:d}: its activation is <a=0> everywhere, so it adds nothing" + ALL,
    "+ unit {unit:d}: it adds its whole <curve=curve>, v {name:word}(z)" + ALL,
    "+ unit {unit:d}: it is off <off=everywhere> and adds nothing" + ALL,
    "+ unit {unit:d}: it is off <off=everywhere>, except for a leak of {leak:n} z" + ALL,
    "+ unit {unit:d}: it is on <on=everywhere> and adds its slope, {slope:n}" + ALL,
    "+ unit {unit:d}: from x = {since:n} on it adds its slope, {slope:n}[; until there it is off, except for a leak of "
    "{leak:n} z]" + ALL,
    "+ unit {unit:d}: up to x = {until:n} it adds its slope, {slope:n}; from there on it is off[, except for a leak of "
    "{leak:n} z]" + ALL,
    where=MESSAGE,
)
def unit_added(said: Said, case: Case, about: dict[str, Any]) -> None:
    _ended(said, case, about)
    net, unit = case.net, said.unit
    w, v, on = float(net.w[unit]), float(net.v[unit]), net.on(unit, case.low, case.high)
    lift = float(net.parts(0.0)[unit, 0])
    if "leak" in said:
        number(said["leak"], LEAK, "the leak")
    if "slope" in said:
        slope(said["slope"], v * w, "v w")
        claim(on is not None, "it is on nowhere")
        assert on is not None
        if "since" in said:
            place(said["since"], on[0], case.low, case.high, "the kink")
            claim(w > 0.0 and on[0] > case.low, f"it is on over {on}")
        elif "until" in said:
            place(said["until"], on[1], case.low, case.high, "the kink")
            claim(w < 0.0 and on[1] < case.high, f"it is on over {on}")
        else:
            claim(on == (case.low, case.high), f"it is on over {on}")
    elif "v" in said:
        claim(v == 0.0, f"v is {v!r}")
    elif "by" in said:
        claim(w == 0.0, f"w is {w!r}")
        number(said["by"], abs(lift), "v a", 1e-12 * abs(lift))
        claim((said["way"] == "up") == (lift > 0.0), f"v a is {lift!r}")
    elif "a" in said:
        claim(w == 0.0 and lift == 0.0, f"v a is {lift!r}")
    elif "curve" in said:
        claim(said["name"] == net.activation and not net.kinked, net.activation)
    else:
        claim(on is None and net.kinked, f"it is on over {on}")
        claim(("leak" in said) == (net.activation == "leaky_relu"), net.activation)


@family(
    "terms: c or the output is added",
    "+ c: the whole sum moves <way=up|down> by {by:n}[<scaled= in scaled units>]" + ALL,
    "+ {name:word}: what is below 0 becomes <zero=0> (the y-range is the prediction's now)" + ALL,
    "+ {name:word}: what is below 0 shrinks to a <leak=hundredth> (the y-range is the prediction's now)" + ALL,
    "+ {name:word}: the sum goes through it, <point=point> by point (the y-range is the prediction's now)" + ALL,
    where=MESSAGE,
)
def other_added(said: Said, case: Case, about: dict[str, Any]) -> None:
    _ended(said, case, about)
    if "by" in said:
        number(said["by"], abs(case.net.c), "c")
        claim((said["way"] == "up") == (case.net.c > 0.0), f"c is {case.net.c!r}")
        return
    claim(said["name"] == case.net.output, case.net.output)
    kind = {"relu": "zero", "leaky_relu": "leak"}.get(case.net.output, "point")
    claim(kind in said, case.net.output)


@family(
    "terms: one is taken back",
    "- [unit ]{name:word}: out of the sum again; c adds it",
    "every term is in the <all=sum>; C takes the last one back",
    "nothing is in the <none=sum> yet; c adds the selected unit",
    where=MESSAGE,
)
def taken(said: Said, case: Case, about: dict[str, Any]) -> None:
    units, net = case.net.units, case.net
    rows = about["summed"]
    if "name" in said:
        row = units if said["name"] == "c" else units + 1 if said["name"] == net.output else int(said["name"])
        claim(row not in rows, f"{rows} are in the sum")
    elif "all" in said:
        claim(len(rows) == units + (net.c != 0.0) + (net.output != "identity"), f"{rows} are in the sum")
    else:
        claim(not rows, f"{rows} are in the sum")
