"""What is said of experiments: bounds, trials, one unit fewer or more, random starts, the landscape."""

import math
import re
from typing import Any

import numpy as np

from tests.truth.best_lines import best_found, best_with_one_kink, squares
from tests.truth.families.charts import loss_text
from tests.truth.oracle import Case, Net, loss, trained, unflat
from tests.truth.registry import family, reading
from tests.truth.templates import Said
from tests.truth.verdicts import claim, height, last_digit, number, parsed, place

SAME = 1.005  # times the lowest: a loss up to this counts as the best
EXACT = 1e-10  # of the variance of y: an MSE below is an exact fit


def _exact(case: Case) -> float:
    size = float(case.y.var()) if np.ptp(case.y) else float(case.y[0]) ** 2 or 1.0
    return EXACT * size * (len(case.x) if case.kind == "sse" else 1)


@reading("bounds: the lowest that kinks can leave")
def bounds(fits: Any, case: Case) -> None:
    x, y, points = case.x, case.y, len(case.x)
    rounding = 1e-12 * float(((y - y.mean()) ** 2).sum()) + 1e-14 * float((y**2).sum())
    dice = np.random.default_rng(points)
    lowest = math.inf
    for kinks, fit in enumerate(fits):
        found, bound = fit.found * points, fit.bound * points
        claim(bound <= found * (1 + 1e-9) + rounding, f"with {kinks} kinks the bound {bound!r} is above the fit {found!r}")
        true = squares(x, y, np.empty(0)) if kinks == 0 else best_with_one_kink(x, y) if kinks == 1 else None
        if true is not None:
            claim(abs(found - true) <= 1e-6 * true + rounding, f"with {kinks} kinks the best is {true!r}, not {found!r}")
            claim(bound <= true * (1 + 1e-6) + rounding, f"with {kinks} kinks {true!r} is below the bound {bound!r}")
        else:
            searched = best_found(x, y, kinks, dice)
            claim(searched >= bound * (1 - 1e-6) - rounding, f"with {kinks} kinks {searched!r} is below the bound {bound!r}")
            claim(
                found <= searched * (1 + 1e-6) + rounding or bound < found,
                f"with {kinks} kinks {searched!r} is below {found!r}",
            )
        claim(found <= lowest * (1 + 1e-9) + rounding, f"with {kinks} kinks it is worse than with fewer")
        lowest = min(lowest, found)
    if case.net.kinked and case.net.output == "identity" and case.net.units < len(fits):
        mse = loss(case.net, x, y, "mse")
        size = float(case.net.size(x).max()) ** 2
        claim(fits[case.net.units].bound <= mse * (1 + 1e-6) + 1e-13 * size + rounding, f"this network leaves {mse!r}")


@family(
    "best: the loss beside it",
    "the best {what:best}",
    "the best {what:best} is <exact=exact>",
    "the best {what:best}: {kind:word} {lowest:n}",
    "{ratio:n} x the best {what:best}",
    "<limit=at most> {ratio:n} x the best {what:best}",
    where="best",
)
def best(said: Said, case: Case, about: dict[str, Any]) -> None:
    found = said["what"].startswith("found")
    lowest = about["found"] if found else about["possible"]
    claim(int(re.findall(r"\d+", said["what"])[0]) == case.net.units, f"there are {case.net.units} units")
    if not found:
        exact = about["reached"][case.net.units] == about["bounds"][case.net.units]
        claim(exact or "limit" in said or case.loss <= SAME * lowest * (1 + 1e-9), "a fit as good as the bound is not known")
    if "ratio" in said:
        number(said["ratio"], case.loss / lowest, "the ratio", 1e-6 * case.loss / lowest)
        claim(parsed(said["ratio"]) > 1.0, f"the ratio is {case.loss / lowest!r}")
    elif "lowest" in said:
        loss_text(said["lowest"], lowest, "the lowest", case)
        claim(said["kind"] == case.kind.upper(), case.kind)
    elif "exact" in said:
        claim(lowest < _exact(case) <= case.loss, f"the lowest is {lowest!r}")
    else:
        claim(case.loss <= max(SAME * lowest, _exact(case)) * (1 + 1e-9), f"the lowest is {lowest!r}, this {case.loss!r}")


