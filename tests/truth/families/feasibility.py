"""What no values of the free parameters can reach, and what they must be to reach the target."""

import itertools
import re
from typing import Any

import numpy as np

from tests.truth.oracle import Case
from tests.truth.reach import choices, free_units, rest_of, target_slopes, whole_units
from tests.truth.registry import family
from tests.truth.templates import KINDS, NUMBER, Said
from tests.truth.verdicts import Untrue, claim, is_place, number, parsed, slope

FITS = 1e-3  # of the largest slope or height: so near counts as equal, in favour of the network


def _bends_at(text: str, case: Case, sign: int) -> bool:
    """Whether the target bends at the printed x; sign: 1 up, -1 down, 0 either way."""
    parts = target_slopes(case)
    places = [right[0] for left, right in itertools.pairwise(parts) if _turns(right[2] - left[2], sign)]
    if not parts or len(case.x) <= 13:
        steps = np.diff(case.x)
        rises = np.divide(np.diff(case.y), steps, out=np.zeros(len(steps)), where=steps > 0.0)
        places += [float(x) for x, turn in zip(case.x[1:-1], np.diff(rises)) if _turns(float(turn), sign)]
    return any(is_place(text, x, case.low, case.high) for x in places)


def _turns(change: float, sign: int) -> bool:
    return change * sign > 0.0 if sign else change != 0.0


@family(
    "reach: one straight line",
    "Without a bend in the activation the sum is one straight line, and this target bends at x = {x:n}.",
)
def line(said: Said, case: Case, _: dict[str, Any]) -> None:
    claim(case.net.activation == case.net.output == "identity", f"{case.net.activation}, {case.net.output}")
    claim(_bends_at(said["x"], case, 0), "the target does not bend there")


@family(
    "reach: signs of v",
    "<who=Every|As it stands, every> v is {v:sign}, so the slope can never <never=fall|rise>; this target's slope "
    "<turn=falls|rises> at x = {x:n}: that needs a unit with v <need=above|below> 0.",
)
def signs(said: Said, case: Case, _: dict[str, Any]) -> None:
    v, down = case.net.v, said["never"] == "fall"
    claim(case.net.activation in ("relu", "leaky_relu", "softplus") and case.net.output == "identity", "the slope may do both")
    claim((v >= 0.0).all() if down else (v <= 0.0).all(), f"v is {v}")
    units = case.net.units
    claim(bool(case.locked[2 * units : 3 * units].all()) == (said["who"] == "Every"), "whether every v is locked")
    claim(said["turn"] == ("falls" if down else "rises") and said["need"] == ("below" if down else "above"), "the sign")
    claim(_bends_at(said["x"], case, -1 if down else 1), f"the target's slope does not {said['never']} there")
    if not said["v"].startswith("0 or"):
        number(said["v"], float(v[0]), "v", 0.005 + 0.06 * abs(float(v[0])) * ("e" in said["v"]))
        claim((v == v[0]).all(), f"v is {v}")


@family(
    "reach: too few units",
    "<none=No> unit is free to bend the curve; <what=the target|what is left of the target after the locked units still> bends "
    "at {places:places}. An exact match needs at least {lack:d} more.",
    "{free:d} free unit[s] can bend the curve <often=once|twice>; <what=the target|what is left of the target after the locked "
    "units still> bends at {places:places}. An exact match needs at least {lack:d} more.",
    "{free:d} free units can bend the curve {times:d} times; <what=the target|what is left of the target after the locked "
    "units "
    "still> bends at {places:places}. An exact match needs at least {lack:d} more.",
)
def too_few(said: Said, case: Case, _: dict[str, Any]) -> None:
    free, rest = len(free_units(case)), rest_of(case)
    claim(case.net.kinked and case.net.output == "identity", "units bend once only with a kink, without an output")
    claim(int(said.get("free") or 0) == free, f"{free} units are free")
    claim(
        said.get("often") in ("", {1: "once", 2: "twice"}.get(free)) and said.get("times") in ("", str(free)), f"{free} times"
    )
    claim(("locked" in said["what"]) == bool(whole_units(case)), f"{whole_units(case)} are locked")
    claim(len(rest.bends) >= free + int(said["lack"]), f"it bends at {rest.bends}")
    if "x =" in said["places"]:
        places = said.numbers("places")
        claim(len(places) == free + int(said["lack"]), f"{len(places)} places")
        for text in places:
            claim(any(is_place(text, x, case.low, case.high) for x, _ in rest.bends), f"it bends at {rest.bends}, not {text}")
    else:
        claim(int(said["places"].split()[0]) == free + int(said["lack"]), "the number of places")


MUST = "{free:d} free unit[s] must make {count:d} bend[s], so only <left=sides|sides and c> are left to choose: "


