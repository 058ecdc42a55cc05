"""What a unit fewer or one more does to the loss: a fact where a bound or an exact fit shows it, else what was tried."""

import math

from relutui.explain.best import exact_loss_bound
from relutui.explain.phrasing import count_text
from relutui.lib.number_text import loss_text
from relutui.model.network import same_bound
from relutui.session.findings import Findings
from relutui.session.scaling_hint import scaling_hint
from relutui.study.refit import Refit

CLOSE_RATIO = 1.05  # times the lower loss; a loss up to this counts as equal


def refit_verdict(refit: Refit, findings: Findings, *, running: bool) -> str:
    """Compare the lowest losses with and without the change, after equal training if any; empty if one is not finite.

    findings: what no curve with so many kinks goes below, and what some curve or network reaches, as far as it is known.
    """
    lowest, before = refit.lowest, refit.lowest_before
    if not math.isfinite(lowest + before):
        return ""
    change, beside = f"One unit {'fewer' if refit.is_removal else 'more'}", _others(refit)
    now, then = refit_loss_text(refit, lowest), refit_loss_text(refit, before)
    if not refit.compared:
        return f"{change}, the others as they are: {now}; {beside}, {then}.{_divergence(refit)}"
    other = f"{beside}, trained as long, {then}"
    if running:
        return f"{change}: {now} so far; {other if refit.grown is None else f'{beside}, {then}'}."
    fewer, more = (lowest, before) if refit.is_removal else (before, lowest)
    units, exact = refit.before.units + (not refit.is_removal), _exact_bound(refit)  # of the larger network
    if fewer > max(CLOSE_RATIO * more, exact):
        if refit.growing_helps and refit.is_removal:
            other = f"{beside}, unit {refit.unit} added after training, {then}"
        elif refit.growing_helps:
            change, other = f"{change}, added after training", f"{beside}, {then}"
        return f"{change}: {now} at best; {other}.{_divergence(refit) or _reachable(refit, units, more, findings)}"
    bounds = findings.lower_bounds
    floor = _loss_of(refit, bounds[units]) if len(bounds) > units else None
    bends = f"{_bends(units)} cannot leave less than {loss_text(floor)}." if floor else ""
    if fewer <= max(CLOSE_RATIO * (floor or 0.0), exact):
        why = f" {bends}" if fewer > exact else ""
        if refit.is_removal:
            return f"Unit {refit.unit} is not needed: {now} at best without it; {other}.{why}"
        return f"One unit more does not help: {now} at best; {other}.{why}"
    starts = f"None of {len(refit.batch) + (len(refit.grown) if refit.grown else 0)} starts"
    if refit.is_removal:
        found = f"{starts} {beside} did clearly better than {now} without unit {refit.unit}: {then} at best."
    else:
        found = f"{starts} with one unit more did clearly better: {now} at best; {other}."
    known = _reachable(refit, units, fewer, findings) or (bends and f" {bends}")
    return f"{found}{_divergence(refit) or known}{_advice(refit)}"


def refit_loss_text(refit: Refit, loss: float) -> str:
    """Format a loss, as 0 below the exact bound, where it is rounding error."""
    return loss_text(loss if loss >= _exact_bound(refit) else 0.0)


def _others(refit: Refit) -> str:
    """Name the networks without the change."""
    units = refit.before.units
    return f"with {'both' if units == 2 else f'all {units}'}" if refit.is_removal else "without it"


def _divergence(refit: Refit) -> str:
    """Say from how many starts training diverged, on the side on which it did so more often; empty if from none."""
    changed, before = refit.diverged
    starts, most = len(refit.batch), max(changed, before)
    if not most:
        return ""
    where = f"with one unit {'fewer' if refit.is_removal else 'more'}" if changed == most else _others(refit)
    count = f"all {starts}" if most == starts else f"{most} of {starts}"
    return f" Training diverged from {count} starts {where}: a lower rate may do better."


def _reachable(refit: Refit, units: int, found: float, findings: Findings) -> str:
    """The loss below the one found that the larger network certainly can reach; empty where none is known.

    A unit with its kink outside the data sets the slope with which the curve begins, so that free units can follow any curve
    with one bend fewer than there are units.
    """
    locks = refit.larger_locks
    if not refit.problem.network.straight or locks.c or (locks.w | locks.b | locks.v).any():
        return ""
    reached = [*findings.best_fits[units - 1 : units], *findings.best_networks[units : units + 1]]
    lowest = _loss_of(refit, min(reached, default=math.inf))
    return f" {count_text(units, 'unit')} can reach {refit_loss_text(refit, lowest)}." if lowest * CLOSE_RATIO < found else ""


def _bends(units: int) -> str:
    return "One bend" if units == 1 else f"{units} bends"


def _advice(refit: Refit) -> str:
    """How to scale data far from 0, on which all training may have missed a better fit; empty for others."""
    advice = scaling_hint(refit.problem.dataset)
    return advice and f" {advice[0].upper()}{advice[1:]}."


def _loss_of(refit: Refit, mse: float) -> float:
    return same_bound(mse, "mse", refit.problem.settings.loss, len(refit.problem.dataset))


def _exact_bound(refit: Refit) -> float:
    return exact_loss_bound(refit.problem.dataset, refit.problem.settings.loss)