@family(
    "residual: the best to the points",
    "best with {one:d} piece to these {points:d} points: MSE {mse:n}",
    "with {pieces:d} piece[s] to these {points:d} points no MSE is below {bound:n}",
    where="residual",
)
def best_of_points(said: Said, case: Case, about: dict[str, Any]) -> None:
    claim(int(said["points"]) == len(case.x), f"there are {len(case.x)} points")
    if "one" in said:
        number(said["mse"], squares(case.x, case.y, np.empty(0)) / len(case.x), "the MSE of the best line", 1e-9)
    else:
        number(said["bound"], about["bounds"][int(said["pieces"]) - 1], "the bound", 1e-12)


@family(
    "residual: the best to the parabola",
    "best with {pieces:d} piece[s] to the whole parabola: largest aL²/8n² = {largest:n}, or MSE a²L⁴/180n⁴ = {mse:n} by "
    "<other=another> fit",
    "best with {pieces:d} piece[s] to the whole parabola: largest {largest:n}, or MSE {mse:n}",
    "{pieces:d} piece[s] to the parabola: largest {largest:n}, or MSE {mse:n}",
    where="residual",
)
def best_of_curve(said: Said, case: Case, _: dict[str, Any]) -> None:
    """y = a x² + ... on an interval of length L: a L² / 8n² at most, a² L⁴ / 180n⁴ on the average."""
    pieces, length = int(said["pieces"]), float(case.x[-1] - case.x[0])
    a = float(np.polynomial.Polynomial.fit(case.x, case.y, 2).convert().coef[2])
    height(said["largest"], abs(a) * length**2 / (8 * pieces**2), "the largest error", 1e-6 * abs(a) * length**2)
    number(said["mse"], a**2 * length**4 / (180 * pieces**4), "the MSE", 1e-6 * a**2 * length**4)


@family(
    "capacity: its remarks",
    "n units have at most n kinks, so they cannot do better than ━.",
    "Not all of their n+1 slopes are free: the best may lie above it.",
    "The best possible is known only for units with a kink and no output activation.",
    "'by units': the <network=best> found, as only n of n+1 slopes are free.",
    "By hand: kinks evenly apart.",
    "● ○: the best and the median of the random starts, trained; 'below': the share that ends below <trained=it>.",
    "Where ━ is below 'fit found', the best fit lies between them.",
    "<alone=x² curve>: a²L⁴/(180(n+1)⁴).",
    "Enough for <kind=MSE|SSE> {enough:text}.",
    "This scenario lists its units, so only {units:d} unit[s] were trained, with the present locks.",
    where="remark",
)
def remarks(said: Said, case: Case, _: dict[str, Any]) -> None:
    if "units" in said:
        claim(int(said["units"]) == case.net.units, f"there are {case.net.units} units")
    elif "network" in said:
        claim(not any(case.locked), "something is locked")
    elif "enough" in said:
        claim(said["kind"] == case.kind.upper() and not any(case.locked), f"the loss is {case.kind}")
        pairs = re.findall(r"below (\S+): (\d+) units?(?:, |$)", said["enough"])
        losses, counts = [parsed(loss) for loss, _ in pairs], [int(count) for _, count in pairs]
        claim(bool(pairs) and losses == sorted(losses, reverse=True) and counts == sorted(counts), "less error, fewer units")
    elif "trained" in said:
        claim(not all(case.locked), "nothing is trained")
    elif "alone" in said:
        rest = case.y - np.polynomial.Polynomial.fit(case.x, case.y, 2)(case.x)
        claim(np.abs(rest).max() <= 1e-6 * np.ptp(case.y), f"the points are off a parabola by {np.abs(rest).max()!r}")
    else:
        straight = case.net.kinked and case.net.output == "identity"
        claim(straight == ("known only" not in said.text), f"{case.net.activation}, {case.net.output}")