@family(
    "reach: no sides fit",
    MUST + "they cannot give the slope {slope:n} that is needed at the left end[, only {options:numbers}].",
    MUST + "{sides:sides}, and c must be {c:n}, but it is locked at {locked:n}.",
    MUST + "c must be {cs:either}, by the sides, but it is locked at {locked:n}.",
)
def no_sides(said: Said, case: Case, _: dict[str, Any]) -> None:
    claim(("c" in said["left"].split()) != bool(case.locked[-1]), "whether c is locked")
    rest = _one_bend_each(said, case)
    every = choices(case, rest)
    if "slope" in said:
        slope(said["slope"], rest.slope, "the slope at the left end", 1e-9 * abs(rest.slope))
        gaps = [abs(each - rest.slope) for _, each, _ in every]
        largest = max(abs(rest.slope), *(abs(change) for _, change in rest.bends))
        claim(min(gaps) > 1e-9 * largest, f"the sides {every[int(np.argmin(gaps))]} give it")
        if "options" in said:
            steep = case.units.y[1] / case.units.x[1]
            true = sorted({round(steep * each, 9) for _, each, _ in every})
            for text in said.numbers("options"):
                claim(any(_slope_reads(text, each) for each in true), f"they can give {true}")
            claim(
                all(any(_slope_reads(text, each) for text in said.numbers("options")) for each in true), f"they can give {true}"
            )
        return
    claim(bool(case.locked[-1]), "c is free")
    number(said["locked"], case.net.c, "c")
    fitting = _fitting(case, rest)
    if "cs" in said:
        claim(len(fitting) > 1, f"only {fitting} fits")
        for text in said.numbers("cs"):
            claim(any(_slope_reads(text, c) for _, _, c in fitting), f"c = {text} is needed by none of {fitting}")
        for *_sides, c in fitting:
            claim(any(_slope_reads(text, c) for text in said.numbers("cs")), f"c = {c!r} is not said")
    else:
        _claim_sides(said, case, fitting)
    claim(not any(_is_c(case, rest, c) for _, _, c in fitting), f"c = {case.net.c!r} fits")


@family(
    "reach: exactly enough units",
    "{free:d} free unit[s] for {count:d} bend[s] <are=is|are> exactly enough: {sides:sides}[, and c must be {c:n}].",
    "{free:d} free unit[s] for {count:d} bend[s] <are=is|are> exactly enough: <several=one way is> {sides:sides}"
    "[ with c = {c:n}].",
)
def enough(said: Said, case: Case, _: dict[str, Any]) -> None:
    rest = _one_bend_each(said, case)
    possible = [choice for choice in _fitting(case, rest) if not case.locked[-1] or _is_c(case, rest, choice[2])]
    if "several" in said:
        claim(len(possible) > 1, f"it is the only way: {possible}")
        possible = [choice for choice in possible if _is_said(said, case, choice)]
        claim(possible, "it is no way")
    else:
        _claim_sides(said, case, possible)
    if "c" not in said:
        claim(_is_c(case, rest, possible[0][2]), f"c is {case.net.c!r} and must be {possible[0][2]!r}")


def _one_bend_each(said: Said, case: Case) -> Any:
    rest = rest_of(case)
    claim(case.net.kinked and case.net.output == "identity", "units bend once only with a kink, without an output")
    claim(int(said["free"]) == len(free_units(case)) == int(said["count"]), f"{len(free_units(case))} units are free")
    large = [each for each in rest.bends if abs(each[1]) > FITS * max(abs(change) for _, change in rest.bends)]
    claim(len(large) == int(said["count"]), f"it bends at {rest.bends}")
    return rest if len(large) == len(rest.bends) else type(rest)(rest.height, rest.slope, tuple(large))


def _fitting(case: Case, rest: Any) -> list[tuple[tuple[int, ...], float, float]]:
    largest = max(abs(rest.slope), *(abs(change) for _, change in rest.bends))
    return [choice for choice in choices(case, rest) if abs(choice[1] - rest.slope) <= FITS * largest]


def _is_c(case: Case, rest: Any, c: float) -> bool:
    heights = [abs(c), abs(rest.height), *(case.width * abs(change) for _, change in rest.bends)]
    return bool(abs(c - case.net.c) <= FITS * max(heights))


def _claim_sides(said: Said, case: Case, possible: list[tuple[tuple[int, ...], float, float]]) -> None:
    """Claim that the sides and c that are said are those of the only possible choice."""
    claim(possible, "no choice of sides fits")
    claim(len(possible) == 1, f"as good as these sides are others: {possible}")
    sides, _, c = possible[0]
    if "c" in said:
        number(said["c"], c, "c", 1e-9 * (abs(c) + case.width))
    rest = rest_of(case)
    places = [x for x, _ in rest.bends if len(rest.bends) == len(sides)]
    for name, sign in (("left", -1), ("right", 1)):
        own = [x for x, side in zip(places, sides) if side == sign]
        found = re.search(rf"on to the {name} of ({KINDS['places']})", said["sides"])
        texts = re.findall(NUMBER, found[1]) if found and "x =" in found[1] else None
        if found and texts is None:
            claim(int(found[1].split()[0]) == len(own), f"{len(own)} are on to the {name}")
        elif places:
            claim(len(texts or ()) == len(own), f"on to the {name} are those at {own}")
            claim(
                all(is_place(text, x, case.low, case.high) for text, x in zip(texts or (), own)),
                f"on to the {name} are those at {own}",
            )


def _is_said(said: Said, case: Case, choice: tuple[tuple[int, ...], float, float]) -> bool:
    try:
        _claim_sides(said, case, [choice])
    except Untrue:
        return False
    return True


def _slope_reads(text: str, true: float) -> bool:
    return abs(parsed(text) - true) <= (0.0051 if abs(true) < 1000.0 else 0.051) + 0.06 * abs(true) * ("e" in text)
