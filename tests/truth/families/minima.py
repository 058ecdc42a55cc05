"""Saddles, plateaus and local minima, and whether the loss stands still there."""

import re
from typing import Any

import numpy as np

from tests.truth.families.losses import loss_text
from tests.truth.families.table import rounding
from tests.truth.oracle import Case, flat, loss, trained, unflat
from tests.truth.registry import family
from tests.truth.templates import NUMBER, Said
from tests.truth.verdicts import claim, number, parsed

FURTHER = 2000  # steps after which a loss that stands still has to be about the same
ESCAPED = 0.5  # of the loss: one that falls below within those steps did not stand still
SMALL = 1e-3  # of the size of the parameters: what a "small change" is


def stands_still(case: Case) -> None:
    """Claim that training on does not lead far away."""
    later = trained(case, FURTHER)
    after = loss(later.net, case.x, case.y, case.kind)
    claim(not after < ESCAPED * case.loss, f"{later.step - case.step} steps on, the loss is {after!r} instead of {case.loss!r}")


CHANGES = re.compile(rf"(?:([wbv]) of unit (\d+)|c) by ({NUMBER})")
ON = "<how=Stuck on|Slow, not stuck: this is> a <place=saddle|plateau>, not a minimum: "
NAMED = "to change {changes:changes} lowers the {kind:word} from {before:n} to {after:n}, "
COUNTED = "a change of {count:d} parameter[s] together lowers the {kind:word} from {before:n} to {after:n}, "
ENDS = (
    "but the gradient has no part <none=along> it. Nudge one of them, then train on.",
    "but {tried:whole} more steps do not get there. Nudge one of them, then train on.",
    "and the gradient has a part <part=along> it.",
    "and training leaves it by itself, in about {steps:steps}.",
)


@family("stuck: a saddle", *(ON + change + end for change in (NAMED, COUNTED) for end in ENDS))
def saddle(said: Said, case: Case, _: dict[str, Any]) -> None:
    claim(said["kind"] == case.kind.upper(), case.kind)
    claim(said["how"].startswith("Stuck") == ("Nudge" in said.text), said.text)
    loss_text(said["before"], case.loss, "the loss", case)
    if "changes" in said:
        theta, units, moved = flat(case.net), case.net.units, []
        for field, unit, by in CHANGES.findall(said["changes"]):
            index = "wbv".index(field) * units + int(unit) if field else 3 * units
            claim(not case.locked[index], f"{field}{unit} is locked")
            theta[index] += parsed(by)
            moved.append(index)
        after = loss(unflat(case.net, theta), case.x, case.y, case.kind)
        slack = 0.02 * abs(case.loss - after) + 1e-9 * case.loss  # the changes are printed to three digits
        claim(after < case.loss and said["after"] != said["before"], f"it leads to {after!r}")
        number(said["after"], after, "the loss after the change", slack)
        if "none" in said and len(moved) == 1:
            g = case.gradient
            claim(
                abs(g[moved[0]]) <= 1e-6 * np.abs(g).max() + rounding(case), f"along it the loss has the slope {g[moved[0]]!r}"
            )
    if "steps" in said and said.whole("steps") <= FURTHER:
        later = trained(case, 5 * said.whole("steps") + 100)
        after = loss(later.net, case.x, case.y, case.kind)
        claim(after < 0.999 * case.loss, f"five times as many steps on the loss is {after!r}")
    if "tried" in said and said.whole("tried") <= FURTHER:
        after = loss(trained(case, said.whole("tried")).net, case.x, case.y, case.kind)
        claim(after >= 0.985 * case.loss, f"so many steps on the loss is {after!r}")


@family(
    "stuck: a local minimum",
    "Stuck in a local minimum: no small change of the free parameters lowers the loss; another start may do <other=better> "
    "(R; g "
    "shows many).",
    "Stuck in a local minimum: no small change of the free parameters lowers the loss; the best found is {found:n}.",
    "Stuck as in a local minimum: no small change of one free parameter lowers the loss; another start may do <other=better> "
    "(R; g shows many).",
    "Stuck as in a local minimum: no small change of one free parameter lowers the loss; the best found is {found:n}.",
    "Stuck as in a local minimum: training leads no lower, and to try all small changes would take too long; another start "
    "may do <other=better> (R; g shows many).",
    "Stuck as in a local minimum: training leads no lower, and to try all small changes would take too long; the best found "
    "is {found:n}.",
)
def local_minimum(said: Said, case: Case, about: dict[str, Any]) -> None:
    if "found" in said:
        loss_text(said["found"], about["found"], "the best found", case)
    if "too long" not in said.text:
        no_small_change_leads_down(case, all_at_once="of the free parameters" in said.text)
    stands_still(case)


def no_small_change_leads_down(case: Case, *, all_at_once: bool) -> None:
    theta, dice = flat(case.net), np.random.default_rng(0)
    directions = np.eye(len(theta))
    if all_at_once:
        directions = np.concatenate([directions, dice.normal(size=(40, len(theta))) / np.sqrt(len(theta))])
    for direction in directions * ~case.locked:
        for sign in (1.0, -1.0):
            step = sign * SMALL * (1.0 + np.abs(theta)) * direction
            # A change that takes a kink past a point is not small: a hundredth of it has to lead down too.
            after, nearer = (loss(unflat(case.net, theta + by), case.x, case.y, case.kind) for by in (step, step / 100))
            down = after < (1.0 - SMALL) * case.loss and nearer < case.loss
            claim(not down, f"a change of a thousandth leads from {case.loss!r} to {after!r}")
