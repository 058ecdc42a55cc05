import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual._compositor import Compositor
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from relutui.ui.widgets.strip_widget import StripWidget, strip_of


class LinesApp(App[None]):
    CSS = "StripWidget { border: solid white; width: 12; height: 5; }"  # 10 x 3 inside, at (1, 1) of the screen

    def compose(self) -> ComposeResult:
        yield StripWidget()

    @property
    def text(self) -> list[str]:
        return [strip.text[1:11] for strip in self.screen._compositor.render_strips()[1:4]]


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int, int]]:
    """The spans (y, first, last + 1) of the screen repainted since the list was last cleared."""
    spans: list[tuple[int, int, int]] = []
    original = Compositor.render_partial_update

    def recorded(self: Compositor) -> object:
        update = original(self)
        spans.extend(update.spans if update is not None else [])
        return update

    monkeypatch.setattr(Compositor, "render_partial_update", recorded)
    return spans


async def test_texts_are_cut_and_padded_and_rows_beyond_the_height_dropped() -> None:
    async with LinesApp().run_test(size=(20, 8)) as pilot:
        app = pilot.app
        assert isinstance(app, LinesApp)
        app.query_one(StripWidget).show([Text("ab"), Text("0123456789abc"), strip_of(Text("strip"), 10), Text("too low")])
        await pilot.pause()
        assert app.text == ["ab        ", "012345678…", "strip     "]
        app.query_one(StripWidget).show([Text("one")])
        await pilot.pause()
        assert app.text == ["one       ", " " * 10, " " * 10]


async def test_a_short_strip_leaves_the_border_where_it_is_and_nothing_of_what_stood_there() -> None:
    async with LinesApp().run_test(size=(20, 8)) as pilot:
        lines = pilot.app.query_one(StripWidget)
        for shown in ("first", "second"):  # the second time only the row is drawn anew
            lines.show([Strip([Segment(shown)])])
            await pilot.pause()
            row = pilot.app.screen._compositor.render_strips()[1]
            assert row.text.rstrip() == f"│{shown:<10}│"
            assert row.cell_length == 20


async def test_only_changed_rows_are_repainted(painted: list[tuple[int, int, int]]) -> None:
    async with LinesApp().run_test(size=(20, 8)) as pilot:
        lines = pilot.app.query_one(StripWidget)
        lines.show([Text("first"), Text("second"), Text("third")])
        await pilot.pause()
        painted.clear()
        lines.show([Text("first"), Text("secXnd"), Text("third")])
        await pilot.pause()
        assert painted == [(2, 1, 11)]  # inside the border
        painted.clear()
        lines.show([Text("first"), Text("secXnd"), Text("third")])
        await pilot.pause()
        assert painted == []
        lines.show([Text("first"), Text("secXnd"), Text("third", "bold")])
        await pilot.pause()
        assert painted == [(3, 1, 11)]


async def test_rows_are_rendered_as_textual_renders_them() -> None:
    async with LinesApp().run_test(size=(20, 8)) as pilot:
        lines = pilot.app.query_one(StripWidget)
        whole = Region(0, 0, 12, 5)
        for texts in (["one", "two"], ["one", "日本", "three"], [], ["1", "[2]", "3"]):
            lines.show([Text(text, "bold green") for text in texts])
            assert lines.render_lines(whole) == Widget.render_lines(lines, whole)
            await pilot.pause()
        lines.styles.background = "red"
        lines.border_title = "title"
        assert lines.render_lines(whole) == Widget.render_lines(lines, whole)
        assert "title" in lines.render_lines(whole)[0].text
        assert lines.render_lines(Region(2, 1, 4, 2)) == [strip.crop(2, 6) for strip in lines.render_lines(whole)[1:3]]


async def test_another_size_repaints_everything(painted: list[tuple[int, int, int]]) -> None:
    async with LinesApp().run_test(size=(20, 8)) as pilot:
        lines = pilot.app.query_one(StripWidget)
        lines.show([Text("0123456789abcdef")])
        lines.styles.width = 16
        await pilot.pause()
        painted.clear()
        lines.show([Text("0123456789abcdef")])
        await pilot.pause()
        assert {y for y, _, _ in painted} == {0, 1, 2, 3, 4}
        assert "0123456789abc…" in pilot.app.screen._compositor.render_strips()[1].text


def test_the_style_of_the_whole_text_counts_whatever_else_is_styled() -> None:
    partly = Text("ab", "bold")
    partly.stylize("red", 1, 2)
    assert [(segment.text, str(segment.style)) for segment in strip_of(partly, 2)] == [("a", "bold"), ("b", "bold red")]
    assert [(segment.text, str(segment.style)) for segment in strip_of(Text("ab", "bold"), 2)] == [("ab", "bold")]


SPANS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9), st.sampled_from(["red", "bold", "on blue", "not bold"])), max_size=4
)


@given(st.text("a 日", max_size=8), st.sampled_from(["", "bold", "dim green"]), SPANS)
def test_a_text_looks_as_rich_renders_it(text: str, style: str, spans: list[tuple[int, int, str]]) -> None:
    line = Text(text, style)
    for start, end, name in spans:
        line.stylize(name, start, end)
    expected = Segment.apply_style(line.render(Console(width=100)), Style.parse(style))
    assert _cells(strip_of(line, cell_len(text))) == _cells(Strip(expected))


def _cells(strip: Strip) -> list[tuple[str, Style]]:
    return [(character, style or Style()) for text, style, _ in strip for character in text]


def test_what_is_cut_ends_in_an_ellipsis_so_that_no_number_reads_as_another() -> None:
    assert [strip_of(Text("loss 1.0e-04"), width).text for width in (12, 11, 6)] == ["loss 1.0e-04", "loss 1.0e-…", "loss …"]
    assert strip_of(Text("1.5" + " " * 20), 5).text == "1.5  "
