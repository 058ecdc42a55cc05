"""What the screens do not show yet of a network of several hidden layers: said in one line, wherever it is asked for."""

from relutui.scenario.scenario import VIEWS, View
from relutui.session.session import Session

VIEWS_OF_LAYERS: tuple[View, ...] = ("fit", "units", "network", "loss")


def why_one_layer(session: Session, what: str) -> str | None:
    """Why something is not there for a network of several hidden layers; None for a network of one."""
    return f"{what}: for one hidden layer, so far" if session.state.network.deeper else None


def views_of(session: Session) -> tuple[View, ...]:
    """The views that there are of a network, in their order."""
    return VIEWS_OF_LAYERS if session.state.network.deeper else VIEWS