@reading("capacity: its table")
def table(shown: Any, case: Case) -> None:
    readout, numbers, known = shown
    rows = dict(readout.rows)
    claim(
        [text.strip("‹›") for text in rows["units"]] == [str(units) for units in numbers], f"the numbers of units are {numbers}"
    )
    for units, text in zip(numbers, rows.get("━ possible", ())):
        if units < len(known):
            true = known[units] * (len(case.x) if case.kind == "sse" else 1)
            if true >= _exact(case):
                number(text, true, f"the lowest with {units} kinks", 1e-9 * true)
            else:
                claim(parsed(text) == 0.0, f"with {units} kinks it is exact")
    for units, text in zip(numbers, rows.get("  by hand", ())):
        knots = np.linspace(case.low, case.high, units + 1)
        squared = (np.interp(case.x, knots, np.interp(knots, case.x, case.y)) - case.y) ** 2
        true = float(squared.mean() if case.kind == "mse" else squared.sum())
        if true >= 2.0 * _exact(case):
            number(text, true, f"the loss of {units} units by hand", 1e-9 * true)


@family(
    "stuck: a lower rate in vain",
    "The loss goes up and down, between {low:n} and {high:n}, but the learning rate is not what keeps it there. Tried rate "
    "{rate:n}: no lower than {then:n} after {count:whole} steps. One unit more (A) or another start (R) may do better.",
)
def in_vain(said: Said, case: Case, about: dict[str, Any]) -> None:
    low, high = parsed(said["low"]), parsed(said["high"])
    claim(low < high, "low and high are printed alike")
    claim(0.99 * low - last_digit(said["low"]) <= case.loss <= 1.01 * high + 5e-5, f"the loss is {case.loss!r}")
    claim(math.isclose(parsed(said["rate"]), case.rate / 8, rel_tol=1e-3), f"the rate is {case.rate!r}")
    true = about["trials"]["rate too large"]
    claim(_reads(said["then"], true, case), f"it led to {true!r}")
    claim(true >= 0.985 * low - 5e-5, f"it led to {true!r}")


@family(
    "stuck: what was tried",
    "Tried {change:tried}: {then:n} instead of {now:n} after {count:whole} steps.",
    "Tried {change:tried}: <vain=hardly|no> lower after {count:whole} steps.",
    "Slow, not stuck: the loss stands still at {here:n}, but {more:whole} more steps bring it to {there:n}.",
    "The learning rate {rate:n} is too large: the same run diverges within {within:whole} more steps. The key ( halves it.",
)
def tried(said: Said, case: Case, about: dict[str, Any]) -> None:
    if "change" in said:
        losses = about["trials"]
        same = losses.get("", math.nan)
        without = min(case.loss, same) if math.isfinite(same) else case.loss
        if "vain" in said:
            led = losses["output off"]
            claim(not led < 0.99 * without and (led < without) == (said["vain"] == "hardly"), f"it led to {led!r}")
            return
        lower = [each for each in about["recorded"] if each < without]  # where the loss goes up and down, the lowest counts
        claim(any(_reads(said["now"], each, case) for each in (without, *lower)), f"the loss without it is {without!r}")
        claim(any(_reads(said["then"], each, case) for reason, each in losses.items() if reason), f"the trials led to {losses}")
        claim(parsed(said["then"]) < parsed(said["now"]), f"it led to {said['then']}")
        return
    later = trained(case, said.whole("more" if "more" in said else "within"))
    after = loss(later.net, case.x, case.y, case.kind)
    if "within" in said:
        claim(not after < 1e29 or later.step - case.step < said.whole("within"), f"the loss then is {after!r}")
        return
    loss_text(said["here"], case.loss, "the loss", case)
    claim(math.isclose(after, parsed(said["there"]), rel_tol=0.05), f"the loss then is {after!r}")
    claim(parsed(said["there"]) < parsed(said["here"]), "both are printed alike")


def _reads(text: str, true: float, case: Case) -> bool:
    return math.isfinite(true) and (abs(parsed(text) - true) <= 0.06 * true or abs(parsed(text) - true) < 6e-5)


