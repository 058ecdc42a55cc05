"""Numbers of a session, which are in the units of training, in the data's own units, and as text."""

from collections.abc import Sequence
from functools import lru_cache

from relutui.lib.number_text import distinct_texts, format_x
from relutui.model.network import Loss
from relutui.model.scale import Numbers, Units, name_of_loss
from relutui.session.session import Session

Interval = tuple[float, float]


def x_text(session: Session, x: float, more: int = 0, x_range: Interval | None = None) -> str:
    """Format an x for a sentence; more: digits beyond the usual ones, which suit the domain, or another range of x if given."""
    units = session.scale.x
    low, high = map(units.own, x_range or session.domain)
    return format_x(units.own(x), (low, high), more)


def x_texts(session: Session, values: Sequence[float], x_range: Interval | None = None) -> list[str]:
    """Format x, each with the digits that tell it from the next."""
    return list(_x_texts(session.scale.x, tuple(values), x_range or session.domain))


@lru_cache(64)
def _x_texts(units: Units, values: tuple[float, ...], x_range: Interval) -> tuple[str, ...]:
    """Format x in the data's own units; the same intervals are written in every drawing."""
    low, high = map(units.own, x_range)
    return tuple(distinct_texts(values, lambda x, more: format_x(units.own(x), (low, high), more)))


def own_slope(session: Session, slope: Numbers) -> Numbers:
    """Convert a slope to the data's own units."""
    return slope * session.scale.slope_width


def own_height(session: Session, height: Numbers) -> Numbers:
    """Convert a difference of y to the data's own units."""
    return height * session.scale.y.width


def own_distance(session: Session, distance: Numbers) -> Numbers:
    """Convert a difference of x to the data's own units."""
    return distance * session.scale.x.width


def loss_name(session: Session, kind: Loss | None = None) -> str:
    """Return what the present loss, or that of a kind, is called: as in MSE, or scaled MSE."""
    return name_of_loss(kind or session.state.settings.loss, session.scale)


def in_scaled_units(session: Session) -> str:
    """Return what is said after a number that is in scaled units, where these are not the data's own; else nothing."""
    return " in scaled units" if session.scale.changes else ""
