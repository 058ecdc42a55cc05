"""The dialog that lists every device with its speed, or the reason why it is not usable."""

from collections.abc import Callable
from contextlib import aclosing

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from relutui.model.trainer import DEVICES, Device, DeviceReport, Trainer
from relutui.ui.controllers.background_task import BackgroundTask
from relutui.ui.widgets.marked_list import MarkedList, Row

LOOKING = "looking ..."
NAME_COLUMNS = max(map(len, DEVICES))


class DevicesDialog(ModalScreen[str | None]):
    """Probes the devices and returns the one to train on.

    present: returns the present device as in the status line; known: the reports of an earlier probe, shown until replaced.
    """

    BINDINGS = [Binding("escape,d,q", "dismiss", "Close", show=False)]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-high")]

    def __init__(self, trainer: Trainer, present: Callable[[], str], known: dict[str, DeviceReport]) -> None:
        super().__init__()
        self._trainer, self._present = trainer, present
        self.reports = known
        self._looking = BackgroundTask(self, self._draw)
        self._chosen = ""  # the device that was asked for, until its report is in

    @property
    def busy(self) -> bool:
        """Whether devices are still being probed."""
        return self._looking.busy

    def compose(self) -> ComposeResult:
        """Yield the list and the description of the marked device."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "What to train on"
            dialog.border_subtitle = "enter trains on it   esc closes"
            yield MarkedList(id="devices")
            yield Static(Content(""), id="about")

    def on_mount(self) -> None:
        """Start probing, and mark the present device."""
        self._looking.start("looking for devices", self._look)
        self._offer(next((place for place, device in enumerate(DEVICES) if self._in_use(device)), 0))

    def on_unmount(self) -> None:
        """Stop probing."""
        self._looking.cancel()

    def on_resize(self) -> None:
        """Redraw the rows for the new width."""
        self.call_after_refresh(self._draw)

    @on(OptionList.OptionHighlighted)
    def describe(self) -> None:
        """Describe the marked device below the list."""
        if self._marked != self._chosen:
            self._chosen = ""
        text = self._looking.problem or self._about(self._marked)
        wrong = bool(self._looking.problem or self._chosen in self.reports)
        about = self.query_one("#about", Static)
        about.set_class(wrong, "error")
        about.update(Content(f"✗ {text}" if wrong else text))

    @on(OptionList.OptionSelected)
    def choose(self) -> None:
        """Train on the marked device, or say why that is not possible yet."""
        self._chosen = self._marked
        if not self._take():
            self.describe()

    def _take(self) -> bool:
        """Return the chosen device as the answer if it is known to be usable; return whether it is."""
        report = self.reports.get(self._chosen)
        usable = report is not None and report.usable
        if usable:
            self.dismiss(self._chosen)
        return usable

    async def _look(self) -> None:
        """Probe the devices; a device that was usable stays so, even if it does not answer in time on a busy machine."""
        async with aclosing(self._trainer.devices()) as found:
            async for report in found:
                if report.usable or not ((known := self.reports.get(report.device)) and known.usable):
                    self.reports = {**self.reports, report.device: report}
                if self._take():
                    return
                self._looking.draw()

    def _draw(self) -> None:
        self._offer(self.query_one(MarkedList).highlighted or 0)
        self.describe()

    def _offer(self, marked: int) -> None:
        self.query_one(MarkedList).offer(map(self._row, DEVICES), marked)

    @property
    def _marked(self) -> str:
        return tuple(DEVICES)[self.query_one(MarkedList).highlighted or 0]

    def _in_use(self, device: str) -> bool:
        return self._present().startswith(DEVICES[device])

    def _fastest(self, device: str) -> bool:
        """Return whether a device is the fastest of all, which is unknown until every report is in."""
        seconds = {report.device: report.burst_seconds for report in self.reports.values() if report.usable}
        return len(self.reports) == len(DEVICES) and device in seconds and seconds[device] == min(seconds.values())

    def _row(self, device: str) -> Row:
        """Return a device's name and its state in brief, cut at the end where it is too long."""
        report, wide = self.reports.get(device), self.size.width >= 60
        words = ["in use"] * self._in_use(device) + ["fastest"] * self._fastest(device)
        if report is None:
            words.insert(0, LOOKING if self.busy else "no answer")
        elif report.usable:
            words.insert(0, f"{'1,000 steps in ' * wide}{_milliseconds(report)}")
        else:
            words.append(f"✗ {report.reason}")
        return Text(f"{device:<{NAME_COLUMNS}}"), Text("   ".join(words), no_wrap=True, overflow="ellipsis")

    def _about(self, device: str) -> str:
        """Return the full description of a device."""
        report = self.reports.get(device)
        if report is None:
            taken = "; it is used if it works" if device == self._chosen else ""
            return f"{DEVICES[device]}: {LOOKING}{taken}" if self.busy else f"{DEVICES[device]}: no answer"
        called = Device(report.name, report.renderer)
        if not report.usable:
            return f"{called}: {report.reason}"
        words = ["in use"] * self._in_use(device) + ["the fastest here"] * self._fastest(device)
        words += ["made for many networks at once"] * (report.name != "CPU")
        return "; ".join([f"{called}: 1,000 steps of 3 units on 300 points in {_milliseconds(report)}", *words])


def _milliseconds(report: DeviceReport) -> str:
    return f"{report.burst_seconds * 1e3:.2f} ms"