CHANGE = "One unit <change=fewer|more>"
BESIDE = "<beside=with both|with all|without it>[ {count:d}]"


@family(
    "refit: its verdict",
    CHANGE + ", the others as they are: {now:n}; " + BESIDE + ", {then:n}.",
    CHANGE
    + "[, <grown=added> after training]: {now:n} at <at=best>; "
    + BESIDE
    + "[, trained as <long=long>][, unit {unit:d} added after training], "
    "{then:n}.",
    "Unit {unneeded:d} is not needed: {now:n} at best without it; " + BESIDE + ", trained as long, {then:n}.",
    "One unit more does not <help=help>: {now:n} at best; " + BESIDE + ", trained as long, {then:n}.",
    "None of {starts:d} starts " + BESIDE + " did clearly better than {now:n} without unit {without:d}: {then:n} at best.",
    "None of {starts:d} starts with one unit <clear=more> did clearly better: {now:n} at best; " + BESIDE + ", trained as "
    "long, {then:n}.",
    where="refit",
)
def refit(said: Said, case: Case, about: dict[str, Any]) -> None:
    lowest, before, units = about["lowest"], about["before"], about["units"]
    if "at" not in said and "change" in said:  # as it is, untrained
        claim(about["losses"][1] >= 0.0, "a loss")
    _refit_loss(said["now"], lowest, "the lowest with the change", case)
    _refit_loss(said["then"], before, "the lowest without it", case)
    if "beside" in said:
        claim((said["beside"] == "without it") != about["fewer"], "whether a unit is removed")
        claim(
            {"with both": 2}.get(said["beside"], units) == units == int(said.get("count") or units), f"there are {units} units"
        )
    if "starts" in said:
        claim(int(said["starts"]) == about["tried"], f"there are {about['tried']} starts")
    less, more = (lowest, before) if about["fewer"] else (before, lowest)
    clearly = less > max(1.05 * more, _exact(case)) * (1 - 1e-9)
    if "at" in said:
        claim(clearly, f"{less!r} and {more!r} are as good")
    elif "unneeded" in said or "help" in said:
        larger = units + (not about["fewer"])
        mse = about["bounds"][larger] if len(about["bounds"]) > larger else 0.0
        floor = mse * (len(case.x) if case.kind == "sse" else 1)
        claim(
            less <= max(1.05 * floor, _exact(case)) * (1 + 1e-9), f"{less!r} is above what {larger} units may reach, {floor!r}"
        )
    elif "starts" in said:
        claim(not less > max(1.05 * more, _exact(case)) * (1 + 1e-9), f"{more!r} is clearly better than {less!r}")


def _refit_loss(text: str, true: float, what: str, case: Case) -> None:
    if true < _exact(case):
        claim(parsed(text) == 0.0, f"{what} is {true!r}, which counts as 0")
    else:
        loss_text(text, true, what, case)


@family(
    "refit: what is known",
    "{units:d} bends cannot leave less than {floor:n}.",
    "One bend cannot leave <one=less> than {floor:n}.",
    "{units:d} unit[s] can <reach=reach> {reached:n}.",
    "Training <diverged=diverged> from {count:d} of {all:d} starts[ with] {which:text}: a lower rate may do better.",
    "Training <diverged=diverged> from all {all:d} starts[ with] {which:text}: a lower rate may do better.",
    "{advice:sentence}.",
    where="refit",
)
def known(said: Said, case: Case, about: dict[str, Any]) -> None:
    factor = len(case.x) if case.kind == "sse" else 1
    if "floor" in said:
        units = 1 if "one" in said else int(said["units"])
        loss_text(said["floor"], about["bounds"][units] * factor, "the bound", case)
    elif "reach" in said:
        # A unit whose kink is outside the data sets the first slope, so that n units make n - 1 bends of any curve.
        true = about["reached"][int(said["units"]) - 1] * factor
        _refit_loss(said["reached"], true, "what so many units reach", case)
        claim(not case.locked.any(), "something is locked")
    elif "diverged" in said:
        changed, before = about["diverged"]
        side = changed if said["which"].startswith("one unit") else before
        claim(int(said.get("count") or said["all"]) == side > 0, f"{changed} and {before} diverged")
        claim(int(said["all"]) == about["starts"], f"there are {about['starts']} starts")


