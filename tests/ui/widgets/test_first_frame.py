"""A panel is drawn in the very first frame that shows it, and in the first of each size."""

from rich.text import Text
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.strip import Strip

from relutui.ui.widgets.panel import Panel


class Recorder(Panel[str]):
    """Keeps the first row of each frame."""

    def __init__(self) -> None:
        super().__init__(lambda readout, width, height: [Text(f"{readout} in {width} columns")], id="panel")
        self.frames: list[str] = []

    def render_lines(self, crop: Region) -> list[Strip]:
        """Render, and keep the first row."""
        rows = super().render_lines(crop)
        self.frames.append(rows[0].text.rstrip())
        return rows


class OnePanel(App[None]):
    """An app with nothing else."""

    def compose(self) -> ComposeResult:
        """Yield the panel, which has its readout before it has a size."""
        panel = Recorder()
        panel.update("drawn")
        yield panel


async def test_no_frame_is_empty_or_of_another_size() -> None:
    app = OnePanel()
    async with app.run_test(size=(40, 4)) as pilot:
        panel = app.query_one(Recorder)
        assert set(panel.frames) == {"drawn in 40 columns"}
        panel.frames.clear()
        await pilot.resize_terminal(30, 4)
        await pilot.pause()
        assert set(panel.frames) == {"drawn in 30 columns"}
