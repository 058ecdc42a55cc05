"""The curve that a target is before its noise, and the loss to it."""

from relutui.lib.arrays import Array, distinct
from relutui.lib.identity_cache import cached_by_identity
from relutui.model.dataset import Dataset
from relutui.scenario.scenario import Scenario
from relutui.session.session import Session, even_grid
from relutui.session.state import State, loss_of


@cached_by_identity(1)
def clean_dataset(scenario: Scenario) -> Dataset | None:
    """Return the points without their noise; None if there is no noise, or no curve under it."""
    x = scenario.dataset.x
    return Dataset(x, scenario.clean_y(x), scenario.dataset.scale) if scenario.target.noisy_curve else None


def clean_loss(session: Session) -> float | None:
    """Return the loss of the present state to the curve without noise, at the same x; None if there is none."""
    return _clean_loss(session.scenario, session.state)


@cached_by_identity(2)
def _clean_loss(scenario: Scenario, state: State) -> float | None:
    clean = clean_dataset(scenario)
    return None if clean is None else loss_of(state, clean)


def clean_curve(session: Session) -> tuple[Array, Array] | None:
    """Return x and y of the curve without noise, where it is to be drawn, both of shape (points,); None if there is none."""
    scenario, (low, high) = session.scenario, session.domain
    if not scenario.target.noisy_curve:
        return None
    knots = [session.scale.x.scaled(knot) for knot, _ in scenario.target.knots]
    x = distinct(even_grid(session.domain), [knot for knot in knots if low <= knot <= high])
    return x, scenario.clean_y(x)
