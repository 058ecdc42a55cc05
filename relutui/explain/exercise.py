"""The exercise: which segments of the target match already, and the hints."""

from typing import NamedTuple

from relutui.explain.words import stretch_text
from relutui.network import Parameters
from relutui.segments import Segment, mse_between, segments
from relutui.session import Session


class Progress(NamedTuple):
    """A segment of the target, the mean squared error over its points, and whether that is below the exercise's bound."""

    segment: Segment
    mse: float
    matches: bool


def progress(session: Session, parameters: Parameters | None = None) -> tuple[Progress, ...]:
    """How well each segment is matched, by other than the present parameters if given; nothing without exercise or segments."""
    exercise, state = session.scenario.exercise, session.state
    if not exercise:
        return ()
    prediction = state.network.prediction(parameters or state.parameters, session.dataset.x)
    found = segments(session.scenario.target)
    errors = [mse_between(segment.low, segment.high, session.dataset, prediction) for segment in found]
    return tuple(Progress(segment, mse, mse < exercise.solved_below) for segment, mse in zip(found, errors))


def progress_text(session: Session) -> str:
    """The segments in one line, each with a tick or a cross."""
    return "  ".join(f"{'✓' if part.matches else '✗'} {segment_text(part.segment)}" for part in progress(session))


def segment_text(segment: Segment) -> str:
    """As in [0, 1]."""
    return stretch_text(segment.low, segment.high)
