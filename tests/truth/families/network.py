"""The drawn network: every number on its edges, in its units and of its sum."""

import re
from decimal import Decimal
from typing import Any

from tests.truth.activation import value
from tests.truth.oracle import Case
from tests.truth.registry import reading
from tests.truth.templates import NUMBER
from tests.truth.verdicts import claim, number

N = f"({NUMBER})"
UNIT = re.compile(
    rf"(?:× ?{N} ?)?[─━┄]*►[(│][▸ ](\d+): +(?:([-+]) {N} ([=≈]) +)?(?:{N} ?→ *)?({NUMBER}|off)( off)? *[)│]"
    rf"[─━┄]*(?: ?× ?{N} ?([=≈]))? *{N}"
)


@reading("network: its lines")
def lines(drawn: Any, case: Case) -> None:
    """Every number of every unit at the probe x, whether it is off, and whether all parts add up to the sum as printed."""
    x, texts = drawn
    net, slack = case.net, 1e-12 * float(case.net.size(x)[0]) + 1e-200
    written = re.search(rf"(?m)^(?:x =)? *{N} *[┼┤├─]", "\n".join(texts))
    parts = [_unit(found, case, (x, written[1] if written else ""), slack) for text in texts if (found := UNIT.search(text))]
    text = "\n".join(texts)
    others = re.search(rf"\d+ more(?:, \d+ on|, all off)?:? +{N}", text)
    summed = re.search(rf"Σ ?([=≈]) *{N}", text)
    if summed:
        claim(parts, f"no unit can be read: {text}")
        number(summed[2], float(net.parts(x)[:, 0].sum()), "the sum", slack)
        addends = sum(parts, Decimal(others[1]) if others else Decimal())
        half = Decimal(1).scaleb(int(Decimal(summed[2]).as_tuple().exponent)) / 2
        claim(summed[1] == "≈" or abs(addends - Decimal(summed[2])) <= half, f"the parts add up to {addends}: {text}")
    prediction = re.search(rf"ŷ ?[=≈] *{N}", text)
    claim(prediction, "nothing shows ŷ")
    assert prediction
    number(prediction[1], float(net.predict(x)[0]), "the prediction", slack + 1e-12)


def _unit(found: re.Match[str], case: Case, probe: tuple[float, str], slack: float) -> Decimal:
    """Check the row of a unit at the probe, which is also given as printed, and return its contribution as printed."""
    x, shown_x = probe
    w, unit_, sign, b, is_z, z, a, off, v, is_part, part = found.groups()
    net, unit = case.net, int(unit_)
    true_w, true_b, true_v = float(net.w[unit]), float(net.b[unit]), float(net.v[unit])
    true_z = true_w * x + true_b
    true_a = float(value(net.activation, true_z))
    said_off = off is not None or a == "off"
    shown = (("w", w, true_w), ("|b|", b, abs(true_b)), ("z", z, true_z), ("a", a if a != "off" else None, true_a))
    for name, text, true in (*shown, ("v", v, true_v), ("v a", part, true_v * true_a)):
        if text is not None:
            number(text, true, f"{name} of unit {unit}", slack)
    if sign and shown_x:
        claim((sign == "-") == (true_b < 0.0), f"b of unit {unit} is {true_b!r}")
        _equal(Decimal(shown_x) * Decimal(w) + Decimal(f"{sign}{b}"), is_z, z, found[0])
    if said_off:
        claim(not net.is_on(x)[unit, 0] or abs(true_z) <= slack, f"z of unit {unit} is {true_z!r}")
    if v and a != "off":
        _equal(Decimal(v) * Decimal(a), is_part, part, found[0])
    return Decimal(part)


def _equal(exact: Decimal, sign: str, result: str, text: str) -> None:
    half = Decimal(1).scaleb(int(Decimal(result).as_tuple().exponent)) / 2
    claim(sign == "≈" or abs(exact - Decimal(result)) <= half, f"it is {exact} as printed: {text}")
