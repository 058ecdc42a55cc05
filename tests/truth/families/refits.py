"""What is said of one unit fewer or more."""

import math
from typing import Any

from tests.truth.families.bounds import exact_loss
from tests.truth.families.losses import kind_text, loss_text
from tests.truth.oracle import Case
from tests.truth.registry import family
from tests.truth.templates import Said
from tests.truth.verdicts import claim, parsed, place

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
    clearly = less > max(1.05 * more, exact_loss(case)) * (1 - 1e-9)
    if "at" in said:
        claim(clearly, f"{less!r} and {more!r} are as good")
    elif "unneeded" in said or "help" in said:
        larger = units + (not about["fewer"])
        mse = about["bounds"][larger] if len(about["bounds"]) > larger else 0.0
        floor = mse * (len(case.x) if case.kind == "sse" else 1)
        claim(
            less <= max(1.05 * floor, exact_loss(case)) * (1 + 1e-9),
            f"{less!r} is above what {larger} units may reach, {floor!r}",
        )
    elif "starts" in said:
        claim(not less > max(1.05 * more, exact_loss(case)) * (1 + 1e-9), f"{more!r} is clearly better than {less!r}")


def _refit_loss(text: str, true: float, what: str, case: Case) -> None:
    if true < exact_loss(case):
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
    "{kind:loss} {now:n}[, trained as long {then:n}][, trained as long it <diverges=diverges>]",
    "{kind:loss} {now:n}   kink {kink:n}, faces <side=left|right>",
    "{kind:loss} {now:n}   <idle=dead units|parked|twins|added after training>",
    "{kind:loss} {now:n}   the best: seed {seed:d}",
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
    kind_text(said["kind"], case)
    _refit_loss(said["now"], losses[panel], "the loss", case)
    if "kink" in said:
        place(said["kink"], about["kink"], case.low, case.high, "the kink")
        claim((said["side"] == "right") == (about["w"] > 0.0), f"w is {about['w']!r}")
