"""The arithmetic at the probe, as written on paper."""

import re
from decimal import Decimal
from typing import Any

import numpy as np

from tests.truth.activation import slope, value
from tests.truth.oracle import Case
from tests.truth.registry import reading
from tests.truth.templates import NUMBER
from tests.truth.verdicts import claim, number, own_y, place

N = f"({NUMBER})"
E = "([=≈])"
FORMS = (
    (rf"{N} × {N} {E} {N} +\+ {N} {E} {N} +\w+ → {N} +× {N} {E} {N}", "x w = product b = z a v = contribution"),
    (rf"{N}×\s*{N} \+ {N} {E} {N} → {N}×\s*{N} {E} {N}", "x w b = z a v = contribution"),
    (rf"z = {N} → {N} × {N} {E} {N}", "z a v = contribution"),
    (rf"v a = {N}", "contribution"),
)


@reading("walk: its numbers")
def walk(walk: Any, case: Case) -> None:
    net, x = case.net, walk.x
    z, parts, slack = net.z(x)[:, 0], net.parts(x)[:, 0], 1e-12 * float(net.size(x)[0]) + 1e-200
    for unit, term in enumerate(walk.terms):
        true = _true(case, x, unit)
        for name, its in true.items():
            shown = x if name == "x" else getattr(term, name)
            near = 1e-12 * abs(its) + _slack(case, x, unit)[name] + 1e-200
            claim(shown == its or abs(shown - its) <= near, f"{name} of unit {unit} is {its!r}, not {shown!r}")
        on = bool(net.is_on(x)[unit, 0]) if net.kinked or net.stepped else True
        claim(term.on == on or abs(z[unit]) <= slack, f"z of unit {unit} is {z[unit]!r}")
    claim(abs(walk.sum - parts.sum()) <= slack or walk.sum == parts.sum(), f"the sum is {parts.sum()!r}")
    claim(abs(walk.total - net.total(x)[0]) <= slack, f"the sum with c is {net.total(x)[0]!r}")
    near = slack + 1e-12
    claim(abs(walk.prediction - net.predict(x)[0]) <= near, f"the prediction is {net.predict(x)[0]!r}")


def _true(case: Case, x: float, unit: int) -> dict[str, float]:
    net = case.net
    w, b, v = float(net.w[unit]), float(net.b[unit]), float(net.v[unit])
    z = w * x + b
    a = float(value(net.activation, z))
    return {"x": x, "w": w, "product": w * x, "b": b, "z": z, "a": a, "v": v, "contribution": v * a}


def _slack(case: Case, x: float, unit: int) -> dict[str, float]:
    """The rounding errors of the numbers of a unit: that of z, and what a and v pass on of it."""
    net, z = case.net, float(case.net.z(x)[unit, 0])
    size = abs(float(net.w[unit]) * x) + abs(float(net.b[unit]))
    passed = size if net.straight else size * float(slope(net.activation, z))
    if net.activation == "relu" and z < -1e-12 * size:
        passed = 0.0
    if not net.straight:
        passed += 1e-3  # smooth functions are off by 1e-16 themselves
    each = {"z": size, "a": passed, "contribution": abs(float(net.v[unit])) * passed}
    return {name: 1e-12 * each.get(name, 0.0) for name in ("x", "w", "product", "b", "z", "a", "v", "contribution")}


