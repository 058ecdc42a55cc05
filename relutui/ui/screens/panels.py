"""The panels of the main screen: laid out for a session, and drawn from its readouts."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Protocol

from rich.text import Text
from textual.app import App, ComposeResult
from textual.timer import Timer

from relutui.readout.asking import read_ask
from relutui.readout.forward_pass import read_forward_pass
from relutui.readout.status import read_footer, read_message, read_status, read_tour
from relutui.readout.strips import read_strips
from relutui.readout.table import read_table
from relutui.readout.view import read_chart
from relutui.session import edits
from relutui.session.session import Session
from relutui.terminal.backlog import is_behind
from relutui.ui.controllers.host import Host
from relutui.ui.screens.layout import Place, arrangement, full_side
from relutui.ui.screens.rows_needed import rows_needed
from relutui.ui.widgets.ask import ask
from relutui.ui.widgets.chart_panel import ChartPanel
from relutui.ui.widgets.footer import Footer
from relutui.ui.widgets.forward_pass import forward_pass
from relutui.ui.widgets.panel import Group, Panel
from relutui.ui.widgets.status import message, status
from relutui.ui.widgets.strips import strips
from relutui.ui.widgets.unit_table import UnitTable
from relutui.ui.widgets.view import chart

if TYPE_CHECKING:
    from relutui.readout.layer_network import LayerNetworkReadout
    from relutui.readout.layer_pass import LayerPassReadout
    from relutui.readout.loss import LossReadout
    from relutui.readout.network import NetworkReadout
    from relutui.readout.small_multiples import UnitsReadout
    from relutui.readout.status import TourReadout
    from relutui.readout.strips import StripsReadout
    from relutui.readout.unshown import Unshown

REDRAW_RETRY_S = 0.02  # after a drawing was put off because the terminal had not taken the last one


# What few first screens show is imported when it is first shown, because start-up time counts.


def _read_units(session: Session) -> "UnitsReadout":
    from relutui.readout.small_multiples import read_units

    return read_units(session)


def _read_loss(session: Session) -> "LossReadout":
    from relutui.readout.loss import read_loss

    return read_loss(session)


def _read_network(session: Session) -> "NetworkReadout":
    from relutui.readout.network import read_network

    return read_network(session)


def _read_layer_strips(session: Session) -> "StripsReadout | Unshown":
    from relutui.readout.layer_strips import read_layer_strips

    return read_layer_strips(session)


def _read_layer_pass(session: Session) -> "LayerPassReadout":
    from relutui.readout.layer_pass import read_layer_pass

    return read_layer_pass(session)


def _read_layer_network(session: Session) -> "LayerNetworkReadout":
    from relutui.readout.layer_network import read_layer_network

    return read_layer_network(session)


def _network(readout: "NetworkReadout", width: int, height: int) -> Iterable[Text]:
    from relutui.ui.widgets.network import network

    return network(readout, width, height)


def _tour(readout: "TourReadout", width: int, height: int) -> Iterable[Text]:
    from relutui.ui.widgets.tour import tour

    return tour(readout, width, height)


READERS: dict[str, Callable[[Session], Any]] = {
    "status": read_status,
    "chart": read_chart,
    "strips": read_strips,
    "table": read_table,
    "multiples": _read_units,
    "walk": read_forward_pass,
    "loss": _read_loss,
    "network": _read_network,
    "message": read_message,
    "tour": read_tour,
    "ask": read_ask,
    "footer": read_footer,
}


LAYER_READERS: dict[str, Callable[[Session], Any]] = {  # in their place where there are several hidden layers
    "strips": _read_layer_strips,
    "walk": _read_layer_pass,
    "network": _read_layer_network,
}


def _or_of_layers(draw: Callable[[Any, int, int], Iterable[Text]], readout_class: str) -> Callable[..., Iterable[Text]]:
    """Return what draws a readout of the class of this name by `draw`, and any other as that of several hidden layers."""

    def drawn(readout: Any, width: int, height: int) -> Iterable[Text]:
        if type(readout).__name__ == readout_class:
            return draw(readout, width, height)
        from relutui.ui.widgets.layer_panels import layer_panel  # imported on demand: start-up time counts

        return layer_panel(readout, width, height)

    return drawn


class PanelsScreen(Host, Protocol):
    """What the panels need of the screen that they are on."""

    @property
    def app(self) -> App[object]:
        """The app."""

    def set_classes(self, classes: str) -> object:
        """Give the screen these classes of the style sheet and no others."""

    def set_timer(self, delay: float, callback: Callable[[], None]) -> Timer:
        """Call back after a delay in seconds."""


class Panels:
    """Shows the panels that the layout has room for, each with its readout of the session.

    table: the panel that takes keys.
    """

    def __init__(self, screen: PanelsScreen) -> None:
        self.table = UnitTable(id="table")
        self._screen = screen
        self._by_id: dict[str, Panel[Any] | UnitTable] = {
            "status": Panel(status, id="status"),
            "chart": ChartPanel(id="chart"),
            "strips": Panel(_or_of_layers(strips, "StripsReadout"), id="strips"),
            "multiples": Panel(chart, id="multiples"),
            "table": self.table,
            "walk": Panel(_or_of_layers(forward_pass, "ForwardPassReadout"), id="walk"),
            "loss": Panel(chart, id="loss"),
            "network": Panel(_or_of_layers(_network, "NetworkReadout"), id="network"),
            "message": Panel(message, id="message"),
            "tour": Panel(_tour, id="tour"),
            "ask": Panel(ask, id="ask"),
            "footer": Footer(id="footer"),
        }
        self._arrangement: dict[str, Place] = {}
        self._draw_due = False

    def compose(self) -> ComposeResult:
        """Yield every panel; `arrangement` decides which of them are shown."""
        panels = self._by_id
        yield panels["status"]
        with Group(id="body"):
            with Group(id="left"):
                yield from (panels[id] for id in ("chart", "strips", "multiples"))
            with Group(id="right"):
                yield from (panels[id] for id in ("table", "walk", "loss", "network"))
        yield panels["message"]
        yield panels["tour"]
        yield panels["ask"]
        yield panels["footer"]

    def lay_out(self, session: Session) -> None:
        """Show the panels of the layout and the tab, sized for the present number of units."""
        size = self._screen.app.size
        wanted = arrangement(session, rows_needed(session, size.width), *size)
        if wanted == self._arrangement:
            return
        before, self._arrangement = self._arrangement, wanted
        side = full_side(session)
        self._screen.set_classes(f"{session.view.layout} full-{side}" if side else session.view.layout)
        for id, place in wanted.items():
            if place == before.get(id):
                continue
            panel = self._by_id[id]
            panel.display, panel.caption, panel.styles.height = place.shown, place.caption, place.height
            panel.set_class(place.bare, "bare")
            panel.label(place.title, place.subtitle)
        if not wanted["table"].shown and self.table.editing:
            self.table.drop_edit()

    def draw(self) -> None:
        """Hand every visible panel its readout, or put that off until the terminal has taken the last drawing."""
        if self._draw_due:
            return
        if is_behind(self._screen.app):
            self._draw_due = True
            self._screen.set_timer(REDRAW_RETRY_S, self._retry_drawing)
            return
        session = edits.with_typed_value(self._screen.session)
        readers = {**READERS, **LAYER_READERS} if session.state.network.deeper else READERS
        for id, panel in self._by_id.items():
            if panel.display:
                panel.update(readers[id](session))

    def catch_up_table(self) -> None:
        """Draw the table if drawing was put off, or a key could go to a cell that is no longer selected."""
        if self._draw_due:
            self.table.update(read_table(edits.with_typed_value(self._screen.session)))

    def _retry_drawing(self) -> None:
        self._draw_due = False
        self.draw()
