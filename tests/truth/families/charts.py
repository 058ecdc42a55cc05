"""The views of the chart: what is drawn, and the words beside it."""

import math
from dataclasses import replace
from typing import Any

import numpy as np

from tests.truth.activation import value
from tests.truth.families.losses import kind_text, loss_rounding, loss_text
from tests.truth.families.prediction import real_bends
from tests.truth.families.table import move_rounding
from tests.truth.net import bends, within, zeros
from tests.truth.oracle import Case, flat, loss, trained, unflat
from tests.truth.registry import family, reading
from tests.truth.templates import Said
from tests.truth.verdicts import claim, height, number, parsed, place, same, slope

UNMOVED = 1e-7  # of the domain: smaller moves are rounded away in float32


@reading("fit: curve, kinks, arrows")
def fit(view: Any, case: Case) -> None:
    net, x = case.net, view.prediction.x
    same(view.prediction.y, net.predict(x), 1e-12 * net.size(x), "the prediction")
    for bend, _ in bends(net, case.low, case.high) if net.kinked else ():
        claim(np.abs(x - bend).min() <= 1e-12 * max(case.width, abs(bend)), f"the curve is not drawn to its bend at {bend!r}")
    visible = [unit for unit in range(net.units) if net.kinked and case.low <= net.kinks[unit] <= case.high]
    claim(len(view.kinks) == len(visible), f"{len(visible)} kinks are in sight")
    after = case.after
    for unit, kink in zip(visible, view.kinks):
        same(kink.x, net.kinks[unit], 1e-12 * case.width, f"kink {unit}")
        same(kink.y, net.predict(kink.x)[0], 1e-12 * net.size(kink.x)[0], f"the height of kink {unit}")
        move = float(after.kinks[unit] - net.kinks[unit])
        if kink.move is None:
            claim(case.locked.all() or not math.isfinite(move), f"kink {unit} moves by {move!r}")
        elif kink.move == 0.0:
            claim(abs(move) <= UNMOVED * case.width + move_rounding(case, unit), f"kink {unit} moves by {move!r}")
        else:
            same(kink.move, move, move_rounding(case, unit), f"the move of kink {unit}")
    if net.straight and net.output in ("relu", "leaky_relu"):
        true = zeros(net, case.low, case.high)
        claim(
            all(np.abs(true - at).min(initial=math.inf) <= 1e-9 * case.width for at in view.output_kinks.x),
            f"the output bends at {true}",
        )


@reading("ghost: where 100 more steps lead")
def ghost(shown: Any, case: Case) -> None:
    """The curve and the kinks after as many more steps, where rounding cannot decide on which side of a kink a point is."""
    view, steps = shown
    there, margin = case, math.inf
    beside = trained(replace(case, net=unflat(case.net, flat(case.net) * (1.0 + 1e-13))), steps).net
    for _ in range(steps):
        net = there.net
        margin = min(margin, float(np.abs(net.z(case.x)).min()) if net.kinked else math.inf)
        margin = min(margin, float(np.abs(net.total(case.x)).min()) if net.output in ("relu", "leaky_relu") else math.inf)
        there = trained(there, 1)
        if not np.abs(flat(there.net)).max() < 1e9:
            return
    net, x = there.net, view.prediction.x
    spread = np.abs(flat(beside) - flat(net)).max()
    if margin < 1e-9 or not spread <= 1e-7 * np.abs(flat(net)).max():  # rounding decides where it leads
        return
    # Errors of the size of y, in float64, are what each step is made of.
    same(view.prediction.y, net.predict(x), 1e-6 * net.size(x) + 1e-15 * np.abs(case.y).max(), "the ghost")
    kinks = net.kinks if net.kinked else np.empty(0)
    inside = kinks[(kinks >= case.low) & (kinks <= case.high)]
    claim(len(inside) == len(view.kinks.x), f"the ghost's kinks are {inside}")
    same(np.sort(view.kinks.x), np.sort(inside), 1e-6 * case.width, "a kink of the ghost")


@reading("units: z and a of each")
def units(view: Any, case: Case) -> None:
    net, z = case.net, case.net.z(view.x)
    size = np.abs(net.w)[:, None] * np.abs(view.x) + np.abs(net.b)[:, None]
    for unit, curves in enumerate(view.units):
        same(curves.z, z[unit], 1e-12 * size[unit], f"z of unit {unit}")
        same(curves.a, value(net.activation, z[unit]), 1e-12 * size[unit], f"a of unit {unit}")


