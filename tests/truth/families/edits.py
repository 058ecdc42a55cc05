"""What is said after an edit by hand."""

import re
from decimal import Decimal
from typing import Any

from tests.truth.net import Net
from tests.truth.oracle import Case
from tests.truth.registry import family
from tests.truth.templates import IN_SCALED, Said
from tests.truth.verdicts import claim, distance, number, parsed, place

ARROW = "{old:n} → {new:n}"


def _pair(said: Said, case: Case, field: str) -> tuple[float, float]:
    """The values before and after, which the sentence begins with."""
    assert case.before
    row = int(said["unit"]) if "unit" in said else 0
    old, new = (net.c if field == "c" else float(getattr(net, field)[row]) for net in (case.before.net, case.net))
    number(said["old"], old, f"{field} before")
    number(said["new"], new, f"{field} now")
    return old, new


def _move(said: Said, old: float, new: float) -> None:
    """The move, which added to the printed old value gives the printed new one, or is marked by ≈."""
    number(said["by"], abs(new - old), "the move", 1e-12 * (abs(old) + abs(new)))
    claim(float(said["by"]) > 0.0, f"it moves by {new - old!r}")
    printed = Decimal(said["old"]) + Decimal(said["by"]) * (1 if new > old else -1)
    claim("near" in said or printed == Decimal(said["new"]), f"as printed it would be {printed}")


def _kink(net: Net, unit: int) -> float | None:
    kink = float(net.kinks[unit])
    return kink if abs(kink) < float("inf") else None


@family(
    "edit: w and b on z", f"The kink is where z = w x + b is 0, at x = -b / w{IN_SCALED}: w turns the line z, b shifts <it=it>."
)
def both_on_z(_said: Said, case: Case, _about: dict[str, Any]) -> None:
    claim(case.net.kinked and bool(case.net.w.any()), "no unit has a kink")


@family(
    "edit: b on the curve",
    f"The kink is where z is 0, at x = -b / w{IN_SCALED}: b moves it sideways; c, not b, lifts the <whole=whole> curve.",
)
def b_on_curve(_said: Said, case: Case, about: dict[str, Any]) -> None:
    edited = re.match(r"unit (\d+): b ", about["heard"])
    claim(edited is not None, "no unit's b was edited")
    assert edited
    net, unit = case.net, int(edited[1])
    claim((net.activation, net.output) == ("relu", "identity"), f"{net.activation}, {net.output}")
    claim(case.low < net.kinks[unit] < case.high, f"the kink is at {net.kinks[unit]!r}")
    off = case.low if net.w[unit] > 0.0 else case.high  # where the unit is off, a small change of b moves nothing
    claim(float(net.z(off)[unit, 0]) < 0.0, f"z is {net.z(off)[unit, 0]!r} there")


@family(
    "edit: w or b before the other",
    "Before that, <field=w|b> {old:n} → {new:n} moved the kink from x = {start:n} to {end:n}.",
)
def before_that(said: Said, case: Case, about: dict[str, Any]) -> None:
    edited = re.match(r"unit (\d+): [wb] ", about["heard"])  # the sentence before it names the unit
    claim(edited is not None, "no unit's w or b was edited")
    assert edited
    unit, (first, middle) = int(edited[1]), case.entries
    for name, net in (("old", first), ("new", middle)):
        number(said[name], float((net.w if said["field"] == "w" else net.b)[unit]), f"{said['field']}, {name}")
    for name, net in (("start", first), ("end", middle)):
        place(said[name], float(net.kinks[unit]), case.low, case.high, f"the kink, {name}")
    claim(said["start"] != said["end"], "both are printed alike")


@family(
    "edit: b",
    f"unit {{unit:d}}: b {ARROW}; z moves <way=up|down> by [<near=≈> ]{{by:n}}, to {{z:n}} everywhere; w is 0, so there "
    f"is no kink to "
    "slide.",
    f"unit {{unit:d}}: b {ARROW}; z moves <way=up|down> by [<near=≈> ]{{by:n}}, and <what=the kink|the place where z is "
    f"0> slides "
    f"<to=right|left> by {{far:n}}, to x = {{kink:n}} (-b / w{IN_SCALED}).",
)
def b(said: Said, case: Case, _: dict[str, Any]) -> None:
    old, new = _pair(said, case, "b")
    _move(said, old, new)
    claim((said["way"] == "up") == (new > old), f"b went from {old!r} to {new!r}")
    before, after = (_kink(net, said.unit) for net in (case.before.net, case.net))  # type: ignore[union-attr]
    if "z" in said:
        claim(case.net.w[said.unit] == 0.0, f"w is {case.net.w[said.unit]!r}")
        number(said["z"], new, "z")
        return
    assert before is not None
    assert after is not None
    claim((said["to"] == "right") == (after > before), f"the kink went from {before!r} to {after!r}")
    distance(said["far"], abs(after - before), "the distance", 1e-12 * (abs(after) + abs(before)))
    place(said["kink"], after, case.low, case.high, "the kink")
    claim(("kink" in said["what"]) == case.net.kinked, "a place where z is 0 is a kink only where the unit bends")


TURN = "z <z=rises now|falls now|gets steeper|gets flatter>, <what=its kink|the place where z is 0>"
SIDE = "[, and the unit is now on to its <side=left|right>]"


