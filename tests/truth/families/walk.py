"""The arithmetic at the probe, as written on paper."""

import re
from typing import Any

from tests.truth.oracle import Case, value
from tests.truth.registry import reading
from tests.truth.templates import NUMBER
from tests.truth.verdicts import claim, number

N = f"({NUMBER})"
FORMS = (
    rf"{N} × {N} [=≈] {N} +\+ {N} [=≈] {N} +\w+ → {N} +× {N} [=≈] {N}",
    rf"{N}×\s*{N} \+ {N} [=≈] {N} → {N}×\s*{N} [=≈] {N}",
    rf"z = {N} → {N} × {N} [=≈] {N}",
    rf"v a = {N}",
)
CELLS = (
    ("x", "w", "product", "b", "z", "a", "v", "contribution"),
    ("x", "w", "b", "z", "a", "v", "contribution"),
    ("z", "a", "v", "contribution"),
    ("contribution",),
)


@reading("walk: its numbers")
def walk(walk: Any, case: Case) -> None:
    net, x = case.net, walk.x
    z, parts, slack = net.z(x)[:, 0], net.parts(x)[:, 0], 1e-12 * float(net.size(x)[0])
    for unit, term in enumerate(walk.terms):
        true = _true(case, x, unit)
        for name, its in true.items():
            shown = x if name == "x" else getattr(term, name)
            claim(
                shown == its or abs(shown - its) <= 1e-12 * abs(its) + slack, f"{name} of unit {unit} is {its!r}, not {shown!r}"
            )
        claim(term.on == (not net.kinked or z[unit] > 0.0), f"z of unit {unit} is {z[unit]!r}")
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


@reading("walk: its lines")
def lines(drawn: Any, case: Case) -> None:
    """Every number of every line, at the probe x, with the readout that it was drawn from."""
    x, texts = drawn
    net, slack = case.net, 1e-12 * float(case.net.size(x)[0])
    known = 0
    for text in texts:
        unit = re.match(r"[▸ ](\d+) +", text)
        if not unit:
            continue
        for form, names in zip(FORMS, CELLS):
            cells = re.search(form.replace(" ", " +"), text)
            if cells:
                true = _true(case, x, int(unit[1]))
                for name, shown in zip(names, cells.groups()):
                    number(shown, true[name], f"{name} of unit {unit[1]}", slack)
                known += 1
                break
        else:
            claim("×" not in text.replace("× ", "", 1) or "+" not in text, f"a line that cannot be read: {text!r}")
    total = re.search(rf"ŷ [=≈] +{N}", "\n".join(texts))
    claim(total, "no line shows ŷ")
    assert total
    number(total[1], float(net.predict(x)[0]), "the prediction", slack + 1e-12)