@family(
    "refit: its panels",
    "{kind:word} {now:n}[, trained as long {then:n}][, trained as long it <diverges=diverges>]",
    "{kind:word} {now:n}   kink {kink:n}, faces <side=left|right>",
    "{kind:word} {now:n}   <idle=dead units|parked|twins|added after training>",
    "{kind:word} {now:n}   the best: seed {seed:d}",
    "not trained <yet=yet>",
    "<diverged=diverged>",
    where="refit panel",
)
def panels(said: Said, case: Case, about: dict[str, Any]) -> None:
    losses, panel = about["losses"], about["panel"]
    if "yet" in said:
        claim(panel >= len(losses), "it is trained")
        return
    if "diverged" in said:
        claim(not math.isfinite(losses[panel]), f"the loss is {losses[panel]!r}")
        return
    claim(said["kind"] == case.kind.upper(), case.kind)
    _refit_loss(said["now"], losses[panel], "the loss", case)
    if "kink" in said:
        place(said["kink"], about["kink"], case.low, case.high, "the kink")
        claim((said["side"] == "right") == (about["w"] > 0.0), f"w is {about['w']!r}")


@family(
    "seeds: what became of one",
    "seed {seed:d}   {kind:word} {loss:n}   <outcome=solved>: the loss is below {below:n}",
    "seed {seed:d}   {kind:word} {loss:n}   <outcome=dead units>: a unit that can move is off at every point",
    "seed {seed:d}   {kind:word} {loss:n}   <outcome=parked>: a unit is on over hardly any of the x-range",
    "seed {seed:d}   {kind:word} {loss:n}   <outcome=twins>: two units do the work of one",
    "seed {seed:d}   {kind:word} {loss:n}   <outcome=stands still>: it hardly falls, as in a local minimum; no unit is dead, "
    "parked or a twin",
    "seed {seed:d}   {kind:word} {loss:n}   <outcome=still falling>: more steps may bring it further",
    "seed {seed:d}   {kind:word} -   <outcome=diverged>: a number outgrew float32; a lower rate may do",
    where="seed",
)
def seed(said: Said, case: Case, about: dict[str, Any]) -> None:
    claim(int(said["seed"]) == about["seed"], f"the seed is {about['seed']}")
    claim(said["kind"] == case.kind.upper(), case.kind)
    outcome, now = said["outcome"], about["loss"]
    if outcome == "diverged":
        claim(not math.isfinite(now), f"the loss is {now!r}")
        return
    loss_text(said["loss"], now, "the loss", case)
    net = _net(case, about["parameters"])
    if outcome == "solved":
        number(said["below"], about["below"], "the bound", 1e-5 * about["below"])
        claim(now < about["below"] and parsed(said["loss"]) < parsed(said["below"]), f"the loss is {now!r}")
        return
    claim(not now < about["below"], f"the loss {now!r} is below {about['below']!r}: it is solved")
    falls = now < 0.99 * about["earlier"] * (1 - 1e-9)
    if outcome == "still falling":
        claim(now < 0.99 * about["earlier"] * (1 + 1e-9), f"the loss was {about['earlier']!r}")
        return
    tiny = (float(np.abs(case.y).max()) * 2.0**-24) ** 2 * (len(case.x) if case.kind == "sse" else 1)
    claim(not falls or about["earlier"] <= tiny * (1 + 1e-9), f"the loss was {about['earlier']!r}, and is {now!r}")
    idle = _idle(case, net)
    claim((outcome if outcome != "stands still" else "") == idle, f"it has {idle or 'no idle units'}")


def _net(case: Case, p: Any) -> Net:
    return unflat(case.net, np.concatenate([p.w, p.b, p.v, [p.c]]))


