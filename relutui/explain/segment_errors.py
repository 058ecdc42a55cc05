"""Find the first error in an exercise with a piecewise linear target, and name its cause."""

from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from relutui.explain.exercise import (
    RIGHT_SLOPE_SHARE,
    SegmentProgress,
    is_piecewise_exercise,
    match_counts,
    progress,
    segment_text,
)
from relutui.explain.feasibility import is_solvable_from_left
from relutui.explain.phrasing import enumeration, interval_text, units_text
from relutui.lib.arrays import ROUNDING, quiet, rounded_sum
from relutui.lib.number_text import format_number, format_unsigned, texts_that_add_up
from relutui.model.network import Parameters
from relutui.model.pieces import SAME_KINK, Piece, kinks, straight, unit_slopes
from relutui.scenario.segments import Segment
from relutui.session.own_units import own_height, own_slope, x_text
from relutui.session.session import Session

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "11th", "12th")
EDGE_SHARE = 1e-3  # of a segment, from its ends to where slopes are taken; of the domain, how near a bend a kink is at it
EQUAL_SLOPE_SHARE = 1e-6  # of the slope that is wanted; slopes this close are equal


def double_counted_slope(session: Session, unit: int) -> str:
    """Describe a unit that has the whole slope of a segment on which other units are still on; empty if this one has not."""
    mistake = _double_counted_slope(session, progress(session), [unit]) if is_piecewise_exercise(session) else ""
    return mistake if mistake and is_solvable_from_left(session) else ""


def segment_error(session: Session) -> str:
    """The first error that applies: a double-counted slope, a unit on the wrong side of its kink, the first mismatch."""
    parts, locks = progress(session), session.state.locks
    units = np.flatnonzero(~(locks.w & locks.b)).tolist()
    return _double_counted_slope(session, parts, units) or _reversed_unit(session, parts) or _first_mismatch(session, parts)


@quiet
def _double_counted_slope(session: Session, parts: tuple[SegmentProgress, ...], units: list[int]) -> str:
    """Describe the first of these units that has the whole slope of a segment on which others are on; empty if none has."""
    network, p = session.state.network, session.state.parameters
    target_segments = [part.segment for part in parts]
    inside = np.array([EDGE_SHARE * (segment.high - segment.low) for segment in target_segments])
    starts = np.array([segment.low for segment in target_segments]) + inside
    ends = np.array([segment.high for segment in target_segments]) - inside
    slopes, at_end = unit_slopes(network, p, starts), unit_slopes(network, p, ends)
    on, kink = network.pre_activations(p, starts) > 0.0, kinks(p)
    near = EDGE_SHARE * (session.domain[1] - session.domain[0])
    wanted = np.array([segment.slope for segment in target_segments])
    others = slopes.sum(axis=0) - slopes
    same = EQUAL_SLOPE_SHARE * np.abs(wanted)
    whole = (np.abs(slopes - wanted) <= same) & (np.abs(slopes - at_end) <= same).all(axis=0)
    # A slope is counted twice only if it is not 0 and the other units add neither 0 nor all of it.
    least = np.maximum(same, ROUNDING * np.abs(slopes).sum(axis=0))
    twice = (wanted != 0.0) & (np.abs(others) > least) & (np.abs(wanted - others) > least)
    made = whole & twice & ~np.array([part.matches for part in parts])
    for row, number in np.argwhere(made[units]).tolist():
        unit, segment = units[row], target_segments[number]
        others_on = [j for j in np.flatnonzero(on[:, number] & (slopes[:, number] != 0.0)).tolist() if j != unit]
        # A unit that switches on together with this one, or after it, may itself be the wrong one.
        if others_on and (np.sign(p.w[others_on]) * (kink[unit] - kink[others_on]) > near).all():
            are, give = ("is", "gives") if len(others_on) == 1 else ("are", "give")
            given, difference, whole_slope = _that_add_up(session, others[unit, number], segment.slope)
            return (
                f"Unit {unit} has the whole slope of the {ORDINALS[segment.number - 1]} piece, {whole_slope}, "
                f"but {units_text(others_on)} {are} still on there and already {give} {given}: "
                f"with the others as they are, unit {unit} must add only the difference, {difference}."
            )
    return ""


@quiet
def _reversed_unit(session: Session, parts: tuple[SegmentProgress, ...]) -> str:
    """Describe a unit at a bend that would match one more segment on the other side of its kink; empty if there is none."""
    network, p, locks, x = session.state.network, session.state.parameters, session.state.locks, session.dataset.x
    near = EDGE_SHARE * (session.domain[1] - session.domain[0])
    kink, bends = kinks(p), np.array([part.segment.low for part in parts[1:]])
    units = np.flatnonzero((np.abs(kink[:, None] - bends) <= near).any(axis=1) & (p.v != 0.0) & ~(locks.w | locks.b))
    if not len(units):
        return ""
    signs = np.where(np.arange(p.units) == units[:, None], -1.0, 1.0)
    predictions = np.stack([network.output_sum(Parameters(sign * p.w, sign * p.b, p.v, p.c), x) for sign in signs])
    counts, now = match_counts(session, predictions), sum(part.matches for part in parts)
    if not (counts > now).any():
        return ""
    index = int((counts > now).argmax())
    unit = int(units[index])
    has, other = ("right", "left") if p.w[unit] > 0.0 else ("left", "right")
    place, w, b = x_text(session, kink[unit]), format_number(-p.w[unit]), format_number(-p.b[unit])
    return (
        f"Unit {unit} has its kink where the target bends, at x = {place}, and is on to the {has} of it. On to the {other}, "
        f"by w = {w} and b = {b}, {int(counts[index])} of {len(parts)} pieces would match instead of {now}."
    )


