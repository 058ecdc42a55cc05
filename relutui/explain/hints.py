"""The hints: what the present state calls for, found from its numbers, and then the scenario's own."""

from itertools import takewhile

import numpy as np

from relutui.explain.exercise import progress, segment_text
from relutui.explain.words import listing, place, plain, units_text
from relutui.network import Parameters, quiet
from relutui.numbers import number, slope_text
from relutui.pieces import SAME_KINK, kinks, pieces, unit_slopes
from relutui.segments import Segment
from relutui.session import Session

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "11th", "12th")
EDGE = 1e-3  # of a segment: so far inside it slopes are taken
EQUAL = 1e-6  # of the largest: slopes or heights this near are the same
NEARLY = 0.005  # of the larger: a slope this near is right


def hint(session: Session) -> str:
    """The hint last asked for, or how to get one: 1 is what the state calls for, from 2 on the scenario's own."""
    if no_hint(session):
        return ""
    if session.hint > 1:
        hints = _own(session)
        return f"Hint {session.hint - 1} of {len(hints)}: {hints[session.hint - 2]}"
    return (called_for(session) if session.hint else "") or "h gives a hint"


def next_hint(session: Session) -> int:
    """Session.hint once one more is asked for: what the state calls for, if anything, then the scenario's own, and again."""
    last = len(_own(session)) + 1
    asked = session.hint + 1 if session.hint < last else 1
    return 2 if asked == 1 and last > 1 and not called_for(session) else asked


def no_hint(session: Session) -> str | None:
    """Why there is no hint, if there is none."""
    if session.solved:
        return "the exercise is solved"
    return None if _own(session) or called_for(session) else "this scenario has no hints"


def called_for(session: Session) -> str:
    """What the present numbers call for, if it can be told from them."""
    p, locks = session.state.parameters, session.state.locks
    if not _straight(session):
        return ""
    mistakes = (mistake(session, unit) for unit in range(p.units) if not (locks.w[unit] and locks.b[unit]))
    turned = (wrong_side(session, unit) for unit in range(p.units) if not (locks.w[unit] or locks.b[unit]))
    return next(filter(None, mistakes), "") or next(filter(None, turned), "") or missing(session)


@quiet
def mistake(session: Session, unit: int) -> str:
    """The common mistake: a unit with the whole slope of a segment on which other units are on too."""
    if not _straight(session):
        return ""
    network, p = session.state.network, session.state.parameters
    for segment, _, matches in progress(session):
        inside = EDGE * (segment.high - segment.low)
        slopes, at_end = unit_slopes(network, p, np.array([segment.low + inside, segment.high - inside])).T
        same = EQUAL * max(abs(segment.slope), float(np.abs(slopes).max()))
        others = float(slopes.sum() - slopes[unit])
        difference = segment.slope - others
        whole = abs(slopes[unit] - segment.slope) <= same and bool((np.abs(slopes - at_end) <= same).all())
        if matches or not whole or abs(others) <= same or abs(difference) <= same:
            continue
        there = [j for j in range(p.units) if j != unit and slopes[j] != 0.0]
        gives = f"{units_text(there)} already {'gives' if len(there) == 1 else 'give'} {plain(others)}"
        piece = f"the {ORDINALS[segment.number - 1]} piece"
        has = f"is the line of {piece}" if _on_line(p, unit, segment) else f"has slope {plain(segment.slope)}"
        return (
            f"Unit {unit} {has}: that is the whole slope of {piece}; {gives}: "
            f"unit {unit} must add only the difference, {plain(difference)}."
        )
    return ""


def wrong_side(session: Session, unit: int) -> str:
    """A unit that would make one more segment match if it were on to the other side of its kink."""
    p, parts = session.state.parameters, progress(session)
    near = EDGE * (session.domain[1] - session.domain[0])
    kink = float(kinks(p)[unit])
    if not any(abs(part.segment.low - kink) <= near for part in parts[1:]):
        return ""
    w, b = np.array(p.w), np.array(p.b)
    w[unit], b[unit] = -w[unit], -b[unit]
    turned = progress(session, Parameters(w, b, p.v, p.c))
    if sum(part.matches for part in turned) <= sum(part.matches for part in parts):
        return ""
    has, wanted, sign = ("left", "right", "above") if w[unit] > 0.0 else ("right", "left", "below")
    return (
        f"Unit {unit} has its kink where the target bends, at x = {place(kink)}, but is on to the {has} of it and must be on "
        f"to the {wanted}: w {sign} 0, and b = {number(b[unit])} keeps the kink."
    )


def missing(session: Session) -> str:
    """What is still wrong on the first segment, from the left, that does not match."""
    parts = progress(session)
    before = [part.segment for part in takewhile(lambda part: part.matches, parts)]
    if len(before) == len(parts):
        return ""
    segment = parts[len(before)].segment
    if not before:
        return f"On {segment_text(segment)} {_wrong(session, segment)}."
    done = f"{listing(map(segment_text, before))} {'match' if before[1:] else 'matches'}"
    return f"{done}. From x = {place(segment.low)} on {_wrong(session, segment)}."


def _wrong(session: Session, segment: Segment) -> str:
    """What is wrong on a segment: the slope, where it begins or ends, or the height."""
    near = SAME_KINK * (session.domain[1] - session.domain[0])
    network, p = session.state.network, session.state.parameters
    widest = max(
        pieces(network, p, session.domain), key=lambda piece: min(piece.high, segment.high) - max(piece.low, segment.low)
    )
    need, lack = plain(segment.slope), segment.slope - widest.slope
    if abs(lack) > NEARLY * max(abs(segment.slope), abs(widest.slope)):
        return f"the slope is {plain(widest.slope)} and must be {need}: {slope_text(lack)} is missing"
    if widest.low > segment.low + near:
        return f"the slope must be {need}, and it is, but only from x = {place(widest.low)} on"
    if widest.high < segment.high - near:
        return f"the slope {need} is right, but the curve bends at x = {place(widest.high)}, inside this piece"
    middle = (segment.low + segment.high) / 2
    over = float(network.prediction(p, middle)[0]) - (segment.start + segment.slope * (middle - segment.low))
    return f"the slope {need} is right, but the line lies {number(abs(over))} too {'high' if over > 0.0 else 'low'}"


def _own(session: Session) -> tuple[str, ...]:
    return session.scenario.exercise.hints if session.scenario.exercise else ()


def _straight(session: Session) -> bool:
    """Whether there are segments to match, and pieces to match them with."""
    network = session.state.network
    return network.kinked and network.output_activation == "identity" and bool(progress(session))


def _on_line(p: Parameters, unit: int, segment: Segment) -> bool:
    """Whether the unit's own line goes through the segment's start."""
    at_start = p.v[unit] * (p.w[unit] * segment.low + p.b[unit])
    return bool(abs(at_start - segment.start) <= EQUAL * max(1.0, abs(segment.start)))