def _idle(case: Case, net: Net) -> str:
    """Which of the manual's outcomes a network at rest has: dead units, parked ones, twins; by the range of the points."""
    if not net.kinked:
        return ""
    low, high, z = float(case.x[0]), float(case.x[-1]), net.z(case.x)
    near = 1e-6 * (high - low)
    movable = [unit for unit in range(net.units) if not all(case.locks(unit)[:2])]
    if net.activation == "relu":
        if any((z[unit] <= 0.0).all() for unit in movable):
            return "dead units"
        size = float(np.ptp(case.y)) or abs(float(case.y[0])) or 1.0
        adds = np.abs(net.v) * z.max(axis=1)
        if any(z[unit].max() <= near * abs(net.w[unit]) and adds[unit] <= 1e-3 * size for unit in movable):
            return "parked"
    for unit in movable:
        for other in range(net.units):
            same = other != unit and net.w[unit] * net.w[other] > 0.0 and abs(net.kinks[unit] - net.kinks[other]) <= near
            if same and (z[unit] <= 0.0).any():
                return "twins"
    return ""


@reading("seeds: their counts")
def counts(shown: Any, case: Case) -> None:
    readout, outcomes = shown
    for name, count in readout.outcomes:
        claim(count == sum((each or "not yet known") == name for each in outcomes), f"{name}: {count}")
    claim(sum(count for _, count in readout.outcomes) == len(outcomes), "the counts do not add up")


def _lowest_within(rim: float, about: dict[str, Any]) -> float:
    """The lowest loss of the map that is reached from the cells around here, from cell to cell, without one above the rim."""
    losses, (rows, columns) = about["map"], about["map"].shape
    at = [(place - low) / (high - low) * (cells - 1) for place, (low, high), cells in (
        (about["here"][1], about["y"], rows), (about["here"][0], about["x"], columns)
    )]  # fmt: skip
    due = [(int(at[0]) + down, int(at[1]) + right) for down in (0, 1) for right in (0, 1)]
    seen: set[tuple[int, int]] = set()
    while due:
        row, column = due.pop()
        if (row, column) in seen or not (0 <= row < rows and 0 <= column < columns and losses[row, column] <= rim):
            continue
        seen.add((row, column))
        due += [(row + 1, column), (row - 1, column), (row, column + 1), (row, column - 1)]
    return min((float(losses[cell]) for cell in seen), default=math.inf)


@family(
    "landscape: its line",
    "{kind:word} {now:n} here ◆, nowhere lower <map=on> this map",
    "◆ {now:n}, <never=nowhere> lower",
    "◆ {now:n}",
    "{kind:word} {now:n} here ◆, lowest <map=on> this map {least:n} ✕ at {across:word} = {x:n}, {up:word} = {y:n}",
    "{now:n} here ◆, lowest {least:n} ✕ at {across:word} = {x:n}, {up:word} = {y:n}",
    "{now:n} here ◆ in a valley: the ways to {least:n} ✕ all go over {rim:n}",
    "{now:n} here ◆ in a valley (< {rim:n}), lowest {least:n} ✕",
    "◆ {now:n}   ✕ {least:n}",
    where="landscape",
)
def line(said: Said, case: Case, about: dict[str, Any]) -> None:
    loss_text(said["now"], case.loss, "the loss", case)
    losses = about["losses"][np.isfinite(about["losses"])]
    lowest = float(losses.min()) if len(losses) else math.inf
    if "kind" in said:
        claim(said["kind"] == case.kind.upper(), case.kind)
    if "least" not in said:
        claim(("map" not in said and "never" not in said) or lowest >= case.loss * (1 - 6e-7), f"it is {lowest!r} on this map")
        return
    loss_text(said["least"], lowest, "the lowest on this map", case)
    claim(parsed(said["least"]) < parsed(said["now"]), f"the lowest is {lowest!r}, this {case.loss!r}")
    if "rim" in said:
        rim = parsed(said["rim"])
        claim(rim > case.loss, f"{rim!r} is not above {case.loss!r}")
        claim(_lowest_within(rim, about) > lowest, f"there is a way to {lowest!r} that does not go over {rim!r}")
    if "x" in said:
        claim([said["across"], said["up"]] == about["axes"], f"the axes are {about['axes']}")