@family(
    "units: where one is off",
    "never <off=off>",
    "off <all=everywhere>",
    "on <on=everywhere>",
    "off until x = {until:n}",
    "off from x = {since:n}",
    "on from x = {begin:n} to {end:n}",
    where="unit note",
)
def off(said: Said, case: Case, about: dict[str, Any]) -> None:
    net, unit = case.net, about["unit"]
    if net.activation == "rect":
        _box(said, case, unit)
        return
    on = net.on(unit, case.low, case.high)
    if "off" in said:
        claim(not net.kinked and not net.stepped, "it is off somewhere")
        return
    claim(net.kinked or net.stepped, "it is never quite off")
    if "all" in said:
        claim(on is None, f"it is on over {on}")
    elif "on" in said:
        claim(on == (case.low, case.high), f"it is on over {on}")
    else:
        claim(on is not None, "it is on nowhere")
        assert on is not None
        place(said.get("until") or said["since"], on[0] if "until" in said else on[1], case.low, case.high, "the end")


def _box(said: Said, case: Case, unit: int) -> None:
    """Where |w x + b| < 1/2."""
    w, b = float(case.net.w[unit]), float(case.net.b[unit])
    if w == 0.0:
        claim(("on" in said) == (abs(b) < 0.5), f"b is {b!r}")
        return
    low, high = sorted(((-0.5 - b) / w, (0.5 - b) / w))
    if "all" in said:
        claim(high <= case.low or low >= case.high, f"it is on from {low!r} to {high!r}")
        return
    place(said["begin"], low, case.low, case.high, "where it begins")
    place(said["end"], high, case.low, case.high, "where it ends")


@reading("pieces: the list")
def pieces(listed: Any, case: Case) -> None:
    """The ends, the slope and the bend of each piece, with two digits more than in sentences."""
    net, rows = case.net, listed.rows
    claim((listed.curve == "the prediction") == (net.output == "identity"), net.output)
    found = [case.low, *real_bends(case), case.high]
    claim(len(rows) == len(found) - 1, f"it bends at {found[1:-1]}")
    for row, low, high in zip(rows, found, found[1:]):
        place(row.low, low, case.low, case.high, "where the piece begins")
        place(row.high, high, case.low, case.high, "where the piece ends")
        claim(row.low != row.high, "both ends are printed alike")
        inside = within(low, high)
        slope(row.slope, float(net.slopes(inside).sum()), "the slope", 1e-12 * net.slope_size(inside))
    for row, at, before, after in zip(rows, found[1:], found, found[2:]):
        sides = net.slopes(within([before, at], [at, after]))
        change = float(sides[:, 1].sum() - sides[:, 0].sum())
        slope(row.bend, change, f"the bend at {at!r}", 1e-12 * float(np.abs(sides).sum()))


@family("status: the loss", "{kind:loss} {loss:n}", where="loss")
def status_loss(said: Said, case: Case, _: dict[str, Any]) -> None:
    kind_text(said["kind"], case)
    loss_text(said["loss"], case.loss, "the loss", case)


@reading("activations: their losses")
def activations(view: Any, case: Case) -> None:
    for variant in view.variants:
        net = replace(case.net, activation=variant.name)
        claim(variant.present == (variant.name == case.net.activation), "the activation in use")
        same(variant.prediction, net.predict(view.x), 1e-11 * (net.size(view.x) + 1.0), f"the prediction with {variant.name}")
        kind, _, shown = variant.loss.rpartition(" ")
        kind_text(kind, case)
        loss_text(shown, loss(net, case.x, case.y, case.kind), f"the loss with {variant.name}", replace(case, net=net))


@reading("contributions: the terms and their sum")
def contributions(view: Any, case: Case) -> None:
    net, slack = case.net, 1e-12 * case.net.size(view.x)
    parts, total = net.parts(view.x), np.zeros(len(view.x))
    for name in view.order:
        total = total + (net.c if name == "c" else parts[int(name.removeprefix("unit "))])
    if view.outer:
        claim(view.outer == net.output, net.output)
        total = value(net.output, total)
    same(view.total, total, slack, "the sum of the terms")


@reading("outputs: z, a and v a of each")
def outputs(view: Any, case: Case) -> None:
    net, x = case.net, view.x
    size = np.abs(net.w)[:, None] * np.abs(x) + np.abs(net.b)[:, None]
    for unit, curves in enumerate(view.units):
        same(curves.z, net.z(x)[unit], 1e-12 * size[unit], f"z of unit {unit}")
        same(curves.a, value(net.activation, net.z(x)[unit]), 1e-12 * size[unit], f"a of unit {unit}")
        same(curves.contribution, net.parts(x)[unit], 1e-12 * net.size(x), f"v a of unit {unit}")


