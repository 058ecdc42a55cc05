"""Why the loss stands still: units that training does not move, or that add nothing of their own."""

from dataclasses import replace
from typing import Any

import numpy as np

from tests.truth.activation import Array
from tests.truth.families.minima import no_small_change_leads_down, stands_still
from tests.truth.families.unit_states import claim_parked
from tests.truth.oracle import UNDERFLOW, Case
from tests.truth.registry import family
from tests.truth.templates import Said, units_in
from tests.truth.verdicts import claim


def _units(said: Said, name: str = "units") -> tuple[int, ...]:
    named = units_in(said[name].lower())
    return named if isinstance(named, tuple) else ()


def _gradient(case: Case, unit: int) -> Array:
    """The gradient of the free ones of w and b of a unit; 0 where it may underflow."""
    units = case.net.units
    own = [place for place in (unit, units + unit) if not case.locked[place]]
    return np.where(np.abs(case.gradient[own]) < UNDERFLOW, 0.0, case.gradient[own])


@family(
    "stuck: slope at the kink",
    "Stuck: z of {units:units} is exactly 0, and there training takes relu's slope to be 0, so <g=its gradient is|their "
    "gradients "
    "are> zero. k takes 1/2 or 1 instead; or set <which=w and b|w or b|w|b> by hand.",
)
def at_kink(said: Said, case: Case, about: dict[str, Any]) -> None:
    claim(case.net.at_kink == 0.0 and case.net.activation == "relu", "the slope at the kink")
    other = replace(case, net=replace(case.net, at_kink=1.0))
    for unit in _units(said):
        claim((case.net.z(case.x)[unit] == 0.0).any(), f"z of unit {unit} is nowhere 0")
        claim(not _gradient(case, unit).any(), f"the gradient of unit {unit} is {_gradient(case, unit)}")
        claim(_gradient(other, unit).any(), f"with the slope 1 the gradient of unit {unit} is 0 too")
        free = [name for name, locked in zip("wb", case.locks(unit)) if not locked]
        claim(len(_units(said)) > 1 or all(name in said["which"].split() for name in free), f"free are {free} of unit {unit}")
    stands_still(case, about)


@family(
    "stuck: dead units",
    *(
        f"Stuck{where} <are=is|are> dead: off at every point, so <g=its gradient is|their gradients are> zero. "
        "[Unit {alone:d} alone makes a straight line. ]Move <k=its kink|their kinks> into the data[, or try another start (R; "
        "g shows many)]."
        for where in (": {units:units}", " <local=in a local minimum>: no small step lowers the loss. {named:named}")
    ),
)
def dead(said: Said, case: Case, about: dict[str, Any]) -> None:
    named = _units(said, "named" if "named" in said else "units")
    for unit in named:
        claim((case.net.z(case.x)[unit] <= 0.0).all(), f"unit {unit} is on at a point")
        claim(not _gradient(case, unit).any(), f"the gradient of unit {unit} is {_gradient(case, unit)}")
        claim(not all(case.locks(unit)[:2]), f"w and b of unit {unit} are locked: its kink cannot be moved")
    if "local" in said:
        no_small_change_leads_down(case, all_at_once=True)
    if "alone" in said:
        claim(sorted((*named, int(said["alone"]))) == list(range(case.net.units)), f"there are {case.net.units} units")
        turns = np.diff(np.diff(case.net.predict(case.x)) / np.diff(case.x))
        claim(len(turns) == 0 or np.abs(turns).max() <= 1e-6 * (1.0 + case.net.slope_size(case.x)), "the prediction bends")
        claim(np.ptp(case.net.predict(case.x)) > 0.0, "it is flat")
    stands_still(case, about)


@family(
    "stuck: parked units",
    "Stuck: {units:units} <are=is|are> parked at the edge of the data: on, but so little that training hardly moves "
    "<it=it|them>. "
    "Move <k=its kink|their kinks> into the data[, or try another start (R; g shows many)].",
)
def parked(said: Said, case: Case, about: dict[str, Any]) -> None:
    for unit in _units(said):
        z, adds = case.net.z(case.x)[unit], np.abs(case.net.parts(case.x)[unit]).max()
        little = (z > 0.0).any() and (z > 0.0).mean() <= 0.01 and adds <= 0.01 * case.y.std()
        if not little:
            claim_parked(case, unit)
    stands_still(case, about)


@family(
    "stuck: twins",
    "Stuck: {units:units} are twins: those with the same kink and side make only one bend. Nudge one away from the other, then "
    "train on.",
)
def twins(said: Said, case: Case, about: dict[str, Any]) -> None:
    named, net = _units(said), case.net
    for unit in named:
        same = [
            other
            for other in named
            if other != unit and abs(net.kinks[unit] - net.kinks[other]) <= case.near and net.w[unit] * net.w[other] > 0.0
        ]
        claim(same, f"unit {unit} has no twin among {named}")
    claim(not named or any(not all(case.locks(unit)[:2]) for unit in named), "every kink of theirs is locked")
    stands_still(case, about)
