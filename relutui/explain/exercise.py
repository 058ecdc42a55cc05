"""Progress in the exercise: which segments of the target the prediction matches."""

from typing import NamedTuple

import numpy as np

from relutui.explain.phrasing import interval_text
from relutui.lib.arrays import Array, quiet
from relutui.lib.identity_cache import cached_by_identity
from relutui.scenario.segments import Segment, mse_between, segments
from relutui.session.session import Session

RIGHT_SLOPE_SHARE = 0.005  # of the larger slope; a slope this close is right


class SegmentProgress(NamedTuple):
    """A segment of the target, the MSE over its points, and whether it is below the exercise's bound."""

    segment: Segment
    mse: float
    matches: bool


def is_piecewise_exercise(session: Session) -> bool:
    """Whether the exercise has a piecewise linear target and the network a piecewise linear prediction."""
    network = session.state.network
    made = network.kinked and network.output_activation == "identity"
    return made and session.scenario.exercise is not None and bool(segments(session.scenario))


@cached_by_identity(1)
def progress(session: Session) -> tuple[SegmentProgress, ...]:
    """The progress on each segment, from left to right; empty without an exercise or segments."""
    exercise, state = session.scenario.exercise, session.state
    if not exercise:
        return ()
    prediction = state.network.prediction(state.parameters, session.dataset.x)
    parts = segments(session.scenario)
    errors = [mse_between(segment.low, segment.high, session.dataset, prediction) for segment in parts]
    return tuple(SegmentProgress(segment, mse, mse < exercise.solved_below) for segment, mse in zip(parts, errors))


@quiet
def match_counts(session: Session, predictions: Array) -> Array:
    """The number of segments that each prediction matches: predictions of shape (n, points), the result of shape (n,)."""
    exercise, x = session.scenario.exercise, session.dataset.x
    count = np.zeros(len(predictions))
    if not exercise:
        return count
    squares = (predictions - session.dataset.y) ** 2
    for segment in segments(session.scenario):
        inside = (x >= segment.low) & (x <= segment.high)
        if inside.any():
            count += squares[:, inside].mean(axis=1) < exercise.solved_below
    return count


def progress_text(session: Session) -> str:
    """One line with a tick or a cross for each segment; empty if solved with a segment unmatched, which would contradict it."""
    parts = progress(session)
    if session.solved and not all(part.matches for part in parts):
        return ""
    return "  ".join(f"{'✓' if part.matches else '✗'} {segment_text(session, part.segment)}" for part in parts)


def segment_text(session: Session, segment: Segment) -> str:
    """Format the interval of a segment, as in [0, 1]."""
    return interval_text(session, segment.low, segment.high)
