"""The errors: their curve, their size, and the pieces of the prediction with most of them."""

import math
from typing import Any

import numpy as np

from tests.truth.families.losses import kind_text, loss_rounding
from tests.truth.oracle import Case
from tests.truth.registry import family, reading
from tests.truth.templates import Said
from tests.truth.verdicts import agrees, claim, is_place, number, same


@reading("residual: errors and pieces")
def residual(view: Any, case: Case) -> None:
    net = case.net
    error = net.predict(case.x) - case.y
    same(view.error.y, error, 1e-12 * (net.size(case.x) + np.abs(case.y)), "the error")
    claim(view.pieces[0].low == case.low and view.pieces[-1].high == case.high, "the pieces cover the domain")
    for piece in view.pieces:
        inside = (case.x >= piece.low) & (case.x <= piece.high)
        if piece.mse == "-":
            claim(not inside.any(), "there are points")
        else:
            mse = float((error[inside] ** 2).mean())
            number(piece.mse, mse, f"the MSE on [{piece.low}, {piece.high}]", loss_rounding(case) + 1e-9 * mse)


@family(
    "residual: its size",
    "{mean:loss} {mse:n}   largest error {error:n}[ at x = {x:n}]",
    where="residual",
)
def size(said: Said, case: Case, _: dict[str, Any]) -> None:
    error, width = case.net.predict(case.x) - case.y, case.units.y[1]
    mse, largest = float((error**2).mean()), float(np.abs(error).max())
    kind_text(said["mean"], case, "mse")
    number(said["mse"], mse, "the MSE", loss_rounding(case))
    close = np.abs(np.abs(error) - largest) <= 1e-9 * largest + 1e-12 * float(case.net.size(case.x).max())
    claim(
        any(
            agrees(said["error"], width * float(each), None, width * 1e-11 * float(case.net.size(case.x).max()))
            for each in error[close]
        ),
        f"the largest error is {largest!r}",
    )
    if "x" in said:
        claim(any(is_place(said["x"], float(at), case.low, case.high) for at in case.x[close]), f"it is at {case.x[close][:3]}")


@family(
    "residual: the worst piece",
    "worst of {count:d} pieces: {low:n} to {high:n}, {mean:loss} {mse:n}",
    "worst: {low:n} to {high:n}, {mean:loss} {mse:n}",
    "worst of {count:d} pieces: {low:n} to {high:n}, {mean:loss} <none=->",
    "worst: {low:n} to {high:n}, {mean:loss} <none=->",
    where="residual",
)
def worst(said: Said, case: Case, about: dict[str, Any]) -> None:
    pieces = about["pieces"]
    kind_text(said["mean"], case, "mse")
    if "count" in said:
        claim(int(said["count"]) == len(pieces), f"there are {len(pieces)} pieces")
    error = (case.net.predict(case.x) - case.y) ** 2
    each = [error[(case.x >= piece.low) & (case.x <= piece.high)] for piece in pieces]
    means = [float(some.mean()) if len(some) else -math.inf for some in each]
    most = max(means)
    if "none" in said:
        return
    number(said["mse"], most, "the MSE of the worst piece", loss_rounding(case))
    some = [piece for piece, mean in zip(pieces, means) if mean >= most * (1 - 1e-9) - loss_rounding(case)]
    claim(
        any(
            is_place(said["low"], piece.low, case.low, case.high) and is_place(said["high"], piece.high, case.low, case.high)
            for piece in some
        ),
        f"it is {some[0][:2]}",
    )
    claim(said["low"] != said["high"], "both ends are printed alike")
