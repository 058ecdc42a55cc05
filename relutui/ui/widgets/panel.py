"""A panel: a readout, and the pure function that draws it in the space available."""

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from rich.text import Text
from textual.containers import Container
from textual.strip import Strip

from relutui.ui.widgets.strip_widget import StripWidget

R = TypeVar("R")
Draw = Callable[[R, int, int], Iterable[Text | Strip]]


class Group(Container):
    """A container that its panels cover completely, so that it is never drawn."""

    BLANK = True


class Panel(StripWidget, Generic[R]):
    """Draws its readout with `draw(readout, width, height)`, and redraws it whenever its size changes."""

    def __init__(self, draw: Draw[R], *, id: str) -> None:
        super().__init__(id=id)
        self._draw = draw
        self._readout: R | None = None

    def update(self, readout: R) -> None:
        """Show another readout."""
        self._readout = readout
        self.redraw()

    def draw(self) -> None:
        """Show the readout."""
        if self._readout is not None:
            self.show(self._draw(self._readout, *self.room))