@reading("walk: its lines")
def lines(drawn: Any, case: Case) -> None:
    """Every number of every line, at the probe x, and whether what is joined by = is equal as printed."""
    x, texts = drawn
    net, slack = case.net, 1e-12 * float(case.net.size(x)[0])
    for text in texts:
        unit = re.match(r"[▸ ](\d+) +", text)
        if unit:
            _unit(text, _true(case, x, int(unit[1])), f"unit {unit[1]}", _slack(case, x, int(unit[1])))
    name = "scaled ŷ" if case.units.scaled else "ŷ"
    total = re.search(rf"{name} [=≈] +{N}", "\n".join(texts))
    claim(total, f"no line shows {name}")
    assert total
    number(total[1], float(net.predict(x)[0]), "the prediction", slack + 1e-12)
    if case.units.scaled:
        _scaling("\n".join(texts), float(x), float(net.predict(x)[0]), case)
    for text in texts:
        summed = re.search(rf"sum ((?:{NUMBER} \+ )+{NUMBER}) ([=≈]) +{N}", text)
        if summed:
            addends = sum((Decimal(addend) for addend in summed[1].split(" + ")), Decimal())
            _equal(addends, summed[2], summed[3], text)
        error = re.search(rf"error {N} - {N} ([=≈]) {N}", text)
        if error:
            _equal(Decimal(error[1]) - Decimal(error[2]), error[3], error[4], text)


def _scaling(text: str, x: float, y: float, case: Case) -> None:
    """The step from x to scaled x, and from scaled ŷ to ŷ, each with its numbers where there is room for them."""
    units = case.units
    shown = re.search(rf"x =? ?(?:\({N} ([-+]) {N}\) / {N} ([=≈]) )?{N}", text)
    claim(shown, "no line shows scaled x")
    assert shown
    number(shown[6], x, "scaled x", 1e-12)
    if shown[1]:
        place(shown[1], x, case.low, case.high, "x")
        first, second, by = Decimal(shown[1]), Decimal(f"{'-' if shown[2] == '+' else ''}{shown[3]}"), Decimal(shown[4])
        claim(abs(float(second) - units.x[0]) <= 1e-3 * (abs(units.x[0]) + units.x[1] * case.width), f"the mean is {units.x}")
        claim(abs(float(by) - units.x[1]) <= 2e-3 * units.x[1] * max(1.0, case.width), f"the width is {units.x[1]}")
        _equal((first - second) / by, shown[5], shown[6], text)
    own = re.search(rf"\n *ŷ = (?:{N} \+ {N} × {N} ([=≈]) )?{N}", text)
    claim(own, "no line shows ŷ")
    assert own
    spread = units.y[1] * float(np.ptp(case.y))
    claim(abs(float(own[5]) - own_y(y)) <= 1e-3 * max(spread, abs(own_y(y))) + 1e-9, f"ŷ is {own_y(y)!r}, not {own[5]}")
    if own[1]:
        _equal(Decimal(own[1]) + Decimal(own[2]) * Decimal(own[3]), own[4], own[5], text)


def _unit(text: str, true: dict[str, float], unit: str, slack: dict[str, float]) -> None:
    """The line of a unit in one of its forms; the two lines of the form on two lines are left out."""
    for form, names in FORMS:
        cells = re.search(form.replace(" ", " +"), text)
        if not cells:
            continue
        shown: dict[str, str] = {}
        signs: list[str] = []
        for name, cell in zip(names.split(), cells.groups()):
            if name == "=":
                signs.append(cell)
            else:
                shown[name] = cell
                number(cell, true[name], f"{name} of {unit}", slack[name])
        if len(signs) == 3:
            _equal(Decimal(shown["x"]) * Decimal(shown["w"]), signs[0], shown["product"], text)
            _equal(Decimal(shown["product"]) + Decimal(shown["b"]), signs[1], shown["z"], text)
        elif len(signs) == 2:
            _equal(Decimal(shown["x"]) * Decimal(shown["w"]) + Decimal(shown["b"]), signs[0], shown["z"], text)
        if signs:
            _equal(Decimal(shown["a"]) * Decimal(shown["v"]), signs[-1], shown["contribution"], text)
        return
    claim(re.search(r"× .* [=≈]", text), f"a line that cannot be read: {text!r}")


def _equal(exact: Decimal, sign: str, result: str, text: str) -> None:
    half = Decimal(1).scaleb(int(Decimal(result).as_tuple().exponent)) / 2
    claim(sign == "≈" or abs(exact - Decimal(result)) <= half, f"it is {exact} as printed: {text.strip()}")
