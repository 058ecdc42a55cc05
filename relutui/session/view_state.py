"""How a session is looked at: view, tab, layout, speed, what is typed and what was said last."""

from dataclasses import dataclass
from typing import Literal, get_args

from relutui.model.network import Network, Parameters
from relutui.model.selection import Selection

View = Literal["fit", "units", "contributions", "residual", "activations", "trail", "loss", "landscape"]


Tab = Literal["units", "strips", "walk", "loss"]


Layout = Literal["tiny", "small", "medium", "large"]


VIEWS: tuple[View, ...] = get_args(View)


TABS: tuple[Tab, ...] = ("units", "strips", "walk", "loss")


SPEEDS: tuple[int | None, ...] = (1, 10, 100, 1000, None)  # steps a frame; None: as many as fit


@dataclass(frozen=True)
class Message:
    """What the program last had to say; an error stands in red."""

    text: str
    error: bool = False


@dataclass(frozen=True)
class Typing:
    """A value that is being typed: where, and the number so far, None while the text is none or the value that stands."""

    selection: Selection
    value: float | None = None


@dataclass(frozen=True)
class Hint:
    """A hint that was asked for: in which state, and whether it is what that calls for; `own` of the scenario's are given.

    running: whether training ran, so that the state was another one at once.
    """

    network: Network
    parameters: Parameters
    of_state: bool
    own: int
    running: bool = False