@reading("trace: the curves up to the probe")
def trace(view: Any, case: Case) -> None:
    """v a of each unit, the sum before an output activation, and the prediction, none of them beyond the probe."""
    net, probe = case.net, view.probe
    slack = 1e-12 * net.size(probe)[0] + 1e-12
    for panel in view.panels:
        claim(all(curve.curve.x[-1] == probe for curve in panel.curves), "it ends at the probe")
    for unit, curve in enumerate(view.panels[0].curves):
        same(curve.curve.y[-1], net.parts(probe)[unit, 0], slack, f"v a of unit {unit}")
    same(view.panels[-1].curves[-1].curve.y[-1], net.predict(probe)[0], slack, "the prediction")
    number(view.panels[-1].titles[-1].removeprefix("ŷ = "), float(net.predict(probe)[0]), "the prediction", slack)
    if len(view.panels) == 3:
        same(view.panels[2].curves[0].curve.y[-1], net.total(probe)[0], slack, "what the output cuts off")
        same(view.panels[1].curves[-1].curve.y[-1], net.total(probe)[0], slack, "the sum with c")
        number(
            view.panels[1].titles[0].split(" = ")[1].removesuffix("   ┅ Σ"), float(net.total(probe)[0]), "the sum with c", slack
        )


@reading("sizes: curves and errors")
def sizes(view: Any, case: Case) -> None:
    """Of those made by hand, straight lines between points of the target at even distances; and of the network."""
    for size in view.sizes:
        if size.name.startswith("here"):
            error = case.net.predict(case.x) - case.y
            slack = loss_rounding(case)
        else:
            knots = np.linspace(case.low, case.high, int(size.name.split()[0]) + 1)
            heights = np.interp(knots, case.x, case.y)
            error = np.interp(case.x, knots, heights) - case.y
            slack = (1e-9 * float(np.abs(case.y).max())) ** 2
        number(size.mse, float((error**2).mean()), f"the MSE of {size.name}", slack)
        height(size.largest, float(np.abs(error).max()), f"the largest error of {size.name}", slack**0.5)


@family(
    "prediction: ten times the units made by hand",
    "By hand, {many:d} units leave about 1/{times:n} of the max error of {few:d} units.",
)
def ten_times(said: Said, case: Case, _: dict[str, Any]) -> None:
    largest = []
    for count in (int(said["few"]), int(said["many"])):
        knots = np.linspace(case.low, case.high, count + 1)
        largest.append(float(np.abs(np.interp(case.x, knots, np.interp(knots, case.x, case.y)) - case.y).max()))
    claim(int(said["many"]) == 10 * int(said["few"]), f"{said['many']} are not ten times {said['few']}")
    true = largest[0] / largest[1]
    claim(abs(parsed(said["times"]) / true - 1.0) <= 0.06, f"it is 1/{true!r}")


@family(
    "prediction: beside one made by hand",
    "Made by hand, {units:d} unit[s] leave[s] {mean:loss} {hand:n}; after {count:steps} of training "
    "{again:loss} {now:n} is left here[<so=, so it is not training that makes many units good>].",
)
def by_hand(said: Said, case: Case, _: dict[str, Any]) -> None:
    knots = np.linspace(case.low, case.high, int(said["units"]) + 1)
    error = float(((np.interp(case.x, knots, np.interp(knots, case.x, case.y)) - case.y) ** 2).mean())
    claim(int(said["units"]) == case.net.units and said.whole("count") == case.step, f"{case.net.units}, {case.step} steps")
    claim(case.kind == "mse", case.kind)
    kind_text(said["mean"], case)
    kind_text(said["again"], case)
    exact = 1e-9 * (max(float(case.y.var()), float(case.y[0]) ** 2) or 1.0)
    if parsed(said["hand"]) == 0.0:
        claim(error <= exact, f"the MSE of those made by hand is {error!r}")
    else:
        loss_text(said["hand"], error, "the MSE of those made by hand", case)
    loss_text(said["now"], case.loss, "the loss", case)
    claim(("so" in said) == (case.loss > 2.0 * error) or case.loss <= exact, f"{case.loss!r} and {error!r}")


@reading("trail: the kinks over the steps")
def trail(view: Any, case: Case) -> None:
    claim(view.kinked == case.net.kinked, "whether units have kinks")
    for each in view.trails:
        last, true = float(each.x[-1]), float(case.net.kinks[each.unit])
        claim(
            last == true or math.isnan(true) or math.isinf(true) or math.isclose(last, true), f"kink {each.unit} is at {true!r}"
        )
