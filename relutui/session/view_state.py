"""How a session is looked at: view, tab, layout, what is selected, what is typed and what was said last."""

from dataclasses import dataclass
from typing import Literal, get_args

from relutui.model.network import Network, Parameters
from relutui.model.selection import Field, Selection

View = Literal["fit", "units", "contributions", "residual", "activations", "trail", "loss", "landscape"]
Tab = Literal["units", "strips", "walk", "loss"]
Layout = Literal["tiny", "small", "medium", "large"]

VIEWS: tuple[View, ...] = get_args(View)
TABS: tuple[Tab, ...] = ("units", "strips", "walk", "loss")
SPEEDS: tuple[int | None, ...] = (1, 10, 100, 1000, None)  # steps a frame; None: as many as fit
FIRST = Selection(0, "w")


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


@dataclass(frozen=True)
class ViewState:
    """What is on the screen of a session, and where in it the user is."""

    name: View = "fit"
    tab: Tab = "units"
    layout: Layout = "medium"
    y_limits: tuple[float, float] = (0.0, 1.0)
    probe: float = 0.0
    selection: Selection = FIRST
    column: Field = "w"  # the last field of a unit that was selected: where `up` from c leads
    handle_mode: bool = False  # whether (kink, slope, side) of a unit are edited instead of (w, b)
    gradients: bool = False  # whether the table shows the gradient of each parameter
    summed_units: tuple[int, ...] = ()  # rows whose terms are in the sum of the Contributions view, in their order; see terms()
    axes: tuple[Selection, Selection] | None = None  # the parameters of the landscape, across and up, once chosen
    typing: Typing | None = None
    hint: Hint | None = None  # the one last asked for
    message: Message | None = None