@family(
    "edit: w",
    f"unit {{unit:d}}: w {ARROW}; z is {{z:n}} everywhere now, so there is no kink.",
    f"unit {{unit:d}}: w {ARROW}; z has a slope now; <what=its kink|the place where z is 0> is at x = {{kink:n}} "
    f"(-b / w{IN_SCALED})"
    "[, and the unit is on to its <side=left|right>].",
    f"unit {{unit:d}}: w {ARROW}; {TURN} <move=stays at> x = {{first:n}}{SIDE}.",
    f"unit {{unit:d}}: w {ARROW}; {TURN} <move=moves from> x = {{first:n}} to {{kink:n}} (-b / w{IN_SCALED}){SIDE}.",
)
def w(said: Said, case: Case, _: dict[str, Any]) -> None:
    old, new = _pair(said, case, "w")
    assert case.before
    before, after = _kink(case.before.net, said.unit), _kink(case.net, said.unit)
    if "what" not in said:
        claim(new == 0.0, f"w is {new!r}")
        number(said["z"], float(case.net.b[said.unit]), "z")
        return
    assert after is not None
    flipped = (old > 0.0) != (new > 0.0)
    claim(("kink" in said["what"]) == case.net.kinked, "a place where z is 0 is a kink only where the unit bends")
    claim(("side" in said) == ((case.net.kinked and flipped) or (old == 0.0 and case.net.kinked)), "the side")
    if "side" in said:
        claim(said["side"] == ("right" if new > 0.0 else "left"), f"w is {new!r}")
    if "move" not in said:
        claim(before is None, f"the kink was at {before!r}")
        place(said["kink"], after, case.low, case.high, "the kink")
        return
    assert before is not None
    word = ("rises now" if new > 0.0 else "falls now") if flipped else "gets steeper" if abs(new) > abs(old) else "gets flatter"
    claim(said["z"] == word, f"z {word}")
    place(said["first"], before, case.low, case.high, "the kink before")
    if said["move"] == "stays at":
        claim(abs(after - before) <= 1e-9 * abs(before), f"it moves to {after!r}")
    else:
        place(said["kink"], after, case.low, case.high, "the kink")
        claim(said["first"] != said["kink"] or after != before, "it stays")
        claim(said["first"] != said["kink"], f"it moves from {before!r} to {after!r}, which are printed alike")


@family(
    "edit: v",
    f"unit {{unit:d}}: v {ARROW}; the unit adds nothing any more.",
    f"unit {{unit:d}}: v {ARROW}; the unit adds {{times:n}} times its activation now[; its kink <kink=stays>].",
    f"unit {{unit:d}}: v {ARROW}; what the unit adds is [<flip=flipped, and> ]as <same=large> as before[; its kink "
    f"<kink=stays>].",
    f"unit {{unit:d}}: v {ARROW}; what the unit adds is [<flip=flipped, and> ]{{ratio:n}} times as large[; its kink "
    f"<kink=stays>].",
)
def v(said: Said, case: Case, _: dict[str, Any]) -> None:
    old, new = _pair(said, case, "v")
    claim(("kink" in said) == (case.net.kinked and new != 0.0), "of a kink")
    if "times" in said:
        claim(old == 0.0, f"v was {old!r}")
        number(said["times"], new, "v")
    elif "ratio" in said:
        ratio = abs(new) / abs(old)
        number(said["ratio"], ratio, "the ratio")
        claim(parsed(said["ratio"]) != 1.0, f"the ratio is {ratio!r}, not 1")
        claim(("flip" in said) == (old * new < 0.0 or (old < 0.0) != (new < 0.0)), "the sign")
    elif "same" in said:
        claim(abs(abs(old) - abs(new)) <= 1e-9 * abs(old), f"the sizes are {old!r} and {new!r}")
        claim(("flip" in said) == (old * new < 0.0), "the sign")
    else:
        claim(new == 0.0, f"v is {new!r}")


@family(
    "edit: c",
    f"c {ARROW}: the whole prediction moves <way=up|down> by [<near=≈> ]{{by:n}}{IN_SCALED}; no kink of a unit moves, "
    "no b changes.",
    f"c {ARROW}: the whole sum before the output's {{output:word}} moves <way=up|down> by [<near=≈> ]{{by:n}}{IN_SCALED}; "
    f"no kink of a "
    f"unit "
    f"moves, no b "
    "changes.",
)
def c(said: Said, case: Case, _: dict[str, Any]) -> None:
    old, new = _pair(said, case, "c")
    claim((said.get("output") or "identity") == case.net.output, case.net.output)
    claim((said["way"] == "up") == (new > old), f"from {old!r} to {new!r}")
    _move(said, old, new)


@family(
    "edit: w and b",
    "unit {unit:d}: w {w_old:n} → {w_new:n}, b {b_old:n} → {b_new:n}.",
    "unit {unit:d}: w {w_old:n} → {w_new:n}, and b {b_old:n} → {b_new:n} so that <what=the kink|the place where z is 0> "
    "<does=stays|is> at x = {kink:n}.",
)
def w_and_b(said: Said, case: Case, _: dict[str, Any]) -> None:
    assert case.before
    for name, net in (("old", case.before.net), ("new", case.net)):
        number(said[f"w_{name}"], float(net.w[said.unit]), "w")
        number(said[f"b_{name}"], float(net.b[said.unit]), "b")
    before, after = _kink(case.before.net, said.unit), _kink(case.net, said.unit)
    if "kink" in said:
        assert after is not None
        place(said["kink"], after, case.low, case.high, "the kink")
        claim(("kink" in said["what"]) == case.net.kinked, "a place where z is 0 is a kink only where the unit bends")
        if said["does"] == "stays":
            claim(before is not None and abs(before - after) <= 1e-6 * max(case.width, abs(after)), f"it was at {before!r}")
