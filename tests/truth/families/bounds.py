"""What is said of the best that kinks can do, and of the table of many sizes."""

import math
import re
from typing import Any

import numpy as np

from tests.truth.best_lines import best_found, best_with_one_kink, squares
from tests.truth.families.losses import kind_text, loss_text
from tests.truth.oracle import Case, loss
from tests.truth.registry import family, reading
from tests.truth.templates import Said
from tests.truth.verdicts import claim, height, number, parsed

SAME = 1.005  # times the lowest: a loss up to this counts as the best
EXACT = 1e-10  # of the variance of y: an MSE below is an exact fit


def exact_loss(case: Case) -> float:
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
    "the best {what:best}: {kind:loss} {lowest:n}",
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
        kind_text(said["kind"], case)
    elif "exact" in said:
        claim(lowest < exact_loss(case) <= case.loss, f"the lowest is {lowest!r}")
    else:
        claim(case.loss <= max(SAME * lowest, exact_loss(case)) * (1 + 1e-9), f"the lowest is {lowest!r}, this {case.loss!r}")


@family(
    "residual: the best to the points",
    "best with {one:d} piece to these {points:d} points: {mean:loss} {mse:n}",
    "with {pieces:d} piece[s] to these {points:d} points no {mean:loss} is below {bound:n}",
    where="residual",
)
def best_of_points(said: Said, case: Case, about: dict[str, Any]) -> None:
    claim(int(said["points"]) == len(case.x), f"there are {len(case.x)} points")
    kind_text(said["mean"], case, "mse")
    if "one" in said:
        number(said["mse"], squares(case.x, case.y, np.empty(0)) / len(case.x), "the MSE of the best line", 1e-9)
    else:
        number(said["bound"], about["bounds"][int(said["pieces"]) - 1], "the bound", 1e-12)


@family(
    "residual: the best to the parabola",
    "best with {pieces:d} piece[s] to the whole parabola: largest aL²/8n² = {largest:n}, or {mean:loss} a²L⁴/180n⁴ = {mse:n} "
    "by <other=another> fit",
    "best with {pieces:d} piece[s] to the whole parabola: largest {largest:n}, or {mean:loss} {mse:n}",
    "{pieces:d} piece[s] to the parabola: largest {largest:n}, or {mean:loss} {mse:n}",
    where="residual",
)
def best_of_curve(said: Said, case: Case, _: dict[str, Any]) -> None:
    """y = a x² + ... on an interval of length L: a L² / 8n² at most, a² L⁴ / 180n⁴ on the average."""
    pieces, length = int(said["pieces"]), float(case.x[-1] - case.x[0])
    a = float(np.polynomial.Polynomial.fit(case.x, case.y, 2).convert().coef[2])
    height(said["largest"], abs(a) * length**2 / (8 * pieces**2), "the largest error", 1e-6 * abs(a) * length**2)
    kind_text(said["mean"], case, "mse")
    number(said["mse"], a**2 * length**4 / (180 * pieces**4), "the MSE", 1e-6 * a**2 * length**4)


@family(
    "capacity: its remarks",
    "None can beat ━, the best curve with n kinks.",
    "The best possible is known only for units with a kink and no output activation.",
    "'by units': the <network=best> found with n units; none can beat ━, the best curve with n kinks.",
    "'by hand': n pieces, kinks evenly apart.",
    "●: the best <trained=trained> start, ○: the median; 'below': the share under "
    "<stop=that loss|the loss that solves it|the loss where training stops>.",
    "Where ━ is below 'fit found', the best fit lies between them.",
    "Enough for {kind:loss} {enough:text}.",
    "This scenario lists its units, so only {units:d} unit[s] were trained, with the present locks.",
    where="remark",
)
def remarks(said: Said, case: Case, _: dict[str, Any]) -> None:
    if "units" in said:
        claim(int(said["units"]) == case.net.units, f"there are {case.net.units} units")
    elif "network" in said:
        claim(not any(case.locked), "something is locked")
    elif "enough" in said:
        kind_text(said["kind"], case)
        claim(not any(case.locked), f"locked are {case.locked}")
        pairs = re.findall(r"below (\S+): (\d+) units?(?:, |$)", said["enough"])
        losses, counts = [parsed(loss) for loss, _ in pairs], [int(count) for _, count in pairs]
        claim(bool(pairs) and losses == sorted(losses, reverse=True) and counts == sorted(counts), "less error, fewer units")
    elif "trained" in said:
        claim(not all(case.locked), "nothing is trained")
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
    for units, text in zip(numbers, rows.get("━ n kinks", ())):
        if units < len(known):
            true = known[units] * (len(case.x) if case.kind == "sse" else 1)
            if true >= exact_loss(case):
                number(text, true, f"the lowest with {units} kinks", 1e-9 * true)
            else:
                claim(parsed(text) == 0.0, f"with {units} kinks it is exact")
    for units, text in zip(numbers, rows.get("  by hand", ())):
        knots = np.linspace(case.low, case.high, units + 1)
        squared = (np.interp(case.x, knots, np.interp(knots, case.x, case.y)) - case.y) ** 2
        true = float(squared.mean() if case.kind == "mse" else squared.sum())
        if true >= 2.0 * exact_loss(case):
            number(text, true, f"the loss of {units} units by hand", 1e-9 * true)
