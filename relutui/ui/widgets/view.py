"""The chart, in each of its views."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.strip import Strip

from relutui.readout.fit import FitReadout
from relutui.ui.widgets.fit import fit

if TYPE_CHECKING:
    from relutui.readout.view import ChartReadout


def chart(readout: "ChartReadout", width: int, height: int) -> Sequence[Strip]:
    """Draw the view of the readout; the first view is imported at start, all others when one of them is first shown."""
    if isinstance(readout, FitReadout):
        return fit(readout, width, height)
    from relutui.ui.widgets.other_views import other_view

    return other_view(readout, width, height)
