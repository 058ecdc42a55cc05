"""The view of a session: view, tab, layout, selection, the value being typed, and the last message."""

from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

from relutui.model.network import Network, Parameters
from relutui.model.selection import HANDLE, Field, Selection, fields_of
from relutui.model.shapes import Sizes
from relutui.scenario.ask import Ask
from relutui.scenario.course import EVERY_WORD, Word
from relutui.scenario.scenario import View
from relutui.scenario.target import Point
from relutui.session.document import Document
from relutui.session.progress import Answer

Tab = Literal["units", "strips", "walk", "loss", "network"]
Full = Literal["chart", "units", "strips", "walk", "loss", "network"]
Layout = Literal["tiny", "small", "medium", "large"]

TABS: tuple[Tab, ...] = get_args(Tab)
SHARED_TABS: tuple[Tab, ...] = ("loss", "network")  # in one place at the medium size
FULL: tuple[Full, ...] = get_args(Full)  # panels that can have the full screen
SPEEDS: tuple[int | None, ...] = (1, 10, 100, 1000, None)  # steps a frame; None: as many as fit
BEYOND_WIDTHS = (0.0, 0.5, 1.5)  # of the domain, by which the x-range goes beyond either end of it
FIRST_PARAMETER = Selection(0, "w")


class Message(NamedTuple):
    """The last message; an error is shown in red."""

    text: str
    error: bool = False


class Typing(NamedTuple):
    """A value being typed, and its parameter; the value is None while the text is no number or is the present value."""

    selection: Selection
    value: float | None = None


class Hint(NamedTuple):
    """A hint that was asked for, and the network and parameters it was given for.

    of_state: whether the hint follows from that state instead of the scenario's list; given: hints of that list so far;
    running: whether training was running, so that the state changed at once.
    """

    network: Network
    parameters: Parameters
    of_state: bool
    given: int
    running: bool = False


class Hold(NamedTuple):
    """The chart in hand: what its keys do to the units is one entry of the history, of the group `group`.

    before, name, y_limits: the document, the view and its y-range as they were, to which esc leads back; by_mouse: until its
    button is let go.
    """

    before: Document
    name: View
    y_limits: tuple[float, float]
    group: object
    by_mouse: bool = False


class Asking(NamedTuple):
    """A question that is being asked, or has just been answered.

    id: what the progress calls it; before: the view as it was; y_limits: those of the question; marker: the x or y chosen
    so far, in the data's own units, None before any; typed: its digits, while it is typed; hurried: enter was pressed without
    one.
    """

    id: str
    ask: Ask
    before: "ViewState"
    y_limits: tuple[float, float]
    marker: float | None = None
    typed: str = ""
    hurried: bool = False
    answer: Answer | None = None


class Drawing(NamedTuple):
    """A target that is being drawn: the cursor, the steps of its grid across and up, and the points in the order they were put.

    All in the data's own units.      before: the view as it was, to be restored.
    """

    x: float
    y: float
    steps: tuple[float, float]
    before: "ViewState"
    points: tuple[Point, ...] = ()


@dataclass(frozen=True)
class ViewState:
    """What the screen shows of a session, and what is selected in it."""

    name: View = "fit"
    tab: Tab = "units"
    layout: Layout = "medium"
    full: Full | None = None  # the panel that has the full screen, if any
    y_limits: tuple[float, float] = (0.0, 1.0)
    beyond: int = 0  # how often the x-range was widened beyond the domain, below len(BEYOND_WIDTHS)
    probe: float = 0.0
    selection: Selection = FIRST_PARAMETER
    column: Field = "w"  # the field of a unit that was selected last: `up` from c goes there
    handle_mode: bool = False  # whether (kink, slope, side) are edited instead of (w, b)
    numbered: bool = False  # whether the straight pieces are numbered
    gradients: bool = False  # whether the table shows gradients
    more_digits: int = 0  # of the numbers in the table and the forward pass, beyond the usual ones
    summed_units: tuple[int, ...] = ()  # rows in the sum of the Contributions view, in their order; see partial_sum.terms()
    axes: tuple[Selection, Selection] | None = None  # of the landscape, across and up; None until chosen
    typing: Typing | None = None
    hint: Hint | None = None  # the one last asked for
    hold: Hold | None = None  # while the chart is in hand; see session/hold.py
    drawing: Drawing | None = None  # while a target is drawn; see session/drawing.py
    asking: Asking | None = None  # while a question is put to the learner; see session/asking.py
    words: frozenset[Word] = EVERY_WORD  # those that the course has introduced
    just_solved: bool = False  # until a cell of the table is chosen: enter leads to the next scenario
    message: Message | None = None

    def fields_of(self, sizes: Sizes, layer: int) -> tuple[Field, ...]:
        """Return the fields of each unit of a layer, as in a Selection, that can be edited."""
        return HANDLE if self.handle_mode else fields_of(sizes, layer)

    def shared_tab(self, step: int) -> Tab:
        """Return which of SHARED_TABS is shown after so many steps: the one chosen, else the network until there is a loss."""
        return self.tab if self.tab in SHARED_TABS else "loss" if step else "network"
