"""The readout of each panel of the main screen."""

from collections.abc import Callable
from typing import Any

from relutui.readout.asking import read_ask
from relutui.readout.forward_pass import read_forward_pass
from relutui.readout.loss import read_loss
from relutui.readout.network import read_network
from relutui.readout.small_multiples import read_units
from relutui.readout.status import read_footer, read_message, read_status, read_tour
from relutui.readout.strips import read_strips
from relutui.readout.table import read_table
from relutui.readout.view import read_chart
from relutui.session.session import Session

READERS: dict[str, Callable[[Session], Any]] = {
    "status": read_status,
    "chart": read_chart,
    "strips": read_strips,
    "table": read_table,
    "multiples": read_units,
    "walk": read_forward_pass,
    "loss": read_loss,
    "network": read_network,
    "message": read_message,
    "tour": read_tour,
    "ask": read_ask,
    "footer": read_footer,
}
