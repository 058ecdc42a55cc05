"""Moves of the probe, the x at which the network is evaluated: pure functions Session -> Session."""

from relutui.lib.number_text import DIGITS
from relutui.session.session import Session


def move_probe(session: Session, to: float) -> Session:
    """Move the probe to an x, or to the end of the x-range that is nearest to it."""
    low, high = session.x_range
    return session.with_view(probe=float(min(max(to, low), high)), message=None)


def probe_by_points(session: Session, points: int) -> Session:
    """Move the probe to the next data point on the right (1) or left (-1); from the last one, to the end of the x-range."""
    x = session.dataset.x
    beyond = x[x > session.view.probe] if points > 0 else x[x < session.view.probe][::-1]
    return move_probe(session, float(beyond[0]) if len(beyond) else session.x_range[points > 0])


def probe_by_range(session: Session, tenths: int) -> Session:
    """Move the probe by some tenths of the x-range."""
    low, high = session.x_range
    return move_probe(session, round(session.view.probe + tenths * (high - low) / 10, DIGITS))
