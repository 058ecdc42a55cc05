"""Saddles, plateaus and local minima, and whether the loss stands still there."""

import re
from typing import Any

import numpy as np

from tests.truth.families.losses import kind_text, loss_text
from tests.truth.families.table import rounding
from tests.truth.oracle import Case, flat, loss, trained, unflat
from tests.truth.registry import family
from tests.truth.templates import NUMBER, Said
from tests.truth.verdicts import claim, number, parsed

FURTHER = 2000  # steps after which a loss that stands still has to be about the same
ESCAPED = 0.5  # of the loss: one that falls below within those steps did not stand still
SMALL = 1e-3  # of the size of the parameters: what a "small change" is


AWAY = "With adam training may still get away: its steps grow as it forgets larger gradients."


def stands_still(case: Case, about: dict[str, Any]) -> None:
    """Claim that training on does not lead far away, unless it is said that it may."""
    if AWAY in about["heard"]:
        return
    later = trained(case, FURTHER)
    after = loss(later.net, case.x, case.y, case.kind)
    claim(not after < ESCAPED * case.loss, f"{later.step - case.step} steps on, the loss is {after!r} instead of {case.loss!r}")


CHANGES = re.compile(rf"(?:([wbv]) of unit (\d+)|c) by ({NUMBER})")
ON = "<how=Stuck on|Slow, not stuck: this is> a <place=saddle|plateau>, not a minimum: "
NAMED = "to change {changes:changes} lowers the {kind:loss} from {before:n} to {after:n}, "
COUNTED = "a change of {count:d} parameter[s] together lowers the {kind:loss} from {before:n} to {after:n}, "
ENDS = (
    "but the gradient has no part <none=along> it. Nudge one of them, then train on.",
    "but {tried:whole} more steps do not get there. Nudge one of them, then train on.",
    "and the gradient has a part <part=along> it.",
    "and training leaves it by itself, in about {steps:steps}.",
)


@family("stuck: a saddle", *(ON + change + end for change in (NAMED, COUNTED) for end in ENDS))
def saddle(said: Said, case: Case, _: dict[str, Any]) -> None:
    kind_text(said["kind"], case)
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
        lowest = lowest_ahead(case, 5 * said.whole("steps") + 100)
        claim(lowest < 0.999 * case.loss, f"within five times as many steps the loss is no lower than {lowest!r}")
    if "tried" in said and said.whole("tried") <= FURTHER:
        after = loss(trained(case, said.whole("tried")).net, case.x, case.y, case.kind)
        claim(after >= 0.985 * case.loss, f"so many steps on the loss is {after!r}")


def lowest_ahead(case: Case, steps: int) -> float:
    """The lowest of 20 losses within so many steps: a run that leaves a saddle may be thrown higher later on."""
    lowest, later = case.loss, case
    for _ in range(20):
        later = trained(later, max(1, steps // 20))
        lowest = min(lowest, loss(later.net, case.x, case.y, case.kind))
    return lowest


@family("stuck: adam may get away", AWAY)
def away(_: Said, case: Case, about: dict[str, Any]) -> None:
    claim(case.optimizer == "adam", case.optimizer)
    remembered = np.sqrt(case.second / (1.0 - 0.999**case.t))
    claim((remembered > np.abs(case.gradient))[~case.locked].any(), f"it remembers gradients of {remembered}")
    claim("Stuck" in about["heard"], about["heard"])


@family(
    "stuck: short steps",
    "Slow, not stuck: a change of {what:parameters} by a thousandth, against the gradient, lowers the {kind:loss} from "
    "{before:n} to {after:n}, and a step is far shorter. The key ) doubles the learning rate.",
)
def short(said: Said, case: Case, _: dict[str, Any]) -> None:
    """A thousandth of 1 + the size of each parameter; of all together it is a length in these units."""
    theta, g, units = flat(case.net), np.where(case.locked, 0.0, case.gradient), case.net.units
    sizes = 1.0 + np.abs(theta)
    if found := re.fullmatch(r"(?:([wbv]) of unit (\d+)|c)", said["what"]):
        place = "wbv".index(found[1]) * units + int(found[2]) if found[1] else 3 * units
        direction = -np.sign(g) * (np.arange(len(theta)) == place)
    else:
        claim(int(said["what"].split()[0]) == np.count_nonzero(g), f"the gradient is {g}")
        direction = -sizes * g / np.linalg.norm(sizes * g)
    kind_text(said["kind"], case)
    loss_text(said["before"], case.loss, "the loss", case)
    after = loss(unflat(case.net, theta + SMALL * sizes * direction), case.x, case.y, case.kind)
    loss_text(said["after"], after, "the loss after the change", case)
    claim(parsed(said["after"]) < parsed(said["before"]), "both are printed alike")
    claim(np.linalg.norm((flat(case.after) - theta) / sizes) < SMALL / 5, f"a step leads to {flat(case.after)}")


@family(
    "stuck: a local minimum",
    "Stuck in a local minimum: no small change of {free:text} lowers the loss; another start may do <other=better> "
    "(R; g "
    "shows many).",
    "Stuck in a local minimum: no small change of {free:text} lowers the loss; the best found is {found:n}.",
    "Stuck as in a local minimum: no small change of one unlocked number lowers the loss; another start may do <other=better> "
    "(R; g shows many).",
    "Stuck as in a local minimum: no small change of one unlocked number lowers the loss; the best found is {found:n}.",
    "Stuck as in a local minimum: training leads no lower, and to try all small changes would take too long; another start "
    "may do <other=better> (R; g shows many).",
    "Stuck as in a local minimum: training leads no lower, and to try all small changes would take too long; the best found "
    "is {found:n}.",
)
def local_minimum(said: Said, case: Case, about: dict[str, Any]) -> None:
    if "found" in said:
        loss_text(said["found"], about["found"], "the best found", case)
    if "free" in said and "numbers" not in said["free"]:
        units, names = case.net.units, re.findall(r"\b[wbvc]\b", said["free"])
        kinds = np.split(np.asarray(case.locked, dtype=bool), [units, 2 * units, 3 * units])
        claim(names == [name for name, locked in zip("wbvc", kinds) if not locked.all()], f"locked are {case.locked}")
        partly = any(locked.any() and not locked.all() for locked in kinds)
        claim(partly == said["free"].startswith("the unlocked "), f"locked are {case.locked}")
    if "too long" not in said.text:
        no_small_change_leads_down(case, all_at_once="one unlocked number" not in said.text)
    stands_still(case, about)


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