def _first_mismatch(session: Session, parts: tuple[SegmentProgress, ...]) -> str:
    """Describe the error on the leftmost segment that does not match, after naming those that do."""
    before = [part.segment for part in takewhile(lambda part: part.matches, parts)]
    if len(before) == len(parts):
        return "Every piece nearly matches; the loss is still above the exercise's bound."
    segment = parts[len(before)].segment
    mismatch = f"On {segment_text(session, segment)} {_mismatch(session, segment)}."
    if not before:
        return mismatch
    matches = f"{enumeration(segment_text(session, each) for each in before)} {'match' if before[1:] else 'matches'}"
    return f"{matches}. {mismatch}"


def _mismatch(session: Session, segment: Segment) -> str:
    """Describe the error on a segment: its slope, where it begins or ends, or its height."""
    near = SAME_KINK * (session.domain[1] - session.domain[0])
    network, p = session.state.network, session.state.parameters
    parts = straight(network, p, session.domain)
    widest = max(parts, key=lambda piece: min(piece.high, segment.high) - max(piece.low, segment.low))
    low, high = max(widest.low, segment.low), min(widest.high, segment.high)
    late, early = low > segment.low + near, high < segment.high - near
    part = f" over {interval_text(session, low, high)}" if late or early else ""
    slope = float(rounded_sum(unit_slopes(network, p, np.array([(low + high) / 2])))[0])
    need, lack = format_unsigned(own_slope(session, segment.slope)), segment.slope - slope
    if abs(lack) > RIGHT_SLOPE_SHARE * max(abs(segment.slope), abs(slope)):
        has, difference, need = _that_add_up(session, slope, segment.slope)
        error = f"+{difference} is missing" if lack > 0.0 else f"{difference.removeprefix('-')} too much"
        cause = _responsible_unit(session, segment, widest, lack)
        return f"the slope is {has}{part} and must be {need}: {error}{cause}"
    if late and early:
        return f"the slope must be {need}, and it is, but only{part}"
    if late:
        return f"the slope must be {need}, and it is, but only from x = {x_text(session, low)} on"
    if early:
        return f"the slope {need} is right, but the curve bends at x = {x_text(session, high)}, inside this piece"
    middle = (segment.low + segment.high) / 2
    over = float(network.prediction(p, middle)[0]) - (segment.start + segment.slope * (middle - segment.low))
    distance, where = format_number(own_height(session, abs(over))), "high" if over > 0.0 else "low"
    return f"the slope {need} is right, but the line lies {distance} too {where}"


def _responsible_unit(session: Session, segment: Segment, piece: Piece, lack: float) -> str:
    """Name the one unit that adds the excess slope, or has its kink where the segment begins; empty if none is certain.

    What each unit adds is read where the piece and the segment overlap, as a piece may hide units that cancel out.
    """
    network, p, locks, (low, high) = session.state.network, session.state.parameters, session.state.locks, session.domain
    middle = (max(piece.low, segment.low) + min(piece.high, segment.high)) / 2
    slopes = unit_slopes(network, p, np.array([middle]))[:, 0]
    on = network.pre_activations(p, middle)[:, 0] > 0.0
    near, positions = EDGE_SHARE * (high - low), kinks(p)
    first, last = segment.low <= low + near, segment.high >= high - near
    # A unit that is also on over earlier segments is needed there.
    begins = (p.w > 0.0) & (positions >= segment.low - near) | first
    excess = np.abs(slopes + lack) <= RIGHT_SLOPE_SHARE * abs(lack)
    too_steep = _single_unit(begins & on & ~(locks.w & locks.b) & excess)
    if too_steep is not None:
        where = f"until x = {x_text(session, segment.high)}" if p.w[too_steep] > 0.0 and not last else "there"
        adds = format_unsigned(own_slope(session, slopes[too_steep]))
        return f". Unit {too_steep} is on there and adds {adds}; one way is to have it off {where}"
    start = x_text(session, segment.low)
    bends = _single_unit((p.w > 0.0) & (np.abs(positions - segment.low) <= near) & ~(locks.w & locks.v))
    if bends is not None and not first:
        has, _, need = _that_add_up(session, slopes[bends], slopes[bends] + lack)
        return f". Unit {bends} has its kink at x = {start}; with the others as they are it must add {need} there, not {has}"
    bends_not = piece.low < segment.low - near
    added = format_unsigned(own_slope(session, lack))
    return f". One way is a unit that adds {added} from x = {start} on" if bends_not and lack < 0.0 else ""


def _that_add_up(session: Session, has: float, need: float) -> tuple[str, str, str]:
    """A slope, what it lacks, and the slope needed, with digits that make them add up, and without plus signs."""
    has_text, lack, need_text = texts_that_add_up(
        [own_slope(session, slope) for slope in (has, need - has)], own_slope(session, need), format_unsigned
    )
    return has_text, lack, need_text


def _single_unit(which: NDArray[np.bool_]) -> int | None:
    """The unit selected by a mask of shape (units,); None unless it selects exactly one."""
    units = np.flatnonzero(which)
    return int(units[0]) if len(units) == 1 else None
